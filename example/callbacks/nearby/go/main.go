// Package main finds points near a center.
package main

// #include "nearby.h"
import "C"

import (
	"errors"
	"fmt"
	"math"
	"sync"
	"sync/atomic"
	"unsafe"
)

// workers is the number of goroutines that search.
const workers = 4

// Search calls function for each of count points that is less than radius away from center. It
// returns nil, or the reason why it failed. Pass the reason to Free.
//
//export Search
func Search(points *C.point, count C.size_t, center C.point, radius C.double, function C.visitor, data unsafe.Pointer) *C.char {
	if radius < 0 {
		return failure(errors.New("the radius is negative"))
	}
	all := unsafe.Slice(points, int(count))
	var stopped atomic.Bool
	var group sync.WaitGroup
	reasons := make([]error, workers)
	for worker := range reasons {
		group.Add(1)
		go func(worker int) {
			defer group.Done()
			// A panic that nothing recovers ends the process, Python included.
			defer func() {
				if reason := recover(); reason != nil {
					reasons[worker] = fmt.Errorf("panic: %v", reason)
				}
			}()
			for i := worker; i < len(all) && !stopped.Load(); i += workers {
				distance := math.Hypot(float64(all[i].x-center.x), float64(all[i].y-center.y))
				if math.IsNaN(distance) {
					panic(fmt.Sprintf("point %d is not a number", i))
				}
				if distance >= float64(radius) {
					continue
				}
				found := C.match{index: C.int64_t(i), at: all[i], distance: C.double(distance)}
				if C.visit(function, &found, data) != 0 {
					stopped.Store(true)
				}
			}
		}(worker)
	}
	group.Wait()
	return failure(errors.Join(reasons...))
}

// Describe returns a point as text, after its name. Pass the text to Free.
//
//export Describe
func Describe(name *C.char, at C.point) *C.char {
	return C.CString(fmt.Sprintf("%s (%g, %g)", C.GoString(name), float64(at.x), float64(at.y)))
}

// Free releases what another function returned.
//
//export Free
func Free(memory unsafe.Pointer) {
	C.free(memory)
}

func failure(err error) *C.char {
	if err == nil {
		return nil
	}
	return C.CString(err.Error())
}

func main() {}
