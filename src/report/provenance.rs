//! Where the wheels of a run come from: the parts of its report that provenance, such as SLSA's, needs
//! besides files and tools.
//!
//! In: the command line, the plan and the checkout. Out: [`Provenance`], without secrets.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::path::PathBuf;
use std::time::{Duration, SystemTime};

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::factory::{Checkout, Native, Plan};
use crate::printable::without_passwords;
use crate::wheel::rfc3339;

/// The request, and the sources that it was built from.
#[derive(Debug, Default)]
pub struct Provenance {
    /// The request.
    pub invocation: Option<Invocation>,
    /// The checkout, if the project is in one.
    pub source: Option<ReportedSource>,
}

/// The checkout that a run built from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ReportedSource {
    /// The address of the git remote `origin`, without credentials; `null` if there is none.
    pub repository: Option<String>,
    /// The commit.
    pub commit: String,
    /// The project's directory in the repository, which is empty for its top.
    pub directory: PathBuf,
    /// Whether no file differed from the commit, and every file that the build may read was part of it or
    /// ignored.
    pub clean: bool,
}

/// The request.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Invocation {
    /// The arguments of pygo, with `***` in place of passwords in addresses and of the values of settings for
    /// the build backend (`-C KEY=VALUE`).
    pub arguments: Vec<String>,
    /// The time of every file in the wheels, in seconds since 1970 (`SOURCE_DATE_EPOCH`).
    pub source_date_epoch: u64,
    /// The requested settings for native code, by options or by the project, for each platform.
    pub native: BTreeMap<String, ReportedNative>,
}

/// The requested settings for the native code of one platform.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ReportedNative {
    /// The C toolchain.
    pub toolchain: String,
    /// The profile: `release` or `debug`.
    pub profile: String,
    /// The minimum version of glibc (`--manylinux`) or macOS; `null` for the default.
    pub minimum: Option<String>,
    /// The directory with the C library and headers; `null` for those of the toolchain.
    pub sysroot: Option<PathBuf>,
}

impl Provenance {
    /// That of a run with `arguments`, which builds `plan` from `checkout`.
    pub fn new(
        arguments: impl IntoIterator<Item = OsString>,
        plan: &Plan,
        checkout: Option<Checkout>,
    ) -> Self {
        let plan = plan.of_share();
        let native = plan.slices.iter().map(|slice| {
            let Native { compiler, sysroot, profile, requested } = plan.options.native(*slice);
            let (toolchain, profile) = (compiler.as_str().to_owned(), profile.to_string());
            let minimum = requested.map(|release| release.to_string());
            (slice.name(), ReportedNative { toolchain, profile, minimum, sysroot })
        });
        let invocation = Invocation {
            arguments: without_secrets(arguments),
            source_date_epoch: plan.options.modified.unix(),
            native: native.collect(),
        };
        Self { invocation: Some(invocation), source: checkout.map(ReportedSource::from) }
    }
}

/// `arguments`, without passwords in addresses, and without the values of settings for the build backend, which
/// may be anything.
fn without_secrets(arguments: impl IntoIterator<Item = OsString>) -> Vec<String> {
    const SETTING: &str = "--config-setting";
    // As clap reads it: an option of one letter may follow others, and its value may follow at once.
    let is_short = |word: &str| word.starts_with('-') && !word.starts_with("--");
    let mut is_value = false;
    let shown = |word: OsString| {
        let word = without_passwords(&word.to_string_lossy()).into_owned();
        let has_setting = std::mem::take(&mut is_value)
            || word.strip_prefix(SETTING).is_some_and(|rest| rest.starts_with('='))
            || (is_short(&word) && word.contains('C'));
        is_value = word == SETTING || (is_short(&word) && word.ends_with('C'));
        let start = if word.starts_with(SETTING) { SETTING.len() + 1 } else { 0 };
        match word.get(start..).and_then(|setting| setting.find('=')) {
            Some(at) if has_setting => format!("{}***", &word[..=start + at]),
            _ => word,
        }
    };
    arguments.into_iter().map(shown).collect()
}

impl From<Checkout> for ReportedSource {
    fn from(checkout: Checkout) -> Self {
        let Checkout { repository, commit, directory, clean } = checkout;
        Self { repository, commit, directory, clean }
    }
}

/// When a run started that ends now and took `elapsed`, and now, as RFC 3339 in UTC. If the clock was set
/// meanwhile, the end counts.
pub(super) fn times(elapsed: Duration) -> (String, String) {
    let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
    let start = now.saturating_sub(elapsed);
    (rfc3339(start.as_secs()), rfc3339(now.as_secs()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_of_settings_and_passwords_are_not_in_the_invocation() {
        let shown = |words: &[&str]| without_secrets(words.iter().map(OsString::from)).join(" ");
        for (word, expected) in [
            ("-C token=hunter2", "-C token=***"),
            ("-Ctoken=hunter2", "-Ctoken=***"),
            ("-qCtoken=hunter2", "-qCtoken=***"),
            ("-qC token=hunter2", "-qC token=***"),
            ("--config-setting token=hunter2", "--config-setting token=***"),
            ("--config-setting=token=hunter2", "--config-setting=token=***"),
            ("--proxy https://me:hunter2@a/b", "--proxy https://me:***@a/b"),
        ] {
            let words: Vec<&str> = word.split(' ').collect();
            assert_eq!(shown(&words), expected);
        }
        let harmless = ["matrix", "--targets=linux", "--config-setting", "bare", "-o", "a=b"];
        assert_eq!(shown(&harmless), harmless.join(" "));
    }
}
