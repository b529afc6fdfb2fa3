//! C code against Python's limited API, as extensions of other tools have it.

use std::process::Command;

use crate::support::Test;

const LINUX: &[&str] = &["matrix", "--targets", "linux-amd64"];

const MAIN: &str = "package main\n\nimport \"C\"\n\n//export add\nfunc add(a, b C.long) C.long {\n\t\
                    return a + b\n}\n\nfunc main() {}\n";

/// An extension module `_x` with the C code `start` before Python.h and `body` in a function.
fn module(python: &str, start: &str, body: &str) -> Test {
    let c = format!(
        "{start}\n#include <Python.h>\nlong add(long, long);\n\
         static PyObject *sum(PyObject *self, PyObject *args) {{\n    long a, b;\n    {body}\n    \
         if (!PyArg_ParseTuple(args, \"ll\", &a, &b)) return NULL;\n    \
         return PyLong_FromLong(add(a, b));\n}}\n\
         static PyMethodDef methods[] = {{{{\"sum\", sum, METH_VARARGS, NULL}}, {{0}}}};\n\
         static struct PyModuleDef module = {{PyModuleDef_HEAD_INIT, \"_x\", NULL, -1, methods}};\n\
         PyMODINIT_FUNC PyInit__x(void) {{ return PyModule_Create(&module); }}\n"
    );
    Test::pyproject(&format!(
        "[project]\nname = \"x\"\nversion = \"1\"\nrequires-python = \">={python}\"\n\
         [tool.setuptools]\npackages = []\n\
         [tool.pygo-tools]\nbinding = \"capi\"\nextension = \"_x\"\ngo-dir = \"example/go\"\n"
    ))
    .write("example/go/main.go", MAIN)
    .write("example/go/module.c", c)
    .args(LINUX)
}

#[test]
fn the_oldest_python_decides_whatever_c_code_says_of_the_limited_api() {
    for start in ["#define Py_LIMITED_API", "#undef Py_LIMITED_API", "#define Py_LIMITED_API 3"] {
        let test = module("3.10", start, "");
        let done = test.run();
        assert_eq!(done.code, Some(0), "{start}: {}", done.stderr);
        assert!(done.stdout.starts_with("dist/x-1-cp310-abi3-manylinux"), "{}", done.stdout);
        let wheel = fs_err::File::open(test.path().join(done.stdout.trim())).unwrap();
        let installed = test.path().join("installed");
        zip::ZipArchive::new(wheel).unwrap().extract(&installed).unwrap();
        let called = Command::new("python3")
            .args(["-c", "import _x; print(_x.sum(20, 22))"])
            .current_dir(&installed)
            .output()
            .unwrap();
        assert_eq!(String::from_utf8_lossy(&called.stdout), "42\n", "{start}: {called:?}");
    }
    module("3.10", "#undef Py_LIMITED_API\n#define Py_LIMITED_API 0x030c0000", "").fails_with(
        1,
        &[
            "Py_LIMITED_API names a newer Python than requires-python",
            "help: require that Python, in `requires-python`, or remove the definition",
        ],
    );
}

#[test]
fn a_name_outside_of_the_limited_api_is_explained() {
    for (python, body, help) in [
        (
            "3.8",
            "PyUnicode_AsUTF8AndSize(self, NULL);",
            "`PyUnicode_AsUTF8AndSize` is in Python's limited API since 3.10, and the wheels are for \
             Python 3.8 too: do without it, or require Python >=3.10",
        ),
        (
            "3.9",
            "if (Py_IsNone(self)) return NULL;",
            "`Py_IsNone` is in Python's limited API since 3.10",
        ),
        (
            "3.13",
            "PyMethod_Function(self);",
            "`PyMethod_Function` is not in Python's limited API, which is all that `binding = \"capi\"`",
        ),
        ("3.13", "_PyLong_Sign(self);", "`_PyLong_Sign` is not in Python's limited API"),
        (
            "3.13",
            "static PyTypeObject type = {0};",
            "`PyTypeObject` has no fields in Python's limited API",
        ),
    ] {
        module(python, "", body).fails_with(1, &["building _x for linux-amd64", help]);
    }
    // The same from Go.
    module("3.13", "", "")
        .write(
            "example/go/more.go",
            "package main\n\n// #include <Python.h>\nimport \"C\"\n\n\
             func f(o *C.PyObject) { C.PyMethod_Function(o) }\n",
        )
        .fails_with(1, &["`PyMethod_Function` is not in Python's limited API"]);
}
