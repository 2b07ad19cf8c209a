package check

import (
	"net/netip"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"netlab/internal/measure"
	"netlab/internal/snapshot"
)

// routed is A - R - B, with a second router S beside R that nobody uses.
func routed() snapshot.Lab {
	veth := func(name, peer, in string) snapshot.Link {
		return snapshot.Link{Name: name, Kind: "veth", Up: true, Carrier: true, State: "UP", Peer: peer, PeerSpace: in}
	}
	addr := func(dev, p string) snapshot.Addr {
		return snapshot.Addr{Link: dev, Prefix: prefix(p), Scope: "global"}
	}
	route := func(dst, via, dev string) snapshot.Route {
		r := snapshot.Route{Dst: prefix(dst), Link: dev, Table: 254}
		if via != "" {
			r.Via = ip(via)
		}
		return r
	}
	return snapshot.Lab{Spaces: []snapshot.Space{
		{Name: "host"},
		{Name: "A", Links: []snapshot.Link{veth("eth0", "eth0", "R")}, Addrs: []snapshot.Addr{addr("eth0", "192.168.1.1/24")},
			Routes: []snapshot.Route{route("192.168.1.0/24", "", "eth0"), route("0.0.0.0/0", "192.168.1.5", "eth0")}},
		{Name: "R", Rules: 1, Links: []snapshot.Link{veth("eth0", "eth0", "A"), veth("eth1", "eth0", "B")},
			Addrs:   []snapshot.Addr{addr("eth0", "192.168.1.5/24"), addr("eth1", "192.168.2.5/24")},
			Routes:  []snapshot.Route{route("192.168.1.0/24", "", "eth0"), route("192.168.2.0/24", "", "eth1")},
			Sysctls: map[string]string{"net.ipv4.ip_forward": "1"}},
		{Name: "B", Links: []snapshot.Link{veth("eth0", "eth1", "R")}, Addrs: []snapshot.Addr{addr("eth0", "192.168.2.3/24")},
			Routes: []snapshot.Route{route("192.168.2.0/24", "", "eth0")}},
	}}
}

func hopList(list string) []netip.Addr {
	var out []netip.Addr
	for _, h := range strings.Fields(list) {
		if h == Silent {
			out = append(out, netip.Addr{})
		} else {
			out = append(out, ip(h))
		}
	}
	return out
}

// went is a path that was seen; the last hop is the target when it is to.
func went(to, list string) *measure.Path {
	p := &measure.Path{From: "A", To: ip(to)}
	for _, h := range hopList(list) {
		one := measure.Hop{Addr: h, Fate: measure.Reported, ICMP: &measure.ICMPError{From: h, Type: 11, Text: "Time to live exceeded"}}
		switch {
		case !h.IsValid():
			one = measure.Hop{Fate: measure.Silent}
		case h == p.To:
			one = measure.Hop{Addr: h, Fate: measure.Answered}
		}
		p.Hops = append(p.Hops, one)
	}
	return p
}

func TestPath(t *testing.T) {
	const b = "192.168.2.3"
	over := Path{In: "A", To: ip(b), Hops: hopList("192.168.1.5 " + b)}
	direct := Path{In: "A", To: ip(b), Hops: hopList(b)}
	other := Path{In: "A", To: ip(b), Hops: hopList("192.168.1.9 " + b)}
	want, deny := "the way 192.168.1.5, 192.168.2.3", "another way than 192.168.1.5, 192.168.2.3"
	refused := &measure.Path{From: "A", To: ip(b), Hops: []measure.Hop{{Fate: measure.Refused, Errno: "ENETUNREACH", Text: "network is unreachable"}}}
	stopped := went(b, "192.168.1.5")
	stopped.Hops[0].ICMP = &measure.ICMPError{From: ip("192.168.1.5"), Type: 3, Text: "Destination Net Unreachable"}
	tests := []struct {
		name     string
		path     Path
		found    *measure.Path
		says, no Outcome
	}{
		{"the way", over, went(b, "192.168.1.5 "+b),
			Outcome{true, want, "192.168.1.5, 192.168.2.3", ""},
			Outcome{false, deny, "192.168.1.5, 192.168.2.3", "it is still so: nothing has changed it"}},
		{"a hop too many", direct, went(b, "192.168.1.5 "+b),
			Outcome{false, "the way 192.168.2.3", "192.168.1.5, 192.168.2.3", "A sends to 192.168.2.3 by the route default via 192.168.1.5 dev eth0"},
			Outcome{true, "another way than 192.168.2.3", "192.168.1.5, 192.168.2.3", ""}},
		{"another router", other, went(b, "192.168.1.5 "+b),
			Outcome{false, "the way 192.168.1.9, 192.168.2.3", "192.168.1.5, 192.168.2.3", "A sends to 192.168.2.3 by the route default via 192.168.1.5 dev eth0"},
			Outcome{true, "another way than 192.168.1.9, 192.168.2.3", "192.168.1.5, 192.168.2.3", ""}},
		{"a silent router", over, went(b, "silent "+b),
			Outcome{false, want, "silent, 192.168.2.3", "hop 1 passes the packet on and does not say so: a firewall rule in R may forbid it"},
			Outcome{true, deny, "silent, 192.168.2.3", ""}},
		{"a router that is silent as it should be", Path{In: "A", To: ip(b), Hops: hopList("silent " + b)}, went(b, "silent "+b),
			Outcome{true, "the way silent, 192.168.2.3", "silent, 192.168.2.3", ""},
			Outcome{false, "another way than silent, 192.168.2.3", "silent, 192.168.2.3", "it is still so: nothing has changed it"}},
		{"nobody behind the router", over, went(b, "192.168.1.5 silent"),
			Outcome{false, want, "192.168.1.5, silent", "the reply has no way back: B has no route to 192.168.1.1, so it comes home only if a rule in R changes the source address (NAT)"},
			Outcome{true, deny, "192.168.1.5, silent", ""}},
		{"a router that knows no way", over, stopped,
			Outcome{false, want, "192.168.1.5 (said: Destination Net Unreachable)", "the reply has no way back: B has no route to 192.168.1.1, so it comes home only if a rule in R changes the source address (NAT)"},
			Outcome{true, deny, "192.168.1.5 (said: Destination Net Unreachable)", ""}},
		{"a kernel that does not send", over, refused,
			Outcome{false, want, "the kernel would not send it: network is unreachable (ENETUNREACH)", "the reply has no way back: B has no route to 192.168.1.1, so it comes home only if a rule in R changes the source address (NAT)"},
			Outcome{true, deny, "the kernel would not send it: network is unreachable (ENETUNREACH)", ""}},
		{"nothing was sent", over, nil,
			Outcome{false, want, "no echo was sent", "the way could not be tried"},
			Outcome{false, deny, "no echo was sent", "the way could not be tried"}},
		{"another way was tried", over, went("192.168.2.9", "192.168.1.5"),
			Outcome{false, want, "another way was tried: to 192.168.2.9 from A", "the way could not be tried"},
			Outcome{false, deny, "another way was tried: to 192.168.2.9 from A", "the way could not be tried"}},
		{"a namespace is missing", Path{In: "X", To: ip(b), Hops: hopList(b)}, nil,
			Outcome{false, "the way 192.168.2.3", "there is no namespace X", "a check cannot see into a namespace that does not exist"},
			Outcome{false, "another way than 192.168.2.3", "there is no namespace X", "a check cannot see into a namespace that does not exist"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			for not, want := range map[bool]Outcome{false: tt.says, true: tt.no} {
				got := Judge(Check{Not: not, Path: &tt.path}, routed(), measure.Found{Path: tt.found})
				if diff := cmp.Diff(want, got); diff != "" {
					t.Errorf("not: %v\n%s", not, diff)
				}
			}
		})
	}
}

func TestPathsThatMakeNoSense(t *testing.T) {
	b := ip("192.168.2.3")
	for _, tt := range []struct {
		path Path
		err  string
	}{
		{Path{To: b, Hops: hopList("192.168.1.5 192.168.2.3")}, ""},
		{Path{To: b, Hops: hopList("192.168.1.5 silent")}, ""},
		{Path{To: b, Hops: hopList("silent silent 192.168.2.3")}, ""},
		{Path{Hops: hopList("192.168.2.3")}, "path: to is missing"},
		{Path{To: b}, "path: hops is missing"},
		{Path{To: b, Hops: hopList("fd00::1")}, "path: hop 1, fd00::1, is of another family than 192.168.2.3"},
		{Path{To: b, Hops: hopList("192.168.2.3 192.168.1.5")}, "path: the way ends at 192.168.2.3, and there are hops behind it"},
		{Path{To: b, Hops: hopList("silent silent")}, "path: silence at the end is one hop: how many there are nobody knows"},
	} {
		text := ""
		if err := (Check{Path: &tt.path}).Validate(); err != nil {
			text = err.Error()
		}
		if text != tt.err {
			t.Errorf("%v: %q, want %q", tt.path, text, tt.err)
		}
	}
	c := Check{Not: true, Path: &Path{To: b, Hops: hopList("silent 192.168.2.3")}}
	if got := c.String(); got != "not path to 192.168.2.3 from host: silent, 192.168.2.3" || c.Kind() != "path" {
		t.Error(got)
	}
}
