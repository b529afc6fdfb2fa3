// Package units converts lengths.
package units

import "example.org/rounding"

// Feet converts metres.
func Feet(metres float64) float64 { return rounding.Round(metres/0.3048, 2) }
