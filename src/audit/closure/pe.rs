//! How the Windows loader resolves the imports of a PE file.
//!
//! A package can add any of its directories to the search path with `os.add_dll_directory`, so a DLL
//! anywhere in the wheel counts as found.

use std::collections::HashSet;

use super::search::file_name;
use super::wheel::{Rules, Wheel};
use crate::audit::catalogue;
use crate::audit::checks::extension::PythonDll;
use crate::audit::{Binary, Finding, Report};

/// The DLLs of every Windows except Server Core, without `.dll`, that programs import. Doubtful names
/// are left out, so that a person looks at them.
const SYSTEM: &str = "\
    activeds advapi32 authz avicap32 avrt bcrypt bcryptprimitives bthprops.cpl cabinet cfgmgr32 \
    chakra combase comctl32 comdlg32 credui crypt32 cryptbase cryptsp cryptui cryptxml d2d1 \
    d3d10 d3d10_1 d3d10core d3d11 d3d12 d3d9 d3dcompiler_47 davclnt dbgeng dbghelp dciman32 \
    dcomp ddraw dhcpcsvc dhcpcsvc6 dinput8 dnsapi dsound dwmapi dwrite dxcore dxgi dxva2 esent \
    evr fltlib fwpuclnt gdi32 gdiplus glu32 hid httpapi icm32 icu icuin icuuc imagehlp imm32 \
    iphlpapi kernel32 kernelbase ksuser ktmw32 mf mfplat mfreadwrite mpr mprapi msacm32 mscms \
    mscoree msdmo msi msimg32 mswsock msvcrt msvfw32 ncrypt ndfapi netapi32 newdev normaliz \
    ntdll ntdsapi odbc32 odbccp32 ole32 oleacc oleaut32 oledlg opengl32 pdh powrprof propsys \
    psapi qwave rasapi32 resutils rpcrt4 rstrtmgr samlib sas schannel secur32 security sensapi \
    setupapi shcore shell32 shlwapi slc snmpapi srclient sspicli taskschd tbs tdh traffic \
    ucrtbase urlmon user32 userenv usp10 uxtheme vcruntime140 vcruntime140_1 version virtdisk \
    wer wevtapi wlanapi wldap32 wimgapi win32u winbio windowscodecs winhttp wininet winmm \
    winscard winspool.drv winsta wintrust winusb wofutil ws2_32 wscapi wsnmp32 wsock32 wtsapi32 \
    xaudio2_9 xinput1_4 xinput9_1_0 xmllite";

/// Whether Windows or Python provides `dll`. This is PEP 513's rule applied to Windows; python.org's
/// installer includes both `vcruntime140` DLLs since Python 3.8.
fn is_provided(dll: &str) -> bool {
    let stem = dll.strip_suffix(".dll").unwrap_or(dll);
    stem.starts_with("api-ms-win-")
        || stem.starts_with("ext-ms-")
        || PythonDll::read(dll).is_some()
        || stem.starts_with("libpypy3")
        || SYSTEM.split(' ').any(|known| known == stem)
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
