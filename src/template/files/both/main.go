// Command {{package}} is built as a C shared library: the Python package of that name calls it.
package main

// #include <stdlib.h>
import "C"

import "unsafe"

func greet(name string) string {
	return "Hello, " + name + "!"
}

// Greet composes a greeting. Its result is C's memory: the caller gives it to Free.
//
//export Greet
func Greet(name *C.char) *C.char {
	return C.CString(greet(C.GoString(name)))
}

// Free takes back what another function of this library returned.
//
//export Free
func Free(pointer unsafe.Pointer) {
	C.free(pointer)
}

func main() {}
