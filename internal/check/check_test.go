package check

import (
	"strings"
	"testing"
	"time"
)

func TestTextAndKind(t *testing.T) {
	tests := []struct {
		check      Check
		kind, text string
	}{
		{Check{Ping: &Ping{In: "ns1", To: ip("10.1.1.2")}}, "ping", "ping 10.1.1.2 from ns1"},
		{Check{Ping: &Ping{To: ip("10.1.1.2"), TTL: 63}}, "ping", "ping 10.1.1.2 from host ttl 63"},
		{Check{Not: true, Ping: &Ping{In: "ns1", To: ip("10.1.1.2"), Error: "ENETUNREACH"}}, "ping", "not ping 10.1.1.2 from ns1 error ENETUNREACH"},
		{Check{Namespace: &Namespace{"ns1"}}, "namespace", "namespace ns1"},
		{Check{Not: true, Link: &Link{Name: "br0"}}, "link", "not link br0 in host"},
		{
			Check{Link: &Link{In: "ns1", Name: "eth0", Kind: "veth", Up: yes(), State: "up", Carrier: no(), Peer: "x", PeerIn: "ns2", Master: str(""), MTU: 1400}},
			"link", "link eth0 in ns1 kind veth up state up no carrier peer x in ns2 no master mtu 1400",
		},
		{Check{Link: &Link{Name: "p", Up: no(), Carrier: yes(), Master: str("br0")}}, "link", "link p in host down carrier master br0"},
		{Check{Addr: &Addr{"ns1", "eth0", prefix("10.1.1.1/24"), ""}}, "addr", "addr 10.1.1.1/24 on eth0 in ns1"},
		{Check{Not: true, Addr: &Addr{In: "ns1", Dev: "eth0"}}, "addr", "not addr any on eth0 in ns1"},
		{Check{Addr: &Addr{"ns1", "eth0", prefix("fd00::1/64"), Tentative}}, "addr", "addr fd00::1/64 on eth0 in ns1 tentative"},
		{Check{Route: &Route{In: "ns1", Dst: prefix("0.0.0.0/0"), Via: ip("10.1.1.4"), Dev: "eth0"}}, "route", "route default via 10.1.1.4 dev eth0 in ns1"},
		{Check{Route: &Route{In: "ns1"}}, "route", "route any in ns1"},
		{Check{Neigh: &Neigh{"ns1", ip("10.1.1.2"), "eth0"}}, "neigh", "neigh 10.1.1.2 on eth0 in ns1"},
		{Check{FDB: &FDB{Bridge: "br0", Port: "p", OfIn: "ns1", OfDev: "eth0"}}, "fdb", "fdb br0 in host port p has eth0 of ns1"},
		{Check{FDB: &FDB{In: "sw", Bridge: "br0", OfDev: "eth0"}}, "fdb", "fdb br0 in sw has eth0 of sw"},
		{Check{Sysctl: &Sysctl{"ns1", "net.ipv4.ip_forward", "1"}}, "sysctl", "sysctl net.ipv4.ip_forward=1 in ns1"},
		{Check{Rules: &Rules{"ns1", 3}}, "rules", "rules 3 in ns1"},
		{Check{}, "", "nothing"},
	}
	for _, tt := range tests {
		t.Run(tt.text, func(t *testing.T) {
			if got := tt.check.String(); got != tt.text {
				t.Errorf("got %q", got)
			}
			if got := tt.check.Kind(); got != tt.kind {
				t.Errorf("kind %q, want %q", got, tt.kind)
			}
		})
	}
}

// claim is a check that makes sense, or not.
type claim struct {
	name  string
	check Check
	want  string // a part of the error; empty: none
}

func validates(t *testing.T, tests []claim) {
	t.Helper()
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			err := tt.check.Validate()
			switch {
			case tt.want == "" && err != nil:
				t.Errorf("refused: %v", err)
			case tt.want != "" && (err == nil || !strings.Contains(err.Error(), tt.want)):
				t.Errorf("error %v does not say %q", err, tt.want)
			}
		})
	}
}

func TestValidate(t *testing.T) {
	to := ip("10.1.1.2")
	validates(t, []claim{
		{"a ping", Check{Ping: &Ping{To: to, TTL: 64}}, ""},
		{"a ping that must fail in a certain way", Check{Not: true, Ping: &Ping{To: to, Error: "EHOSTUNREACH"}}, ""},
		{"a ping that must be silent", Check{Not: true, Ping: &Ping{To: to, Error: "silent"}}, ""},
		{"no claim", Check{}, "exactly one claim"},
		{"two claims", Check{Ping: &Ping{To: to}, Namespace: &Namespace{"a"}}, "this one makes 2"},
		{"a negative time", Check{Within: -1, Namespace: &Namespace{"a"}}, "within cannot be negative"},
		{"a ping to nobody", Check{Ping: &Ping{}}, "to is missing"},
		{"a link-local ping without an interface", Check{Ping: &Ping{To: ip("fe80::1")}}, "needs its interface"},
		{"a link-local ping with one", Check{Ping: &Ping{To: ip("fe80::1%eth0")}}, ""},
		{"a ttl that cannot be", Check{Ping: &Ping{To: to, TTL: 256}}, "from 1 to 255"},
		{"a ttl of no answer", Check{Not: true, Ping: &Ping{To: to, TTL: 64}}, "has no ttl"},
		{"an error of a ping that must be answered", Check{Ping: &Ping{To: to, Error: "silent"}}, "only for a ping that must fail"},
		{"an error nobody knows", Check{Not: true, Ping: &Ping{To: to, Error: "timeout"}}, `not "timeout"`},
		{"a namespace without a name", Check{Namespace: &Namespace{" "}}, "namespace: name is missing"},
		{"a link without a name", Check{Link: &Link{In: "ns1"}}, "link: name is missing"},
		{"a link in a state", Check{Link: &Link{Name: "a", State: "LOWERLAYERDOWN"}}, ""},
		{"a link in a state nobody knows", Check{Link: &Link{Name: "a", State: "sleeping"}}, `not "sleeping"`},
		{"a negative MTU", Check{Link: &Link{Name: "a", MTU: -1}}, "mtu cannot be negative"},
		{"an address of nothing", Check{Addr: &Addr{In: "ns1"}}, "dev or prefix is missing"},
		{"an address", Check{Addr: &Addr{Dev: "eth0"}}, ""},
		{"a tentative address", Check{Addr: &Addr{"ns1", "eth0", prefix("fd00::1/64"), Tentative}}, ""},
		{"a flag of no address", Check{Addr: &Addr{In: "ns1", Dev: "eth0", Flag: Tentative}}, "is said of one address"},
		{"a flag of IPv6 for IPv4", Check{Addr: &Addr{"ns1", "eth0", prefix("10.1.1.1/24"), DADFailed}}, "only an IPv6 address can be dadfailed"},
		{"a flag that there is not", Check{Addr: &Addr{"ns1", "eth0", prefix("fd00::1/64"), "good"}}, "flag is one of tentative, dadfailed, deprecated"},
		{"a route to an address in a network", Check{Route: &Route{Dst: prefix("10.1.1.1/24")}}, "the network is 10.1.1.0/24"},
		{"a route of two families", Check{Route: &Route{Dst: prefix("::/0"), Via: to}}, "two families"},
		{"a route", Check{Route: &Route{Dst: prefix("0.0.0.0/0"), Via: to}}, ""},
		{"a neighbour", Check{Neigh: &Neigh{}}, ""},
		{"a table of no bridge", Check{FDB: &FDB{}}, "bridge is missing"},
		{"a table with half an interface", Check{FDB: &FDB{Bridge: "br0", OfIn: "ns1"}}, "of_in needs of_dev"},
		{"a setting without a name", Check{Sysctl: &Sysctl{Value: "1"}}, "key is missing"},
		{"a setting that is not of the network", Check{Sysctl: &Sysctl{Key: "kernel.hostname", Value: "x"}}, "a setting of the network"},
		{"a setting with slashes", Check{Sysctl: &Sysctl{Key: "net.ipv4/../x", Value: "1"}}, "a setting of the network"},
		{"a setting without a value", Check{Sysctl: &Sysctl{Key: "net.ipv4.ip_forward"}}, "value is missing"},
		{"a negative number of rules", Check{Rules: &Rules{Count: -1}}, "count cannot be negative"},
		{"no rules", Check{Rules: &Rules{}}, ""},
	})
}

func TestPatience(t *testing.T) {
	ping, state := &Ping{To: ip("10.1.1.2")}, &Namespace{"ns1"}
	tests := []struct {
		name         string
		check        Check
		within, echo time.Duration
	}{
		{"a ping is tried for the default time", Check{Ping: ping}, DefaultWithin, EchoWait},
		{"a ping with its own time", Check{Ping: ping, Within: 5 * time.Second}, 5 * time.Second, EchoWait},
		{"a ping with little time", Check{Ping: ping, Within: 100 * time.Millisecond}, 100 * time.Millisecond, 100 * time.Millisecond},
		{"a ping that must fail is tried once", Check{Not: true, Ping: ping}, 0, NotWithin},
		{"a ping that must fail, with its own time", Check{Not: true, Ping: ping, Within: time.Second}, 0, time.Second},
		{"a state is tried for the default time", Check{Namespace: state}, DefaultWithin, EchoWait},
		{"a state that must not be, too", Check{Not: true, Namespace: state}, DefaultWithin, EchoWait},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			within, echo := tt.check.Patience()
			if within != tt.within || echo != tt.echo {
				t.Errorf("got %s and %s, want %s and %s", within, echo, tt.within, tt.echo)
			}
		})
	}
}
