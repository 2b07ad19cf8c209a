package check

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"netlab/internal/measure"
	"netlab/internal/snapshot"
)

// tapped is routed, with hardware addresses, and a switch with C beside A; the
// switch has learned where R is.
func tapped() snapshot.Lab {
	lab := routed()
	for i := range lab.Spaces {
		for j := range lab.Spaces[i].Links {
			lab.Spaces[i].Links[j].MAC = "02:00:00:00:00:" + lab.Spaces[i].Name + lab.Spaces[i].Links[j].Name[3:]
		}
	}
	port := func(name, peer, in string) snapshot.Link {
		return snapshot.Link{Name: name, Kind: "veth", Up: true, Carrier: true, Master: "br0", Peer: peer, PeerSpace: in, PortState: "forwarding"}
	}
	c := snapshot.Space{Name: "C", Links: []snapshot.Link{{Name: "eth0", Kind: "veth", Up: true, MAC: "02:00:00:00:00:C0", Peer: "pC", PeerSpace: "sw"}, {Name: "tun0", Kind: "tun", Up: true}}}
	sw := snapshot.Space{Name: "sw", Links: []snapshot.Link{{Name: "br0", Kind: "bridge", Up: true, Carrier: true}, port("pC", "eth0", "C"), port("pR", "eth0", "R")},
		FDB: []snapshot.FDB{{Link: "pR", Master: "br0", MAC: "02:00:00:00:00:R0", State: "reachable"}}}
	return snapshot.Lab{Spaces: append(lab.Spaces, c, sw)}
}

// watched is what was seen at an interface of a ping from A to B.
func watched(at Interface, frames ...measure.Frame) *measure.Seen {
	return &measure.Seen{In: at.In, Dev: at.Dev, Left: true, Frames: frames,
		Ping: measure.Ping{From: "A", To: ip("192.168.2.3"), Sent: 1, Received: 1, Fate: measure.Answered}}
}

func TestSeen(t *testing.T) {
	b, c, r := Interface{"B", "eth0"}, Interface{"C", "eth0"}, Interface{"R", "eth1"}
	a0, r0 := Interface{"A", "eth0"}, Interface{"R", "eth0"}
	to := ip("192.168.2.3")
	request := measure.Frame{Source: ip("192.168.1.1"), Dest: to, TTL: 63, From: "02:00:00:00:00:R1", To: "02:00:00:00:00:B0"}
	first := measure.Frame{Source: ip("192.168.1.1"), Dest: to, TTL: 64, From: "02:00:00:00:00:a0", To: "02:00:00:00:00:r0"}
	reply := measure.Frame{Reply: true, Source: to, Dest: ip("192.168.1.1"), TTL: 64, From: "02:00:00:00:00:B0", To: "02:00:00:00:00:R1"}
	text := "a request from 192.168.1.1 to 192.168.2.3 (ttl 63), MAC addresses of eth1 in R and eth0 in B"
	saw := func(what string) string { return "eth0 in B saw " + what }
	silent, stuck, refused := watched(b), watched(b), watched(b)
	silent.Ping.Received, silent.Ping.Fate = 0, measure.Silent
	stuck.Ping.Received, stuck.Ping.Fate, stuck.Left = 0, measure.Silent, false
	refused.Ping = measure.Ping{From: "A", To: to, Fate: measure.Refused, Errno: "EPERM", Text: "operation not permitted"}
	refused.Left = false
	const want, deny = "eth0 in B sees the echo request from A to 192.168.2.3", "eth0 in B does not see the echo request from A to 192.168.2.3"
	const noWay = "the reply has no way back: B has no route to 192.168.1.1, so it comes home only if a rule in R changes the source address (NAT)"
	tests := []struct {
		name     string
		seen     Seen
		found    *measure.Seen
		says, no Outcome
	}{
		{"the request", Seen{At: b}, watched(b, request, reply),
			Outcome{true, want, saw(text), ""},
			Outcome{false, deny, saw(text), "the way of the packet leads over eth0 in B"}},
		{"everything of it", Seen{At: b, Source: ip("192.168.1.1"), TTL: 63, MACFrom: &r, MACTo: &b}, watched(b, request),
			Outcome{true, want + " with source 192.168.1.1, ttl 63, MAC address from eth1 in R, MAC address to eth0 in B", saw(text), ""}, Outcome{}},
		{"another ttl", Seen{At: b, TTL: 64}, watched(b, request),
			Outcome{false, want + " with ttl 64", saw(text), "the frame passed 1 router more than expected: each router takes 1 off the ttl"}, Outcome{}},
		{"another source", Seen{At: b, Source: ip("192.168.2.5")}, watched(b, request),
			Outcome{false, want + " with source 192.168.2.5", saw(text), "192.168.1.1 is an address of A, which sent it: nothing on the way has changed it"}, Outcome{}},
		{"a source that a router wrote", Seen{At: b, Source: ip("192.168.1.1")}, watched(b, measure.Frame{Source: ip("192.168.2.5"), Dest: to, TTL: 63}),
			Outcome{false, want + " with source 192.168.1.1", saw("a request from 192.168.2.5 to 192.168.2.3 (ttl 63)"), "a machine on the way has changed the source address"}, Outcome{}},
		{"another MAC address", Seen{At: b, MACFrom: &a0}, watched(b, request),
			Outcome{false, want + " with MAC address from eth0 in A", saw(text), "the frame was sent by eth1 in R to eth0 in B: a MAC address is good for one network, and each router writes new ones"}, Outcome{}},
		{"two that are each half right", Seen{At: b, TTL: 64, MACFrom: &r}, watched(b, request, first),
			Outcome{false, want + " with ttl 64, MAC address from eth1 in R", saw(text + ", a request from 192.168.1.1 to 192.168.2.3 (ttl 64), MAC addresses of eth0 in A and eth0 in R"), "the frame passed 1 router more than expected: each router takes 1 off the ttl"}, Outcome{}},
		{"the reply", Seen{At: b, Reply: true, TTL: 64}, watched(b, request, reply),
			Outcome{true, "eth0 in B sees the echo reply from 192.168.2.3 to A with ttl 64", saw("a reply from 192.168.2.3 to 192.168.1.1 (ttl 64), MAC addresses of eth0 in B and eth1 in R"), ""}, Outcome{}},
		{"no reply that could be seen", Seen{At: b, Reply: true}, silent,
			Outcome{false, "eth0 in B sees the echo reply from 192.168.2.3 to A", saw("no echo reply"), noWay},
			Outcome{false, "eth0 in B does not see the echo reply from 192.168.2.3 to A", "no reply came to A", noWay}},
		{"a switch that has learned", Seen{At: c}, watched(c),
			Outcome{false, "eth0 in C sees the echo request from A to 192.168.2.3", "eth0 in C saw no echo request", "the way of the packet does not lead over eth0 in C"},
			Outcome{true, "eth0 in C does not see the echo request from A to 192.168.2.3", "eth0 in C saw no echo request", ""}},
		{"a switch that has not", Seen{At: c}, watched(c, first),
			Outcome{true, "eth0 in C sees the echo request from A to 192.168.2.3", "eth0 in C saw a request from 192.168.1.1 to 192.168.2.3 (ttl 64), MAC addresses of eth0 in A and eth0 in R", ""},
			Outcome{false, "eth0 in C does not see the echo request from A to 192.168.2.3", "eth0 in C saw a request from 192.168.1.1 to 192.168.2.3 (ttl 64), MAC addresses of eth0 in A and eth0 in R",
				"the bridge br0 in sw sends a frame to all ports while it has not learned where its target is: the frame is for eth0 in R"}},
		{"not on the way", Seen{At: b}, watched(b),
			Outcome{false, want, saw("no echo request"), "the way of the packet does not lead over eth0 in B"},
			Outcome{true, deny, saw("no echo request"), ""}},
		{"lost on the way", Seen{At: b}, silent,
			Outcome{false, want, saw("no echo request"), noWay}, Outcome{true, deny, saw("no echo request"), ""}},
		{"it never left", Seen{At: b}, stuck,
			Outcome{false, want, "the echo request never left A", noWay}, Outcome{false, deny, "the echo request never left A", noWay}},
		{"it was not let out", Seen{At: b}, refused,
			Outcome{false, want, "the echo request never left A: the kernel would not send it: operation not permitted (EPERM)", "a firewall rule in A does not let it send this"},
			Outcome{false, deny, "the echo request never left A: the kernel would not send it: operation not permitted (EPERM)", "a firewall rule in A does not let it send this"}},
		{"nothing was sent", Seen{At: b}, nil,
			Outcome{false, want, "no echo was sent", "the echo could not be tried"}, Outcome{false, deny, "no echo was sent", "the echo could not be tried"}},
		{"another interface was watched", Seen{At: b}, watched(r0, first),
			Outcome{false, want, "another echo was watched", "the echo could not be tried"}, Outcome{false, deny, "another echo was watched", "the echo could not be tried"}},
		{"the interface is missing", Seen{At: Interface{"B", "eth9"}}, nil,
			Outcome{false, "eth9 in B sees the echo request from A to 192.168.2.3", "there is no interface eth9 in B", "no namespace of this lab has an interface eth9"},
			Outcome{false, "eth9 in B does not see the echo request from A to 192.168.2.3", "there is no interface eth9 in B", "no namespace of this lab has an interface eth9"}},
		{"an interface without a MAC address", Seen{At: b, MACTo: &Interface{"C", "tun0"}}, watched(b, request),
			Outcome{false, want + " with MAC address to tun0 in C", "tun0 in C has no hardware address", "no frame can be from it or for it"}, Outcome{}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			tt.seen.In, tt.seen.To = "A", to
			got := Judge(Check{Seen: &tt.seen}, tapped(), measure.Found{Seen: tt.found})
			if diff := cmp.Diff(tt.says, got); diff != "" {
				t.Error(diff)
			}
			if tt.no == (Outcome{}) {
				return // the negation claims nothing else
			}
			got = Judge(Check{Not: true, Seen: &tt.seen}, tapped(), measure.Found{Seen: tt.found})
			if diff := cmp.Diff(tt.no, got); diff != "" {
				t.Error("not", diff)
			}
		})
	}
}

func TestSeenThatMakesNoSense(t *testing.T) {
	at, to := Interface{"B", "eth0"}, ip("10.0.0.2")
	for _, tt := range []struct {
		check Check
		err   string
	}{
		{Check{Seen: &Seen{At: at, To: to, TTL: 63}}, ""},
		{Check{Not: true, Seen: &Seen{At: at, To: to, Reply: true}}, ""},
		{Check{Seen: &Seen{At: at}}, "seen: to is missing"},
		{Check{Seen: &Seen{To: to}}, "seen: at is missing, the interface that is watched"},
		{Check{Seen: &Seen{At: at, To: to, TTL: 256}}, "seen: ttl is from 1 to 255, not 256"},
		{Check{Seen: &Seen{At: at, To: to, Source: ip("fd00::1")}}, "seen: 10.0.0.2 and the source fd00::1 are of two families"},
		{Check{Not: true, Seen: &Seen{At: at, To: to, TTL: 63}}, "seen: of a frame that must not come by nothing else can be claimed"},
	} {
		text := ""
		if err := tt.check.Validate(); err != nil {
			text = err.Error()
		}
		if text != tt.err {
			t.Errorf("%s: %q, want %q", tt.check, text, tt.err)
		}
	}
	c := Check{Not: true, Seen: &Seen{At: at, In: "A", To: to, Reply: true}}
	if got := c.String(); got != "not seen at eth0 in B: echo reply from 10.0.0.2 to A" || c.Kind() != "seen" {
		t.Error(got)
	}
}
