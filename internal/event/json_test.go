package event_test

import (
	"errors"
	"go/ast"
	"go/parser"
	"go/token"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"netlab/internal/event"
)

func TestEncode(t *testing.T) {
	tests := []struct {
		name string
		in   event.Event
		want string
	}{
		{"unused fields are left out", event.Event{Kind: event.RunEnd}, `{"v":1,"kind":"run-end"}`},
		{"the version is set whatever it was", event.Event{V: 9, Kind: event.RunEnd}, `{"v":1,"kind":"run-end"}`},
		{"angle brackets stay readable", event.Event{Kind: event.Output, Text: "<UP> & more"}, `{"v":1,"kind":"output","text":"<UP> & more"}`},
		{"escape is escaped", event.Event{Kind: event.Output, Text: "\x1b[2J"}, `{"v":1,"kind":"output","text":"\u001b[2J"}`},
		{"delete and C1 are escaped", event.Event{Kind: event.Output, Text: "\x7f\u009b"}, `{"v":1,"kind":"output","text":"\u007f\u009b"}`},
		{"direction marks are escaped", event.Event{Kind: event.Output, Text: "a\u202eb\u2066"}, `{"v":1,"kind":"output","text":"a\u202eb\u2066"}`},
		{"a tag character becomes a pair", event.Event{Kind: event.Output, Text: "\U000e0041"}, `{"v":1,"kind":"output","text":"\udb40\udc41"}`},
		{"wide text stays", event.Event{Kind: event.Output, Text: "网络"}, `{"v":1,"kind":"output","text":"网络"}`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got, err := event.Encode(tt.in)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(tt.want+"\n", string(got)); diff != "" {
				t.Errorf("Encode (-want +got):\n%s", diff)
			}
		})
	}
}

func TestDecodeRefuses(t *testing.T) {
	tests := []struct {
		name, in string
		version  bool
	}{
		{"an empty line", "", false},
		{"what is not JSON", "ok 1", false},
		{"an array", "[]", false},
		{"a field of the wrong type", `{"v":1,"kind":"check","step":"one"}`, false},
		{"no kind", `{"v":1}`, false},
		{"no version", `{"kind":"check"}`, true},
		{"a later version", `{"v":2,"kind":"check"}`, true},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			e, err := event.Decode([]byte(tt.in))
			if err == nil {
				t.Fatalf("Decode accepted it: %+v", e)
			}
			if errors.Is(err, event.ErrVersion) != tt.version {
				t.Errorf("errors.Is(%v, ErrVersion) = %v, want %v", err, !tt.version, tt.version)
			}
		})
	}
}

func TestDecodeKeepsWhatIsNew(t *testing.T) {
	e, err := event.Decode([]byte(`{"v":1,"kind":"sunrise","text":"hello","colour":"red"}`))
	if err != nil {
		t.Fatal(err)
	}
	if want := (event.Event{V: 1, Kind: "sunrise", Text: "hello"}); !cmp.Equal(want, e) {
		t.Errorf("Decode = %+v, want %+v", e, want)
	}
}

func FuzzRoundTrip(f *testing.F) {
	f.Add("check", "ns1 reaches ns2", "\x1b[31m", 3, 1.5)
	f.Add("output", "a\u202eb\u200b\U000e0041", "tab\tand\nnewline", -1, 0.0)
	f.Fuzz(func(t *testing.T, kind, text, line string, step int, ms float64) {
		if kind == "" || ms != ms || ms-ms != 0 {
			t.Skip("no kind, or a time that JSON has no number for")
		}
		valid := func(s string) string { return strings.ToValidUTF8(s, "\ufffd") }
		e := event.Event{V: event.Version, Kind: event.Kind(valid(kind)), Text: valid(text), Line: valid(line), Step: step, Millis: ms}
		b, err := event.Encode(e)
		if err != nil {
			t.Fatal(err)
		}
		if i := slices.IndexFunc(b[:len(b)-1], func(c byte) bool { return c < 0x20 || c == 0x7f }); i >= 0 {
			t.Fatalf("control byte %#x in %q", b[i], b)
		}
		got, err := event.Decode(b)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(e, got); diff != "" {
			t.Errorf("round trip (-in +out):\n%s", diff)
		}
	})
}

func TestUntimedKeepsAllButTime(t *testing.T) {
	got := event.Untimed(event.Event{Kind: event.Check, Text: "x", Millis: 4})
	if want := (event.Event{Kind: event.Check, Text: "x"}); !cmp.Equal(want, got) {
		t.Errorf("Untimed = %+v, want %+v", got, want)
	}
}

func TestKindsListsEveryConstant(t *testing.T) {
	file, err := parser.ParseFile(token.NewFileSet(), "event.go", nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	var declared []event.Kind
	ast.Inspect(file, func(n ast.Node) bool {
		v, ok := n.(*ast.ValueSpec)
		if !ok {
			return true
		}
		if id, ok := v.Type.(*ast.Ident); ok && id.Name == "Kind" {
			s, err := strconv.Unquote(v.Values[0].(*ast.BasicLit).Value)
			if err != nil {
				t.Fatal(err)
			}
			declared = append(declared, event.Kind(s))
		}
		return true
	})
	if len(declared) == 0 {
		t.Fatal("no constant found in event.go")
	}
	if diff := cmp.Diff(declared, event.Kinds()); diff != "" {
		t.Errorf("Kinds (-declared +listed):\n%s", diff)
	}
}
