//! zig's runtime library, which is linked only to what needs it.

use std::io::Read as _;

use goblin::elf::Elf;

use crate::support::Test;

/// example/hello, whose C divides numbers that no processor can.
const GO: &str = "package main\n\n// static unsigned long long part(unsigned long long number) {\n\
    //     unsigned __int128 large = (unsigned __int128)number << 64 | 7;\n\
    //     return (unsigned long long)(large / (number | 3));\n// }\nimport \"C\"\n\n\
    //export Part\nfunc Part(number C.ulonglong) C.ulonglong { return C.part(number) }\n";

#[test]
fn c_that_calls_its_functions_has_them() {
    let test = Test::hello().write("example/go/part.go", GO);
    let test = test.args(&["matrix", "--targets", "linux-amd64,linux-arm64,macos-arm64"]);
    let done = test.run();
    assert_eq!(done.code, Some(0), "{}", done.stderr);
    let wheels: Vec<_> = done.stdout.lines().map(|line| test.path().join(line)).collect();
    for wheel in &wheels[..2] {
        let mut archive = zip::ZipArchive::new(fs_err::File::open(wheel).unwrap()).unwrap();
        let mut names = archive.file_names().map(|name| name.unwrap().into_owned());
        let name = names.find(|name| name.contains("/lib/lib")).unwrap();
        drop(names);
        let mut bytes = Vec::new();
        archive.by_name(&name).unwrap().read_to_end(&mut bytes).unwrap();
        let elf = Elf::parse(&bytes).unwrap();
        let open: Vec<_> = elf
            .dynsyms
            .iter()
            .filter(|symbol| symbol.is_import())
            .filter_map(|symbol| elf.dynstrtab.get_at(symbol.st_name))
            .filter(|name| name.ends_with("ti3"))
            .collect();
        assert!(open.is_empty(), "{name} lacks {open:?}");
    }
    let code = "import ctypes, example, glob, os; \
        path = glob.glob(os.path.dirname(example.__file__) + '/lib/lib*.so')[0]; \
        part = ctypes.CDLL(path).Part; part.restype = ctypes.c_ulonglong; part.argtypes = [ctypes.c_ulonglong]; \
        assert part(5) == (5 << 64 | 7) // 7 & (1 << 64) - 1, part(5)";
    let done = test
        .args(&["test", wheels[0].to_str().unwrap(), "--command", &format!("python -c \"{code}\"")])
        .run();
    assert_eq!(done.code, Some(0), "{}", done.stderr);
}
