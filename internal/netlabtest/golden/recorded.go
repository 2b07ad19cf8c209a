package golden

import (
	"compress/gzip"
	"encoding/json"
	"errors"
	"io"
	"os"
	"testing"
)

// Recorded reads a file of recordings, a JSON value each, packed by gzip. There
// are at least so many.
func Recorded[T any](t testing.TB, file string, least int) []T {
	t.Helper()
	f, err := os.Open(file)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	r, err := gzip.NewReader(f)
	if err != nil {
		t.Fatal(err)
	}
	var all []T
	for d := json.NewDecoder(r); ; {
		var c T
		if err := d.Decode(&c); errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			t.Fatal(err)
		}
		all = append(all, c)
	}
	if len(all) < least {
		t.Fatalf("%s: only %d recordings, not %d", file, len(all), least)
	}
	return all
}
