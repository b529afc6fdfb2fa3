// Package main knows its version.
package main

// #include <stdlib.h>
import "C"

import "unsafe"

// version is set by the linker.
var version = "unknown"

// Version returns the version. Pass it to Free.
//
//export Version
func Version() *C.char {
	return C.CString(version)
}

// Free releases what Version returned.
//
//export Free
func Free(text *C.char) {
	C.free(unsafe.Pointer(text))
}

func main() {}
