package run

import (
	"errors"
	"io"
	"net/netip"
	"strings"
	"testing"
	"time"

	"netlab/internal/check"
	"netlab/internal/control"
	"netlab/internal/diagnose"
	"netlab/internal/event"
	"netlab/internal/measure"
	"netlab/internal/scenario"
	"netlab/internal/trace"
)

// A failed check of names says the cause, where that is sure: also what only
// further questions show.
func TestAFailedCheckOfNamesSaysItsCause(t *testing.T) {
	b, h2, _ := nameLab(t)
	b.files("h1", "resolv.conf", "search lan", "nameserver 10.0.0.2", "options timeout:1 attempts:1")
	seven := []netip.Addr{netip.MustParseAddr("10.0.0.7")}
	server := netip.MustParseAddr("10.0.0.2")
	for _, tt := range []struct {
		name  string
		harm  func()
		check check.Check
		cause string
	}{
		{"no nameserver", func() { b.files("h1", "resolv.conf", "search lan") }, resolves(check.Resolves{Name: "web", To: seven}),
			"no nameserver is configured: resolv.conf of h1 names none"},
		{"the wrong search list", func() {
			b.files("h1", "resolv.conf", "search lam", "nameserver 10.0.0.2", "options timeout:1 attempts:1")
			b.files("h2", "resolv.conf", "search lan")
		}, resolves(check.Resolves{Name: "web", To: seven}), "h1 looks for web in lam (search), and the name is web.lan"},
		{"a hosts line of nobody's address", func() { b.files("h1", "hosts", "10.0.0.99 web") }, resolves(check.Resolves{Name: "web", To: seven}),
			"the hosts file of h1, line 1, says that web is 10.0.0.99"},
		{"a server says that there is no such name", func() {}, check.Check{DNS: &check.DNS{In: "h1", Server: server, Name: "wbe.lan"}},
			"there is no name wbe.lan: h2 has the zone lan and says so (NXDOMAIN)"},
		{"no server runs", func() { h2.stop() }, check.Check{DNS: &check.DNS{In: "h1", Server: server, Name: "web.lan"}}, "nobody in h2 listens on UDP port 53"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			b.t = t
			b.files("h1", "hosts", "10.0.0.9 printer.lan printer")
			b.files("h1", "resolv.conf", "search lan", "nameserver 10.0.0.2", "options timeout:1 attempts:1")
			tt.harm()
			out := b.now(tt.check, 0)
			must(t, b.why(soon(t), tt.check, &out))
			if out.OK || !strings.Contains(out.Cause, tt.cause) {
				t.Errorf("%+v\nwant the cause %q", out, tt.cause)
			}
		})
	}
}

// A ping to a name that fails says whether the name or the network is at fault.
func TestAFailedPingToANameSaysItsCause(t *testing.T) {
	b, _, _ := nameLab(t)
	b.files("h1", "resolv.conf", "search lan", "nameserver 10.0.0.2", "options timeout:1 attempts:1")
	ran := func(line string) string {
		t.Helper()
		b.told.Reset()
		_, err := b.commands(soon(t), scenario.Step{Run: line}, b.emit)
		must(t, err)
		checks := of(b.events(), event.Check)
		if len(checks) != 1 {
			t.Fatalf("%+v", checks)
		}
		return checks[0].Cause
	}
	for line, want := range map[string]string{
		"ip netns exec h1 ping -c 1 -W 1 printer":      "the hosts file of h1, line 1, says that printer is 10.0.0.9, and nobody in this lab has this address",
		"ip netns exec h1 ping -c 1 nothing":           "there is no name nothing.lan: h2 has the zone lan and says so (NXDOMAIN)",
		"ip netns exec h1 ping -c 1 -W 1 10.0.0.99":    "no namespace of this lab has the address 10.0.0.99",
		"sudo ip netns exec h1 ping -c 1 -W 1 web.lan": "h2 says that web.lan is 10.0.0.7, and nobody in this lab has this address",
		"ip netns exec h1 false":                       "",
	} {
		if got := ran(line); got != want {
			t.Errorf("%s: %q, want %q", line, got, want)
		}
	}
	cause, err := whyPing(soon(t), b.kernel, "nobody", "web.lan")
	if err != nil || cause != "" {
		t.Error(cause, err)
	}
}

func TestPingedBy(t *testing.T) {
	for line, want := range map[string]string{
		"ping -c 1 10.0.0.1": "host 10.0.0.1", "sudo ip netns exec ns1 ping6 web": "ns1 web", "ip netns exec ns1 curl web": "ns1 ", "ping": "host ",
		"ping -c": "host ", "": " ", "sudo": " ", "/usr/bin/ping x": "host x",
	} {
		if place, to := pingedBy(line); place+" "+to != want {
			t.Errorf("%q: %q to %q, want %q", line, place, to, want)
		}
	}
}

func TestNamesInALabThatStays(t *testing.T) {
	h := atHome(t)
	stay(t, h, "named", cable())
	c, _ := enter(t, h, "named")
	files := `mkdir -p /etc/netns/ns1; cd /etc/netns/ns1
		echo '10.0.0.2 web ns2' > hosts; echo 'hosts: files dns' > nsswitch.conf; : > resolv.conf`
	if code, err := c.Exec(soon(t), Program{Args: []string{"sh", "-c", files}}, streams("", io.Discard, io.Discard, nil)); code != 0 || err != nil {
		t.Fatal(code, err)
	}
	seen, err := c.Trace(soon(t), probeFrom("ns1", "web"))
	must(t, err)
	if seen.Name == nil || seen.Name.Source != "line 1 of /etc/netns/ns1/hosts" || seen.Story.Fate != measure.Answered || len(seen.Causes) != 0 {
		t.Errorf("%+v %+v", seen.Name, seen)
	}
	seen, err = c.Trace(soon(t), probeFrom("ns1", "ns3"))
	must(t, err)
	if seen.Name == nil || len(seen.Name.Addrs) != 0 || seen.Story.To.IsValid() || len(seen.Causes) == 0 || seen.Causes[0].Kind != diagnose.HostsTypo || len(seen.Near) != 2 {
		t.Errorf("%+v %+v", seen.Name, seen)
	}
	seen, err = c.Trace(soon(t), probeFrom("ns1", "ns2"))
	must(t, err)
	if seen.Name != nil || !seen.NodeMeant || seen.Story.Fate != measure.Answered {
		t.Errorf("%+v", seen)
	}
	named := probeFrom("ns1", "ns2")
	named.Name = true
	seen, err = c.Trace(soon(t), named)
	must(t, err)
	if seen.Name == nil || seen.NodeMeant || seen.Story.Fate != measure.Answered || seen.Name.Lines[len(seen.Name.Lines)-1].Does != trace.Finds {
		t.Errorf("%+v", seen)
	}
	_, err = c.Trace(soon(t), control.Probe{From: "nobody", To: "web", Name: true, Proto: measure.ICMP, Timeout: time.Second})
	var l *Lacking
	if !errors.As(err, &l) || l.What != control.MissingNode {
		t.Error(err)
	}
}
