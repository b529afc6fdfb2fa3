//! The import library of `python3.dll`. On Windows a linker has to know the DLL of every symbol, so
//! what uses Python is linked to the DLL that every CPython 3 has.
//!
//! Input: the names of the stable ABI, and our headers, which know functions from data. Output: the
//! library, made by `dlltool` and kept in the cache.

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::sync::LazyLock;

use crate::audit::stable_abi;
use crate::error::{Failure, Kind, Result};
use crate::process::Call;
use crate::target::Slice;
use crate::toolchain::{Driver, Host};

/// What an import library is made from.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub(in crate::factory) struct PythonLibrary {
    machine: &'static str,
    definitions: &'static str,
}

/// Everything in the stable ABI, whatever added it: the headers declare what the oldest Python of a
/// project has.
static DEFINITIONS: LazyLock<String> = LazyLock::new(|| {
    const HEADERS: [&str; 2] = [
        include_str!("../../../toolchains/abi3/Python.h"),
        include_str!("../../../toolchains/abi3/limited.h"),
    ];
    let data: BTreeSet<_> = HEADERS.into_iter().flat_map(data).collect();
    let mut text = "LIBRARY python3.dll\nEXPORTS\n".to_owned();
    for name in stable_abi::names() {
        text.push_str(name);
        text.push_str(if data.contains(name) { " DATA\n" } else { "\n" });
    }
    text
});

/// The variables that a header declares: `PyAPI_DATA(PyTypeObject) PyBool_Type;`.
fn data(header: &str) -> impl Iterator<Item = &str> {
    let lines = header.lines().filter_map(|line| line.strip_prefix("PyAPI_DATA("));
    lines.filter_map(|line| line.split_once(") ")?.1.strip_suffix(';'))
}

impl PythonLibrary {
    /// What `slice` needs, if its linkers have to know where Python's symbols are.
    pub(in crate::factory) fn of(slice: Slice) -> Option<Self> {
        let machine = slice.dlltool_machine()?;
        Some(Self { machine, definitions: &DEFINITIONS })
    }

    /// The library.
    ///
    /// # Errors
    /// Those of `dlltool`, and of writing to the cache.
    pub(super) fn file(&self, (host, driver): (&Host, &Driver), doing: &str) -> Result<PathBuf> {
        let Some(dlltool) = &driver.dlltool else {
            let found = "this compiler has no dlltool";
            return Err(Failure::toolchain(doing, found, "use --toolchain zig"));
        };
        let files = [("python3.def", self.definitions), ("machine", self.machine)];
        let source = host.cache.files("python3-def", &files, false)?;
        let name = source.file_name().unwrap_or_default().to_string_lossy();
        let place = source.with_file_name(name.replace("-def", "-lib"));
        host.cache.publish(&place, |dir| {
            let call = Call::new(&host.environment, "zig", dlltool, doing)
                .args(["-m", self.machine])
                .args(["-d".as_ref(), source.join("python3.def").as_os_str()])
                .args(["-l".as_ref(), dir.join(FILE).as_os_str()])
                .envs(driver.env.clone());
            call.run(Kind::Toolchain, "try another version of zig (see `pygo doctor`)").map(drop)
        })?;
        Ok(place.join(FILE))
    }
}

const FILE: &str = "python3.lib";

#[cfg(test)]
mod tests {
    use super::*;
    use crate::target::{AARCH64, LINUX, MACOS, WINDOWS, X86_64};

    #[test]
    fn functions_and_data_of_the_stable_abi_are_told_apart() {
        let lines: Vec<_> = DEFINITIONS.lines().collect();
        assert_eq!(lines[..2], ["LIBRARY python3.dll", "EXPORTS"]);
        for line in [
            "PyModule_Create2",
            "PyArg_UnpackTuple",
            "PyExc_ImportError DATA",
            "_Py_NoneStruct DATA",
            "PyLong_Type DATA",
        ] {
            assert!(lines.contains(&line), "{line}");
        }
        assert!(!DEFINITIONS.contains("PyList_SetSlice DATA"));
        let data = lines.iter().filter(|line| line.ends_with(" DATA")).count();
        assert!((80..200).contains(&data) && lines.len() > 900, "{data} of {}", lines.len());
    }

    #[test]
    fn only_windows_needs_it() {
        let machine = |os, arch| Some(PythonLibrary::of(Slice::new(os, arch))?.machine);
        assert_eq!(machine(WINDOWS, X86_64), Some("i386:x86-64"));
        assert_eq!(machine(WINDOWS, AARCH64), Some("arm64"));
        assert_eq!((machine(LINUX, X86_64), machine(MACOS, AARCH64)), (None, None));
    }
}
