// Package main serves a text over HTTPS on loopback, and fetches texts.
package main

// #include <stdint.h>
// #include <stdlib.h>
import "C"

import (
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"io"
	"net/http"
	"net/http/httptest"
	"runtime/cgo"
	"unsafe"
)

// Serve answers every request with text. It returns a handle for Close, or 0 if no port is free, and
// stores the URL and the certificate. Pass both to Free.
//
//export Serve
func Serve(text *C.char, url, certificate **C.char) (handle C.uintptr_t) {
	defer func() { _ = recover() }() // NewTLSServer panics if it cannot listen.
	body := C.GoString(text)
	server := httptest.NewTLSServer(http.HandlerFunc(func(out http.ResponseWriter, _ *http.Request) {
		_, _ = io.WriteString(out, body)
	}))
	block := &pem.Block{Type: "CERTIFICATE", Bytes: server.Certificate().Raw}
	*url, *certificate = C.CString(server.URL), C.CString(string(pem.EncodeToMemory(block)))
	return C.uintptr_t(cgo.NewHandle(server))
}

// Close ends a server.
//
//export Close
func Close(handle C.uintptr_t) {
	cgo.Handle(handle).Value().(*httptest.Server).Close()
	cgo.Handle(handle).Delete()
}

// Fetch returns the text at url, whose server has the certificate, or nil and the reason. Pass both to Free.
//
//export Fetch
func Fetch(url, certificate *C.char, failure **C.char) *C.char {
	trusted := x509.NewCertPool()
	trusted.AppendCertsFromPEM([]byte(C.GoString(certificate)))
	transport := &http.Transport{TLSClientConfig: &tls.Config{RootCAs: trusted}}
	defer transport.CloseIdleConnections()
	response, err := (&http.Client{Transport: transport}).Get(C.GoString(url))
	if err != nil {
		*failure = C.CString(err.Error())
		return nil
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	if err != nil {
		*failure = C.CString(err.Error())
		return nil
	}
	return C.CString(string(body))
}

// Free releases what another function returned.
//
//export Free
func Free(memory unsafe.Pointer) {
	C.free(memory)
}

func main() {}
