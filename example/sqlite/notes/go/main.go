// Package main keeps notes in a database of SQLite.
package main

// #include <stdlib.h>
import "C"

import (
	"database/sql"
	"unsafe"

	_ "github.com/mattn/go-sqlite3"
)

// Add adds a note to the database at path. It returns nil, or the reason why it failed. Pass the reason
// to Free.
//
//export Add
func Add(path, note *C.char) *C.char {
	return failure(with(path, func(db *sql.DB) error {
		_, err := db.Exec("insert into notes values (?)", C.GoString(note))
		return err
	}))
}

// Find stores the first note that matches words, or nil. It returns nil, or the reason why it failed.
// Pass both to Free.
//
//export Find
func Find(path, words *C.char, note **C.char) *C.char {
	return failure(with(path, func(db *sql.DB) error {
		var found string
		row := db.QueryRow("select text from notes where notes match ? order by rank", C.GoString(words))
		if err := row.Scan(&found); err == sql.ErrNoRows {
			return nil
		} else if err != nil {
			return err
		}
		*note = C.CString(found)
		return nil
	}))
}

func with(path *C.char, work func(*sql.DB) error) error {
	db, err := sql.Open("sqlite3", C.GoString(path))
	if err != nil {
		return err
	}
	defer db.Close()
	if _, err := db.Exec("create virtual table if not exists notes using fts5(text)"); err != nil {
		return err
	}
	return work(db)
}

func failure(err error) *C.char {
	if err == nil {
		return nil
	}
	return C.CString(err.Error())
}

// Free releases what another function returned.
//
//export Free
func Free(text *C.char) {
	C.free(unsafe.Pointer(text))
}

func main() {}
