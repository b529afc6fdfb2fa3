//! `pygo publish`: checks what is about to be published, and has uv or twine upload it.

use std::io::IsTerminal;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::{Args, ValueEnum};

use super::check::{Set, checked, find};
use super::output::print;
use crate::error::{Failure, Kind, Result};
use crate::plural::plural;
use crate::process::{Call, Environment, shell_line};
use crate::release::unpublishable;
use crate::report::{Detail, tell};

/// Where pygo writes them.
const DEFAULT: &str = "dist";

/// Check wheels and an sdist, and upload them with uv or twine
///
/// Checks them by the rules of the index first. uv and twine read the credentials: set their environment
/// variables, or use a trusted publisher, a keyring or .pypirc.
#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// Wheels, sdists, or directories with them
    #[arg(value_name = "FILE|DIR", default_value = DEFAULT)]
    files: Vec<PathBuf>,
    /// Tool that uploads [default: twine if TWINE_* variables are set, else uv, else twine]
    #[arg(long, value_enum, value_name = "TOOL")]
    with: Option<Uploader>,
    /// Index named in the tool's configuration: [[tool.uv.index]], or a section of .pypirc
    #[arg(long, value_name = "NAME", conflicts_with = "repository_url")]
    repository: Option<String>,
    /// Address to upload to, without credentials [default: PyPI]
    #[arg(long, value_name = "URL")]
    repository_url: Option<String>,
    /// Check the files, and print the command that would upload them
    #[arg(long)]
    dry_run: bool,
}

/// A tool that uploads.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Uploader {
    /// uv publish
    Uv,
    /// twine upload
    Twine,
}

impl Arguments {
    pub(super) fn run(self, environment: &Environment, detail: Detail) -> Result<ExitCode> {
        const DOING: &str = "checking what is to be published";
        self.check_url()?;
        if self.files == [Path::new(DEFAULT)] && !Path::new(DEFAULT).exists() {
            let help = "build the release first: `pygo matrix` and `pygo sdist` write it into dist";
            return Err(Failure::new(Kind::Usage, DOING, format!("there is no {DEFAULT}"), help));
        }
        let paths = find(&self.files)?;
        let found = checked(environment, detail, &paths, DOING, Set::All)?;
        let problems = unpublishable(&found);
        if !problems.is_empty() {
            let help =
                "name exactly the files of one release; `pygo merge` puts them into one directory";
            return Err(Failure::build(DOING, problems.join("\n"), help));
        }
        let (uploader, program) = self.uploader(environment)?;
        let arguments = self.arguments(uploader, &paths);
        if self.dry_run {
            print([format!("{} {}", uploader.name(), shell_line(&arguments))])?;
            return Ok(ExitCode::SUCCESS);
        }
        if detail != Detail::Quiet {
            let files = plural(paths.len(), "file");
            tell(format_args!("{files} checked, uploading with {}", uploader.name()));
        }
        let doing = format!("uploading with {}", uploader.name());
        let status = Call::new(environment, uploader.name(), &program, &doing)
            .args(&arguments)
            .attached()?;
        if status.success() {
            return Ok(ExitCode::SUCCESS);
        }
        let found = format!("{} failed with {status}; see its messages above", uploader.name());
        let help = "fix the problem that it reports; it reads credentials from its own environment \
                    variables";
        Err(Failure::new(Kind::Output, doing, found, help))
    }

    /// Refuses an address with credentials, without repeating them: other users see the arguments of
    /// every process.
    fn check_url(&self) -> Result<()> {
        let Some(url) = &self.repository_url else { return Ok(()) };
        let rest = url.strip_prefix("https://").or_else(|| url.strip_prefix("http://"));
        let (found, help) = match rest {
            None => (
                "the address starts with neither https:// nor http://",
                "write the upload address of the index, such as https://test.pypi.org/legacy/",
            ),
            Some(rest) if rest.contains('@') => (
                "the address has credentials",
                "remove them; uv reads UV_PUBLISH_USERNAME, UV_PUBLISH_PASSWORD and UV_PUBLISH_TOKEN, \
                 twine TWINE_USERNAME and TWINE_PASSWORD",
            ),
            Some(_) => return Ok(()),
        };
        Err(Failure::new(Kind::Usage, "reading --repository-url", found, help))
    }

    fn uploader(&self, environment: &Environment) -> Result<(Uploader, PathBuf)> {
        let for_twine = environment
            .variables()
            .any(|(name, value)| name.to_string_lossy().starts_with("TWINE_") && !value.is_empty());
        let order: &[Uploader] = match self.with {
            Some(Uploader::Uv) => &[Uploader::Uv],
            Some(Uploader::Twine) => &[Uploader::Twine],
            None if for_twine => &[Uploader::Twine, Uploader::Uv],
            None => &[Uploader::Uv, Uploader::Twine],
        };
        let mut found = order.iter().filter_map(|one| Some((*one, environment.which(one.name())?)));
        found.next().ok_or_else(|| {
            let names: Vec<_> = order.iter().map(|one| one.name()).collect();
            Failure::toolchain(
                "looking for a tool that uploads",
                format!("{} is not on PATH", names.join(" or ")),
                "install it: `pip install uv`, or `pip install twine`",
            )
        })
    }

    fn arguments(&self, uploader: Uploader, files: &[PathBuf]) -> Vec<String> {
        let (command, name, url) = match uploader {
            Uploader::Uv => ("publish", "--index", "--publish-url"),
            Uploader::Twine => ("upload", "--repository", "--repository-url"),
        };
        let mut words = vec![command.to_owned()];
        words.extend(self.repository.iter().map(|value| format!("{name}={value}")));
        words.extend(self.repository_url.iter().map(|value| format!("{url}={value}")));
        if !std::io::stdin().is_terminal() {
            words.extend((uploader == Uploader::Twine).then(|| "--non-interactive".to_owned()));
        }
        words.push("--".to_owned());
        words.extend(files.iter().map(|file| file.to_string_lossy().into_owned()));
        words
    }
}

impl Uploader {
    /// The name of the program.
    fn name(self) -> &'static str {
        match self {
            Self::Uv => "uv",
            Self::Twine => "twine",
        }
    }
}
