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

/// What was asked for, and the sources it was built from.
#[derive(Debug, Default)]
pub struct Provenance {
    /// What was asked for.
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

/// What was asked for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Invocation {
    /// The arguments of pygo, with `***` in place of passwords in addresses.
    pub arguments: Vec<String>,
    /// The time of every file in the wheels, in seconds since 1970 (`SOURCE_DATE_EPOCH`).
    pub source_date_epoch: u64,
    /// How native code was to be built, by options or by the project, for each platform.
    pub native: BTreeMap<String, ReportedNative>,
}

/// How the native code of one platform was to be built.
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
        let shown = |word: OsString| without_passwords(&word.to_string_lossy()).into_owned();
        let plan = plan.of_share();
        let native = plan.slices.iter().map(|slice| {
            let Native { compiler, sysroot, profile, requested } = plan.options.native(*slice);
            let (toolchain, profile) = (compiler.as_str().to_owned(), profile.to_string());
            let minimum = requested.map(|release| release.to_string());
            (slice.name(), ReportedNative { toolchain, profile, minimum, sysroot })
        });
        let invocation = Invocation {
            arguments: arguments.into_iter().map(shown).collect(),
            source_date_epoch: plan.options.modified.unix(),
            native: native.collect(),
        };
        Self { invocation: Some(invocation), source: checkout.map(ReportedSource::from) }
    }
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
