//! Profiles: whether the native code of a wheel is for users or for a debugger.

use std::fmt;
use std::str::FromStr;

use super::super::text::{nearest_of, shown};

/// The profile of native code.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, serde::Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Profile {
    /// Without symbol tables and debug information, which users only download.
    #[default]
    Release,
    /// With both, for debuggers, profilers and readable stack traces.
    Debug,
}

impl Profile {
    /// The names, the default first.
    pub const NAMES: [&'static str; 2] = ["release", "debug"];

    /// The name, as `profile` and `--profile` take it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Release => Self::NAMES[0],
            Self::Debug => Self::NAMES[1],
        }
    }
}

impl fmt::Display for Profile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for Profile {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let all = [Self::Release, Self::Debug];
        all.into_iter().find(|profile| profile.as_str() == text).ok_or_else(|| {
            format!("{} is not a profile{}", shown(text), nearest_of(text, Self::NAMES))
        })
    }
}
