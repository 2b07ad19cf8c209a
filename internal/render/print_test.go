package render

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"netlab/internal/event"
	"netlab/internal/term"
)

// screen is a terminal of buffers.
func screen(l look) (*term.Term, term.Buffers) {
	tm, bufs := term.Test(strings.NewReader(""), l.width)
	tm.OutColour, tm.ErrColour, tm.UTF8 = l.colour, l.colour, !l.ascii
	return tm, bufs
}

func TestError(t *testing.T) {
	long := "cannot start the lab: this kernel refuses user namespaces to ordinary users"
	tests := []struct {
		name       string
		text, hint string
		tty        bool
		want       string
	}{
		{"what happened", "no lesson is called \"veht\"", "", false, "netlab: no lesson is called \"veht\"\n"},
		{"and what to try", "no lesson is called \"veht\"", "netlab list", false, "netlab: no lesson is called \"veht\"\nhint: netlab list\n"},
		{"a line stays a line in a file", long, "", false, "netlab: " + long + "\n"},
		{"and is wrapped on a terminal", long, "", true, "netlab: cannot start the lab: this\n        kernel refuses user namespaces\n        to ordinary users\n"},
		{"a caret stays under its word", "f.yaml:1:3: unknown word\n  rnu: x\n  ^", "", true, "netlab: f.yaml:1:3: unknown word\n  rnu: x\n  ^\n"},
		{"escape sequences are shown", "bad name \x1b[2J", "not \x9b", false, "netlab: bad name \\x1b[2J\nhint: not \\x9b\n"},
		{"space around is dropped", "\n x \n", "", false, "netlab: x\n"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			tm, bufs := screen(look{width: 40})
			tm.ErrTTY = tt.tty
			if err := Error(tm, tt.text, tt.hint); err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(tt.want, bufs.Err.String()); diff != "" {
				t.Errorf("stderr (-want +got):\n%s", diff)
			}
			if bufs.Out.Len() > 0 {
				t.Errorf("stdout: %q", bufs.Out)
			}
		})
	}
}

func TestErrorHasTheColourOfStderr(t *testing.T) {
	tm, bufs := screen(look{width: 80})
	tm.ErrColour = true
	if err := Error(tm, "x", "y"); err != nil {
		t.Fatal(err)
	}
	if got := bufs.Err.String(); !strings.Contains(got, "\x1b[1;31mnetlab:") || uncoloured(got) != "netlab: x\nhint: y\n" {
		t.Errorf("stderr = %q", got)
	}
}

func lessonsTable() Table {
	return Table{
		Head: []string{"lesson", "minutes", "what it is about"},
		Rows: []Row{
			{event.Pass, []string{"namespaces", "8", "A network life of its own, and what is not in it"}},
			{event.Skip, []string{"bridge", "10", "A switch made of software (this kernel has no bridge)"}},
			{"", []string{"veth-pair", "9", "A cable \x1b[2J"}},
			{event.Fail, []string{"网络", "", "short"}},
		},
	}
}

func TestTable(t *testing.T) {
	tests := []struct {
		name  string
		table Table
		look  look
		want  string
	}{
		{"columns with marks", lessonsTable(), look{width: 60}, `
  lesson      minutes  what it is about
✓ namespaces  8        A network life of its own, and what
                       is not in it
- bridge      10       A switch made of software (this
                       kernel has no bridge)
  veth-pair   9        A cable \x1b[2J
✗ 网络                 short
`},
		{"a narrow screen makes lists", lessonsTable(), look{width: 40, ascii: true}, `
ok   namespaces
  minutes: 8
  what it is about: A network life of
  its own, and what is not in it
-    bridge
  minutes: 10
  what it is about: A switch made of
  software (this kernel has no bridge)
     veth-pair
  minutes: 9
  what it is about: A cable \x1b[2J
FAIL ??
  what it is about: short
`},
		{"without headings and marks", Table{Rows: []Row{{"", []string{"a", "b"}}, {"", []string{"long", "c"}}}}, look{width: 40}, `
a     b
long  c
`},
		{"short rows", Table{Head: []string{"a", "b"}, Rows: []Row{{"", []string{"x"}}, {"", nil}}}, look{width: 40}, `
a  b
x

`},
		{"nothing", Table{}, look{width: 40}, "\n"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			tm, bufs := screen(tt.look)
			if err := tt.table.Print(tm); err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(tt.want, "\n"+bufs.Out.String()); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func TestWelcome(t *testing.T) {
	more := []Entry{
		{"netlab list", "all lessons"},
		{"netlab doctor", "what this machine can do"},
		{"netlab help", "all commands"},
	}
	what := "learn Linux and Kubernetes networking on the real thing, without touching your machine"
	tests := []struct {
		look look
		want string
	}{
		{look{width: 60}, `
netlab · learn Linux and Kubernetes networking on the real
thing, without touching your machine

  Begin with the first lesson:

      netlab run namespaces

  netlab list    all lessons
  netlab doctor  what this machine can do
  netlab help    all commands
`},
		{look{width: 40, ascii: true}, `
netlab - learn Linux and Kubernetes
networking on the real thing, without
touching your machine

  Begin with the first lesson:

      netlab run namespaces

  netlab list    all lessons
  netlab doctor  what this machine can
                 do
  netlab help    all commands
`},
	}
	for _, tt := range tests {
		t.Run(tt.look.String(), func(t *testing.T) {
			tm, bufs := screen(tt.look)
			if err := Welcome(tm, what, Entry{"netlab run namespaces", "Begin with the first lesson"}, more); err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(tt.want, "\n"+bufs.Out.String()); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func TestLegend(t *testing.T) {
	tests := []struct {
		name string
		keys []KeyHelp
		look look
		want string
	}{
		{"the keys that matter most fit in 60 columns", StepKeys(), look{width: 60}, "space next · b back · s shell · t trace · ? explain · q quit"},
		{"in ASCII too", StepKeys(), look{width: 60, ascii: true}, "space next - b back - s shell - t trace - ? explain - q quit"},
		{"a narrow screen leaves some out, but never quit", StepKeys(), look{width: 40}, "  space next · b back · s shell · q quit"},
		{"two keys stay whatever they are", []KeyHelp{{"x", strings.Repeat("long", 20)}, {"q", "quit"}}, look{width: 40}, "x " + strings.Repeat("long", 20) + " · q quit"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			tm, bufs := screen(tt.look)
			if err := NewPrompt(tm).Legend(tt.keys); err != nil {
				t.Fatal(err)
			}
			if got := bufs.Out.String(); got != "\n"+tt.want {
				t.Errorf("legend = %q, want %q", got, tt.want)
			}
		})
	}
	if len(StepKeys()) != 7 {
		t.Error("narrow legends have cut the keys themselves")
	}
}

func TestPromptIsTakenAway(t *testing.T) {
	tests := []struct {
		name string
		tty  bool
		do   func(*Prompt) error
		want string
	}{
		{"nothing to take away", true, (*Prompt).Clear, ""},
		{"on a terminal the line is erased", true, func(p *Prompt) error { return firstError(p.Choose(3), p.Clear(), p.Clear()) }, "\n  1–3 your answer · space just show me\r\x1b[2K\x1b[A"},
		{"in a file it ends", false, func(p *Prompt) error { return firstError(p.Choose(3), p.Clear()) }, "\n  1–3 your answer · space just show me\n"},
		{"a second one replaces the first", true, func(p *Prompt) error { return firstError(p.Confirm("Leave?"), p.Confirm("Sure \x1b?")) }, "\n  Leave? y/n\r\x1b[2K\x1b[A\n  Sure \\x1b? y/n"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			tm, bufs := screen(look{width: 80})
			tm.OutTTY = tt.tty
			if err := tt.do(NewPrompt(tm)); err != nil {
				t.Fatal(err)
			}
			if got := bufs.Out.String(); got != tt.want {
				t.Errorf("written %q, want %q", got, tt.want)
			}
		})
	}
}

func firstError(errs ...error) error {
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}

func TestPaintUsesOnlyTheSixteenColours(t *testing.T) {
	p := newPainter(true)
	for tn := range tones {
		got := p.paint(line{in(tn, "x")})
		if strings.Contains(got, "38;") || strings.Contains(got, "48;") {
			t.Errorf("tone %d: %q", tn, got)
		}
		if (got == "x") != (tn == plain) {
			t.Errorf("tone %d: %q", tn, got)
		}
		if off := newPainter(false).paint(line{in(tn, "x")}); off != "x" {
			t.Errorf("tone %d without colour: %q", tn, off)
		}
	}
}
