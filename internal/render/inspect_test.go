package render

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"netlab/internal/netlabtest/golden"
	"netlab/internal/nss"
	"netlab/internal/snapshot"
	"netlab/internal/term"
)

// labs are the labs that the pages of inspect are tested with: what a kernel
// said after the lessons, and labs made for what they lack.
func labs(t testing.TB) map[string]snapshot.Lab {
	t.Helper()
	all := map[string]snapshot.Lab{"odd": oddLab(), "hostile": hostileLab(), "empty": emptyLab(), "large": largeLab()}
	for _, name := range []string{"bridge", "veth-pair"} {
		all[name] = lastLab(t, filepath.Join("..", "snapshot", "testdata", name+".jsonl"))
	}
	return all
}

// lastLab is the lab in which a recording has most links.
func lastLab(t testing.TB, path string) snapshot.Lab {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	var best snapshot.Lab
	most := 0
	for dec := json.NewDecoder(bytes.NewReader(b)); dec.More(); {
		var step struct{ Lab snapshot.Lab }
		if err := dec.Decode(&step); err != nil {
			t.Fatal(err)
		}
		n := 0
		for _, s := range step.Lab.Spaces {
			n += len(s.Links) + len(s.Addrs) + len(s.Neighs)
		}
		if n >= most {
			best, most = step.Lab, n
		}
	}
	return best
}

func lo(up bool) snapshot.Link {
	return snapshot.Link{Index: 1, Name: "lo", Kind: "loopback", MAC: "00:00:00:00:00:00", MTU: 65536, Up: up, Carrier: up, PeerNSID: -1, QLen: 1000}
}

func emptyLab() snapshot.Lab {
	var lab snapshot.Lab
	for _, name := range []string{snapshot.Host, "a", "b"} {
		lab.Spaces = append(lab.Spaces, snapshot.Space{Name: name, Links: []snapshot.Link{lo(name == "b")}, NSID: -1})
	}
	return lab
}

// largeLab has more namespaces than are shown in full.
func largeLab() snapshot.Lab {
	lab := emptyLab()
	for i := range maxInFull {
		eth0 := snapshot.Link{Index: 2, Name: "eth0", Kind: "veth", MAC: fmt.Sprintf("02:00:00:00:00:%02x", i), MTU: 1500, Up: i != 3, Carrier: i != 3 && i != 5, PeerNSID: -1}
		s := snapshot.Space{Name: fmt.Sprintf("h%d", i+1), Links: []snapshot.Link{lo(true), eth0}, NSID: -1}
		for j := range i % 3 {
			p := netip.MustParsePrefix(fmt.Sprintf("10.%d.0.%d/24", j, i+1))
			s.Addrs = append(s.Addrs, snapshot.Addr{Link: "eth0", Prefix: p, Scope: "global", Flags: []string{"permanent"}})
			s.Routes = append(s.Routes, snapshot.Route{Family: 4, Type: "unicast", Dst: p.Masked(), Link: "eth0", Table: 254, Proto: "kernel"})
		}
		lab.Spaces = append(lab.Spaces, s)
	}
	return lab
}

// oddLab has one of each thing that is shown only when it is there.
func oddLab() snapshot.Lab {
	ip, network := netip.MustParseAddr, netip.MustParsePrefix
	permanent := []string{"permanent"}
	gateway := snapshot.Space{Name: "gw", NSID: -1, Rules: 3, Sysctls: map[string]string{"net.ipv4.ip_forward": "1", "net.ipv4.conf.all.rp_filter": "0"}}
	gateway.Links = []snapshot.Link{
		lo(true),
		{Index: 2, Name: "br0", Kind: "bridge", MAC: "02:00:00:00:00:02", MTU: 1450, Up: true, Carrier: true, PeerNSID: -1, Bridge: &snapshot.Bridge{STP: true, VLANFiltering: true}},
		{Index: 3, Name: "br-without-one", Kind: "bridge", MAC: "02:00:00:00:00:03", MTU: 1500, Up: true, PeerNSID: -1, Bridge: &snapshot.Bridge{}},
		{
			Index: 4, Name: "flannel.1", Kind: "vxlan", MAC: "02:00:00:00:00:04", MTU: 1450, Up: true, Carrier: true, PeerNSID: -1, Master: "br0", PortState: "blocking",
			VXLAN: &snapshot.VXLAN{ID: 1, Local: ip("192.0.2.1"), Remote: ip("192.0.2.2"), Dev: "wan", DstPort: 8472},
			Port:  &snapshot.Port{Isolated: true, Hairpin: true, NeighSupp: true},
		},
		{Index: 5, Name: "wan", Kind: "veth", MAC: "02:00:00:00:00:05", MTU: 1500, Up: true, PeerNSID: 3, Flags: []string{"NOARP", "PROMISC"}, Alias: "to the \"world\""},
		{Index: 6, Name: "vx-elsewhere", Kind: "vxlan", MAC: "02:00:00:00:00:06", MTU: 1500, PeerNSID: 0, PeerSpace: snapshot.Host, VXLAN: &snapshot.VXLAN{ID: 2, Dev: "eth0", DstPort: 4789, Learning: true}},
	}
	gateway.Addrs = []snapshot.Addr{
		{Link: "lo", Prefix: network("127.0.0.1/8"), Scope: "host", Flags: permanent},
		{Link: "wan", Prefix: network("192.0.2.1/24"), Scope: "global", Flags: permanent},
		{Link: "wan", Prefix: network("192.0.2.7/24"), Scope: "global", Flags: []string{"secondary"}},
		{Link: "wan", Prefix: network("10.0.8.1/32"), Peer: network("10.0.8.2/32"), Scope: "global", Flags: permanent},
		{Link: "wan", Prefix: network("2001:db8:1234:5678:9abc:def0:1234:5678/64"), Scope: "global", Flags: []string{"dadfailed", "tentative", "permanent"}},
	}
	gateway.Routes = []snapshot.Route{
		{Family: 4, Type: "unicast", Dst: network("0.0.0.0/0"), Via: ip("192.0.2.254"), Link: "wan", Table: 254, Proto: "boot", Metric: 50, LinkDown: true},
		{Family: 4, Type: "unicast", Dst: network("10.9.0.0/16"), Via: ip("192.0.2.254"), Link: "wan", Table: 100, Proto: "static", Src: ip("192.0.2.1"), MTU: 1400, Onlink: true, Ways: 2},
		{Family: 4, Type: "blackhole", Dst: network("10.10.0.0/16"), Table: 254, Proto: "boot"},
		{Family: 6, Type: "unicast", Dst: network("2001:db8:1234:5678::/64"), Link: "wan", Table: 254, Proto: "kernel", Metric: 256, Dead: true},
		{Family: 6, Type: "unicast", Dst: network("fe80::/64"), Link: "wan", Table: 254, Proto: "kernel", Metric: 256},
	}
	gateway.Neighs = []snapshot.Neigh{
		{Link: "wan", Addr: ip("192.0.2.254"), State: "FAILED"},
		{Link: "wan", Addr: ip("192.0.2.9"), MAC: "02:00:00:00:00:99", State: "PERMANENT"},
		{Link: "br0", Addr: ip("2001:db8:1234:5678:9abc:def0:1234:1"), MAC: "02:00:00:00:00:04", State: "REACHABLE", Router: true},
		{Link: "br0", Addr: ip("10.0.0.8"), Proxy: true},
	}
	gateway.FDB = []snapshot.FDB{
		{Link: "flannel.1", MAC: "00:00:00:00:00:00", Dst: ip("192.0.2.2"), Self: true, State: "permanent"},
		{Link: "flannel.1", MAC: "02:00:00:00:00:77", Dst: ip("192.0.2.3"), Self: true, State: "reachable"},
		{Link: "flannel.1", MAC: "02:00:00:00:00:05", Master: "br0", State: "static", VLAN: 5, Flags: []string{"sticky"}},
		{Link: "flannel.1", MAC: "02:00:00:00:00:04", Master: "br0", State: "permanent"},
		{Link: "wan", MAC: "33:33:00:00:00:01", Self: true, State: "permanent"},
	}
	gateway.Rules = 4
	gateway.PolicyRules = []snapshot.PolicyRule{
		{Family: 4, Action: "lookup", Table: 255}, {Family: 4, Priority: 1000, Src: network("10.9.0.0/16"), IIF: "br0", Action: "lookup", Table: 100},
		{Family: 4, Priority: 32766, Action: "lookup", Table: 254}, {Family: 6, Priority: 7, Action: "prohibit", Dst: network("2001:db8:1234:5678::/64")},
	}
	gateway.Sockets = []snapshot.Socket{
		{Proto: "tcp", Addr: ip("0.0.0.0"), Port: 80}, {Proto: "tcp", Addr: ip("127.0.0.1"), Port: 6443}, {Proto: "tcp", Addr: ip("::"), Port: 22},
		{Proto: "tcp", Addr: ip("::"), Port: 443, V6Only: true}, {Proto: "udp", Addr: ip("0.0.0.0"), Port: 67, Link: "br0"},
		{Proto: "udp", Addr: ip("2001:db8:1234:5678:9abc:def0:1234:5678"), Port: 53},
	}
	chain := snapshot.Filter{Tool: "nft", Family: "inet", Table: "filter", Chain: "input", Type: "filter", Hook: "input"}
	rule := func(text string, packets uint64) snapshot.Filter {
		f := chain
		f.Text, f.Counted, f.Packets = text, packets > 0, packets
		return f
	}
	end := chain
	end.Policy = "drop"
	gateway.Filters = []snapshot.Filter{
		rule(`iifname "lo" accept`, 0), rule("ip saddr { 10.0.0.1, 10.0.0.2, 10.0.0.3, 10.0.0.4, 10.0.0.5 } tcp dport 22 accept", 3), rule("", 12), end,
		{Tool: "nft", Family: "inet", Table: "filter", Chain: "own", Text: "drop"},
		{Tool: "iptables", Family: "ip", Table: "nat", Chain: "POSTROUTING", Hook: "postrouting", Priority: 100, Text: "-o wan -j MASQUERADE", Counted: true, Packets: 1},
		{Tool: "iptables", Family: "ip", Table: "nat", Chain: "POSTROUTING", Hook: "postrouting", Priority: 100, Policy: "accept"},
	}
	gateway.Names = nss.Files{
		Switch: nss.File{Path: "/etc/netns/gw/nsswitch.conf", Text: "# x\n\nhosts: files [\n"},
		Hosts:  nss.File{Path: "/etc/netns/gw/hosts", Text: strings.Repeat("10.0.0.300 web.example.com\tweb\n", maxFileLines+1)},
		Resolv: nss.File{Path: "/etc/netns/gw/resolv.conf", Text: "# x\n"},
	}
	unread := snapshot.Space{Name: "without-nft", NSID: -1, Rules: 3, Links: []snapshot.Link{lo(true)}}
	unread.Names.Hosts = nss.File{Path: "/etc/netns/without-nft/hosts", Flaw: nss.Pipe}
	unread.Names.Resolv = nss.File{Path: "/etc/netns/without-nft/resolv.conf", Text: "nameserver 10.0.0.1\n", Flaw: nss.Large}
	lab := emptyLab()
	lab.Spaces[0].Names = nss.Fresh()
	lab.Spaces[0].Names.Resolv = nss.File{}
	lab.Spaces = append(lab.Spaces, gateway, unread)
	return lab
}

// hostileLab has texts that try to act on the terminal.
func hostileLab() snapshot.Lab {
	const act = "\x1b[31m\u202ex\n"
	s := snapshot.Space{Name: snapshot.Host, Rules: -1, Sysctls: map[string]string{"net.ipv4.ip_forward": act}}
	s.Links = []snapshot.Link{
		{Name: act, Kind: act, MAC: act, Up: true, Alias: act, Master: act, PortState: act, Peer: act, PeerSpace: act},
		{Name: "vx", Kind: "vxlan", PeerSpace: act, VXLAN: &snapshot.VXLAN{Dev: act}},
	}
	s.Addrs = []snapshot.Addr{{Link: act, Prefix: netip.MustParsePrefix("10.0.0.1/24"), Flags: []string{act}}}
	s.Routes = []snapshot.Route{{Type: act, Dst: netip.MustParsePrefix("10.0.0.0/24"), Link: act, Proto: act}}
	s.Neighs = []snapshot.Neigh{{Link: act, Addr: netip.MustParseAddr("10.0.0.2"), MAC: act, State: act}}
	s.FDB = []snapshot.FDB{{Link: act, MAC: act, Master: act, State: act, Flags: []string{act}}}
	s.PolicyRules = []snapshot.PolicyRule{{IIF: act, OIF: act, More: act, Action: act}}
	s.Sockets = []snapshot.Socket{{Proto: act, Addr: netip.MustParseAddr("10.0.0.1"), Link: act}}
	s.Filters = []snapshot.Filter{{Tool: act, Family: act, Table: act, Chain: act, Text: act}, {Tool: act, Table: act, Chain: act, Hook: act, Policy: act}}
	s.Names.Hosts = nss.File{Path: act, Text: act + "10.0.0.1 " + act}
	return snapshot.Lab{Spaces: []snapshot.Space{s}}
}

// inspected is what Inspect writes.
func inspected(t testing.TB, lab snapshot.Lab, l look, opt InspectOptions) string {
	t.Helper()
	tm, bufs := screen(l)
	if err := Inspect(tm, lab, opt); err != nil {
		t.Fatal(err)
	}
	return bufs.Out.String()
}

func TestInspectLooksLikeItsGoldenFiles(t *testing.T) {
	for name, lab := range labs(t) {
		for _, l := range []look{{width: 80}, {width: 60}, {width: 60, colour: true, ascii: true}} {
			t.Run(fmt.Sprint(name, " ", l), func(t *testing.T) {
				golden.Equal(t, filepath.Join("testdata", "inspect", fmt.Sprintf("%s.%v", name, l)), inspected(t, lab, l, InspectOptions{}))
			})
		}
	}
}

// TestEachFactIsShown takes facts away and gives others: each must change what
// is shown, or nobody would see it.
func TestEachFactIsShown(t *testing.T) {
	changes := map[string]func(*snapshot.Space){
		"a link is down":        func(s *snapshot.Space) { s.Links[1].Up = false },
		"a link has no carrier": func(s *snapshot.Space) { s.Links[1].Carrier = false },
		"a MAC address":         func(s *snapshot.Space) { s.Links[1].MAC = "02:00:00:00:00:aa" },
		"an MTU":                func(s *snapshot.Space) { s.Links[1].MTU = 9000 },
		"an MTU of lo":          func(s *snapshot.Space) { s.Links[0].MTU = 9000 },
		"a master":              func(s *snapshot.Space) { s.Links[3].Master = "br-without-one" },
		"a port's state":        func(s *snapshot.Space) { s.Links[3].PortState = "forwarding" },
		"a port's setting":      func(s *snapshot.Space) { s.Links[3].Port = &snapshot.Port{Learning: true, Flood: true} },
		"an other end":          func(s *snapshot.Space) { s.Links[4].Peer, s.Links[4].PeerSpace = "eth0", "a" },
		"an end nearby":         func(s *snapshot.Space) { s.Links[4].Peer, s.Links[4].PeerSpace = "br0", "gw" },
		"spanning tree":         func(s *snapshot.Space) { s.Links[1].Bridge = &snapshot.Bridge{} },
		"a tunnel's number": func(s *snapshot.Space) {
			s.Links[5].VXLAN = &snapshot.VXLAN{ID: 9, Dev: "eth0", DstPort: 4789, Learning: true}
		},
		"an alias":                     func(s *snapshot.Space) { s.Links[1].Alias = "x" },
		"no address":                   func(s *snapshot.Space) { s.Addrs = s.Addrs[:1] },
		"an address's flags":           func(s *snapshot.Space) { s.Addrs[1].Flags = []string{"permanent", "deprecated"} },
		"no route":                     func(s *snapshot.Space) { s.Routes = nil },
		"a gateway":                    func(s *snapshot.Space) { s.Routes[0].Via = netip.MustParseAddr("192.0.2.253") },
		"a metric":                     func(s *snapshot.Space) { s.Routes[0].Metric = 51 },
		"a link of a route":            func(s *snapshot.Space) { s.Routes[0].Link = "br0" },
		"a sign of a link":             func(s *snapshot.Space) { s.Routes[0].LinkDown = false },
		"a table":                      func(s *snapshot.Space) { s.Routes[1].Table = 101 },
		"a neighbour's state":          func(s *snapshot.Space) { s.Neighs[0].State = "STALE" },
		"a proxy":                      func(s *snapshot.Space) { s.Neighs[3].Proxy = false },
		"a far tunnel end":             func(s *snapshot.Space) { s.FDB[1].Dst = netip.MustParseAddr("192.0.2.9") },
		"what is not learned":          func(s *snapshot.Space) { s.FDB[1].State = "static" },
		"rules that nobody could read": func(s *snapshot.Space) { s.Filters = nil },
		"a rule of routing":            func(s *snapshot.Space) { s.PolicyRules[1].Table = 101 },
		"the family of a rule":         func(s *snapshot.Space) { s.PolicyRules[3].Family = 4 },
		"a socket":                     func(s *snapshot.Space) { s.Sockets[0].Port = 81 },
		"whose socket it is":           func(s *snapshot.Space) { s.Sockets[0].Kernel = true },
		"where a socket waits":         func(s *snapshot.Space) { s.Sockets[3].V6Only = false },
		"a firewall rule":              func(s *snapshot.Space) { s.Filters[0].Text = "drop" },
		"what a rule has counted":      func(s *snapshot.Space) { s.Filters[1].Packets++ },
		"a policy":                     func(s *snapshot.Space) { s.Filters[3].Policy = "accept" },
		"a hook":                       func(s *snapshot.Space) { s.Filters[3].Hook = "forward" },
		"a setting":                    func(s *snapshot.Space) { s.Sysctls = nil },
		"a line of a file":             func(s *snapshot.Space) { s.Names.Resolv.Text = "nameserver 10.0.0.1\n" },
		"a mistake in a file":          func(s *snapshot.Space) { s.Names.Switch.Text = "# x\n\nhosts: files\n" },
		"one line more":                func(s *snapshot.Space) { s.Names.Hosts.Text += "10.0.0.1 x\n" },
		"a file of its own":            func(s *snapshot.Space) { s.Names.Hosts.Path = "/etc/hosts" },
	}
	opt := InspectOptions{Nodes: []string{"gw"}}
	was := inspected(t, oddLab(), look{width: 80}, opt)
	for name, change := range changes {
		lab := oddLab()
		change(&lab.Spaces[3])
		if inspected(t, lab, look{width: 80}, opt) == was {
			t.Errorf("%s is not shown", name)
		}
	}
}

func TestNoiseIsShownOnRequest(t *testing.T) {
	opt := InspectOptions{Nodes: []string{"gw"}}
	short := inspected(t, oddLab(), look{width: 80}, opt)
	opt.All = true
	all := inspected(t, oddLab(), look{width: 80}, opt)
	for _, noise := range []string{"from all lookup local", "fe80::/64", "33:33:00:00:00:01", "mtu 65536"} {
		if strings.Contains(short, noise) || !strings.Contains(all, noise) {
			t.Errorf("%s: in short %v, in full %v", noise, strings.Contains(short, noise), strings.Contains(all, noise))
		}
	}
	if got := inspected(t, emptyLab(), look{width: 80}, InspectOptions{All: true}); strings.Contains(got, "empty") {
		t.Errorf("in full an empty namespace has its tables:\n%s", got)
	}
}

func TestALargeLabIsOneLineEach(t *testing.T) {
	lab := largeLab()
	short := inspected(t, lab, look{width: 60}, InspectOptions{})
	if n := strings.Count(short, "\n"); n != len(lab.Spaces)+6 || strings.Contains(short, "── ") {
		t.Errorf("%d lines:\n%s", n, short)
	}
	all := inspected(t, lab, look{width: 60}, InspectOptions{All: true})
	if n := strings.Count(all, "── "); n != len(lab.Spaces) || !strings.HasPrefix(all, short[:200]) {
		t.Errorf("%d namespaces in full, want %d behind the list", n, len(lab.Spaces))
	}
	some := inspected(t, lab, look{width: 60}, InspectOptions{Nodes: []string{"h1", "h2"}})
	if n := strings.Count(some, "── "); n != 2 || !strings.Contains(some, "── h1 ") {
		t.Errorf("%d namespaces, want the two that were chosen:\n%s", n, some)
	}
	lab.Spaces = lab.Spaces[:maxInFull]
	if got := inspected(t, lab, look{width: 60}, InspectOptions{}); strings.Contains(got, "neigh ") {
		t.Errorf("a dozen are shown in full:\n%s", got)
	}
}

func TestFreshSettingsAreThoseOfTheMachine(t *testing.T) {
	opt := InspectOptions{Nodes: []string{"gw"}, Fresh: map[string]string{"net.ipv4.ip_forward": "1", "net.ipv4.conf.all.rp_filter": "2"}}
	got := inspected(t, oddLab(), look{width: 80}, opt)
	if strings.Contains(got, "ip_forward") || !strings.Contains(got, "rp_filter = 0 · 2 in a new namespace") {
		t.Errorf("got:\n%s", got)
	}
}

func TestCommandsAreExactInAFileAndHarmlessOnAScreen(t *testing.T) {
	lab := snapshot.Lab{Spaces: []snapshot.Space{{Name: snapshot.Host, Links: []snapshot.Link{
		{Name: "br0", Kind: "bridge", MTU: 1500, QLen: 1000, Alias: "\x1b[2Jx", Bridge: &snapshot.Bridge{AgeingTime: 30000, ForwardDelay: 1500}, PeerNSID: -1},
	}}}}
	for tty, want := range map[bool]string{false: "alias '\x1b[2Jx'\n", true: `alias '\x1b[2Jx'` + "\n"} {
		tm, bufs := screen(look{width: 80})
		tm.OutTTY = tty
		if err := InspectCommands(tm, lab, nil); err != nil {
			t.Fatal(err)
		}
		got := bufs.Out.String()
		if !strings.HasPrefix(got, "# rebuilds the lab from an empty host\n") || !strings.Contains(got, "\nip link add br0 type bridge\n") || !strings.HasSuffix(got, want) {
			t.Errorf("on a screen (%v): %q", tty, got)
		}
	}
}

func TestInspectGoldenFilesBelongToALab(t *testing.T) {
	files, err := os.ReadDir("testdata/inspect")
	if err != nil {
		t.Fatal(err)
	}
	all := labs(t)
	for _, f := range files {
		name, _, _ := strings.Cut(f.Name(), ".")
		if _, ok := all[name]; !ok {
			t.Errorf("%s belongs to no lab", f.Name())
		}
	}
}

func TestInspectIsFitForEveryScreen(t *testing.T) {
	for name, lab := range labs(t) {
		for _, l := range looks() {
			for _, opt := range []InspectOptions{{}, {All: true}, {Nodes: []string{snapshot.Host}}} {
				got := inspected(t, lab, l, opt)
				where := fmt.Sprintf("%s, %v, %+v", name, l, opt)
				for row := range strings.Lines(uncoloured(got)) {
					if n := cells(strings.TrimSuffix(row, "\n")); n > l.width || strings.HasSuffix(row, " \n") {
						t.Errorf("%s: %d cells: %q", where, n, row)
					}
				}
				switch rest := uncoloured(got); {
				case !l.colour && rest != got:
					t.Errorf("%s: colour", where)
				case term.Clean(rest) != rest:
					t.Errorf("%s: not clean: %q", where, rest)
				case l.ascii && term.ASCII(got) != got:
					t.Errorf("%s: not ASCII: %q", where, rest)
				case strings.Contains(got, "\n\n\n") || strings.HasPrefix(got, "\n") || strings.HasSuffix(got, "\n\n"):
					t.Errorf("%s: too many blank lines:\n%s", where, rest)
				}
			}
		}
	}
}
