#include "module.h"

#include "_cgo_export.h"

static PyObject *error;

int fields_append(PyObject *list, const char *text, Py_ssize_t size) {
    PyObject *item = PyUnicode_FromStringAndSize(text, size);
    if (item == NULL) return -1;
    int failed = PyList_Append(list, item);
    Py_DECREF(item);
    return failed;
}

static PyObject *split(PyObject *self, PyObject *args, PyObject *keywords) {
    static char *names[] = {"line", "separator", NULL};
    const char *line;
    Py_ssize_t size;
    int separator = ',';
    if (!PyArg_ParseTupleAndKeywords(args, keywords, "s#|C", names, &line, &size, &separator))
        return NULL;
    PyObject *list = PyList_New(0);
    if (list == NULL) return NULL;
    char *message = Split((char *)line, size, separator, list);
    if (message != NULL) PyErr_SetString(error, message);
    free(message);
    if (PyErr_Occurred()) Py_CLEAR(list);
    return list;
}

static PyMethodDef methods[] = {
    {"split", (PyCFunction)(void (*)(void))split, METH_VARARGS | METH_KEYWORDS,
     "split(line, separator=',')\n--\n\nReturn the fields of a line, which may be in quotes."},
    {NULL, NULL, 0, NULL},
};

static struct PyModuleDef module = {
    PyModuleDef_HEAD_INIT, "fields._fields", NULL, -1, methods, NULL, NULL, NULL, NULL,
};

PyMODINIT_FUNC PyInit__fields(void) {
    PyObject *self = PyModule_Create(&module);
    if (self == NULL) return NULL;
    error = PyErr_NewException("fields.FieldError", PyExc_ValueError, NULL);
    if (error == NULL || PyModule_AddObjectRef(self, "FieldError", error) < 0) {
        Py_DECREF(self);
        return NULL;
    }
    return self;
}
