/* Macros of the limited API that use its functions and constants.
 *
 * Written for pygo from the documentation of the C API.
 */
#ifndef PYGO_MACROS_H
#define PYGO_MACROS_H

#if Py_LIMITED_API + 0 >= 0x030a0000
#define Py_NewRef(o) Py_NewRef(_PyObject_CAST(o))
#define Py_XNewRef(o) Py_XNewRef(_PyObject_CAST(o))
#else
static inline PyObject *pygo_new_reference(PyObject *o) { Py_IncRef(o); return o; }
#define Py_NewRef(o) pygo_new_reference(_PyObject_CAST(o))
#define Py_XNewRef(o) pygo_new_reference(_PyObject_CAST(o))
#endif
#define Py_RETURN_NONE return Py_NewRef(Py_None)
#define Py_True ((PyObject *)&_Py_TrueStruct)
#define Py_False ((PyObject *)&_Py_FalseStruct)
#define Py_RETURN_TRUE return Py_NewRef(Py_True)
#define Py_RETURN_FALSE return Py_NewRef(Py_False)
#define Py_NotImplemented (&_Py_NotImplementedStruct)
#define Py_RETURN_NOTIMPLEMENTED return Py_NewRef(Py_NotImplemented)
#define Py_Ellipsis (&_Py_EllipsisObject)
#define Py_UNUSED(name) _unused_##name __attribute__((unused))
#define PyDoc_VAR(name) static const char name[]
#define PyDoc_STR(text) text
#define PyDoc_STRVAR(name, text) PyDoc_VAR(name) = PyDoc_STR(text)

#define Py_BLOCK_THREADS PyEval_RestoreThread(_save);
#define Py_UNBLOCK_THREADS _save = PyEval_SaveThread();

#define PyModule_Create(definition) PyModule_Create2(definition, PYTHON_ABI_VERSION)
#if Py_LIMITED_API + 0 >= 0x03050000
#define PyModule_FromDefAndSpec(definition, spec) \
    PyModule_FromDefAndSpec2(definition, spec, PYTHON_ABI_VERSION)
#endif
#define PyModule_AddIntMacro(module, name) PyModule_AddIntConstant(module, #name, name)
#define PyModule_AddStringMacro(module, name) PyModule_AddStringConstant(module, #name, name)
#if Py_LIMITED_API + 0 >= 0x030c0000
#define Py_MOD_MULTIPLE_INTERPRETERS_NOT_SUPPORTED ((void *)0)
#define Py_MOD_MULTIPLE_INTERPRETERS_SUPPORTED ((void *)1)
#define Py_MOD_PER_INTERPRETER_GIL_SUPPORTED ((void *)2)
#endif
#if Py_LIMITED_API + 0 >= 0x030d0000
#define Py_MOD_GIL_USED ((void *)0)
#define Py_MOD_GIL_NOT_USED ((void *)1)
#endif

/* Lengths after `#` in formats are Py_ssize_t; before 3.13 that had functions of its own. */
#if defined(PY_SSIZE_T_CLEAN) && Py_LIMITED_API + 0 < 0x030d0000
PyAPI_FUNC(int) _PyArg_Parse_SizeT(PyObject *, const char *, ...);
PyAPI_FUNC(int) _PyArg_ParseTuple_SizeT(PyObject *, const char *, ...);
PyAPI_FUNC(int) _PyArg_ParseTupleAndKeywords_SizeT(PyObject *, PyObject *, const char *, char **, ...);
PyAPI_FUNC(PyObject *) _Py_BuildValue_SizeT(const char *, ...);
PyAPI_FUNC(PyObject *) _PyObject_CallFunction_SizeT(PyObject *, const char *, ...);
PyAPI_FUNC(PyObject *) _PyObject_CallMethod_SizeT(PyObject *, const char *, const char *, ...);
#define PyArg_Parse _PyArg_Parse_SizeT
#define PyArg_ParseTuple _PyArg_ParseTuple_SizeT
#define PyArg_ParseTupleAndKeywords _PyArg_ParseTupleAndKeywords_SizeT
#define Py_BuildValue _Py_BuildValue_SizeT
#define PyObject_CallFunction _PyObject_CallFunction_SizeT
#define PyObject_CallMethod _PyObject_CallMethod_SizeT
#endif

#define PyObject_TypeCheck(o, type) \
    (Py_IS_TYPE(o, type) || PyType_IsSubtype(Py_TYPE(o), (type)))
#define PyType_HasFeature(type, flag) ((PyType_GetFlags(type) & (flag)) != 0)
#define PyType_FastSubclass(type, flag) PyType_HasFeature(type, flag)
#define PYGO_HAS(o, flag) PyType_HasFeature(Py_TYPE(o), Py_TPFLAGS_##flag##_SUBCLASS)
#define PyLong_Check(o) PYGO_HAS(o, LONG)
#define PyList_Check(o) PYGO_HAS(o, LIST)
#define PyTuple_Check(o) PYGO_HAS(o, TUPLE)
#define PyBytes_Check(o) PYGO_HAS(o, BYTES)
#define PyUnicode_Check(o) PYGO_HAS(o, UNICODE)
#define PyDict_Check(o) PYGO_HAS(o, DICT)
#define PyType_Check(o) PYGO_HAS(o, TYPE)
#define PyExceptionInstance_Check(o) PYGO_HAS(o, BASE_EXC)
#define PyExceptionClass_Check(o) \
    (PyType_Check(o) && PyType_HasFeature((PyTypeObject *)(o), Py_TPFLAGS_BASE_EXC_SUBCLASS))
#define PyExceptionInstance_Class(o) ((PyObject *)Py_TYPE(o))
#define PyLong_CheckExact(o) Py_IS_TYPE(o, &PyLong_Type)
#define PyList_CheckExact(o) Py_IS_TYPE(o, &PyList_Type)
#define PyTuple_CheckExact(o) Py_IS_TYPE(o, &PyTuple_Type)
#define PyBytes_CheckExact(o) Py_IS_TYPE(o, &PyBytes_Type)
#define PyUnicode_CheckExact(o) Py_IS_TYPE(o, &PyUnicode_Type)
#define PyDict_CheckExact(o) Py_IS_TYPE(o, &PyDict_Type)
#define PyType_CheckExact(o) Py_IS_TYPE(o, &PyType_Type)
#define PyFloat_CheckExact(o) Py_IS_TYPE(o, &PyFloat_Type)
#define PyComplex_CheckExact(o) Py_IS_TYPE(o, &PyComplex_Type)
#define PyByteArray_CheckExact(o) Py_IS_TYPE(o, &PyByteArray_Type)
#define PyModule_CheckExact(o) Py_IS_TYPE(o, &PyModule_Type)
#define PyCapsule_CheckExact(o) Py_IS_TYPE(o, &PyCapsule_Type)
#define PySet_CheckExact(o) Py_IS_TYPE(o, &PySet_Type)
#define PyFrozenSet_CheckExact(o) Py_IS_TYPE(o, &PyFrozenSet_Type)
#define PyCFunction_CheckExact(o) Py_IS_TYPE(o, &PyCFunction_Type)
#define PyCFunction_Check(o) PyObject_TypeCheck(o, &PyCFunction_Type)
#define PyBool_Check(o) Py_IS_TYPE(o, &PyBool_Type)
#define PySlice_Check(o) Py_IS_TYPE(o, &PySlice_Type)
#define PyMemoryView_Check(o) Py_IS_TYPE(o, &PyMemoryView_Type)
#define PyRange_Check(o) Py_IS_TYPE(o, &PyRange_Type)
#define PyFloat_Check(o) PyObject_TypeCheck(o, &PyFloat_Type)
#define PyComplex_Check(o) PyObject_TypeCheck(o, &PyComplex_Type)
#define PyByteArray_Check(o) PyObject_TypeCheck(o, &PyByteArray_Type)
#define PyModule_Check(o) PyObject_TypeCheck(o, &PyModule_Type)
#define PySet_Check(o) PyObject_TypeCheck(o, &PySet_Type)
#define PyFrozenSet_Check(o) PyObject_TypeCheck(o, &PyFrozenSet_Type)
#define PyAnySet_Check(o) (PySet_Check(o) || PyFrozenSet_Check(o))

#define PyObject_New(type, typeobj) ((type *)_PyObject_New(typeobj))
#define PyObject_NewVar(type, typeobj, n) ((type *)_PyObject_NewVar((typeobj), (n)))
#define PyObject_GC_New(type, typeobj) ((type *)_PyObject_GC_New(typeobj))
#define PyObject_Del PyObject_Free
#define PyObject_DEL PyObject_Free
#define PyMem_New(type, n) ((type *)PyMem_Malloc((size_t)(n) * sizeof(type)))
#define PyMem_Del PyMem_Free

#endif
