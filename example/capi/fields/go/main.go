package main

// #include "module.h"
import "C"

import (
	"encoding/csv"
	"strings"
	"unsafe"
)

// Split appends the fields of line to list, a Python list. It returns an error's
// text, which the caller frees, or NULL. Its caller holds the GIL, which the C
// functions need.
//
//export Split
func Split(line *C.char, size C.Py_ssize_t, separator C.int, list *C.PyObject) *C.char {
	reader := csv.NewReader(strings.NewReader(C.GoStringN(line, C.int(size))))
	reader.Comma = rune(separator)
	record, err := reader.Read()
	if err != nil {
		return C.CString(err.Error())
	}
	for _, field := range record {
		text := unsafe.StringData(field)
		if C.fields_append(list, (*C.char)(unsafe.Pointer(text)), C.Py_ssize_t(len(field))) < 0 {
			return nil
		}
	}
	return nil
}

func main() {}
