package cli

import (
	"context"
	"encoding/json"
	"strings"
	"syscall"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/spf13/cobra"

	"netlab/internal/event"
	"netlab/internal/measure"
	"netlab/internal/run"
	"netlab/internal/term"
)

func TestDigFlags(t *testing.T) {
	tests := []struct {
		name string
		args string
		want digOptions
	}{
		{"a node and a name", "dig A web.lab", digOptions{node: "A", args: []string{"web.lab"}}},
		{"a node alone", "dig host", digOptions{node: "host", args: []string{}}},
		{"options of dig", "dig A -x 10.0.0.1 +short @10.0.0.53 -4 -p 54", digOptions{node: "A", args: []string{"-x", "10.0.0.1", "+short", "@10.0.0.53", "-4", "-p", "54"}}},
		{"flags of netlab anywhere", "dig --json A --lab x web.lab mx", digOptions{lab: "x", asJSON: true, node: "A", args: []string{"web.lab", "mx"}}},
		{"a lab by its letter", "dig -l x A web.lab", digOptions{lab: "x", node: "A", args: []string{"web.lab"}}},
		{"a lab in one word", "dig -lx A web.lab --lab=y", digOptions{lab: "y", node: "A", args: []string{"web.lab"}}},
		{"a walk", "dig A web.lab --trace", digOptions{node: "A", args: []string{"+trace", "web.lab"}}},
		{"a walk in dig's words", "dig A web.lab +trace", digOptions{node: "A", args: []string{"web.lab", "+trace"}}},
		{"a colour of the root", "dig A web.lab --color never", digOptions{node: "A", args: []string{"web.lab"}}},
		{"a colour before the verb", "--color never dig A web.lab", digOptions{node: "A", args: []string{"web.lab"}}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var got digOptions
			err := parse(t, func(a *app) *cobra.Command {
				return newDig(a, func(_ context.Context, _ *app, opt digOptions) error { got = opt; return nil })
			}, tt.args)
			if diff := cmp.Diff(tt.want, got, cmp.AllowUnexported(digOptions{})); diff != "" || err != nil {
				t.Errorf("%v (-want +got):\n%s", err, diff)
			}
		})
	}
}

func TestTheRealCommand(t *testing.T) {
	for want, o := range map[string]digOptions{
		"dig web.lab":                          {node: "host", args: []string{"web.lab"}},
		"ip netns exec A dig @10.0.0.1 +short": {node: "A", args: []string{"@10.0.0.1", "+short"}},
		`ip netns exec A dig 'a b' '' 'it'\''s' 'a\.b' fe80::1%eth0`: {node: "A", args: []string{"a b", "", "it's", `a\.b`, "fe80::1%eth0"}},
	} {
		if got := o.real(); got != want {
			t.Errorf("%s, want %s", got, want)
		}
	}
}

// asDigHere calls netlab under the name of dig, for what sends nothing.
func asDigHere(args ...string) said {
	t, b := term.Test(strings.NewReader(""), 80)
	code := Dig(context.Background(), t, args)
	return said{code, b.Out.String(), b.Err.String()}
}

func TestUnderTheNameOfDig(t *testing.T) {
	tests := []struct {
		name string
		args []string
		code int
		out  string
		errs string
	}{
		{"an option that dig has not", []string{"+nothing"}, run.DigUsage, "", "dig: dig has no option +nothing\n; netlab's own view, in the words of dig: netlab dig --help says what it knows\n"},
		{"one that netlab has not", []string{"web.lab", "+yaml"}, run.DigUsage, "", "dig: dig knows +yaml, netlab's own does not\n"},
		{"a name that is none", []string{"a..b"}, run.DigInternal, "", `dig: "a..b" is no name: between two dots`},
		{"a name that is too long", []string{strings.Repeat("abcdefghi.", 30)}, run.DigInternal, "", "RFC 1035 (2.3.4) allows 255"},
		{"its version", []string{"-v"}, run.DigAnswered, "", "netlab's own view, in the words of dig 9.18\n"},
		{"its help", []string{"-h"}, run.DigAnswered, "Usage: dig [@SERVER]", ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got := asDigHere(tt.args...)
			if got.code != tt.code || !strings.HasPrefix(got.out, tt.out) || (got.out == "") != (tt.out == "") || !strings.Contains(got.errs, tt.errs) || (got.errs == "") != (tt.errs == "") {
				t.Errorf("%+v", got)
			}
		})
	}
}

func TestASignalEndsDig(t *testing.T) {
	ctx, cancel := context.WithCancelCause(context.Background())
	cancel(&signalled{syscall.SIGTERM})
	tm, _ := term.Test(strings.NewReader(""), 80)
	if code := Dig(ctx, tm, []string{"@127.0.0.1", "web.lab"}); code != codeSignal+int(syscall.SIGTERM) {
		t.Errorf("exit code %d", code)
	}
}

// In a lab without a name server it is told who was asked, and that nobody
// answers; that a server answers is proved where there is one.
func TestDigInALab(t *testing.T) {
	t.Setenv("XDG_RUNTIME_DIR", t.TempDir()) // not where yours are; root has but one place
	const lab = "dig-in-a-lab"
	if up := onMachine(soon(t), "up", "veth-pair", "--name", lab); up.code != 0 {
		t.Fatalf("%+v", up)
	}
	defer onMachine(soon(t), "down", lab)
	if lo := onMachine(soon(t), "exec", "--lab", lab, "host", "--", "ip", "-n", "ns1", "link", "set", "lo", "up"); lo.code != 0 {
		t.Fatalf("%+v", lo)
	}
	refused := func(server string) string {
		return strings.Repeat(";; communications error to "+server+"#53: connection refused\n", 3)
	}
	const head = "\n; netlab's own view, in the words of dig. With the real one:\n; "
	tests := []struct {
		name string
		args string
		want said
	}{
		{"nobody listens there", "ns1 @10.1.1.2 web.lab", said{event.CodeFailed, refused("10.1.1.2") + head + "ip netns exec ns1 dig @10.1.1.2 web.lab\n;; global options: +cmd\n;; no servers could be reached\n", ""}},
		{"nobody is named", "ns1 web.lab +short", said{event.CodeFailed, refused("::1") + refused("127.0.0.1") + ";; no servers could be reached\n",
			"; netlab: /etc/resolv.conf names no name server to ask: dig asks this machine itself, ::1, then 127.0.0.1\n"}},
		{"from the lab's own network", "host @10.9.9.9 web.lab +tries=1", said{event.CodeFailed,
			";; UDP setup with 10.9.9.9#53(10.9.9.9) for web.lab failed: network unreachable.\n;; no servers could be reached\n", ""}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got := onMachine(soon(t), append([]string{"dig", "--lab", lab}, strings.Fields(tt.args)...)...)
			if d := cmp.Diff(tt.want, got, cmp.AllowUnexported(said{})); d != "" {
				t.Errorf("(-want +got):\n%s", d)
			}
		})
	}
	t.Run("as JSON", func(t *testing.T) {
		got := onMachine(soon(t), "dig", "--lab", lab, "ns1", "@10.1.1.2", "web.lab", "mx", "+tries=2", "--json")
		var found []measure.DNS
		if err := json.Unmarshal([]byte(got.out), &found); err != nil || got.code != event.CodeFailed || got.errs != "" {
			t.Fatalf("%v %+v", err, got)
		}
		if len(found) != 2 || found[0].From != "ns1" || !found[0].Closed || found[0].Question.Type != "MX" || found[0].Server.String() != "10.1.1.2:53" {
			t.Errorf("%+v", found)
		}
	})
	t.Run("a node that there is not", func(t *testing.T) {
		got := onMachine(soon(t), "dig", "--lab", lab, "ns7", "web.lab")
		if got.code != event.CodeUsage || !strings.Contains(got.errs, `has no node "ns7"`) {
			t.Errorf("%+v", got)
		}
	})
	t.Run("completion of nodes", func(t *testing.T) {
		for args, want := range map[string]string{"dig --lab " + lab + " \x00": "ns1\n", "dig --lab " + lab + " ns1 +no\x00": "+noall\n", "dig -l \x00": lab + "\n", "dig +tr\x00": "+trace\n", "dig --\x00": "--json\n"} {
			words := strings.Fields(args)
			for i := range words {
				words[i] = strings.TrimSuffix(words[i], "\x00")
			}
			got := onMachine(soon(t), append([]string{"__complete"}, words...)...)
			if !strings.Contains(got.out, want) {
				t.Errorf("%q offers %q", args, got.out)
			}
		}
	})
}
