package main

import "C"

// Distance returns how many characters have to be inserted, removed or replaced
// to turn first into second. Both stay the caller's.
//
//export Distance
func Distance(first, second *C.char) C.int {
	from, to := []rune(C.GoString(first)), []rune(C.GoString(second))
	row := make([]int, len(to)+1)
	for j := range row {
		row[j] = j
	}
	for i, a := range from {
		diagonal := row[0]
		row[0] = i + 1
		for j, b := range to {
			replaced := diagonal
			if a != b {
				replaced++
			}
			diagonal = row[j+1]
			row[j+1] = min(replaced, diagonal+1, row[j]+1)
		}
	}
	return C.int(row[len(to)])
}

func main() {}
