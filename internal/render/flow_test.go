package render

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"netlab/internal/event"
)

// story makes events from short words, in the order given.
func story(kinds ...string) []event.Event {
	var out []event.Event
	for _, k := range kinds {
		out = append(out, happening(k))
	}
	return out
}

func happening(k string) event.Event {
	switch k {
	case "bare":
		return event.Event{Kind: event.Command, Line: "bare"}
	case "told":
		return event.Event{Kind: event.Command, Line: "told", Text: "meaning"}
	case "out":
		return event.Event{Kind: event.Output, Text: "out\n"}
	case "bad":
		return event.Event{Kind: event.CommandEnd, Exit: 1, Status: event.Pass}
	case "change":
		return event.Event{Kind: event.Change, Sign: "+", Line: "change"}
	case "ok":
		return event.Event{Kind: event.Check, Text: "ok", Status: event.Pass}
	case "fail":
		return event.Event{Kind: event.Check, Text: "fail", Status: event.Fail}
	case "note":
		return event.Event{Kind: event.Note, Text: "note"}
	case "recap":
		return event.Event{Kind: event.Recap, Text: "recap"}
	}
	return event.Event{Kind: event.Kind(k)}
}

func TestBlankLinesStandBetweenWhatIsApart(t *testing.T) {
	tests := []struct {
		name string
		in   []event.Event
		want string
	}{
		{"what belongs to a command stands below it", story("told", "out", "bad", "change"), "$ told|meaning|│ out|~ exit status 1|+ change"},
		{"commands without a word between them stay together", story("bare", "bare"), "$ bare|$ bare"},
		{"a command with its meaning stands alone", story("told", "told"), "$ told|meaning||$ told|meaning"},
		{"a command after an output stands alone", story("bare", "out", "bare"), "$ bare|│ out||$ bare"},
		{"proof stands apart from the command", story("bare", "ok", "ok"), "$ bare||✓ ok|✓ ok"},
		{"a failed check stays with those before it", story("ok", "fail", "fail"), "✓ ok|✗ fail|✗ fail"},
		{"what follows a failed check stands apart", story("fail", "ok"), "✗ fail||✓ ok"},
		{"notes stand apart", story("ok", "note", "note", "ok"), "✓ ok||note: note|note: note||✓ ok"},
		{"points of the recap stay together", story("recap", "recap"), "To keep|• recap|• recap"},
		{"a second recap has its own heading", story("recap", "ok", "recap"), "To keep|• recap||✓ ok||To keep|• recap"},
		{"an unknown kind shows nothing", story("ok", "sunrise", "ok"), "✓ ok|✓ ok"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var got []string
			for row := range strings.Lines(onPage(t, Options{}, tt.in...)) {
				got = append(got, strings.TrimSpace(row))
			}
			if diff := cmp.Diff(tt.want, strings.Join(got, "|")); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func TestStepHeadings(t *testing.T) {
	rest := func(n int) string { return strings.Repeat("─", n) }
	tests := []struct {
		name  string
		total int
		title string
		want  string
	}{
		{"with a rule to the margin", 3, "Make it", "── 2 of 3 · Make it " + rest(40) + "\n"},
		{"without a total", 0, "Make it", "── 2 · Make it " + rest(45) + "\n"},
		{
			"a long title goes on below itself", 3, "A title that does not fit on one line of a small terminal",
			"── 2 of 3 · A title that does not fit on one line of a\n            small terminal " + rest(33) + "\n",
		},
		{"a title that fills the line has no rule", 3, strings.Repeat("x", 47), "── 2 of 3 · " + strings.Repeat("x", 47) + "\n"},
		{"no title", 3, "", "── 2 of 3 ·  " + rest(47) + "\n"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got := onPage(t, Options{},
				event.Event{Kind: event.LessonStart, Lesson: "l", Title: "L", Total: tt.total},
				event.Event{Kind: event.StepStart, Step: 2, Title: tt.title})
			_, got, _ = strings.Cut(got, "\n\n")
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func TestSkippedStepSaysWhyOnce(t *testing.T) {
	skip := event.Event{Kind: event.StepEnd, Status: event.Skip, Text: "nft is missing"}
	note := event.Event{Kind: event.Note, Text: "left out: nft is missing"}
	tests := []struct {
		name string
		in   []event.Event
		want string
	}{
		{"with its reason", []event.Event{skip}, "  - this step is skipped: nft is missing\n"},
		{"a note may have said it", []event.Event{note, skip}, "  note: left out: nft is missing\n  - this step is skipped\n"},
		{"without a reason", []event.Event{{Kind: event.StepEnd, Status: event.Skip}}, "  - this step is skipped\n"},
		{"a step that passed says nothing", []event.Event{{Kind: event.StepEnd, Status: event.Pass}}, ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if diff := cmp.Diff(tt.want, onPage(t, Options{}, tt.in...)); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func TestHintBoxFitsItsText(t *testing.T) {
	tests := []struct{ name, text, want string }{
		{"a short hint", "Look.", "  ╭─ hint ─╮\n  │ Look.  │\n  ╰────────╯\n"},
		{"wide characters", "网络网络网络", "  ╭─ hint ───────╮\n  │ 网络网络网络 │\n  ╰──────────────╯\n"},
		{"an empty hint", "", "  ╭─ hint ─╮\n  │        │\n  ╰────────╯\n"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if diff := cmp.Diff(tt.want, onPage(t, Options{}, event.Event{Kind: event.Hint, Text: tt.text})); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func TestLessonsThatRunAtTheSameTimeEndWithTheirOwnCounts(t *testing.T) {
	check := func(lesson string, s event.Status) event.Event {
		return event.Event{Kind: event.Check, Lesson: lesson, Step: 1, Text: "c", Status: s}
	}
	events := []event.Event{
		{Kind: event.LessonStart, Lesson: "a"}, {Kind: event.LessonStart, Lesson: "b"},
		check("a", event.Pass), check("b", event.Fail), check("a", event.Pass),
		{Kind: event.LessonEnd, Lesson: "a", Status: event.Pass}, {Kind: event.LessonEnd, Lesson: "b", Status: event.Fail},
	}
	for _, renderer := range []string{"plain", "summary"} {
		t.Run(renderer, func(t *testing.T) {
			got, _ := shown(t, renderer, events, look{width: 60}, Options{})
			for _, want := range []string{"✓ a · 2 checks\n", "✗ b · 1 of 1 check failed\n"} {
				if !strings.Contains(got, want) {
					t.Errorf("%q is missing in:\n%s", want, got)
				}
			}
		})
	}
}

func TestBudget(t *testing.T) {
	tests := []struct {
		name   string
		items  []int // lines of each item
		more   bool
		shown  int // items
		hidden int // lines
	}{
		{"what fits is shown", []int{4, 4, 4}, false, 3, 0},
		{"one item over is shown", []int{6, 6, 5}, false, 3, 0},
		{"two items over are hidden with all their lines", []int{12, 2, 3}, false, 1, 5},
		{"nothing is shown after something was hidden", []int{12, 2, 3, 1}, false, 1, 6},
		{"a small item does not pass one kept back", []int{10, 5, 1}, false, 1, 6},
		{"all is shown on request", []int{100, 100}, true, 2, 0},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			b := budget{more: tt.more}
			b.reset()
			shown := 0
			for _, n := range tt.items {
				b.add(n, func() { shown++ })
			}
			hidden := b.end()
			if shown != tt.shown || hidden != tt.hidden {
				t.Errorf("%d items shown and %d lines hidden, want %d and %d", shown, hidden, tt.shown, tt.hidden)
			}
			if b.end() != 0 {
				t.Error("the end comes twice")
			}
		})
	}
}

func TestDots(t *testing.T) {
	tests := []struct {
		name string
		in   []string
		want string
	}{
		{"between parts", []string{"a", "b", "c"}, "a · b · c"},
		{"not for empty parts", []string{"", "a", "", "b", ""}, "a · b"},
		{"nothing", nil, ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var parts []span
			for _, s := range tt.in {
				parts = append(parts, text(s))
			}
			if got := newPainter(false).paint(dots(parts...)); got != tt.want {
				t.Errorf("dots = %q, want %q", got, tt.want)
			}
		})
	}
}

func TestTook(t *testing.T) {
	for ms, want := range map[float64]string{0: "", -1: "", 0.4: "0 ms", 95: "95 ms", 999: "999 ms", 1000: "1.0 s", 12345: "12.3 s"} {
		if got := took(ms); got != want {
			t.Errorf("took(%v) = %q, want %q", ms, got, want)
		}
	}
}
