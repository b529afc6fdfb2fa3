// Package main is the library for Python.
package main

// #include <stdlib.h>
import "C"

import (
	"unsafe"

	"example.org/slugs/slug"
)

// Slug returns the slug of title. Pass it to Free.
//
//export Slug
func Slug(title, letters *C.char) *C.char {
	return C.CString(slug.Of(C.GoString(title), C.GoString(letters)))
}

// Free releases what Slug returned.
//
//export Free
func Free(text *C.char) {
	C.free(unsafe.Pointer(text))
}

func main() {}
