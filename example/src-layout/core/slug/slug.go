// Package slug turns titles into parts of URLs.
package slug

import (
	"strings"
	"unicode"
)

// Of returns title in lower case, with a hyphen between two words. The fields of letters are letters,
// each followed by what replaces it.
func Of(title, letters string) string {
	title = strings.NewReplacer(strings.Fields(letters)...).Replace(strings.ToLower(title))
	words := strings.FieldsFunc(title, func(r rune) bool {
		return r > unicode.MaxASCII || !unicode.IsLetter(r) && !unicode.IsDigit(r)
	})
	return strings.Join(words, "-")
}
