package render

import (
	"bufio"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"netlab/internal/event"
	"netlab/internal/netlabtest/golden"
	"netlab/internal/term"
)

// recordings reads all recorded streams, as they are and by their name. They
// are written by hand after the lessons veth-pair and bridge; "hostile" tries
// to act on the terminal, "wide" has long words and wide characters.
func recordings(t testing.TB) map[string][]event.Event {
	t.Helper()
	files, err := filepath.Glob("testdata/*.jsonl")
	if err != nil || len(files) == 0 {
		t.Fatalf("no recordings: %v", err)
	}
	all := map[string][]event.Event{}
	for _, name := range files {
		all[strings.TrimSuffix(filepath.Base(name), ".jsonl")] = recording(t, name)
	}
	return all
}

func recording(t testing.TB, name string) []event.Event {
	t.Helper()
	f, err := os.Open(name)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	var events []event.Event
	lines := bufio.NewScanner(f)
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		e, err := event.Decode(lines.Bytes())
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		events = append(events, e)
	}
	if err := lines.Err(); err != nil {
		t.Fatal(err)
	}
	return events
}

// look is what a terminal can do.
type look struct {
	width  int
	colour bool
	ascii  bool
}

func (l look) String() string {
	s := fmt.Sprint(l.width)
	if l.colour {
		s += "-colour"
	}
	if l.ascii {
		s += "-ascii"
	}
	return s
}

func looks() []look {
	var all []look
	for _, width := range []int{80, 60, 40} {
		for _, colour := range []bool{false, true} {
			for _, ascii := range []bool{false, true} {
				all = append(all, look{width, colour, ascii})
			}
		}
	}
	return all
}

// shown gives what a renderer writes for a stream.
func shown(t testing.TB, renderer string, events []event.Event, l look, opt Options) (stdout, stderr string) {
	t.Helper()
	tm, bufs := term.Test(strings.NewReader(""), l.width)
	tm.OutColour, tm.ErrColour, tm.UTF8 = l.colour, l.colour, !l.ascii
	r, err := New(renderer, tm, opt)
	if err != nil {
		t.Fatal(err)
	}
	var report event.Report
	for _, e := range events {
		report.Add(e)
		r.Event(e)
	}
	if err := r.Close(report); err != nil {
		t.Fatal(err)
	}
	return bufs.Out.String(), bufs.Err.String()
}

// goldenLooks are the looks that have a golden file; the tests of properties
// below go through all of them.
func goldenLooks(renderer string) []look {
	switch renderer {
	case "tty":
		return []look{{80, false, false}, {80, true, false}, {60, false, false}, {60, true, true}, {40, false, false}, {40, false, true}}
	case "plain":
		return []look{{80, false, false}}
	case "summary":
		return []look{{80, true, false}, {60, false, false}, {40, false, true}}
	}
	return []look{{80, false, false}}
}

func TestGolden(t *testing.T) {
	for name, events := range recordings(t) {
		for i := range events {
			events[i] = event.Untimed(events[i])
		}
		for _, renderer := range Names() {
			for _, l := range goldenLooks(renderer) {
				t.Run(fmt.Sprintf("%s/%s/%v", name, renderer, l), func(t *testing.T) {
					stdout, stderr := shown(t, renderer, events, l, Options{})
					if stderr != "" {
						stdout += "======== stderr\n" + stderr
					}
					golden.Equal(t, fmt.Sprintf("testdata/golden/%s.%s.%v", name, renderer, l), stdout)
				})
			}
		}
	}
}

func TestEveryGoldenFileIsUsed(t *testing.T) {
	used := map[string]bool{}
	for name := range recordings(t) {
		for _, renderer := range Names() {
			for _, l := range goldenLooks(renderer) {
				used[fmt.Sprintf("%s.%s.%v", name, renderer, l)] = true
			}
		}
	}
	files, err := os.ReadDir("testdata/golden")
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range files {
		if !used[f.Name()] {
			t.Errorf("%s belongs to no recording", f.Name())
		}
	}
}

func TestEveryKindOfEventIsRecorded(t *testing.T) {
	seen := map[event.Kind]bool{}
	for _, events := range recordings(t) {
		for _, e := range events {
			seen[e.Kind] = true
		}
	}
	for _, k := range event.Kinds() {
		if !seen[k] {
			t.Errorf("no recording has an event %q", k)
		}
	}
}

// forEachText calls f with every text renderer's output in every look.
func forEachText(t *testing.T, f func(t *testing.T, l look, shown string)) {
	for name, events := range recordings(t) {
		for _, renderer := range []string{"tty", "plain", "summary"} {
			for _, l := range looks() {
				for _, opt := range []Options{{}, {More: true}, {Guided: true, Quiet: true}} {
					stdout, stderr := shown(t, renderer, events, l, opt)
					if renderer == "plain" {
						l.colour = false
					}
					t.Run(fmt.Sprintf("%s/%s/%v/%+v", name, renderer, l, opt), func(t *testing.T) {
						f(t, l, stdout)
						if strings.Contains(stderr, "\x1b") != (l.colour && stderr != "") && renderer == "tty" {
							t.Errorf("colour of stderr: %q", stderr)
						}
					})
				}
			}
		}
	}
}

func TestNoLineIsWiderThanTheScreen(t *testing.T) {
	forEachText(t, func(t *testing.T, l look, shown string) {
		for row := range strings.Lines(uncoloured(shown)) {
			if n := cells(strings.TrimSuffix(row, "\n")); n > l.width {
				t.Errorf("%d cells: %q", n, row)
			}
		}
	})
}

func TestNothingActsOnTheTerminal(t *testing.T) {
	forEachText(t, func(t *testing.T, l look, shown string) {
		if !l.colour && strings.Contains(shown, "\x1b") {
			t.Error("an escape sequence without colour")
		}
		if rest := uncoloured(shown); term.Clean(rest) != rest {
			t.Errorf("not clean: %q", rest)
		}
	})
}

func TestASCIIWhereTheLocaleHasNoMore(t *testing.T) {
	forEachText(t, func(t *testing.T, l look, shown string) {
		if l.ascii && term.ASCII(shown) != shown {
			t.Error("a character that is not ASCII")
		}
	})
}

func TestNoSpaceAtTheEndOfALine(t *testing.T) {
	forEachText(t, func(t *testing.T, _ look, shown string) {
		for row := range strings.Lines(uncoloured(shown)) {
			if strings.HasSuffix(row, " \n") {
				t.Errorf("%q", row)
			}
		}
		if strings.Contains(shown, "\n\n\n") {
			t.Error("two blank lines in a row")
		}
	})
}

// uncoloured takes away the sequences that set colours, and no others.
func uncoloured(s string) string {
	var b strings.Builder
	for {
		before, after, found := strings.Cut(s, "\x1b[")
		b.WriteString(before)
		if !found {
			return b.String()
		}
		end := strings.IndexFunc(after, func(r rune) bool { return r != ';' && (r < '0' || r > '9') })
		if end < 0 || after[end] != 'm' {
			b.WriteString("\x1b[")
			s = after
			continue
		}
		s = after[end+1:]
	}
}

func TestPlainIsTheScreenWithoutColour(t *testing.T) {
	for name, events := range recordings(t) {
		t.Run(name, func(t *testing.T) {
			tty, _ := shown(t, "tty", events, look{width: 60}, Options{})
			plain, _ := shown(t, "plain", events, look{width: 60, colour: true}, Options{})
			if diff := cmp.Diff(tty, plain); diff != "" {
				t.Errorf("(-tty +plain):\n%s", diff)
			}
		})
	}
}

func TestJSONLinesAreTheRecordingItself(t *testing.T) {
	for name, events := range recordings(t) {
		t.Run(name, func(t *testing.T) {
			stdout, _ := shown(t, "jsonl", events, look{width: 40, ascii: true}, Options{})
			var got []event.Event
			for row := range strings.Lines(stdout) {
				e, err := event.Decode([]byte(row))
				if err != nil {
					t.Fatal(err)
				}
				got = append(got, e)
			}
			if diff := cmp.Diff(events, got); diff != "" {
				t.Errorf("(-recorded +written):\n%s", diff)
			}
		})
	}
}
