package main

import "C"

import "strings"

var numerals = []struct {
	value int
	text  string
}{
	{1000, "M"}, {900, "CM"}, {500, "D"}, {400, "CD"}, {100, "C"}, {90, "XC"},
	{50, "L"}, {40, "XL"}, {10, "X"}, {9, "IX"}, {5, "V"}, {4, "IV"}, {1, "I"},
}

// Roman returns number in Roman numerals, which the caller frees; NULL if there
// are none.
//
//export Roman
func Roman(number C.int) *C.char {
	left := int(number)
	if left < 1 || left > 3999 {
		return nil
	}
	var out strings.Builder
	for _, numeral := range numerals {
		for left >= numeral.value {
			out.WriteString(numeral.text)
			left -= numeral.value
		}
	}
	return C.CString(out.String())
}

func main() {}
