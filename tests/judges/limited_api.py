"""C for an extension module `_spam` without Python's headers, which need a C library.

MODULE_C comes after the function `spam`, and INIT_C after that.
"""

MODULE_C = """
static struct method {
    const char *name;
    PyObject *(*call)(PyObject *, PyObject *);
    int flags;
    const char *doc;
} methods[] = {{"spam", spam, 4, "A number."}, {0}};

static struct module {
    long long head[5];
    const char *name, *doc;
    long long size;
    struct method *methods;
    void *rest[4];
} module = {{1}, "_spam", 0, -1, methods};
"""
INIT_C = "PyObject *PyInit__spam(void) { return PyModule_Create2(&module, 3); }"
