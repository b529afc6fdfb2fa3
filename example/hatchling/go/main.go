// Command greet is built as a C shared library: package greet's Python code calls it.
package main

// #include <stdlib.h>
import "C"

import "example.com/greet/phrase"

// Greet fills name into form. The caller frees the result with free().
//
//export Greet
func Greet(form *C.char, name *C.char) *C.char {
	return C.CString(phrase.Fill(C.GoString(form), C.GoString(name)))
}

func main() {}
