//! The ABIs of CPython: which Pythons import an extension module, and how its file is called for them.
//!
//! Source: PEP 384 and PEP 803 for the two stable ABIs, PEP 3149 for the names of files.

use std::fmt;
use std::str::FromStr;

use super::{Release, Slice};

/// The first release with the stable ABI (PEP 384).
const FIRST_ABI3: u16 = 2;

/// The first release that can be free-threaded.
const FIRST_FREE_THREADED: u16 = 13;

/// The first release with the stable ABI that free-threaded Python has too (PEP 803).
pub const FIRST_ABI3T: Release = Release::new(3, 15);

/// The newest release that tags are expected to name.
const LAST: u16 = 99;

/// The ABI that an extension module is built for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize)]
pub enum PythonAbi {
    /// The stable ABI: any later CPython with the GIL.
    Abi3,
    /// The stable ABI that any CPython has from 3.15 on, free-threaded or not.
    Abi3t,
    /// A single release.
    Release(PythonRelease),
}

/// A release of CPython, 3.N.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize)]
pub struct PythonRelease {
    /// The N.
    pub minor: u16,
    /// Whether it has no GIL.
    pub free_threaded: bool,
}

impl PythonAbi {
    /// The ending of an extension module's file name on `slice`: `.abi3.so`,
    /// `.cpython-313-x86_64-linux-gnu.so`.
    pub fn module_suffix(self, slice: Slice) -> String {
        let Slice { os, arch } = slice;
        match self {
            Self::Abi3 => os.abi3_suffix.to_owned(),
            Self::Abi3t => os.abi3t_suffix.to_owned(),
            Self::Release(release) => os
                .release_suffix
                .replace("{release}", &release.digits())
                .replace("{triplet}", arch.triplet)
                .replace("{arch}", slice.tag_arch()),
        }
    }

    /// The reason why no extension module is built for it on `slice`, if so.
    pub fn refusal(self, slice: Slice) -> Option<&'static str> {
        let has_gil = match self {
            Self::Abi3 => true,
            Self::Abi3t => false,
            Self::Release(release) => !release.free_threaded,
        };
        (!has_gil && slice.dlltool_machine().is_some()).then_some(
            "pygo links extension modules for Windows to python3.dll, which free-threaded Python \
             does not have",
        )
    }

    /// The one of `configured` that a wheel for `python` is built for. A project that names none
    /// for it gets one for this release alone.
    pub fn for_python(python: PythonRelease, configured: &[Self]) -> Self {
        let PythonRelease { minor, free_threaded } = python;
        let own = Self::Release(python);
        let abi3t = minor >= FIRST_ABI3T.minor && configured.contains(&Self::Abi3t);
        match configured {
            all if all.contains(&own) => own,
            all if all.contains(&Self::Abi3) && !free_threaded => Self::Abi3,
            _ if abi3t => Self::Abi3t,
            _ => own,
        }
    }
}

impl fmt::Display for PythonAbi {
    /// As in the tags of wheels.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Abi3 => f.write_str("abi3"),
            Self::Abi3t => f.write_str("abi3t"),
            Self::Release(release) => write!(f, "cp{}", release.digits()),
        }
    }
}

impl FromStr for PythonAbi {
    type Err = &'static str;

    /// As [`Display`](fmt::Display) writes it.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text {
            "abi3" => Ok(Self::Abi3),
            "abi3t" => Ok(Self::Abi3t),
            _ => {
                let rest = text.strip_prefix("cp3").ok_or("it is not an ABI of Python 3")?;
                format!("3.{rest}").parse().map(Self::Release)
            }
        }
    }
}

impl PythonRelease {
    /// A regular expression for what [`Self::from_str`] reads.
    pub const PATTERN: &str = r"^3\.(?:[2-9]|[1-9][0-9]|(?:1[3-9]|[2-9][0-9])t)$";

    /// `313`, or `314t`.
    fn digits(self) -> String {
        format!("3{}{}", self.minor, if self.free_threaded { "t" } else { "" })
    }
}

impl fmt::Display for PythonRelease {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "3.{}{}", self.minor, if self.free_threaded { "t" } else { "" })
    }
}

impl FromStr for PythonRelease {
    /// Why it is none.
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let rest = text.strip_prefix("3.").ok_or("it is not a release of Python 3")?;
        let digits = rest.strip_suffix('t').unwrap_or(rest);
        let is_canonical = digits.bytes().all(|c| c.is_ascii_digit()) && !digits.starts_with('0');
        let minor: u16 = (digits.parse().ok().filter(|_| is_canonical))
            .ok_or("it has no minor release, or more than that")?;
        let free_threaded = digits != rest;
        match minor {
            FIRST_FREE_THREADED..=LAST => Ok(Self { minor, free_threaded }),
            _ if minor > LAST => Err("it is not a release of Python 3"),
            _ if free_threaded => Err("free-threaded Python starts with 3.13"),
            FIRST_ABI3.. => Ok(Self { minor, free_threaded }),
            _ => Err("the limited API starts with Python 3.2"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::target::{AARCH64, LINUX, MACOS, WINDOWS, X86_64};

    fn abi(text: &str) -> PythonAbi {
        match text {
            "abi3" => PythonAbi::Abi3,
            "abi3t" => PythonAbi::Abi3t,
            release => PythonAbi::Release(release.parse().unwrap()),
        }
    }

    #[test]
    fn a_module_is_called_what_its_python_looks_for() {
        for (name, os, arch, suffix) in [
            ("abi3", LINUX, X86_64, ".abi3.so"),
            ("abi3t", MACOS, AARCH64, ".abi3t.so"),
            ("3.9", LINUX, X86_64, ".cpython-39-x86_64-linux-gnu.so"),
            ("3.14t", LINUX, AARCH64, ".cpython-314t-aarch64-linux-gnu.so"),
            ("3.14t", MACOS, AARCH64, ".cpython-314t-darwin.so"),
            ("3.13", WINDOWS, X86_64, ".cp313-win_amd64.pyd"),
        ] {
            assert_eq!(abi(name).module_suffix(Slice::new(os, arch)), suffix);
        }
    }

    #[test]
    fn windows_has_no_free_threaded_modules() {
        for (name, os, is_refused) in [
            ("abi3", WINDOWS, false),
            ("3.13", WINDOWS, false),
            ("3.14t", WINDOWS, true),
            ("abi3t", WINDOWS, true),
            ("abi3t", LINUX, false),
        ] {
            assert_eq!(abi(name).refusal(Slice::new(os, X86_64)).is_some(), is_refused, "{name}");
        }
    }

    #[test]
    fn an_abi_is_read_as_it_is_written() {
        for text in ["abi3", "abi3t", "cp39", "cp313", "cp314t"] {
            assert_eq!(text.parse::<PythonAbi>().unwrap().to_string(), text);
        }
        for bad in ["", "none", "cp2", "cp3", "3.13", "cp312t", "abi4"] {
            assert!(bad.parse::<PythonAbi>().is_err(), "{bad}");
        }
    }

    #[test]
    fn a_release_is_written_one_way() {
        for text in ["3.2", "3.9", "3.14", "3.13t", "3.99t"] {
            assert_eq!(text.parse::<PythonRelease>().unwrap().to_string(), text);
        }
        for bad in ["3", "3.", "3.t", "3.1", "3.09", "3.12t", "3.100", "3.13.1", "2.7", "cp313"] {
            assert!(bad.parse::<PythonRelease>().is_err(), "{bad}");
        }
    }

    #[test]
    fn a_python_gets_the_configured_wheel_that_it_imports() {
        for (python, configured, chosen) in [
            ("3.12", &["abi3"][..], "abi3"),
            ("3.12", &["abi3", "3.12"], "3.12"),
            ("3.14t", &["abi3", "abi3t"], "3.14t"),
            ("3.15t", &["abi3", "abi3t"], "abi3t"),
            ("3.15", &["abi3", "abi3t"], "abi3"),
            ("3.15", &["abi3t", "3.12"], "abi3t"),
            ("3.15t", &["abi3"], "3.15t"),
            ("3.11", &["3.12", "3.13"], "3.11"),
        ] {
            let configured: Vec<_> = configured.iter().map(|name| abi(name)).collect();
            let python = python.parse().unwrap();
            assert_eq!(PythonAbi::for_python(python, &configured), abi(chosen), "{python}");
        }
    }
}
