#define PY_SSIZE_T_CLEAN
#include <Python.h>

/* Appends a string to a list; below 0 with an exception set. */
int fields_append(PyObject *list, const char *text, Py_ssize_t size);
