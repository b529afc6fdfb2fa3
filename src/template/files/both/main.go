// Command {{package}} is built as a C shared library, which the Python package {{package}} calls.
package main

// #include <stdlib.h>
import "C"

import "unsafe"

func greet(name string) string {
	return "Hello, " + name + "!"
}

// Greet composes a greeting. The result is C memory, which the caller must pass to Free.
//
//export Greet
func Greet(name *C.char) *C.char {
	return C.CString(greet(C.GoString(name)))
}

// Free releases memory that another function of this library returned.
//
//export Free
func Free(pointer unsafe.Pointer) {
	C.free(pointer)
}

func main() {}
