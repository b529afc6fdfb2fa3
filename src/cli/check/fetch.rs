//! `pygo check NAME==VERSION`: downloads a release from the index with pip, or with uv if there is
//! no pip. The index, proxy and certificates that are configured for pip apply.

use std::path::{Path, PathBuf};

use clap::Args;
use pep440_rs::Version;

use crate::error::{Failure, Kind, Result};
use crate::process::{Call, Environment, Temporary};
use crate::target::{Libc, PlatformTag, Release};
use crate::toolchain::{find_uv, pip_into_directory};
use crate::wheel::DistName;

/// What pip prints if it does not reach the index.
const UNREACHABLE: &[&str] = &[
    "NewConnectionError",
    "ConnectTimeoutError",
    "NameResolutionError",
    "ProxyError",
    "Max retries exceeded",
    "Failed to establish a new connection",
    "Network is unreachable",
];

/// Which wheel of a release is checked.
#[derive(Debug, Args)]
pub(super) struct ReleaseArgs {
    /// With NAME==VERSION: the platform tag to download for, instead of this machine's
    #[arg(long, value_name = "TAG")]
    platform: Option<String>,
    /// With NAME==VERSION: the Python to download for, such as 3.12
    #[arg(long, value_name = "VERSION")]
    python: Option<String>,
}

/// A release on an index.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Named {
    name: DistName,
    version: Version,
}

impl ReleaseArgs {
    /// Replaces every NAME==VERSION in `named` by a directory with its wheel, which exists as
    /// long as the second value.
    ///
    /// # Errors
    /// [`Kind::Usage`] if the index has no such file, [`Kind::Toolchain`] if pip cannot ask it.
    pub(super) fn fetch(
        &self,
        environment: &Environment,
        named: Vec<PathBuf>,
    ) -> Result<(Vec<PathBuf>, Vec<Temporary>)> {
        let mut paths = Vec::new();
        let mut kept = Vec::new();
        for path in named {
            match read(&path)? {
                None => paths.push(path),
                Some(release) => {
                    let dir = self.download(environment, &release)?;
                    paths.push(dir.path().to_owned());
                    kept.push(dir);
                }
            }
        }
        if kept.is_empty() && (self.platform.is_some() || self.python.is_some()) {
            return Err(Failure::new(
                Kind::Usage,
                "reading --platform and --python",
                "they select a file of a release, but no release is named",
                "name one as NAME==VERSION; the tags of a wheel are in its name",
            ));
        }
        Ok((paths, kept))
    }

    fn download(&self, environment: &Environment, release: &Named) -> Result<Temporary> {
        let Named { name, version } = release;
        let doing = format!("downloading {name}=={version}");
        let made = tempfile::Builder::new().prefix("pygo-check-").disable_cleanup(true).tempdir();
        let dir = made.map_err(|error| Failure::io(&doing, &error))?;
        let dir = Temporary::new(dir.path().to_owned());
        let call = pip_into_directory(pip(environment, &doing)?)
            .args(["download", "-vv", "--no-deps", "--only-binary", ":all:", "--no-input"])
            .args(["--disable-pip-version-check", "--dest"])
            .args([dir.path()])
            .args(self.platform()?)
            .args(self.python()?)
            .args([format!("{name}=={version}")]);
        let finished = call.finish()?;
        if finished.status.success() {
            return Ok(dir);
        }
        let said = format!("{}{}", finished.stdout, finished.stderr);
        let platform = self.platform.as_deref();
        let (kind, found, help) = reason(&said, release, platform);
        let found = found.unwrap_or_else(|| {
            let errors = said.lines().filter(|line| line.starts_with("ERROR:"));
            let errors: Vec<_> = errors.collect();
            if errors.is_empty() { finished.last_words() } else { errors.join("\n") }
        });
        Err(Failure::new(kind, doing, found, help))
    }

    fn platform(&self) -> Result<Vec<String>> {
        let Some(text) = &self.platform else { return Ok(Vec::new()) };
        let tag = text.parse().map_err(|error| {
            let help = "write a platform tag, such as manylinux_2_28_x86_64 or macosx_11_0_arm64";
            Failure::new(Kind::Usage, "reading --platform", format!("{error}"), help)
        })?;
        Ok(accepted(&tag).into_iter().flat_map(|tag| ["--platform".to_owned(), tag]).collect())
    }

    fn python(&self) -> Result<Vec<String>> {
        let Some(text) = &self.python else { return Ok(Vec::new()) };
        if text.contains('.') && text.parse::<Release>().is_ok() {
            return Ok(vec!["--python-version".to_owned(), text.clone()]);
        }
        let found = format!("`{text}` is not a release of Python");
        Err(Failure::new(Kind::Usage, "reading --python", found, "write it as 3.12"))
    }
}

/// The release that `path` names; none if it is a path.
fn read(path: &Path) -> Result<Option<Named>> {
    let Some((name, version)) = path.to_str().and_then(|text| text.split_once("==")) else {
        return Ok(None);
    };
    if path.exists() {
        return Ok(None);
    }
    let bad = |what: String| {
        let doing = format!("reading {}", path.display());
        let help = "write one name and one version: NAME==VERSION";
        Failure::new(Kind::Usage, doing, what, help)
    };
    let name = name.trim().parse().map_err(|error| bad(format!("{error}")))?;
    let version = version
        .trim()
        .parse()
        .map_err(|_| bad(format!("`{}` is not a version", version.trim())))?;
    Ok(Some(Named { name, version }))
}

/// The tags that a system for `tag` accepts: pip takes a Linux tag literally, but newer systems
/// accept the wheels of older policies.
fn accepted(tag: &PlatformTag) -> Vec<String> {
    let PlatformTag::Native { os, release: Some(release), arch } = tag else {
        return tag.expanded();
    };
    let oldest = match os.libc {
        Some(Libc::Glibc) => 5,
        Some(Libc::Musl) => 0,
        None | Some(Libc::Bionic) => return tag.expanded(),
    };
    let minors = (oldest..=release.minor).rev();
    let older = minors.map(|minor| PlatformTag::Native {
        os,
        release: Some(Release::new(release.major, minor)),
        arch: arch.clone(),
    });
    older.flat_map(|tag| tag.expanded()).collect()
}

/// A call of whatever pip there is.
fn pip(environment: &Environment, doing: &str) -> Result<Call> {
    if let Some(pip) = environment.which("pip").or_else(|| environment.which("pip3")) {
        return Ok(Call::new(environment, "pip", &pip, doing));
    }
    if let Some(uv) = find_uv(environment) {
        let call = Call::new(environment, "uv", &uv, doing).args(["tool", "run", "--quiet", "pip"]);
        // uv downloads no wheels itself, and its pip does not know the index of uv.
        let index = ["PIP_INDEX_URL", "UV_DEFAULT_INDEX", "UV_INDEX_URL"];
        let index = index.into_iter().find_map(|name| environment.get(name));
        return Ok(call.envs(index.map(|url| ("PIP_INDEX_URL", url))));
    }
    let help = "install pip or uv, or download the wheel and pass its path";
    Err(Failure::toolchain(doing, "there is neither pip nor uv on PATH", help))
}

/// Why pip failed, from its verbose output. Without a text, its last words are the reason.
fn reason(
    said: &str,
    release: &Named,
    platform: Option<&str>,
) -> (Kind, Option<String>, &'static str) {
    let Named { name, version } = release;
    if UNREACHABLE.iter().any(|text| said.contains(text)) {
        let help = "check the network, and the index that pip is configured to use";
        return (Kind::Toolchain, Some("the index cannot be reached".to_owned()), help);
    }
    if !said.contains("No matching distribution found") {
        return (Kind::Toolchain, None, "correct what pip reports");
    }
    // pip names the files that it skips: wheels for other platforms and, here, every sdist.
    let skipped: Vec<_> = said
        .lines()
        .filter(|line| line.contains("Skipping link") && !line.contains("not a file:"))
        .collect();
    let ends = ["-", ".tar", ".zip"].map(|end| format!("-{version}{end}"));
    if skipped.iter().any(|line| ends.iter().any(|end| line.contains(end))) {
        let system = platform.unwrap_or("this machine");
        let found = format!("{name} {version} is on the index, but not as a wheel for {system}");
        return (Kind::Usage, Some(found), "name another system with --platform and --python");
    }
    if said.contains("(from versions: none)") && skipped.is_empty() {
        let help = "check the spelling, and the index that pip is configured to use";
        return (Kind::Usage, Some(format!("the index has no project {name}")), help);
    }
    let found = format!("the index has {name}, but no version {version}");
    (Kind::Usage, Some(found), "choose a version that was published")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_release_is_a_name_and_a_version() {
        let named = |text: &str| read(Path::new(text));
        let release = named("My.Pkg == 1.0").unwrap().unwrap();
        assert_eq!(
            (release.name.to_string(), release.version.to_string()),
            ("My.Pkg".into(), "1.0".into())
        );
        assert_eq!(named("dist/x-1.0-py3-none-any.whl").unwrap(), None);
        for text in ["x==", "==1", "x==1.*", "x[a]==1", "x==1,<2", "a b==1"] {
            assert_eq!(named(text).unwrap_err().kind, Kind::Usage, "{text}");
        }
    }

    #[test]
    fn a_newer_linux_accepts_wheels_for_older_ones() {
        let tags = |text: &str| accepted(&text.parse().unwrap()).join(" ");
        let linux = tags("manylinux_2_18_x86_64");
        assert!(linux.starts_with("manylinux_2_18_x86_64 manylinux2014_x86_64 "), "{linux}");
        assert!(linux.ends_with(" manylinux1_x86_64 manylinux_2_5_x86_64"), "{linux}");
        assert_eq!(tags("musllinux_1_1_aarch64"), "musllinux_1_1_aarch64 musllinux_1_0_aarch64");
        assert_eq!(tags("macosx_11_0_arm64"), "macosx_11_0_arm64");
        assert_eq!(tags("win_amd64"), "win_amd64");
    }

    #[test]
    fn each_reason_is_told_apart() {
        let release = Named { name: "x".parse().unwrap(), version: "1.0".parse().unwrap() };
        let end = "ERROR: No matching distribution found for x==1.0";
        for (said, kind, text) in [
            ("NewConnectionError(..)\n(from versions: none)", Kind::Toolchain, "cannot be reached"),
            ("(from versions: none)", Kind::Usage, "has no project x"),
            ("(from versions: 0.9)", Kind::Usage, "but no version 1.0"),
            (
                "  Skipping link: none of the wheel's tags: x-1.0-cp39-none-win32.whl\n(from versions: none)",
                Kind::Usage,
                "not as a wheel for win_arm64",
            ),
        ] {
            let (of, found, _) = reason(&format!("{said}\n{end}"), &release, Some("win_arm64"));
            let found = found.unwrap();
            assert!(of == kind && found.contains(text), "{found}");
        }
        assert_eq!(reason("ERROR: something else", &release, None).1, None);
    }
}
