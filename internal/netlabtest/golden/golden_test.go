package golden

import (
	"os"
	"path/filepath"
	"testing"
)

// failure stands for a test, and remembers whether it failed.
type failure struct {
	testing.TB
	failed bool
}

func (f *failure) Helper()               {}
func (f *failure) Errorf(string, ...any) { f.failed = true }
func (f *failure) Fatalf(string, ...any) { panic(f) }

// fails says whether a test would fail that does this.
func fails(t *testing.T, do func(testing.TB)) (failed bool) {
	t.Helper()
	f := &failure{TB: t}
	defer func() {
		switch p := recover(); p {
		case nil:
			failed = f.failed
		case any(f):
			failed = true
		default:
			panic(p)
		}
	}()
	do(f)
	return false
}

func TestEqualFailsUnlessTheFileHoldsWhatWasGot(t *testing.T) {
	file := filepath.Join(t.TempDir(), "deep", "file.golden")
	equal := func(got string) bool { return !fails(t, func(tb testing.TB) { Equal(tb, file, got) }) }
	before := *update
	t.Cleanup(func() { *update = before })

	*update = false
	if equal("text\n") {
		t.Error("a file that is not there")
	}
	*update = true
	if !equal("text\n") {
		t.Error("a file that is written anew")
	}
	*update = false
	if !equal("text\n") {
		t.Error("the text that was written")
	}
	if equal("text") {
		t.Error("another text")
	}
	if text, err := os.ReadFile(file); err != nil || string(text) != "text\n" {
		t.Errorf("without -update the file has become %q, %v", text, err)
	}
}

func TestRecordedWantsAllThatWasRecorded(t *testing.T) {
	type named struct{ Name string }
	const file = "../../diagnose/testdata/names.jsonl.gz"
	all := Recorded[named](t, file, 1)
	if all[0].Name == "" {
		t.Error("the first recording has no name")
	}
	if fails(t, func(tb testing.TB) { Recorded[named](tb, file, len(all)) }) {
		t.Errorf("%d are there and are not enough", len(all))
	}
	if !fails(t, func(tb testing.TB) { Recorded[named](tb, file, len(all)+1) }) {
		t.Errorf("%d are enough, and one more was wanted", len(all))
	}
}
