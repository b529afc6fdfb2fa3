// Package main is the library for Python.
package main

// #include <stdlib.h>
// #include "frequent.h"
import "C"

import "unsafe"

// MostFrequent returns the most frequent word of text, or nil. Pass it to Free.
//
//export MostFrequent
func MostFrequent(text *C.char) *C.char {
	return C.most_frequent(text)
}

// Free releases what MostFrequent returned.
//
//export Free
func Free(text *C.char) {
	C.free(unsafe.Pointer(text))
}

func main() {}
