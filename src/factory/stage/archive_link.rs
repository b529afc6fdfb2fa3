//! What an extension is linked with besides a Go archive. Go has compiled its packages and linked
//! nothing yet, so the flags that it would give to the C linker come from the packages.
//!
//! Input: what `go list` reports for the target, and the environment. Output: flags in the order
//! in which Go would pass them, the library's own first.

use std::path::Path;

use serde::{Deserialize, Serialize};

use super::cgo_packages::CgoPackage;
use super::preamble_flags::{Variables, words};
use super::requests::Requests;
use crate::error::Result;
use crate::process::Call;

/// How to link a Go archive.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub(in crate::factory) struct ArchiveLink {
    /// Flags for the linker.
    pub(in crate::factory) flags: Vec<String>,
    /// Whether a package has C++, so that the C++ compiler links.
    pub(in crate::factory) has_cxx: bool,
    /// Where the flags come from that ask for libraries.
    pub(super) requests: Requests,
}

/// Go's own value of `CGO_LDFLAGS`. The linker needs none of it, and with `-g` zig would build its
/// runtimes once more.
const DEFAULT: &str = "-O2 -g";

impl ArchiveLink {
    /// What an archive of `packages` needs; `call` starts pkg-config in the directory `dir`.
    ///
    /// # Errors
    /// pkg-config's message.
    pub(super) fn of(
        packages: &[CgoPackage],
        variables: &Variables<'_>,
        dir: &Path,
        call: impl Fn(&Path) -> Call,
    ) -> Result<Self> {
        let mut flags = match variables.cgo_ldflags {
            DEFAULT => Vec::new(),
            given => words(given),
        };
        for package in packages.iter().rev() {
            flags.extend(package.ldflags.iter().cloned());
            flags.extend(package.pkg_config("--libs", variables, dir, &call)?);
            flags.extend(package.linker_directives());
        }
        let has_cxx = packages.iter().any(CgoPackage::has_cxx);
        Ok(Self { flags, has_cxx, requests: Requests::default() })
    }
}

impl CgoPackage {
    /// The flags of `//go:cgo_ldflag` lines, which only Go's standard library may have: on macOS,
    /// where it calls the system's libraries without cgo.
    fn linker_directives(&self) -> Vec<String> {
        if !self.standard {
            return Vec::new();
        }
        let texts = self.go_files.iter().map(|name| fs_err::read_to_string(self.dir.join(name)));
        texts.flat_map(|text| directives(&text.unwrap_or_default())).collect()
    }
}

fn directives(text: &str) -> Vec<String> {
    let lines = text.lines().filter_map(|line| line.strip_prefix("//go:cgo_ldflag "));
    lines.map(|flag| flag.trim().trim_matches('"').to_owned()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::factory::stage::cgo_packages;

    fn of(printed: &str, cgo_ldflags: &str) -> ArchiveLink {
        let packages = cgo_packages::read(printed, "listing").unwrap();
        let setting = |name: &str| if name == "CGO_LDFLAGS" { cgo_ldflags } else { "" };
        let variables = Variables::of(setting);
        let call = |_: &Path| panic!("there is no pkg-config to call");
        ArchiveLink::of(&packages, &variables, Path::new("/p"), call).unwrap()
    }

    #[test]
    fn the_flags_of_all_packages_are_those_of_the_extension() {
        let dir = tempfile::tempdir().unwrap();
        let text =
            "package macos\n\n//go:cgo_ldflag \"-framework\"\n//go:cgo_ldflag \"Security\"\n";
        fs_err::write(dir.path().join("security.go"), text).unwrap();
        let printed = format!(
            "{{\"Standard\": true, \"Dir\": {:?}, \"GoFiles\": [\"security.go\"]}}\n\
             {{\"CgoLDFLAGS\": [\"-lz\"], \"CXXFiles\": [\"a.cc\"]}}\n\
             {{\"CgoLDFLAGS\": [\"/p/libx.a\"]}}\n",
            dir.path()
        );
        let link = of(&printed, "-L/x '-Wl,-z,now'");
        let flags = ["-L/x", "-Wl,-z,now", "/p/libx.a", "-lz", "-framework", "Security"];
        assert_eq!((link.flags, link.has_cxx), (flags.map(str::to_owned).into(), true));
        assert_eq!(of("{\"Dir\": \"/p\"}", DEFAULT), ArchiveLink::default());
    }
}
