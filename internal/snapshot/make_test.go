package snapshot

import (
	"net/netip"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"netlab/internal/nss"
)

// The constructors make the smallest value that means something; the tests
// change what they are about.

func labOf(spaces ...Space) Lab { return Lab{Spaces: spaces} }

// host puts things into host, which has lo, up.
func host(things ...any) Space { return spaceOf(Host, things...) }

// spaceOf sorts things into the lists of a namespace.
func spaceOf(name string, things ...any) Space {
	lo := Link{
		Index: 1, Name: "lo", Kind: "loopback", MAC: "00:00:00:00:00:00", MTU: 65536, Up: true, Carrier: true,
		State: "UNKNOWN", Flags: []string{"LOOPBACK", "UP", "LOWER_UP"}, PeerNSID: -1, Type: "loopback",
	}
	s := Space{Name: name, Links: []Link{lo}, NSID: -1}
	for _, thing := range things {
		switch v := thing.(type) {
		case Link:
			s.Links = append(s.Links, v)
		case Addr:
			s.Addrs = append(s.Addrs, v)
		case Route:
			s.Routes = append(s.Routes, v)
		case Neigh:
			s.Neighs = append(s.Neighs, v)
		case FDB:
			s.FDB = append(s.FDB, v)
		case PolicyRule:
			s.PolicyRules = append(s.PolicyRules, v)
		case Socket:
			s.Sockets = append(s.Sockets, v)
		case Filter:
			s.Filters = append(s.Filters, v)
			if v.Tool == "nft" && v.Policy == "" {
				s.Rules++
			}
		case map[string]string:
			s.Sysctls = v
		case nss.Files:
			s.Names = v
		case int:
			s.Rules = v
		default:
			panic("what is that?")
		}
	}
	return s
}

// link is an Ethernet link that is up; index is also its MAC address's end.
func link(index int, name, kind string, changes ...func(*Link)) Link {
	l := Link{
		Index: index, Name: name, Kind: kind, MAC: "02:00:00:00:00:0" + string(rune('0'+index)), MTU: 1500,
		Up: true, Carrier: true, State: "UP", Flags: []string{"BROADCAST", "MULTICAST", "UP", "LOWER_UP"},
		Qdisc: "noqueue", QLen: 1000, PeerNSID: -1, Broadcast: "ff:ff:ff:ff:ff:ff", Type: "ether",
	}
	for _, change := range changes {
		change(&l)
	}
	return l
}

// veth is an end of a cable.
func veth(index int, name, peer, peerSpace string, changes ...func(*Link)) Link {
	l := link(index, name, "veth")
	l.Peer, l.PeerSpace = peer, peerSpace
	for _, change := range changes {
		change(&l)
	}
	return l
}

// bridge is a bridge with the kernel's settings.
func bridge(index int, name string, changes ...func(*Link)) Link {
	l := link(index, name, "bridge")
	l.Bridge = &Bridge{AgeingTime: 30000, ForwardDelay: 1500}
	for _, change := range changes {
		change(&l)
	}
	return l
}

func down(l *Link) {
	l.Up, l.Carrier, l.State, l.Flags = false, false, "DOWN", []string{"BROADCAST", "MULTICAST"}
}

func noSignal(l *Link) { l.Carrier, l.State = false, "LOWERLAYERDOWN" }

// portOf makes the link a port that forwards.
func portOf(master string) func(*Link) {
	return func(l *Link) {
		l.Master, l.PortState = master, "forwarding"
		l.Port = &Port{Learning: true, Flood: true, Priority: 32, Cost: 2}
	}
}

func addrOn(dev, prefix string, changes ...func(*Addr)) Addr {
	a := Addr{Link: dev, Prefix: netip.MustParsePrefix(prefix), Scope: "global", Flags: []string{"permanent"}}
	if a.Prefix.Addr().Is4() {
		a.Label = dev
	}
	for _, change := range changes {
		change(&a)
	}
	return a
}

// routeVia is a route that somebody added.
func routeVia(dst, via, dev string, changes ...func(*Route)) Route {
	r := route(dst, 0, dev)
	r.Proto, r.Scope = "boot", "global"
	if via != "" {
		r.Via = netip.MustParseAddr(via)
	}
	for _, change := range changes {
		change(&r)
	}
	return r
}

// connected is the route that comes with an address.
func connected(dst, dev string, changes ...func(*Route)) Route {
	r := routeVia(dst, "", dev)
	r.Proto, r.Scope = "kernel", "link"
	if r.Family == 6 {
		r.Scope, r.Metric, r.Pref = "global", 256, "medium"
	}
	for _, change := range changes {
		change(&r)
	}
	return r
}

func linkdown(r *Route) { r.LinkDown = true }

func neighOn(dev, addr, mac, state string) Neigh {
	return Neigh{Link: dev, Addr: netip.MustParseAddr(addr), MAC: mac, State: state}
}

// learnedAt is an entry that a bridge has learned.
func learnedAt(dev, master, mac string) FDB {
	return FDB{Link: dev, Master: master, MAC: mac, State: "reachable"}
}

// firstRules are the rules that each namespace has of a family.
func firstRules(family int) []any {
	rules := []any{
		PolicyRule{Family: family, Action: "lookup", Table: 255}, PolicyRule{Family: family, Priority: 32766, Action: "lookup", Table: 254},
	}
	if family == 4 {
		rules = append(rules, PolicyRule{Family: family, Priority: 32767, Action: "lookup", Table: 253})
	}
	return rules
}

// ruleFor is a rule of the routing policy; from is empty for all packets.
func ruleFor(priority uint32, from string, table uint32, changes ...func(*PolicyRule)) PolicyRule {
	r := PolicyRule{Family: 4, Priority: priority, Action: "lookup", Table: table}
	if from != "" {
		r.Src = netip.MustParsePrefix(from)
	}
	if r.Src.Addr().Is6() {
		r.Family = 6
	}
	for _, change := range changes {
		change(&r)
	}
	return r
}

// listening is a TCP socket that waits.
func listening(at string, changes ...func(*Socket)) Socket {
	a := netip.MustParseAddrPort(at)
	s := Socket{Proto: "tcp", Addr: a.Addr(), Port: a.Port()}
	for _, change := range changes {
		change(&s)
	}
	return s
}

// nftRule is a rule of the chain "ip t c" with a hook, nftChain its end.
func nftRule(hook, text string, changes ...func(*Filter)) Filter {
	f := Filter{Tool: "nft", Family: "ip", Table: "t", Chain: "c", Type: "filter", Hook: hook, Text: text}
	for _, change := range changes {
		change(&f)
	}
	return f
}

func nftChain(hook, policy string) Filter {
	return nftRule(hook, "", func(f *Filter) { f.Policy = policy })
}

// oldRule is a rule of the old iptables, oldChain the end of a chain.
func oldRule(text string) Filter {
	return Filter{Tool: "iptables", Family: "ip", Table: "filter", Chain: "INPUT", Type: "filter", Hook: "input", Text: text, Counted: true}
}

func oldChain(policy string) Filter {
	f := oldRule("")
	f.Policy, f.Counted = policy, false
	return f
}

// confOf changes the settings of a link.
func confOf(change func(*Conf)) func(*Link) {
	return func(l *Link) {
		l.Conf = &Conf{}
		change(l.Conf)
	}
}

// diffCase is what is told about two labs.
type diffCase struct {
	name     string
	was, now Lab
	want     []string // sign, namespace and line of all changes
	reason   string   // part of the first one's reason
}

// told checks what Diff says, and that the way back mirrors it.
func (c diffCase) told(t *testing.T) {
	t.Helper()
	changes := Diff(c.was, c.now)
	var got []string
	for _, change := range changes {
		got = append(got, change.String())
	}
	if d := cmp.Diff(c.want, got); d != "" {
		t.Errorf("(- want, + got):\n%s", d)
	}
	if len(changes) > 0 && !strings.Contains(changes[0].Reason, c.reason) {
		t.Errorf("the reason is %q, want %q", changes[0].Reason, c.reason)
	}
	for _, same := range []Lab{c.was, c.now} {
		if left := Diff(same, same); len(left) != 0 {
			t.Errorf("a lab differs from itself: %v", left)
		}
	}
	// That link-local addresses go is not told: their link went down.
	ownOnly := len(changes) == 1 && strings.Contains(changes[0].Line, "IPv6 link-local")
	if back := Diff(c.now, c.was); (len(back) == 0) != (len(changes) == 0) && !ownOnly {
		t.Errorf("there %v, and back %v", changes, back)
	}
}

func tellAll(t *testing.T, cases []diffCase) {
	t.Helper()
	for _, c := range cases {
		t.Run(c.name, c.told)
	}
}

// signs counts the changes with each sign.
func signs(changes []Change) map[string]int {
	n := map[string]int{}
	for _, c := range changes {
		n[c.Sign]++
	}
	return n
}

// reasonOf is the reason of the change with a line.
func reasonOf(t *testing.T, changes []Change, line string) string {
	t.Helper()
	i := slices.IndexFunc(changes, func(c Change) bool { return c.String() == line })
	if i < 0 {
		t.Fatalf("%q is not among %v", line, changes)
	}
	return changes[i].Reason
}
