//! Pack: base wheel and native part become one wheel, which is read back and checked before it
//! counts.

use std::collections::{BTreeMap, BTreeSet};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::{BaseWheel, NativePart};
use crate::audit::{self, Severity, Verdict};
use crate::error::{Failure, Kind, Result};
use crate::factory::binding::{self, Locator};
use crate::factory::check_settings::CheckSettings;
use crate::factory::editable;
use crate::factory::event::Stage;
use crate::factory::fingerprint::Hasher;
use crate::factory::flow::{Input, Io};
use crate::factory::python_floor::oldest_python;
use crate::factory::sbom::{Materials, modules, sbom};
use crate::factory::store::{Found, FoundFile, Reads, Saved};
use crate::process::Temporary;
use crate::project::{Part, Profile};
use crate::target::{PythonAbi, Target};
use crate::wheel::{self, Contents, Digest, File, MemberPath, Timestamp, WheelInfo, WheelName};

/// A finished wheel, in place.
#[derive(Debug, Clone)]
pub struct Wheel {
    /// Its path.
    pub path: PathBuf,
    /// Its file name.
    pub name: WheelName,
    /// Its size in bytes.
    pub size: u64,
    /// The size of its files before packing, in bytes.
    pub unpacked: u64,
    /// The SHA-256 of the file, in hexadecimal.
    pub sha256: String,
    /// The requirement of its binaries that determines the platform tag, if any.
    pub because: Option<String>,
    /// The Go modules in its binaries: package URLs with checksums as in go.sum.
    pub modules: BTreeMap<String, String>,
    /// The findings of `pygo check` besides the audit's warnings.
    pub findings: Vec<audit::Finding>,
}

/// The generator named in WHEEL files.
fn generator(profile: Profile) -> String {
    let debug = match profile {
        Profile::Release => "",
        Profile::Debug => WheelInfo::DEBUG,
    };
    format!("pygo {}{debug}", env!("CARGO_PKG_VERSION"))
}

/// Writes the wheel of one target.
pub(in crate::factory) struct Pack<'a> {
    pub(in crate::factory) target: Target,
    /// The ABI of Python that its extension modules are for.
    pub(in crate::factory) abi: PythonAbi,
    pub(in crate::factory) parts: &'a [Part],
    pub(in crate::factory) base: Arc<BaseWheel>,
    /// The Python modules that open libraries: paths and texts.
    pub(in crate::factory) python_modules: Vec<(String, String)>,
    pub(in crate::factory) native: Arc<NativePart>,
    pub(in crate::factory) verdict: Arc<Verdict>,
    /// The package that holds the native part of an editable wheel.
    pub(in crate::factory) editable: Option<String>,
    /// What the bill of materials says about the sources.
    pub(in crate::factory) materials: Materials,
    /// How the native part was built.
    pub(in crate::factory) profile: Profile,
    /// The time of every file in it.
    pub(in crate::factory) modified: Timestamp,
    /// How the project wants its wheels judged.
    pub(in crate::factory) check: &'a CheckSettings,
    /// Where it goes.
    pub(in crate::factory) out_dir: &'a Path,
}

impl Input for Pack<'_> {
    const STAGE: Stage = Stage::Pack;
    type Output = Wheel;

    fn feed(&self, into: &mut Hasher) -> Result<()> {
        let Self { target, abi, parts, base, native, verdict, materials, .. } = self;
        let Self { editable, profile, modified, check, out_dir: _, .. } = self;
        into.value("profile", profile)?;
        into.value("target", &(target.name(), abi, verdict.tags()))?;
        into.value("editable", editable)?;
        into.value("materials", materials)?;
        check.feed(into)?;
        into.value("modified", &format!("{modified:?}"))?;
        let kinds: Vec<_> = parts.iter().map(|part| (&part.id, part.kind.name())).collect();
        into.value("parts", &kinds)?;
        into.value("generated", &self.generated())?;
        into.value("base", &base.wheel.name.to_string())?;
        for (path, file) in base.wheel.contents.iter() {
            into.bytes(path.as_str(), &file.bytes);
            into.value("executable", &file.executable)?;
        }
        into.bytes("metadata", &base.wheel.metadata.to_bytes());
        native.feed(into)
    }

    /// # Errors
    /// [`Kind::Output`] if the wheel cannot be written; [`Kind::Build`] if the
    /// file read back is not what was written, or `pygo check` finds an error in it. Nothing is
    /// left behind then.
    fn run(self, _io: &Io<'_>) -> Result<Wheel> {
        let doing =
            format!("packing the wheel for {} into {}", self.target, self.out_dir.display());
        let failed = |error: std::io::Error| Failure::io(&doing, &error);
        let unfit = |found: String| {
            let help = "fix that in the project, or report it if the project is not at fault";
            Failure::build(&doing, found, help)
        };
        let name = self.name().map_err(|error| unfit(error.to_string()))?;
        let contents = self.contents(&name).map_err(|error| unfit(error.to_string()))?;
        let (part, mut file) = Temporary::file_in(self.out_dir).map_err(failed)?;
        let generator = generator(self.profile);
        let digest = wheel::write(&mut file, &name, &contents, &generator, self.modified).map_err(
            |error| match error {
                wheel::Error::Io(error) => failed(error),
                wheel::Error::Format(error) => unfit(error.to_string()),
            },
        )?;
        file.sync_all().map_err(failed)?;

        let bytes = fs_err::read(part.path()).map_err(failed)?;
        let label = name.to_string();
        let (read_back, inspected) =
            rayon::join(|| Digest::of(&bytes), || inspect(&bytes, &label, self.check, &doing));
        if read_back != digest {
            let found = "the file does not contain what was written to it";
            return Err(Failure::new(Kind::Output, doing, found, "check the disk it is on"));
        }
        let mut findings = inspected?;
        findings.retain(|finding| !self.verdict.findings.contains(finding));
        let path = self.out_dir.join(name.to_string());
        part.put(&path).map_err(failed)?;
        Ok(Wheel {
            path,
            name,
            size: bytes.len() as u64,
            unpacked: contents.values().map(|file| file.bytes.len() as u64).sum(),
            sha256: digest.hex(),
            because: self.verdict.because.clone(),
            modules: modules(&self.verdict.binaries),
            findings,
        })
    }

    fn key(&self, into: &mut Hasher) -> Result<bool> {
        self.feed(into)?;
        Ok(true)
    }

    fn save(wheel: &Wheel) -> Option<Saved> {
        let kept = Kept {
            sha256: wheel.sha256.clone(),
            unpacked: wheel.unpacked,
            findings: wheel.findings.iter().map(KeptFinding::from).collect(),
        };
        let files = vec![(wheel.name.to_string(), wheel.path.clone())];
        let value = serde_json::to_value(kept).ok()?;
        Some(Saved { files, value, reads: Reads::default() })
    }

    fn restore(&self, found: Found) -> Result<Option<Wheel>> {
        let [FoundFile { name: file, bytes, .. }] = &found.files[..] else { return Ok(None) };
        let (Ok(name), Ok(kept)) = (file.parse(), serde_json::from_value::<Kept>(found.value))
        else {
            return Ok(None);
        };
        let findings: Option<Vec<_>> = kept.findings.into_iter().map(KeptFinding::read).collect();
        let Some(findings) = findings else { return Ok(None) };
        let path = self.out_dir.join(file);
        if fs_err::read(&path).ok().as_ref() != Some(bytes) {
            self.put(bytes, &path)?;
        }
        let size = bytes.len() as u64;
        let because = self.verdict.because.clone();
        Ok(Some(Wheel {
            path,
            name,
            size,
            unpacked: kept.unpacked,
            sha256: kept.sha256,
            because,
            modules: modules(&self.verdict.binaries),
            findings,
        }))
    }
}

/// What is kept of a wheel besides its file.
#[derive(Serialize, Deserialize)]
struct Kept {
    sha256: String,
    unpacked: u64,
    findings: Vec<KeptFinding>,
}

/// A finding, with the code of its rule.
#[derive(Serialize, Deserialize)]
struct KeptFinding {
    member: String,
    rule: String,
    what: String,
    fix: String,
    severity: Severity,
}

impl From<&audit::Finding> for KeptFinding {
    fn from(finding: &audit::Finding) -> Self {
        let audit::Finding { member, rule, what, fix, severity } = finding.clone();
        Self { member, rule: rule.code.to_owned(), what, fix, severity }
    }
}

impl KeptFinding {
    fn read(self) -> Option<audit::Finding> {
        let Self { member, rule, what, fix, severity } = self;
        let rule = audit::catalogue::find(&rule)?;
        Some(audit::Finding { member, rule, what, fix, severity })
    }
}

/// Checks the finished wheel exactly as `pygo check` does in the project. Errors that only the index
/// raises are left to the author: not every wheel is published there.
fn inspect(
    bytes: &[u8],
    name: &str,
    check: &CheckSettings,
    doing: &str,
) -> Result<Vec<audit::Finding>> {
    let mut found = audit::inspect_except(&bytes, name, &check.excluded)
        .map_err(|error| Failure::io(doing, &error))?;
    check.selection.apply(&mut found.findings);
    let what: Vec<_> = found.defects().map(ToString::to_string).collect();
    if what.is_empty() {
        return Ok(found.findings);
    }
    let mut help: Vec<&str> = found.defects().map(|finding| finding.fix.as_str()).collect();
    help.dedup();
    Err(Failure::build(doing, what.join("\n"), help.join("\n")))
}

impl Pack<'_> {
    /// Writes a finished wheel again.
    fn put(&self, bytes: &[u8], path: &Path) -> Result<()> {
        let doing = format!("writing the wheel for {} to {}", self.target, path.display());
        let failed = |error: std::io::Error| Failure::io(&doing, &error);
        let (part, mut file) = Temporary::file_in(self.out_dir).map_err(failed)?;
        file.write_all(bytes).and_then(|()| file.sync_all()).map_err(failed)?;
        part.put(path).map_err(failed)
    }

    fn name(&self) -> Result<WheelName, wheel::FormatError> {
        let oldest = oldest_python(self.base.wheel.metadata.requires_python.as_ref());
        let tag = binding::interpreters(self.parts).tag(self.abi, oldest, self.verdict.tags())?;
        Ok(self.base.wheel.name.with_tag(tag))
    }

    /// The ending of an extension module's file name.
    fn suffix(&self) -> String {
        let slice = self.target.slices().first();
        slice.map(|slice| self.abi.module_suffix(*slice)).unwrap_or_default()
    }

    fn locators(&self) -> Vec<Locator> {
        binding::locators(self.parts, self.target.os(), &self.base.wheel.contents)
    }

    /// The Python files that pygo writes: paths and texts.
    fn generated(&self) -> Vec<(String, String)> {
        let base = &self.base.wheel.contents;
        let stubs = self.parts.iter().flat_map(|part| binding::of(part).stubs(base));
        let locators =
            self.locators().into_iter().map(|locator| (locator.path.clone(), locator.text()));
        let modules = locators.chain(self.python_modules.iter().cloned()).map(|(path, text)| {
            let place = self.editable.as_ref().map(|package| format!("{package}/{path}"));
            (place.unwrap_or(path), text)
        });
        stubs.chain(modules).collect()
    }

    fn contents(&self, name: &WheelName) -> Result<Contents, Box<dyn std::error::Error>> {
        let base = &self.base.wheel;
        let dist_info = &base.dist_info;
        let extensions = binding::extensions(self.parts, &self.suffix());
        let modules = binding::python_modules(self.parts, self.target.os());
        let mut contents = base.contents.clone();
        for (path, bytes) in &self.native.binaries {
            contents.insert(path.parse()?, File::executable(Arc::clone(bytes)));
        }
        if let Some(package) = &self.editable {
            let locators = self.locators().into_iter().map(|l| (l.module, l.path));
            let opened = modules.iter().map(|m| (m.module.to_string(), m.path.clone()));
            let python: Vec<_> = opened.chain(locators).collect();
            editable::add_finder(package, &extensions, &python, &mut contents)?;
        }
        for (path, text) in self.generated() {
            contents.insert(path.parse()?, File::new(text.into_bytes()));
        }
        let top_level: MemberPath = format!("{dist_info}/top_level.txt").parse()?;
        if let Some(file) = contents.get(top_level.as_str()) {
            let extensions = extensions.iter().map(|extension| extension.module.as_str());
            let all = extensions.chain(modules.iter().map(|module| module.module.as_str()));
            let text = with_modules(&String::from_utf8_lossy(&file.bytes), all);
            contents.insert(top_level, File::new(text.into_bytes()));
        }
        let mut metadata = base.metadata.clone();
        for requirement in binding::requirements(self.parts) {
            metadata.require(&requirement.parse()?);
        }
        contents.insert(format!("{dist_info}/METADATA").parse()?, File::new(metadata.to_bytes()));
        if let Some(sbom) = sbom(name, self.parts, &self.verdict.binaries, &self.materials) {
            contents.insert(format!("{dist_info}/sboms/pygo.cdx.json").parse()?, File::new(sbom));
        }
        Ok(contents)
    }
}

/// `text`, a top_level.txt, with the top-level names of `modules` too, as setuptools writes it
/// when it builds them: `importlib.metadata.packages_distributions` reads this file first.
fn with_modules<'m>(text: &str, modules: impl Iterator<Item = &'m str>) -> String {
    let tops = modules.map(|module| module.split('.').next().unwrap_or(module));
    let existing = text.lines().map(str::trim).filter(|line| !line.is_empty());
    let names: BTreeSet<&str> = existing.chain(tops).collect();
    names.into_iter().flat_map(|name| [name, "\n"]).collect()
}
