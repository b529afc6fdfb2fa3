// Package greet makes greetings.
package greet

// Text greets name.
func Text(name string) string { return "Hello, " + name + "!" }
