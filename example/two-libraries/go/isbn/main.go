// Package main checks the numbers of books.
package main

// #include <stdbool.h>
import "C"

import "example.org/checks/digits"

// IsbnIsValid reports whether a number is an ISBN of 13 digits.
//
//export IsbnIsValid
func IsbnIsValid(number *C.char) C.bool {
	read, sum := digits.Of(C.GoString(number)), 0
	for i, digit := range read {
		sum += digit * (1 + i%2*2)
	}
	return C.bool(len(read) == 13 && sum%10 == 0)
}

func main() {}
