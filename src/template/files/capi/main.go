// Command {{package}} is built as a Python extension module, whose C part is in module.c.
package main

import "C"

func greet(name string) string {
	return "Hello, " + name + "!"
}

// Greet composes a greeting. The result is C memory, which the caller must free.
//
//export Greet
func Greet(name *C.char) *C.char {
	return C.CString(greet(C.GoString(name)))
}

func main() {}
