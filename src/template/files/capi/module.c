/* The functions of the Python module, with Python's limited API: one binary for every Python. */
#define PY_SSIZE_T_CLEAN
#include <Python.h>
#include <stdlib.h>

#include "_cgo_export.h"

static PyObject *greet(PyObject *self, PyObject *args) {
    const char *name;
    if (!PyArg_ParseTuple(args, "s", &name)) return NULL;
    char *text = Greet((char *)name);
    PyObject *greeting = PyUnicode_FromString(text);
    free(text);
    return greeting;
}

static PyMethodDef methods[] = {
    {"greet", greet, METH_VARARGS, "greet(name, /)\n--\n\nReturn a greeting for name."},
    {NULL, NULL, 0, NULL},
};

static struct PyModuleDef module = {
    PyModuleDef_HEAD_INIT, "{{package}}._{{last}}", NULL, -1, methods, NULL, NULL, NULL, NULL,
};

PyMODINIT_FUNC PyInit__{{last}}(void) {
    return PyModule_Create(&module);
}
