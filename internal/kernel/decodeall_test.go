package kernel

import (
	"encoding/binary"
	"errors"
	"net/netip"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"github.com/vishvananda/netlink/nl"
	"golang.org/x/sys/unix"

	"netlab/internal/snapshot"
)

func sameAddresses() cmp.Option {
	return cmp.Options{
		cmp.Comparer(func(a, b netip.Addr) bool { return a == b }),
		cmp.Comparer(func(a, b netip.Prefix) bool { return a == b }), cmpopts.EquateEmpty(),
	}
}

// routeHead is struct rtmsg of a unicast route in table main.
func routeHead(family, bits byte, change ...func([]byte)) []byte {
	b := make([]byte, unix.SizeofRtMsg)
	b[0], b[1], b[4], b[5], b[7] = family, bits, unix.RT_TABLE_MAIN, unix.RTPROT_BOOT, unix.RTN_UNICAST
	for _, c := range change {
		c(b)
	}
	return b
}

func TestRoutesAreDecoded(t *testing.T) {
	ip := netip.MustParseAddr
	plain := snapshot.Route{Family: 4, Type: "unicast", Dst: netip.MustParsePrefix("10.5.0.0/16"), Link: "br0", Table: 254, Proto: "boot", Scope: "global"}
	with := func(change func(*snapshot.Route)) []snapshot.Route {
		r := plain
		change(&r)
		return []snapshot.Route{r}
	}
	dst, dev := attrAddr(unix.RTA_DST, ip("10.5.0.0")), attr32(unix.RTA_OIF, 2)
	hop := append(put32([]byte{16, 0, unix.RTNH_F_LINKDOWN, 0}, 2), attrAddr(unix.RTA_GATEWAY, ip("10.0.0.7")).Serialize()...)
	flags := func(f uint32) func([]byte) { return func(b []byte) { binary.NativeEndian.PutUint32(b[8:], f) } }
	four := routeHead(unix.AF_INET, 16)
	tests := []struct {
		name string
		body []byte
		want []snapshot.Route
	}{
		{"on the link", message(four, dst, dev), []snapshot.Route{plain}},
		{"through a gateway", message(four, dst, dev, attrAddr(unix.RTA_GATEWAY, ip("10.0.0.7"))), with(func(r *snapshot.Route) { r.Via = ip("10.0.0.7") })},
		{"through a gateway of the other family", message(four, dst, dev, nl.NewRtAttr(unix.RTA_VIA, append(put16(nil, unix.AF_INET6), ip("fd00::2").AsSlice()...))), with(func(r *snapshot.Route) { r.Via = ip("fd00::2") })},
		{"a source and a metric", message(four, dst, dev, attrAddr(unix.RTA_PREFSRC, ip("10.0.0.1")), attr32(unix.RTA_PRIORITY, 7)), with(func(r *snapshot.Route) { r.Src, r.Metric = ip("10.0.0.1"), 7 })},
		{"a large table", message(four, dst, dev, attr32(unix.RTA_TABLE, 1000)), with(func(r *snapshot.Route) { r.Table = 1000 })},
		{"table local is left out", message(four, dst, dev, attr32(unix.RTA_TABLE, unix.RT_TABLE_LOCAL)), nil},
		{"what is remembered of a lookup is left out", message(routeHead(unix.AF_INET, 16, flags(unix.RTM_F_CLONED)), dst, dev), nil},
		{"flags", message(routeHead(unix.AF_INET, 16, flags(unix.RTNH_F_DEAD|unix.RTNH_F_ONLINK|unix.RTNH_F_LINKDOWN)), dst, dev), with(func(r *snapshot.Route) { r.Dead, r.Onlink, r.LinkDown = true, true, true })},
		{"the first of several ways", message(four, dst, nl.NewRtAttr(unix.RTA_MULTIPATH, hop)), with(func(r *snapshot.Route) { r.Via, r.LinkDown = ip("10.0.0.7"), true })},
		{"several ways, cut off", message(four, dst, dev, nl.NewRtAttr(unix.RTA_MULTIPATH, hop[:6])), []snapshot.Route{plain}},
		{"default", message(routeHead(unix.AF_INET, 0), dev), with(func(r *snapshot.Route) { r.Dst = netip.MustParsePrefix("0.0.0.0/0") })},
		{"IPv6 default", message(routeHead(unix.AF_INET6, 0), dev, attr8(unix.RTA_PREF, 1)), with(func(r *snapshot.Route) { r.Family, r.Pref, r.Dst = 6, "high", netip.MustParsePrefix("::/0") })},
		{"a link without a name", message(four, dst, attr32(unix.RTA_OIF, 77)), with(func(r *snapshot.Route) { r.Link = "if77" })},
		{"another family", message(routeHead(unix.AF_BRIDGE, 16), dst, dev), nil},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			sp := &space{names: map[int]string{2: "br0"}}
			sp.addRoute(tt.body)
			if d := cmp.Diff(tt.want, sp.snap.Routes, sameAddresses()); d != "" {
				t.Errorf("(- want, + got):\n%s", d)
			}
		})
	}
}

func TestAddressesAreDecoded(t *testing.T) {
	ip := netip.MustParseAddr
	head := func(family, bits, flags, scope byte) []byte { return put32([]byte{family, bits, flags, scope}, 2) }
	ten := attrAddr(unix.IFA_LOCAL, ip("10.0.0.1"))
	tests := []struct {
		name string
		body []byte
		want []snapshot.Addr
	}{
		{
			"IPv4", message(head(unix.AF_INET, 24, unix.IFA_F_PERMANENT, 0), ten, attrAddr(unix.IFA_ADDRESS, ip("10.0.0.1")), attrAddr(unix.IFA_BROADCAST, ip("10.0.0.255")), attrString(unix.IFA_LABEL, "br0:x")),
			[]snapshot.Addr{{Link: "br0", Prefix: netip.MustParsePrefix("10.0.0.1/24"), Broadcast: ip("10.0.0.255"), Scope: "global", Label: "br0:x", Flags: []string{"permanent"}}},
		},
		{
			"a peer", message(head(unix.AF_INET, 32, 0, unix.RT_SCOPE_LINK), ten, attrAddr(unix.IFA_ADDRESS, ip("10.0.0.2"))),
			[]snapshot.Addr{{Link: "br0", Prefix: netip.MustParsePrefix("10.0.0.1/32"), Peer: netip.MustParsePrefix("10.0.0.2/32"), Scope: "link"}},
		},
		{
			"IPv6 has only one attribute", message(head(unix.AF_INET6, 64, 0, 0), attrAddr(unix.IFA_ADDRESS, ip("fd00::1"))),
			[]snapshot.Addr{{Link: "br0", Prefix: netip.MustParsePrefix("fd00::1/64"), Scope: "global"}},
		},
		{
			"long flags come before short ones", message(head(unix.AF_INET6, 64, unix.IFA_F_PERMANENT, 0), attrAddr(unix.IFA_ADDRESS, ip("fd00::1")), attr32(unix.IFA_FLAGS, unix.IFA_F_NODAD|unix.IFA_F_NOPREFIXROUTE), attr32(unix.IFA_RT_PRIORITY, 9)),
			[]snapshot.Addr{{Link: "br0", Prefix: netip.MustParsePrefix("fd00::1/64"), Scope: "global", Flags: []string{"nodad", "noprefixroute"}, Metric: 9}},
		},
		{"another family", message(head(unix.AF_BRIDGE, 24, 0, 0), ten), nil},
		{"cut off", head(unix.AF_INET, 24, 0, 0)[:7], nil},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			sp := &space{names: map[int]string{2: "br0"}}
			sp.addAddr(tt.body)
			if d := cmp.Diff(tt.want, sp.snap.Addrs, sameAddresses()); d != "" {
				t.Errorf("(- want, + got):\n%s", d)
			}
		})
	}
}

func TestNeighboursAndEntriesAreDecoded(t *testing.T) {
	ip := netip.MustParseAddr
	mac := nl.NewRtAttr(unix.NDA_LLADDR, []byte{2, 0, 0, 0, 0, 1})
	ten := attrAddr(unix.NDA_DST, ip("10.0.0.2"))
	const text = "02:00:00:00:00:01"
	tests := []struct {
		name   string
		body   []byte
		neighs []snapshot.Neigh
		fdb    []snapshot.FDB
	}{
		{"a neighbour", message(neighHead(unix.AF_INET, 2, unix.NUD_REACHABLE, 0), ten, mac), []snapshot.Neigh{{Link: "br0", Addr: ip("10.0.0.2"), MAC: text, State: "REACHABLE"}}, nil},
		{"one that does not answer", message(neighHead(unix.AF_INET, 2, unix.NUD_FAILED, 0), ten), []snapshot.Neigh{{Link: "br0", Addr: ip("10.0.0.2"), State: "FAILED"}}, nil},
		{"a router", message(neighHead(unix.AF_INET6, 2, unix.NUD_STALE, unix.NTF_ROUTER), attrAddr(unix.NDA_DST, ip("fd00::2")), mac), []snapshot.Neigh{{Link: "br0", Addr: ip("fd00::2"), MAC: text, State: "STALE", Router: true}}, nil},
		{"a proxy", message(neighHead(unix.AF_INET, 2, 0, unix.NTF_PROXY), ten), []snapshot.Neigh{{Link: "br0", Addr: ip("10.0.0.2"), Proxy: true}}, nil},
		{"one that needs no ARP is left out", message(neighHead(unix.AF_INET, 2, unix.NUD_NOARP, 0), ten, mac), nil, nil},
		{"one without a state is left out", message(neighHead(unix.AF_INET, 2, 0, 0), ten, mac), nil, nil},
		{
			"a learned entry", message(neighHead(unix.AF_BRIDGE, 3, unix.NUD_REACHABLE, 0), mac, attr32(unix.NDA_MASTER, 2), attr16(unix.NDA_VLAN, 7)), nil,
			[]snapshot.FDB{{Link: "p", MAC: text, Master: "br0", State: "reachable", VLAN: 7}},
		},
		{
			"an entry of a vxlan", message(neighHead(unix.AF_BRIDGE, 3, unix.NUD_PERMANENT, unix.NTF_SELF), mac, ten, attrBE16(unix.NDA_PORT, 4790), attr32(unix.NDA_VNI, 8), attr32(unix.NDA_IFINDEX, 2)), nil,
			[]snapshot.FDB{{Link: "p", MAC: text, Dst: ip("10.0.0.2"), Self: true, State: "permanent", Port: 4790, VNI: 8, Via: "br0"}},
		},
		{
			"flags of an entry", message(neighHead(unix.AF_BRIDGE, 3, unix.NUD_NOARP, unix.NTF_EXT_LEARNED|ntfSticky), mac), nil,
			[]snapshot.FDB{{Link: "p", MAC: text, State: "static", Flags: []string{"extern_learn", "sticky"}}},
		},
		{"cut off", neighHead(unix.AF_INET, 2, unix.NUD_STALE, 0)[:11], nil, nil},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			sp := &space{names: map[int]string{2: "br0", 3: "p"}}
			sp.addNeigh(tt.body)
			sp.addFDB(tt.body)
			if d := cmp.Diff(tt.neighs, sp.snap.Neighs, sameAddresses()); d != "" {
				t.Errorf("neighbours (- want, + got):\n%s", d)
			}
			if d := cmp.Diff(tt.fdb, sp.snap.FDB, sameAddresses()); d != "" {
				t.Errorf("entries (- want, + got):\n%s", d)
			}
		})
	}
}

func TestKindsOfLinksAreDecoded(t *testing.T) {
	head := make([]byte, unix.SizeofIfInfomsg)
	info := func(kind string, data ...*nl.RtAttr) *nl.RtAttr {
		return nest(unix.IFLA_LINKINFO, attrString(unix.IFLA_INFO_KIND, kind), nest(unix.IFLA_INFO_DATA, data...))
	}
	vx := readLink(message(head, info("vxlan", attr32(unix.IFLA_VXLAN_ID, 7), attrAddr(unix.IFLA_VXLAN_LOCAL6, netip.MustParseAddr("fd00::1")),
		attrAddr(unix.IFLA_VXLAN_GROUP, netip.MustParseAddr("192.0.2.2")), attr32(unix.IFLA_VXLAN_LINK, 4), attrBE16(unix.IFLA_VXLAN_PORT, 4789), attr8(unix.IFLA_VXLAN_LEARNING, 1))))
	want := &snapshot.VXLAN{ID: 7, Local: netip.MustParseAddr("fd00::1"), Remote: netip.MustParseAddr("192.0.2.2"), Dev: "4", DstPort: 4789, Learning: true}
	if d := cmp.Diff(want, vx.VXLAN, sameAddresses()); d != "" || vx.Bridge != nil || vx.Port != nil {
		t.Errorf("%+v: %s", vx, d)
	}
	slave := nest(unix.IFLA_LINKINFO, attrString(unix.IFLA_INFO_KIND, "veth"), attrString(unix.IFLA_INFO_SLAVE_KIND, "bridge"),
		nest(unix.IFLA_INFO_SLAVE_DATA, attr8(nl.IFLA_BRPORT_STATE, 3), attr16(nl.IFLA_BRPORT_PRIORITY, 32), attr32(nl.IFLA_BRPORT_COST, 2),
			attr8(nl.IFLA_BRPORT_MODE, 1), attr8(nl.IFLA_BRPORT_LEARNING, 1), attr8(nl.IFLA_BRPORT_ISOLATED, 1)))
	port := readLink(message(head, slave, attr32(unix.IFLA_MASTER, 2), attr32(unix.IFLA_LINK, 0), attr32(unix.IFLA_LINK_NETNSID, 5)))
	wantPort := &snapshot.Port{Learning: true, Hairpin: true, Isolated: true, Priority: 32, Cost: 2}
	if d := cmp.Diff(wantPort, port.Port); d != "" || port.PortState != "forwarding" || port.Master != "2" {
		t.Errorf("%+v: %s", port, d)
	}
	if port.PeerIndex != snapshot.NoLink || port.PeerNSID != 5 {
		t.Errorf("the other end: %d in %d", port.PeerIndex, port.PeerNSID)
	}
	bond := readLink(message(head, nest(unix.IFLA_LINKINFO, attrString(unix.IFLA_INFO_SLAVE_KIND, "bond"))))
	if bond.Port != nil || bond.PortState != "" || bond.PeerNSID != -1 || bond.PeerIndex != 0 {
		t.Errorf("a port of no bridge: %+v", bond)
	}
	spec := nest(unix.IFLA_AF_SPEC, nest(unix.AF_INET, attr8(unix.IFLA_INET6_ADDR_GEN_MODE, 1)), nest(unix.AF_INET6, attr8(unix.IFLA_INET6_ADDR_GEN_MODE, 3)))
	l := readLink(message(head, spec, attr8(unix.IFLA_OPERSTATE, 6), attrString(unix.IFLA_QDISC, "noop"), attr32(unix.IFLA_TXQLEN, 9), attrString(unix.IFLA_IFALIAS, "x")))
	if l.Addrgen != "random" || l.State != "UP" || l.Qdisc != "noop" || l.QLen != 9 || l.Alias != "x" {
		t.Errorf("%+v", l)
	}
	if odd := readLink(message(head, attr8(unix.IFLA_OPERSTATE, 99))); odd.State != "" {
		t.Errorf("a state that is not: %q", odd.State)
	}
}

// TestADumpGivesUp: a dump that is interrupted each time ends with an error,
// one that is whole in the end with what it has.
func TestADumpGivesUp(t *testing.T) {
	for name, whole := range map[string]int{"in the end whole": 3, "never whole": maxInterrupted + 1} {
		t.Run(name, func(t *testing.T) {
			fds, err := unix.Socketpair(unix.AF_UNIX, unix.SOCK_DGRAM|unix.SOCK_CLOEXEC, 0)
			if err != nil {
				t.Fatal(err)
			}
			defer unix.Close(fds[1])
			c := &conn{fd: fds[0], buf: make([]byte, bufferSize)}
			defer c.close()
			asked := 0
			got, err := c.dump(func() *nl.NetlinkRequest {
				req := nl.NewNetlinkRequest(unix.RTM_GETLINK, 0)
				flags := uint16(unix.NLM_F_MULTI)
				if asked > 0 {
					// The socket holds only a few questions that nobody reads.
					_, _ = unix.Read(fds[1], make([]byte, 100))
				}
				if asked++; asked < whole {
					flags |= unix.NLM_F_DUMP_INTR
				}
				answerAll(t, fds[1], datagram(unix.RTM_NEWLINK, flags, req.Seq, []byte{byte(asked), 0, 0, 0}), datagram(unix.NLMSG_DONE, flags, req.Seq, put32(nil, 0)))
				return req
			})
			if whole > maxInterrupted {
				if !errors.Is(err, errInterrupted) || asked != maxInterrupted {
					t.Errorf("asked %d times: %v", asked, err)
				}
				return
			}
			if err != nil || asked != whole || len(got) != 1 || got[0][0] != byte(whole) {
				t.Errorf("asked %d times: %v, %v", asked, got, err)
			}
		})
	}
}

func answerAll(t *testing.T, fd int, messages ...[]byte) {
	t.Helper()
	for _, m := range messages {
		if _, err := unix.Write(fd, m); err != nil {
			t.Fatal(err)
		}
	}
}
