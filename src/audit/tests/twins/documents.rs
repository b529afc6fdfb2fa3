//! Pairs for the rules about METADATA, entry points and RECORD.

use super::{Draft, File, Twin};
use crate::audit::catalogue as c;

pub(super) const TWINS: &[Twin] = &[
    (c::METADATA_MALFORMED, |faulty| {
        Draft::pure().edit("METADATA", "Name: x\n", if faulty { "" } else { "Name: X\n" }).build()
    }),
    (c::METADATA_VERSION, |faulty| {
        Draft::pure().version(if faulty { "2.0" } else { "2.1" }).build()
    }),
    (c::METADATA_SUMMARY, |faulty| {
        header(&format!("Summary: {}", "\u{fc}".repeat(if faulty { 513 } else { 512 })))
    }),
    (c::METADATA_LICENSE_EXPRESSION, |faulty| {
        header(if faulty {
            "License-Expression: MIT License"
        } else {
            "License-Expression: mit Or 0bsd"
        })
    }),
    (c::METADATA_LICENSE_EXPRESSION, |faulty| {
        let name = if faulty { "LicenseRef-a_b" } else { "licenseref-A.b-1" };
        header(&format!("License-Expression: Apache-2.0 WITH LLVM-exception OR {name}"))
    }),
    (c::METADATA_LICENSE_FILE, |faulty| {
        let path = if faulty { "LICENSE" } else { "licenses/a/LICENSE" };
        Draft::pure().header("License-File: a/LICENSE").info(path, "MIT").build()
    }),
    // setuptools wrote License-File years before it was standardized.
    (c::METADATA_LICENSE_FILE, |faulty| {
        let draft = Draft::pure().header("License-File: LICENSE");
        if faulty { draft.build() } else { draft.version("2.1").info("LICENSE", "MIT").build() }
    }),
    (c::METADATA_REQUIREMENT, |faulty| {
        header(if faulty {
            "Requires-Dist: a[x]>=1;"
        } else {
            "Requires-Dist: A.b[x_,y] (>=1,) ; os_name=='nt'"
        })
    }),
    (c::METADATA_REQUIREMENT, |faulty| {
        header(if faulty { "Requires-Dist: a >=1.*" } else { "Requires-Dist: a ==1.*" })
    }),
    (c::METADATA_REQUIRES_PYTHON, |faulty| {
        header(if faulty { "Requires-Python: 3.6+" } else { "Requires-Python: >=3.6, <4," })
    }),
    (c::METADATA_FIELD_TOO_NEW, |faulty| {
        let version = if faulty { "2.3" } else { "2.4" };
        Draft::pure().version(version).header("License-Expression: MIT").build()
    }),
    (c::METADATA_DESCRIPTION_TYPE, |faulty| {
        let variant = if faulty { "Github" } else { "CommonMark" };
        header(&format!(
            "Description-Content-Type: text/markdown; charset=UTF-8; variant={variant}"
        ))
    }),
    (c::METADATA_PROJECT_URL, |faulty| {
        let label = "l".repeat(if faulty { 33 } else { 32 });
        header(&format!("Project-URL: {label}, https://a.b/?q=1,2#x"))
    }),
    (c::METADATA_REPEATED, |faulty| {
        header(if faulty {
            "Keywords: a\nKeywords: b"
        } else {
            "Platform: a\nPlatform: b\nKeywords: a,b"
        })
    }),
    (c::METADATA_ENTRY_POINTS, |faulty| {
        let value = if faulty { "x" } else { "x:main [extra]" };
        let draft = Draft::pure().header("Provides-Extra: extra");
        draft.info("entry_points.txt", &format!("[console_scripts]\nx = {value}\n")).build()
    }),
    // Other groups may name modules.
    (c::METADATA_ENTRY_POINTS, |faulty| {
        let group = if faulty { "gui_scripts" } else { "pytest11" };
        Draft::pure().info("entry_points.txt", &format!("[{group}]\nx = x\n")).build()
    }),
    (c::METADATA_ENTRY_POINT_COMMENT, |faulty| {
        let (before, after) =
            if faulty { ("", " ; comment") } else { ("# comment\n; comment\n", "") };
        let text = format!("{before}[console_scripts]\nx = x:main{after}\n");
        Draft::pure().info("entry_points.txt", &text).build()
    }),
    (c::METADATA_DYNAMIC, |faulty| {
        header(if faulty { "Dynamic: Metadata-Version" } else { "Dynamic: requires-dist" })
    }),
    (c::METADATA_EXTRA, |faulty| {
        header(if faulty { "Provides-Extra: a b" } else { "Provides-Extra: A_b.c" })
    }),
    (c::METADATA_IMPORT_NAME, |faulty| {
        let name = if faulty { "x.class" } else { "x.match ; private" };
        Draft::pure().version("2.5").header(&format!("Import-Name: {name}")).build()
    }),
    (c::METADATA_UNKNOWN_FIELD, |faulty| {
        header(if faulty { "Licence: MIT" } else { "license: MIT" })
    }),
    (c::RECORD_MISSING, |faulty| {
        let draft = Draft::pure();
        if faulty { (draft.name(), without_record(&draft)) } else { draft.build() }
    }),
    (c::RECORD_MALFORMED, |faulty| {
        Draft::pure()
            .edit("RECORD", "RECORD,,", if faulty { "RECORD," } else { "RECORD,\"\"," })
            .build()
    }),
    (c::RECORD_UNLISTED, |faulty| {
        let draft = Draft::pure().file("x, y.py", "");
        if faulty { draft.edit("RECORD", "\"x, y.py\"", "x.py").build() } else { draft.build() }
    }),
    (c::RECORD_NOT_THERE, |faulty| {
        let more = if faulty { "\ny.py,," } else { "" };
        Draft::pure().edit("RECORD", "RECORD,,", &format!("RECORD,,{more}")).build()
    }),
    // The same line twice says the same.
    (c::RECORD_DUPLICATE, |faulty| {
        let more =
            if faulty { "\nx-1.0.dist-info/RECORD,,1" } else { "\nx-1.0.dist-info/RECORD,," };
        Draft::pure().edit("RECORD", "RECORD,,", &format!("RECORD,,{more}")).build()
    }),
    (c::RECORD_HASH, |faulty| record_of("x.py", if faulty { "y = 1\n" } else { "x = 1\n" })),
    (c::RECORD_SIZE, |faulty| {
        Draft::pure().edit("RECORD", ",6\n", if faulty { ",7\n" } else { ",\n" }).build()
    }),
    (c::RECORD_NO_HASH, |faulty| {
        let draft = Draft::pure().file("y.py", "");
        let digest = "sha256=47DEQpj8HBSa-_TImW-5JCeuQeRkm5NMpJWZG3hSuFU";
        let sha512 = "sha512=z4PhNX7vuL3xVChQ1m2AB9Yg5AULVxXcg_SpIdNs6c5H0NE8XYXysP-DGNKHfuwvY7kxvUdBeoGlODJ6-SfaPg";
        draft.edit("RECORD", digest, if faulty { "" } else { sha512 }).build()
    }),
    (c::RECORD_ITSELF, |faulty| {
        Draft::pure()
            .edit("RECORD", "RECORD,,", if faulty { "RECORD,,1" } else { "RECORD,," })
            .build()
    }),
    (c::RECORD_SIGNATURE, |faulty| {
        let draft = Draft::pure().info("RECORD.jws", "{}");
        let row =
            "x-1.0.dist-info/RECORD.jws,sha256=RBNvo1WzZ4oRRq0W9-hknpT7T8If536DEMBg9hyq_4o,2\n";
        if faulty { draft.build() } else { draft.edit("RECORD", row, "").build() }
    }),
    // A file of 99 MB is no larger than the limit: the fault needs more.
    (c::INDEX_FILE_SIZE, |_| Draft::pure().file("x.bin", vec![1; 1 << 20]).build()),
    (c::INDEX_DIRECT_URL, |faulty| {
        header(if faulty {
            "Requires-Dist: a @ https://a.b/a.whl"
        } else {
            "Requires-Dist: a ; extra == '@'"
        })
    }),
    (c::INDEX_PRIVATE, |faulty| {
        let text = if faulty { "Private :: Do Not Upload" } else { "Typing :: Typed" };
        header(&format!("Classifier: {text}"))
    }),
    (c::INDEX_CLASSIFIER, |faulty| {
        let last = if faulty { "2.99" } else { "3.13" };
        header(&format!("Classifier: Programming Language :: Python :: {last}"))
    }),
    (c::INDEX_LICENSE, |faulty| {
        let version = if faulty { "License: MIT" } else { "License:" };
        header(&format!("{version}\nLicense-Expression: MIT"))
    }),
    (c::INDEX_EMAIL, |faulty| {
        let host = if faulty { "localhost" } else { "lists.example.org" };
        header(&format!("Author-email: \"Cee, Ann\" <ann+x@{host}>"))
    }),
    (c::INDEX_URL, |faulty| {
        header(if faulty { "Home-page: //a.b" } else { "Home-page: HTTPS://a.b:8080/x?y=%20#z" })
    }),
];

fn header(lines: &str) -> File {
    Draft::pure().header(lines).build()
}

/// A wheel whose file has `text`, and whose RECORD has the hash of another text.
fn record_of(path: &str, text: &str) -> File {
    let draft = Draft::pure();
    let mut files = draft.files();
    for (name, bytes) in &mut files {
        if name == path {
            *bytes = text.as_bytes().to_vec();
        }
    }
    (draft.name(), crate::test_builders::zip(files))
}

fn without_record(draft: &Draft) -> Vec<u8> {
    let files = draft.files().into_iter().filter(|(path, _)| !path.ends_with("/RECORD"));
    crate::test_builders::zip(files)
}
