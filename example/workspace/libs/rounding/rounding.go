// Package rounding rounds numbers.
package rounding

import "math"

// Round returns value with a number of decimals.
func Round(value float64, decimals int) float64 {
	scale := math.Pow10(decimals)
	return math.Round(value*scale) / scale
}
