package service

import (
	"context"
	"fmt"
	"net"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/miekg/dns"

	"netlab/internal/event"
	"netlab/internal/interp"
	"netlab/internal/netns"
)

// lesson is a shell with the limits of a lesson's steps.
type lesson struct {
	shell  *interp.Shell
	events []event.Event
}

func newLesson(t *testing.T) *lesson {
	t.Helper()
	s, err := interp.Start(t.Context(), interp.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return &lesson{shell: s}
}

// run runs the commands of a step.
func (l *lesson) run(t *testing.T, text string) interp.Result {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
	defer cancel()
	l.events = nil
	res, err := l.shell.Run(ctx, interp.Snippet{Text: text}, func(e event.Event) { l.events = append(l.events, e) })
	if err != nil {
		t.Fatal(err)
	}
	return res
}

// said is all that the screen would show of the last step.
func (l *lesson) said() string {
	var b strings.Builder
	for _, e := range l.events {
		if e.Kind == event.Output || e.Kind == event.CommandEnd || e.Kind == event.Note {
			b.WriteString(e.Text + "\n")
		}
	}
	return b.String()
}

// TestWhatCoreDNSSaysOfMistakes: what CoreDNS says comes through, with file and
// line, and nothing hangs.
func TestWhatCoreDNSSaysOfMistakes(t *testing.T) {
	dir := t.TempDir()
	conf, zone := filepath.Join(dir, "Corefile"), filepath.Join(dir, "zone")
	tests := []struct {
		name, conf, zone string
		want             string
	}{
		{"a plugin that there is not", ".:53 {\n errors\n nosuch x\n}", "", conf + ":3 - Error during parsing: Unknown directive 'nosuch'"},
		{"a brace that is missing", ".:53 {\n errors\n", "", conf + ":2 - Syntax error"},
		{"a plugin with wrong words", ".:53 {\n forward\n}", "", conf + ":2 - Error during parsing"},
		{"an address that is none", ".:53 {\n forward . 10.0.0.256\n}", "", `plugin/forward: failed to resolve "10.0.0.256"`},
		{"a record that is wrong", "a.example:53 {\n file " + zone + "\n}", "@ 300 SOA ns a 1 1 1 1 1\nwww A 10.0.0.256\n", "bad A A: \"10.0.0.256\" at line: 2:"},
		{"a zone without a SOA record", "a.example:53 {\n file " + zone + "\n}", "www 300 A 10.0.0.2\n", "has no SOA record"},
		{"no Corefile", "", "", "open " + conf + ": no such file or directory"},
	}
	l := newLesson(t)
	l.run(t, "ip netns add x")
	defer l.run(t, "ip netns del x")
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			l.run(t, "rm -f "+conf)
			if tt.conf != "" {
				write(t, conf, tt.conf)
				write(t, zone, tt.zone)
			}
			for way, line := range map[string]string{
				"in the foreground":                 "coredns -conf " + conf,
				"in the background":                 "coredns -conf " + conf + " &",
				"in the background, with a log":     "coredns -conf " + conf + " > " + dir + "/log 2>&1 &",
				"in the foreground, with a log":     "coredns -conf " + conf + " > " + dir + "/log 2>&1",
				"in a namespace, in the background": "ip netns exec x coredns -conf " + conf + " > " + dir + "/log 2>&1 &",
			} {
				res := l.run(t, line)
				if !strings.Contains(l.said(), tt.want) || strings.Contains(l.said(), "still running") {
					t.Errorf("%s: want %q:\n%s", way, tt.want, l.said())
				}
				if strings.HasPrefix(way, "in the foreground") && (res.Exit != 1 || res.Limit != "") {
					t.Errorf("%s: %+v", way, res)
				}
			}
		})
	}
}

func TestAPortThatIsTaken(t *testing.T) {
	loopback(t)
	l := newLesson(t)
	conf := filepath.Join(t.TempDir(), "Corefile")
	write(t, conf, ".:53 {\n hosts\n}\n")
	c, err := (&net.ListenConfig{}).ListenPacket(t.Context(), "udp", ":53")
	if err != nil {
		t.Fatal(err)
	}
	if l.run(t, "coredns -conf "+conf); !strings.Contains(l.said(), "listen udp :53: bind: address already in use") {
		t.Error(l.said())
	}
	c.Close()
	l.run(t, "coredns -conf "+conf+" &")
	if strings.Contains(l.said(), "too") {
		t.Error(l.said())
	}
	l.run(t, "timeout 1 coredns -conf "+conf+" || true")
	if !strings.Contains(l.said(), "netlab: coredns (process ") || !strings.Contains(l.said(), "waits at UDP port 53 of this node, too") {
		t.Error(l.said())
	}
}

// A dozen servers fit into the limits of a lesson's step, each of them answers,
// and they end with the shell.
func TestADozenServers(t *testing.T) {
	const servers = 12
	l := newLesson(t)
	dir := t.TempDir()
	for i := range servers {
		name := fmt.Sprintf("s%d", i)
		write(t, filepath.Join(dir, name), fmt.Sprintf(".:53 {\n log\n errors\n cache 30\n reload\n hosts {\n  10.0.0.%d www.example\n }\n}\n", i))
		res := l.run(t, fmt.Sprintf("ip netns add %s; ip -n %[1]s link set lo up; ip netns exec %[1]s coredns -conf %[2]s/%[1]s > %[2]s/%[1]s.log 2>&1 &", name, dir))
		if res.Exit != 0 || res.Limit != "" {
			t.Fatalf("%s: %+v\n%s", name, res, l.said())
		}
	}
	for i := range servers {
		conn, err := netns.Socket(fmt.Sprintf("s%d", i), func() (net.Conn, error) { return net.Dial("udp", "127.0.0.1:53") })
		if err != nil {
			t.Fatal(err)
		}
		a, _, err := (&dns.Client{Timeout: time.Minute}).ExchangeWithConn(new(dns.Msg).SetQuestion("www.example.", dns.TypeA), &dns.Conn{Conn: conn})
		conn.Close()
		if want := fmt.Sprintf("10.0.0.%d", i); err != nil || len(a.Answer) != 1 || a.Answer[0].(*dns.A).A.String() != want {
			t.Errorf("server %d: %v, %v", i, a, err)
		}
	}
	if res := l.run(t, "true"); res.Limit != "" {
		t.Errorf("%+v", res)
	}
	for i := range servers {
		l.run(t, fmt.Sprintf("ip netns del s%d", i))
	}
}
