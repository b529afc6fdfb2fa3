// Command greet greets everybody who is named on its command line.
package main

import (
	"fmt"
	"os"
	"runtime"

	"example.com/greet/internal/greet"
)

// version is set by the linker, from pyproject.toml.
var version = "unknown"

func main() {
	if len(os.Args) < 2 {
		fmt.Fprintln(os.Stderr, "usage: greet --version | NAME...")
		os.Exit(2)
	}
	if os.Args[1] == "--version" {
		fmt.Println("greet", version, runtime.GOOS+"/"+runtime.GOARCH)
		return
	}
	for _, name := range os.Args[1:] {
		fmt.Println(greet.Text(name))
	}
}
