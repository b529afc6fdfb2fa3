package main

// #include <stdlib.h>
import "C"

import (
	"bytes"
	"database/sql"
	"encoding/json"
	"fmt"
	"unsafe"

	cgozstd "github.com/DataDog/zstd"
	"github.com/klauspost/compress/zstd"
	_ "github.com/mattn/go-sqlite3"
	"github.com/yuin/goldmark"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/structpb"
	"gopkg.in/yaml.v3"
)

func text(value string, err error) *C.char {
	if err != nil {
		value = "error: " + err.Error()
	}
	return C.CString(value)
}

//export YAML
func YAML(source *C.char) *C.char {
	var value any
	if err := yaml.Unmarshal([]byte(C.GoString(source)), &value); err != nil {
		return text("", err)
	}
	out, err := json.Marshal(value)
	return text(string(out), err)
}

//export Markdown
func Markdown(source *C.char) *C.char {
	var out bytes.Buffer
	err := goldmark.Convert([]byte(C.GoString(source)), &out)
	return text(out.String(), err)
}

// Zstd compresses with the C library and decompresses with the Go one.
//
//export Zstd
func Zstd(source *C.char) *C.char {
	packed, err := cgozstd.Compress(nil, []byte(C.GoString(source)))
	if err != nil {
		return text("", err)
	}
	decoder, err := zstd.NewReader(nil)
	if err != nil {
		return text("", err)
	}
	defer decoder.Close()
	out, err := decoder.DecodeAll(packed, nil)
	return text(fmt.Sprintf("%d<%d %s", len(packed), len(out), out[:5]), err)
}

//export SQL
func SQL(query *C.char) *C.char {
	db, err := sql.Open("sqlite3", ":memory:")
	if err != nil {
		return text("", err)
	}
	defer db.Close()
	var out string
	err = db.QueryRow(C.GoString(query)).Scan(&out)
	return text(out, err)
}

//export Proto
func Proto(source *C.char) *C.char {
	sent := structpb.NewStringValue(C.GoString(source))
	wire, err := proto.Marshal(sent)
	if err != nil {
		return text("", err)
	}
	var received structpb.Value
	err = proto.Unmarshal(wire, &received)
	return text(fmt.Sprintf("%d %s", len(wire), received.GetStringValue()), err)
}

//export Free
func Free(value *C.char) { C.free(unsafe.Pointer(value)) }

func main() {}
