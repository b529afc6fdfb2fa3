package phrase

import "testing"

func TestFill(t *testing.T) {
	if got := Fill("Hello, {name}!", " Ada "); got != "Hello, Ada!" {
		t.Fatal(got)
	}
}
