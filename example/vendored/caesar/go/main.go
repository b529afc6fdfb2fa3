// Package main is the library for Python.
package main

// #include <stdlib.h>
import "C"

import (
	"unsafe"

	"example.org/rotate"
)

// Shift returns text with its letters shifted by count. Pass it to Free.
//
//export Shift
func Shift(text *C.char, count C.int) *C.char {
	return C.CString(rotate.Letters(C.GoString(text), int(count)))
}

// Free releases what Shift returned.
//
//export Free
func Free(text *C.char) {
	C.free(unsafe.Pointer(text))
}

func main() {}
