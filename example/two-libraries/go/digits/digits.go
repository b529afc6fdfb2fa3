// Package digits reads numbers.
package digits

// Of returns the digits of text.
func Of(text string) (digits []int) {
	for _, r := range text {
		if r >= '0' && r <= '9' {
			digits = append(digits, int(r-'0'))
		}
	}
	return digits
}
