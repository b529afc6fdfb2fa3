//! The names of C compilers, as `toolchain` and `--toolchain` take them.

use std::fmt;
use std::str::FromStr;

use super::super::text::{nearest_of, shown};

/// The name of a C compiler, as `toolchain` and `--toolchain` take it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CompilerName(&'static str);

impl CompilerName {
    /// `zig cc`.
    pub const ZIG: Self = Self("zig");
    /// `clang` with `lld`.
    pub const CLANG: Self = Self("clang");
    /// `gcc`, for the machine that it runs on.
    pub const GCC: Self = Self("gcc");
    /// All names, the default first.
    pub const ALL: [Self; 3] = [Self::ZIG, Self::CLANG, Self::GCC];

    /// The name as written.
    pub fn as_str(self) -> &'static str {
        self.0
    }
}

impl Default for CompilerName {
    fn default() -> Self {
        Self::ALL[0]
    }
}

impl fmt::Display for CompilerName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for CompilerName {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        Self::ALL.into_iter().find(|name| name.as_str() == text).ok_or_else(|| {
            let near = nearest_of(text, Self::ALL.map(Self::as_str));
            format!("{} is not a C toolchain{near}", shown(text))
        })
    }
}
