package term_test

import (
	"context"
	"errors"
	"io"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"netlab/internal/term"
)

type keyCase struct {
	name, in string
	want     []term.Key
}

func keyCases() []keyCase {
	return []keyCase{
		{"letters and signs are themselves", "b? 1", []term.Key{"b", "?", term.Space, "1"}},
		{"a character of several bytes is one key", "é网", []term.Key{"é", "网"}},
		{"both ends of line are Enter", "\r\n", []term.Key{term.Enter, term.Enter}},
		{"both erase characters are Backspace", "\x7f\b", []term.Key{term.Backspace, term.Backspace}},
		{"Ctrl-C and Ctrl-D are keys", "\x03\x04", []term.Key{term.CtrlC, term.CtrlD}},
		{"other controls have a name too", "\x01\x1a\x1c", []term.Key{"ctrl-a", "ctrl-z", "ctrl-\\"}},
		{"arrows in both modes", "\x1b[A\x1bOB\x1b[C\x1bOD", []term.Key{term.Up, term.Down, term.Right, term.Left}},
		{"modifiers are dropped", "\x1b[1;5A\x1b[3;2~", []term.Key{term.Up, term.Delete}},
		{"keys of the middle block", "\x1b[H\x1b[4~\x1b[2~\x1b[5~\x1b[6~", []term.Key{term.Home, term.End, term.Insert, term.PageUp, term.PageDown}},
		{"a function key is unknown, and one key", "\x1b[15~q", []term.Key{term.Unknown, "q"}},
		{"a function key of the console is one key", "\x1b[[Aq", []term.Key{term.Unknown, "q"}},
		{"Escape alone", "\x1b", []term.Key{term.Escape}},
		{"Alt and a letter", "\x1bb", []term.Key{"alt-b"}},
		{"Tab", "\t", []term.Key{term.Tab}},
		{"a broken character is unknown", "\xc3", []term.Key{term.Unknown}},
		{"a sequence without end is given up", "\x1b[" + strings.Repeat("1", 32) + "q", []term.Key{term.Unknown, "q"}},
		{"nothing is the end", "", nil},
	}
}

func readAll(t *testing.T, in string) []term.Key {
	t.Helper()
	tm, _ := term.Test(strings.NewReader(in), 80)
	var got []term.Key
	for range len(in) + 1 {
		k, err := tm.ReadKey(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if k == term.EOF {
			return got
		}
		got = append(got, k)
	}
	t.Fatalf("no end after %d keys: %q", len(got), got)
	return nil
}

func TestReadKey(t *testing.T) {
	for _, tt := range keyCases() {
		t.Run(tt.name, func(t *testing.T) {
			if diff := cmp.Diff(tt.want, readAll(t, tt.in)); diff != "" {
				t.Errorf("keys (-want +got):\n%s", diff)
			}
		})
	}
}

func FuzzReadKey(f *testing.F) {
	for _, tt := range keyCases() {
		f.Add(tt.in)
	}
	f.Fuzz(func(t *testing.T, in string) {
		for _, k := range readAll(t, in) {
			if k == "" {
				t.Errorf("%q gave a key without a name", in)
			}
		}
	})
}

func TestReadKeyGivesUpWithItsContext(t *testing.T) {
	in, typist := io.Pipe()
	defer typist.Close()
	tm, _ := term.Test(in, 80)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if k, err := tm.ReadKey(ctx); !errors.Is(err, context.Canceled) {
		t.Fatalf("ReadKey = %q, %v, want the context's error", k, err)
	}
	go func() { _, _ = typist.Write([]byte("x")) }()
	if k, err := tm.ReadKey(t.Context()); k != "x" || err != nil {
		t.Errorf("next ReadKey = %q, %v, want the key that came later", k, err)
	}
}

func TestReadKeyTellsAnError(t *testing.T) {
	in, typist := io.Pipe()
	broken := errors.New("broken")
	typist.CloseWithError(broken)
	tm, _ := term.Test(in, 80)
	if k, err := tm.ReadKey(t.Context()); !errors.Is(err, broken) {
		t.Errorf("ReadKey = %q, %v, want %v", k, err, broken)
	}
}
