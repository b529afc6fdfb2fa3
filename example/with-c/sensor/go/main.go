// Package main works with the frames of a sensor.
package main

// #include "frame.h"
import "C"

import "unsafe"

// Convert returns the frame in degrees Celsius.
//
//export Convert
func Convert(read C.frame) C.frame {
	for i, sample := range read.samples {
		read.samples[i] = C.in_celsius(sample, read.unit)
	}
	read.unit = C.CELSIUS
	read.valid = true
	return read
}

// CountLow returns how many of count frames are from a sensor with a low battery.
//
//export CountLow
func CountLow(frames *C.frame, count C.size_t) C.size_t {
	low := C.size_t(0)
	for i := range unsafe.Slice(frames, count) {
		if C.is_low(&unsafe.Slice(frames, count)[i]) {
			low++
		}
	}
	return low
}

func main() {}
