package cli

import (
	"context"
	"strings"
	"syscall"
	"testing"

	"netlab/internal/control"
	"netlab/internal/event"
	"netlab/internal/term"
)

// onMachine runs one command line as Main does, with labs that are real.
func onMachine(ctx context.Context, args ...string) said {
	t, b := term.Test(strings.NewReader(""), 80)
	code := Execute(ctx, t, args)
	return said{code, b.Out.String(), b.Err.String()}
}

func TestRealLabs(t *testing.T) {
	wrong := strings.Replace(ownLesson, "namespace: ns1", "namespace: ns2", 1)
	tests := []struct {
		name string
		args []string
		code int
		want []string
	}{
		{"a lesson of netlab", []string{"run", "namespaces"}, 0, []string{"$ ip netns add"}},
		{"lessons side by side", []string{"verify", "namespaces", "bridge-host", "--json"}, 0, []string{`"kind":"run-end"`, `"lesson":"bridge-host"`}},
		{"a lesson of one's own", []string{"run", write(t, "a.yaml", ownLesson)}, 0, []string{"only inside the", "there it is"}},
		{"a check that fails", []string{"verify", write(t, "a.yaml", wrong)}, event.CodeFailed, []string{"ns2", "1 failed"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got := onMachine(soon(t), tt.args...)
			if got.code != tt.code || got.errs != "" {
				t.Errorf("exit code %d, %s", got.code, got.errs)
			}
			for _, part := range tt.want {
				if !strings.Contains(got.out, part) {
					t.Errorf("%q is not in %s", part, got.out)
				}
			}
		})
	}
}

func TestTheRealMachine(t *testing.T) {
	got := onMachine(soon(t), "doctor", "--json")
	d := decode[diagnosis](t, got.out)
	if got.code != 0 || !d.Sandbox.OK || len(d.Features) < 5 || d.Features[0] != (control.Feature{Name: "veth", OK: true, What: d.Features[0].What}) {
		t.Errorf("exit code %d, %+v", got.code, d)
	}
	list := onMachine(soon(t), "list", "--json")
	for _, e := range decode[[]entry](t, list.out) {
		if (e.Why == "") != e.Runs || e.Name == "veth-pair" && !e.Runs {
			t.Errorf("%+v", e)
		}
	}
}

// ends is a writer that ends a context when a text has come.
type ends struct {
	*strings.Builder
	at  string
	end func()
}

func (e ends) Write(b []byte) (int, error) {
	n, err := e.Builder.Write(b)
	if strings.Contains(e.String(), e.at) {
		e.end()
	}
	return n, err
}

func TestARealLabEndsWithTheContext(t *testing.T) {
	ctx, cancel := context.WithCancelCause(soon(t))
	path := write(t, "a.yaml", strings.Replace(ownLesson, "ip netns add ns1", "echo here; sleep 60", 1))
	out := ends{new(strings.Builder), `here\n`, func() { cancel(&signalled{syscall.SIGTERM}) }}
	tm := term.TestTo(strings.NewReader(""), 80, out)
	if code := Execute(ctx, tm, []string{"run", path, "--json"}); code != 143 {
		t.Errorf("exit code %d: %s", code, out)
	}
	events := eventsOf(t, out.String())
	if kinds := kindsOf(events); !strings.HasSuffix(kinds, "fault run-end") || strings.Count(kinds, "fault") != 1 {
		t.Errorf("the events are %s", kinds)
	}
}
