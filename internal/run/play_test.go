package run

import (
	"bytes"
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"netlab/internal/control"
	"netlab/internal/event"
	"netlab/internal/interp"
	"netlab/internal/netlabtest"
	"netlab/internal/snapshot"
)

// show is a script that has run, and what was told of it.
type show struct {
	exit     int
	limit    string
	out, err string
	events   []event.Event
	look     func() []string // the lab as it is now, normalised
	took     time.Duration
}

// foreign is a script that somebody else wrote.
func foreign(t testing.TB, name, text string) control.Script {
	t.Helper()
	shell, err := interp.ScriptShell([]byte(text))
	must(t, err)
	return control.Script{Name: name, Text: []byte(text), Shell: shell, Time: 2 * time.Minute}
}

// openPlay opens the lab of a script.
func openPlay(t testing.TB) *Client {
	t.Helper()
	c, err := Open(Start{Name: interp.PlayLab})
	must(t, err)
	t.Cleanup(c.Close)
	return c
}

// input gives a text, and then the end.
func typed(text string) func(context.Context, []byte) (int, error) {
	r := strings.NewReader(text)
	return func(_ context.Context, b []byte) (int, error) { return r.Read(b) }
}

// playIn plays a script in a lab.
func playIn(t testing.TB, c *Client, s control.Script, in string, args ...string) show {
	t.Helper()
	var out, errs bytes.Buffer
	var got show
	start := time.Now()
	played, err := c.Play(soon(t), s, args, Streams{Read: typed(in), Out: &out, Err: &errs}, func(ev event.Event) { got.events = append(got.events, ev) })
	must(t, err)
	got.took = time.Since(start)
	got.exit, got.limit, got.out, got.err = played.Exit, played.Limit, out.String(), errs.String()
	got.look = looking(t, c)
	return got
}

func looking(t testing.TB, c *Client) func() []string {
	return func() []string {
		lab, _, err := c.Look(soon(t))
		must(t, err)
		return snapshot.Normalise(lab).Lines()
	}
}

// lines are the lines of all events of a kind, as "place: sign line".
func (s show) lines(k event.Kind) []string {
	var out []string
	for _, ev := range s.events {
		if ev.Kind == k {
			line := strings.TrimSpace(ev.Sign + " " + ev.Line)
			if ev.Place != "" {
				line = ev.Place + ": " + line
			}
			out = append(out, line)
		}
	}
	return out
}

func playText(t testing.TB, text string, args ...string) show {
	t.Helper()
	return playIn(t, openPlay(t), foreign(t, "x.sh", text), "", args...)
}

// plain runs the same script without netlab, as root of a lab like the other.
func plain(t testing.TB, s control.Script, in string, args ...string) show {
	t.Helper()
	c := openPlay(t)
	run := func(in string, args ...string) show {
		var out, errs bytes.Buffer
		code, err := c.Exec(soon(t), Program{Args: args}, Streams{Read: typed(in), Out: &out, Err: &errs})
		must(t, err)
		return show{exit: code, out: out.String(), err: errs.String()}
	}
	const sudo = "#!/bin/sh\nexec \"$@\"\n" // a machine has one, the lab's is netlab
	for path, text := range map[string]string{interp.OwnDir + "/sudo": sudo, "/root/" + s.Name: string(s.Text)} {
		if got := run(text, "sh", "-c", "cat > "+path+" && chmod 755 "+path); got.exit != 0 {
			t.Fatal(got.err)
		}
	}
	got := run(in, append(append(s.Shell, "./"+s.Name), args...)...)
	got.look = looking(t, c)
	return got
}

// sameWords are what differs between two runs of one script: times, MAC
// addresses, numbers of processes and links.
func sameWords(s string) string {
	for _, r := range [][2]string{
		{`([0-9a-f]{2}:){5}[0-9a-f]{2}`, "MAC"}, {`fe80::[0-9a-f:]+`, "fe80::"}, {`time[= ]?[0-9.]+ ?ms`, "TIME"},
		{`= [0-9./]+ ms`, "= TIMES"}, {`(line [0-9]+: +)[0-9]+ `, "${1}PID "}, {`kill: \([0-9]+\)`, "kill: (PID)"}, {`(?m)^[0-9]+: `, "N: "}, {`@if[0-9]+`, "@ifN"},
		{`link-netns [a-z0-9]+|link-netnsid [0-9]+`, "NSID"}, {` (REACHABLE|STALE|DELAY) ?`, " KNOWN "}, {`pipe [0-9]`, "pipe"},
	} {
		s = regexp.MustCompile(r[0]).ReplaceAllString(s, r[1])
	}
	return s
}

// needed are the programs that a script says it needs.
func needed(t *testing.T, text string) {
	t.Helper()
	for _, m := range regexp.MustCompile(`(?m)^# needs: (.*)$`).FindAllStringSubmatch(text, -1) {
		for _, name := range strings.Fields(m[1]) {
			_, err := exec.LookPath(name)
			netlabtest.Require(t, err == nil, name)
		}
	}
}

func TestScriptsRunAsWithoutNetlab(t *testing.T) {
	files, err := filepath.Glob("testdata/play/*.sh")
	if err != nil || len(files) < 20 {
		t.Fatalf("there are %d scripts, %v", len(files), err)
	}
	for _, file := range files {
		t.Run(filepath.Base(file), func(t *testing.T) {
			text, err := os.ReadFile(file)
			must(t, err)
			needed(t, string(text))
			s := foreign(t, filepath.Base(file), string(text))
			const in = "first line\nsecond line\n"
			want := plain(t, s, in, "one", "two words")
			got := playIn(t, openPlay(t), s, in, "one", "two words")
			if got.exit != want.exit || got.limit != "" {
				t.Errorf("exit code %d (%s), without netlab %d", got.exit, got.limit, want.exit)
			}
			for name, pair := range map[string][2]string{"stdout": {want.out, got.out}, "stderr": {want.err, got.err}} {
				if diff := cmp.Diff(strings.Split(sameWords(pair[0]), "\n"), strings.Split(sameWords(pair[1]), "\n")); diff != "" {
					t.Errorf("%s (-without netlab +with):\n%s", name, diff)
				}
			}
			if diff := settled(want.look, got.look); diff != "" {
				t.Errorf("the lab (-without netlab +with):\n%s", diff)
			}
			if n := len(got.lines(event.Command)); n < 3 {
				t.Errorf("only %d commands are told", n)
			}
			if want.out == "" {
				t.Error("the script says nothing, so nothing is compared")
			}
		})
	}
}

// settled is how two labs differ when the kernel has had its time: it removes
// what was in a namespace some time after the namespace.
func settled(want, got func() []string) (diff string) {
	for end := time.Now().Add(5 * time.Second); ; {
		diff = cmp.Diff(want(), got())
		if diff == "" || time.Now().After(end) {
			return diff
		}
	}
}
