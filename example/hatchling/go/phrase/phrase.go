// Package phrase fills names into greetings.
package phrase

import "strings"

// Fill puts name in place of {name}, without the space around it.
func Fill(form, name string) string {
	return strings.ReplaceAll(form, "{name}", strings.TrimSpace(name))
}
