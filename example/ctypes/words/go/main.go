package main

import "C"

import "strings"

// CountWords returns the number of words in text, which stays the caller's.
//
//export CountWords
func CountWords(text *C.char) C.int {
	return C.int(len(strings.Fields(C.GoString(text))))
}

func main() {}
