// Package main checks the numbers of cards.
package main

// #include <stdbool.h>
import "C"

import "example.org/checks/digits"

// CardIsValid reports whether a number has a correct last digit.
//
//export CardIsValid
func CardIsValid(number *C.char) C.bool {
	read, sum := digits.Of(C.GoString(number)), 0
	for i, digit := range read {
		if (len(read)-i)%2 == 0 {
			digit = digit*2/10 + digit*2%10
		}
		sum += digit
	}
	return C.bool(len(read) > 0 && sum%10 == 0)
}

func main() {}
