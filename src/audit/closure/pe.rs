//! How the Windows loader resolves the imports of a PE file.
//!
//! A package can add any of its directories to the search path with `os.add_dll_directory`, so a DLL
//! anywhere in the wheel counts as found.

use std::collections::HashSet;
use std::sync::LazyLock;

use super::wheel::{Rules, Wheel};
use crate::audit::catalogue;
use crate::audit::checks::extension::PythonDll;
use crate::audit::{Binary, Finding, Report};
use crate::relative_path::file_name;

/// The DLLs of Windows, by their full names.
static SYSTEM: LazyLock<HashSet<&'static str>> = LazyLock::new(|| {
    let lines = include_str!("../../../toolchains/windows.txt").lines();
    lines.filter(|line| !line.starts_with('#')).collect()
});

/// The runtime that python.org's installer includes since Python 3.8.
const PYTHONS: [&str; 2] = ["vcruntime140.dll", "vcruntime140_1.dll"];

/// Whether Windows or Python provides `dll`. This is PEP 513's rule applied to Windows.
fn is_provided(dll: &str) -> bool {
    let stem = dll.strip_suffix(".dll").unwrap_or(dll);
    stem.starts_with("api-ms-win-")
        || stem.starts_with("ext-ms-")
        || PythonDll::read(dll).is_some()
        || stem.starts_with("libpypy3")
        // GraalPy's.
        || dll == "python-native.dll"
        || PYTHONS.contains(&dll)
        || SYSTEM.contains(dll)
}

pub(super) fn judge(wheel: &Wheel<'_, '_>, findings: &mut Vec<Finding>) {
    const RULES: Rules =
        Rules { missing: catalogue::PE_IMPORT_OUTSIDE, elsewhere: catalogue::PE_IMPORT_ELSEWHERE };
    let files = wheel.files;
    let inside: HashSet<String> =
        files.iter().map(|file| file_name(&file.path).to_ascii_lowercase()).collect();
    for file in files {
        let Binary::Pe(pe) = &file.binary else {
            continue;
        };
        // Delay-loaded DLLs may never be needed, and their users may handle their absence.
        for import in &pe.imports {
            let is_there = is_provided(&import.dll) || inside.contains(&import.dll);
            if is_there || wheel.around.excluded.matches(&import.dll) {
                continue;
            }
            if let Some(finding) = wheel.elsewhere(file, None, RULES, &import.dll) {
                findings.push(finding);
                continue;
            }
            let what = format!(
                "imports {}, which is neither in the wheel nor part of Windows or Python",
                import.dll
            );
            findings.report(RULES.missing, &file.path, what);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::audit::closure::Surroundings;
    use crate::audit::excluded::Excluded;
    use crate::test_builders::{PeBuilder, read};

    #[test]
    fn the_dlls_of_windows_are_complete_and_redistributable_ones_are_not_among_them() {
        let windows = "kernel32 user32 aclui loadperf lz32 query sfc uiautomationcore clusapi \
            cryptnet netutils wkscli samcli vssapi webservices magnification mmdevapi quartz msctf \
            d3dcompiler_47 xinput1_4 vcruntime140 ucrtbase msvcrt win32u";
        for dll in windows.split(' ') {
            assert!(is_provided(&format!("{dll}.dll")), "{dll}");
        }
        assert!(is_provided("winspool.drv") && is_provided("ext-ms-win-ntuser-window-l1-1-0.dll"));
        let separate = "msvcp140 msvcr120 mfc140u vcomp140 concrt140 atl100 d3dx9_43 xinput1_3 \
            d3dcompiler_43 xaudio2_7 glut32 libgcc_s_seh-1 zlib1 sqlite3 nvencodeapi";
        for dll in separate.split(' ') {
            assert!(!is_provided(&format!("{dll}.dll")), "{dll}");
        }
    }

    #[test]
    fn a_dll_comes_from_the_wheel_windows_or_python() {
        let module = PeBuilder::dll()
            .imports("KERNEL32.dll", &[])
            .imports("python312.dll", &[])
            .imports("api-ms-win-crt-runtime-l1-1-0.dll", &[])
            .imports("hello-1.DLL", &[])
            .imports("msvcp140.dll", &[])
            .build();
        let files =
            [read("x/_x.pyd", &module), read("x.libs/Hello-1.dll", &PeBuilder::dll().build())];
        let mut findings = Vec::new();
        let excluded = Excluded::default();
        let around = Surroundings::none(&excluded);
        judge(&Wheel { files: &files, nodes: &[], around }, &mut findings);
        let sentences: Vec<_> = findings.iter().map(|finding| finding.what.as_str()).collect();
        assert_eq!(
            sentences,
            ["x/_x.pyd imports msvcp140.dll, which is neither in the wheel nor part of Windows \
              or Python"]
        );
    }
}
