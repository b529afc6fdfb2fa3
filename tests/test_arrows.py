"""arrows.py reports upward dependencies and cycles: in small crates, and in src/."""

import pytest

from arrows import faults, main

pytestmark = pytest.mark.quick

ALLOWED = {"low": set(), "high": {"low"}, "main": {"high"}}
LIB = {"lib.rs": "pub mod high;\npub mod low;\n"}


def check(tmp_path, files):
    for name, source in {**LIB, **files}.items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(source)
    return list(faults(tmp_path, ALLOWED))


def test_src_has_no_upward_dependency_and_no_cycle(capsys):
    assert main([]) == 0, capsys.readouterr().out


def test_a_downward_dependency_is_allowed(tmp_path):
    files = {"high.rs": "use crate::low::Thing;\n", "low.rs": "pub struct Thing;\n"}
    assert check(tmp_path, files) == []


@pytest.mark.parametrize(
    "source",
    [
        "use crate::high::Thing;",
        "use crate::{high::{Thing as Other}, low};",
        "use super::high::Thing;",
        "fn f() -> crate::high::Thing { todo!() }",
        "fn f() { println!(\"{}\", crate::high::Thing) }",
        "use crate::high;\nfn f() { high::Thing; }",
        "use crate::high::*;",
    ],
)
def test_an_upward_dependency_is_reported_however_it_is_written(tmp_path, source):
    files = {"high.rs": "pub struct Thing;\n", "low.rs": f"\n{source}\n"}
    (fault,) = check(tmp_path, files)
    assert fault == f"low.rs:{2 + source.count(chr(10))}: low may not use high: high.rs"


def test_a_re_export_leads_to_the_file_that_defines_the_name(tmp_path):
    files = {
        "high/mod.rs": "mod inner;\npub use inner::Thing;\n",
        "high/inner.rs": "pub struct Thing;\n",
        "low.rs": "use crate::high::Thing;\n",
    }
    assert check(tmp_path, files) == ["low.rs:1: low may not use high: high/inner.rs"]


def test_a_module_missing_from_the_table_is_reported(tmp_path):
    files = {"lib.rs": "mod new;\nmod low;", "new.rs": "use crate::low::A;", "low.rs": "pub struct A;"}
    assert check(tmp_path, files) == ["new.rs:1: new may not use low: low.rs"]


CYCLE = {
    "high.rs": "",
    "low/mod.rs": "mod a;\nmod b;\npub use a::A;\npub use b::B;\n",
    "low/a.rs": "use super::B;\npub struct A;\n",
    "low/b.rs": "//! Uses a.\npub struct B(super::A);\n",
}


def test_a_cycle_through_re_exports_is_reported(tmp_path):
    assert check(tmp_path, CYCLE) == ["cycle: low/a.rs:1 uses low/b.rs, low/b.rs:2 uses low/a.rs"]


def test_a_directory_and_a_file_in_it_can_be_a_cycle(tmp_path):
    files = {
        "high.rs": "",
        "low/mod.rs": "mod a;\npub struct Low;\npub fn f() { a::f(Low) }\n",
        "low/a.rs": "pub fn f(_: super::Low) {}\n",
    }
    assert check(tmp_path, files) == ["cycle: low/mod.rs:3 uses low/a.rs, low/a.rs:1 uses low/mod.rs"]


@pytest.mark.parametrize(
    "source",
    [
        "// use crate::high::Thing;",
        "/* crate::high::Thing */",
        "/// [crate::high::Thing]\npub struct A;",
        'const A: &str = "use crate::high::Thing; \\" crate::high::Thing";',
        'const A: &str = r#"" crate::high::Thing"#;',
        "const A: char = '\"'; // crate::high::Thing \"",
        "#[cfg(test)]\nuse crate::high::Thing;",
        "#[cfg(test)]\nmod tests {\n    use crate::high::Thing;\n}",
        "#[cfg(test)]\n#[allow(unused)]\nfn f() -> Box<dyn Iterator<Item = u8>> { crate::high::Thing }",
    ],
)
def test_comments_strings_and_test_code_are_not_dependencies(tmp_path, source):
    files = {
        "high.rs": "use crate::low::B;\npub struct Thing;\n",
        "low/mod.rs": f"{source}\npub struct B;\n#[cfg(test)]\nmod tests;\n",
        "low/tests.rs": "use crate::high::Thing;\n",
    }
    assert check(tmp_path, files) == []


def test_code_after_test_code_counts_again(tmp_path):
    source = "#[cfg(test)]\nconst A: [u8; 1] = { [1] };\nuse crate::high::Thing;\n"
    files = {"high.rs": "pub struct Thing;\n", "low.rs": source}
    assert check(tmp_path, files) == ["low.rs:3: low may not use high: high.rs"]
