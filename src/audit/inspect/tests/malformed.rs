//! Every input gets an answer: wheels cut off or changed anywhere, and any document.

use proptest::prelude::*;

use super::{ElfBuilder, inspect, module, wheel, zip};

fn samples() -> Vec<(&'static str, Vec<u8>)> {
    let linux = "x-1.0-cp310-abi3-manylinux_2_17_x86_64.whl";
    let elf = ElfBuilder::library("").undefined("PyModule_Create2", false).exports("PyInit__x");
    let windows = "x-1.0-cp310-abi3-win_amd64.whl";
    let scripts = b"[console_scripts]\nx = x:main\n".to_vec();
    vec![
        (linux, wheel(linux, &[("_x.abi3.so", elf.build()), ("x.py", b"import _x\n".to_vec())])),
        (windows, wheel(windows, &[("_x.pyd", module("python3.dll").build())])),
        (
            "x-1.0-py3-none-any.whl",
            wheel("x-1.0-py3-none-any.whl", &[("x-1.0.dist-info/entry_points.txt", scripts)]),
        ),
    ]
}

#[test]
fn truncated_wheels_get_an_answer() {
    for (name, bytes) in samples() {
        for cut in (0..bytes.len()).step_by(3) {
            let found = inspect(&&bytes[..cut], name).unwrap();
            assert!(found.has_errors(), "{name} cut at {cut}");
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(if cfg!(debug_assertions) { 100 } else { 2000 }))]

    #[test]
    fn changed_wheels_get_an_answer(
        sample in 0usize..3,
        changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..12),
    ) {
        let (name, mut bytes) = samples()[sample].clone();
        for (at, value) in changes {
            let at = at.index(bytes.len());
            bytes[at] = value;
        }
        let found = inspect(&bytes.as_slice(), name).unwrap();
        prop_assert!(found.findings.is_sorted());
    }

    #[test]
    fn any_file_name_and_document_get_an_answer(
        name in "[ -~]{0,40}",
        metadata in prop::collection::vec(any::<u8>(), 0..200),
        record in "[,\"\r\n a-z/=0-9]{0,200}",
    ) {
        let bytes = zip([
            ("x-1.0.dist-info/METADATA", metadata.as_slice()),
            ("x-1.0.dist-info/WHEEL", &metadata),
            ("x-1.0.dist-info/RECORD", record.as_bytes()),
            ("x-1.0.dist-info/entry_points.txt", &metadata),
        ]);
        for name in [name.as_str(), "x-1.0-py3-none-any.whl"] {
            prop_assert!(inspect(&bytes.as_slice(), name).unwrap().has_errors());
        }
    }
}
