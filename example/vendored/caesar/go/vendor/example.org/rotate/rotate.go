// Package rotate shifts letters.
package rotate

import "strings"

// Letters shifts the letters of text by count.
func Letters(text string, count int) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r >= 'a' && r <= 'z':
			return 'a' + (r-'a'+rune(count%26)+26)%26
		case r >= 'A' && r <= 'Z':
			return 'A' + (r-'A'+rune(count%26)+26)%26
		}
		return r
	}, text)
}
