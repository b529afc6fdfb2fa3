package greet

import "testing"

func TestText(t *testing.T) {
	if got := Text("Ada"); got != "Hello, Ada!" {
		t.Errorf("Text = %q", got)
	}
}
