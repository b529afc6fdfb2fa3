// Package main is the library for Python.
package main

import "C"

import "example.org/units"

// Feet converts metres.
//
//export Feet
func Feet(metres C.double) C.double {
	return C.double(units.Feet(float64(metres)))
}

func main() {}
