package render

import (
	"errors"
	"reflect"
	"strings"
	"syscall"
	"testing"

	"netlab/internal/event"
	"netlab/internal/term"
)

func TestNewRefusesAnUnknownName(t *testing.T) {
	tm, _ := term.Test(strings.NewReader(""), 80)
	_, err := New("pdf", tm, Options{})
	if err == nil || !strings.Contains(err.Error(), `"pdf"`) || !strings.Contains(err.Error(), "junit") {
		t.Errorf("New = %v, want an error that names pdf and the formats there are", err)
	}
}

func TestEveryTextOfAnEventIsCleaned(t *testing.T) {
	e := event.Event{Choices: []string{"\x1b"}}
	v := reflect.ValueOf(&e).Elem()
	for i := range v.NumField() {
		if v.Field(i).Kind() == reflect.String {
			v.Field(i).SetString("\x1b")
		}
	}
	choices := e.Choices
	got := reflect.ValueOf(clean(e))
	for i := range got.NumField() {
		name := got.Type().Field(i).Name
		if got.Field(i).Kind() != reflect.String || name == "Kind" || name == "Status" {
			continue
		}
		if s := got.Field(i).String(); s != `\x1b` {
			t.Errorf("%s = %q", name, s)
		}
	}
	if s := got.FieldByName("Choices").Index(0).String(); s != `\x1b` {
		t.Errorf("Choices[0] = %q", s)
	}
	if choices[0] != "\x1b" {
		t.Error("the caller's event has been changed")
	}
}

// full takes so many bytes and then no more.
type full struct {
	left   int
	writes int
	got    strings.Builder
}

func (f *full) Write(b []byte) (int, error) {
	f.writes++
	if len(b) > f.left {
		return 0, syscall.EPIPE
	}
	f.left -= len(b)
	return f.got.Write(b)
}

func TestAClosedOutputIsRememberedAndLeftAlone(t *testing.T) {
	events := recording(t, "testdata/failing.jsonl")
	for _, name := range Names() {
		for _, room := range []int{0, 300} {
			t.Run(name, func(t *testing.T) {
				out := &full{left: room}
				tm := term.TestTo(strings.NewReader(""), 80, out)
				r, err := New(name, tm, Options{})
				if err != nil {
					t.Fatal(err)
				}
				var report event.Report
				for _, e := range events {
					report.Add(e)
					r.Event(e)
				}
				if err := r.Close(report); !errors.Is(err, syscall.EPIPE) || !term.Closed(err) {
					t.Errorf("Close = %v, want EPIPE", err)
				}
				if n := out.writes; room == 0 && n != 1 {
					t.Errorf("%d writes, want none after the first that failed", n)
				}
				if !strings.HasSuffix(out.got.String(), "\n") && out.got.Len() > 0 {
					t.Errorf("half a line was written: %q", out.got.String())
				}
			})
		}
	}
}

func TestCloseTakesFaultsThatWereNoEvents(t *testing.T) {
	tm, bufs := term.Test(strings.NewReader(""), 80)
	r, err := New("junit", tm, Options{})
	if err != nil {
		t.Fatal(err)
	}
	seen := event.Event{Kind: event.Fault, Text: "seen"}
	r.Event(seen)
	var report event.Report
	report.Add(seen)
	report.Add(event.Event{Kind: event.Fault, Text: "late \x1b"})
	if err := r.Close(report); err != nil {
		t.Fatal(err)
	}
	if s := bufs.Out.String(); strings.Count(s, `message="seen"`) != 1 || strings.Count(s, `message="late \x1b"`) != 1 {
		t.Errorf("each fault once is wanted:\n%s", s)
	}
}

func TestFaultsGoToStderrInEveryFormat(t *testing.T) {
	for _, name := range Names() {
		if name == "jsonl" {
			continue // the event itself, for a program
		}
		t.Run(name, func(t *testing.T) {
			e := event.Event{Kind: event.Fault, Text: "the lab is gone", Hint: "try again"}
			_, stderr := shown(t, name, []event.Event{e}, look{width: 80}, Options{})
			if want := "netlab: the lab is gone\nhint: try again\n"; stderr != want {
				t.Errorf("stderr = %q, want %q", stderr, want)
			}
		})
	}
}
