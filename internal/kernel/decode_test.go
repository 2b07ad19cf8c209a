package kernel

import (
	"encoding/binary"
	"errors"
	"net/netip"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/vishvananda/netlink/nl"
	"golang.org/x/sys/unix"

	"netlab/internal/snapshot"
)

// message is the body of a message: a head and attributes.
func message(head []byte, inner ...*nl.RtAttr) []byte {
	b := slices.Clone(head)
	for _, a := range inner {
		b = append(b, a.Serialize()...)
	}
	return b
}

// bodies are messages as the kernel sends them, one of each sort.
func bodies() map[string][]byte {
	link := make([]byte, unix.SizeofIfInfomsg)
	binary.NativeEndian.PutUint32(link[4:], 2)
	binary.NativeEndian.PutUint32(link[8:], unix.IFF_UP|unix.IFF_BROADCAST)
	route := make([]byte, unix.SizeofRtMsg)
	route[0], route[1], route[4], route[7] = unix.AF_INET, 24, 254, unix.RTN_UNICAST
	address := make([]byte, unix.SizeofIfAddrmsg)
	address[0], address[1], address[4] = unix.AF_INET, 24, 2
	ten := netip.MustParseAddr("10.0.0.1")
	rule := []byte{unix.AF_INET, 0, 24, 0, 100, 0, 0, unix.FR_ACT_TO_TBL, 0, 0, 0, 0}
	nfgen := []byte{unix.NFPROTO_IPV4, 0, 0, 0}
	four := func(n byte) []byte { return []byte{0, 0, 0, n} }
	eight := func(n byte) []byte { return append(four(0), four(n)...) }
	return map[string][]byte{
		"link": message(link, attrString(unix.IFLA_IFNAME, "br0"), attr32(unix.IFLA_MTU, 1500),
			nest(unix.IFLA_LINKINFO, attrString(unix.IFLA_INFO_KIND, "bridge"),
				nest(unix.IFLA_INFO_DATA, attr32(unix.IFLA_BR_STP_STATE, 1)))),
		"route": message(route, attrAddr(unix.RTA_DST, ten), attr32(unix.RTA_OIF, 2),
			nest(unix.RTA_METRICS, attr32(unix.RTAX_MTU, 1400))),
		"address": message(address, attrAddr(unix.IFA_LOCAL, ten), attrAddr(unix.IFA_ADDRESS, ten)),
		"neighbour": message(neighHead(unix.AF_INET, 2, unix.NUD_STALE, 0), attrAddr(unix.NDA_DST, ten),
			nl.NewRtAttr(unix.NDA_LLADDR, []byte{2, 0, 0, 0, 0, 1})),
		"policy rule": message(rule, attrAddr(unix.FRA_SRC, ten), attr32(unix.FRA_PRIORITY, 5), attr8(unix.FRA_IP_PROTO, unix.IPPROTO_TCP),
			attr32(unix.FRA_UID_RANGE, 1), attr32(unix.FRA_DPORT_RANGE, 1)),
		"socket": message(socketBody(), attr8(diagV6Only, 1)),
		"chain": message(nfgen, attrString(unix.NFTA_CHAIN_TABLE, "t"), attrString(unix.NFTA_CHAIN_NAME, "c"), nl.NewRtAttr(unix.NFTA_CHAIN_POLICY, four(0)),
			nest(unix.NFTA_CHAIN_HOOK, nl.NewRtAttr(unix.NFTA_HOOK_HOOKNUM, four(1)), nl.NewRtAttr(unix.NFTA_HOOK_PRIORITY, []byte{255, 255, 255, 251}))),
		"rule": message(nfgen, attrString(unix.NFTA_RULE_TABLE, "t"), attrString(unix.NFTA_RULE_CHAIN, "c"), nl.NewRtAttr(unix.NFTA_RULE_HANDLE, eight(9)),
			nest(unix.NFTA_RULE_EXPRESSIONS, nest(unix.NFTA_LIST_ELEM, attrString(unix.NFTA_EXPR_NAME, "counter"),
				nest(unix.NFTA_EXPR_DATA, nl.NewRtAttr(unix.NFTA_COUNTER_BYTES, eight(84)), nl.NewRtAttr(unix.NFTA_COUNTER_PACKETS, eight(2)))))),
		"forwarding entry": message(neighHead(unix.AF_BRIDGE, 2, unix.NUD_NOARP, unix.NTF_SELF),
			nl.NewRtAttr(unix.NDA_LLADDR, []byte{2, 0, 0, 0, 0, 1}), attr32(unix.NDA_MASTER, 2)),
	}
}

// socketBody is a TCP socket of [::1]:53 that is bound to link 2.
func socketBody() []byte {
	b := make([]byte, sizeofInetDiagMsg)
	b[0], b[1], b[5], b[23], b[40] = unix.AF_INET6, stateListen, 53, 1, 2
	return b
}

// decode reads a body as every sort of message.
func decode(b []byte) snapshot.Space {
	sp := &space{names: map[int]string{2: "br0"}}
	sp.snap.Links = append(sp.snap.Links, readLink(b))
	sp.nameLinks()
	sp.addAddr(b)
	sp.addRoute(b)
	sp.addNeigh(b)
	sp.addFDB(b)
	sp.addPolicyRule(b)
	sp.addSocket(unix.IPPROTO_TCP, b)
	sp.snap.Filters = append(sp.snap.Filters, readChain(b), readRule(b))
	return sp.snap
}

func TestMessagesAreDecoded(t *testing.T) {
	all := bodies()
	ten := netip.MustParseAddr("10.0.0.1")
	l := readLink(all["link"])
	if l.Name != "br0" || l.Kind != "bridge" || !l.Up || l.MTU != 1500 || !l.Bridge.STP {
		t.Errorf("link %+v", l)
	}
	route := decode(all["route"]).Routes
	want := []snapshot.Route{{Family: 4, Type: "unicast", Dst: netip.PrefixFrom(ten, 24), Link: "br0", Table: 254, Proto: "unspec", Scope: "global", MTU: 1400}}
	if d := cmp.Diff(want, route, cmp.Comparer(func(a, b netip.Addr) bool { return a == b }), cmp.Comparer(func(a, b netip.Prefix) bool { return a == b })); d != "" {
		t.Error(d)
	}
	if n := decode(all["neighbour"]).Neighs; len(n) != 1 || n[0].State != "STALE" || n[0].MAC != "02:00:00:00:00:01" || n[0].Link != "br0" {
		t.Errorf("neighbour %+v", n)
	}
	if f := decode(all["forwarding entry"]).FDB; len(f) != 1 || f[0].State != "static" || !f[0].Self || f[0].Master != "br0" {
		t.Errorf("forwarding entry %+v", f)
	}
	if r := decode(all["policy rule"]).PolicyRules; len(r) != 1 || r[0].String() != "5: from 10.0.0.1/24 ipproto tcp dport 1-0 lookup 100" {
		t.Errorf("policy rule %+v", r)
	}
	if s := decode(all["socket"]).Sockets; len(s) != 1 || s[0].String() != "tcp [::1]%2:53" || !s[0].V6Only {
		t.Errorf("socket %+v", s)
	}
	if got, want := readChain(all["chain"]), (snapshot.Filter{
		Tool: "nft", Family: "ip", Table: "t", Chain: "c", Hook: "input", Priority: -5, Policy: "drop",
	}); got != want {
		t.Errorf("chain %+v", got)
	}
	if got, want := readRule(all["rule"]), (snapshot.Filter{
		Tool: "nft", Family: "ip", Table: "t", Chain: "c", Handle: 9, Counted: true, Packets: 2, Bytes: 84,
	}); got != want {
		t.Errorf("rule %+v", got)
	}
	if a := decode(all["address"]).Addrs; len(a) != 1 || a[0].Prefix.String() != "10.0.0.1/24" || a[0].Peer.IsValid() {
		t.Errorf("address %+v", a)
	}
}

// FuzzDecode: whatever bytes come, decoding does not panic, and a message that
// is cut off gives nothing rather than something wrong.
func FuzzDecode(f *testing.F) {
	seeds := bodies()
	if len(seeds) == 0 {
		f.Fatal("no seeds")
	}
	for _, b := range seeds {
		f.Add(b)
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		s := decode(b)
		if got := len(s.Addrs) + len(s.Routes) + len(s.Neighs) + len(s.FDB) + len(s.PolicyRules) + len(s.Sockets); got != 0 && len(b) < unix.SizeofIfAddrmsg {
			t.Errorf("%d things out of %d bytes", got, len(b))
		}
	})
}

// answer is a datagram with one message.
func datagram(kind, flags uint16, seq uint32, body []byte) []byte {
	b := binary.NativeEndian.AppendUint32(nil, uint32(unix.SizeofNlMsghdr+len(body)))
	b = binary.NativeEndian.AppendUint16(b, kind)
	b = binary.NativeEndian.AppendUint16(b, flags)
	b = binary.NativeEndian.AppendUint32(b, seq)
	b = binary.NativeEndian.AppendUint32(b, 0)
	return append(b, body...)
}

func TestTheKernelsWordsAreRead(t *testing.T) {
	no := binary.NativeEndian.AppendUint32(nil, ^uint32(unix.EEXIST)+1)
	yes := binary.NativeEndian.AppendUint32(nil, 0)
	echo := make([]byte, unix.SizeofNlMsghdr)
	binary.NativeEndian.PutUint32(echo, uint32(len(echo)))
	words := attrString(unix.NLMSGERR_ATTR_MSG, "File is there").Serialize()
	tests := []struct {
		name    string
		body    []byte
		flags   uint16
		errno   unix.Errno
		ext     string
		warning string
	}{
		{"a plain no", append(slices.Clone(no), echo...), 0, unix.EEXIST, "", ""},
		{"a no with words", append(append(slices.Clone(no), echo...), words...), unix.NLM_F_ACK_TLVS, unix.EEXIST, "File is there", ""},
		{"a no with words, the request cut", append(append(slices.Clone(no), echo...), words...), unix.NLM_F_ACK_TLVS | unix.NLM_F_CAPPED, unix.EEXIST, "File is there", ""},
		{"a yes", append(slices.Clone(yes), echo...), 0, 0, "", ""},
		{"a yes with a warning", append(append(slices.Clone(yes), echo...), words...), unix.NLM_F_ACK_TLVS, 0, "", "File is there"},
		{"nothing at all", nil, 0, 0, "", ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			count := 0
			for r := range replies(datagram(unix.NLMSG_ERROR, tt.flags, 7, tt.body), 7) {
				count++
				warning, err := verdict(r)
				if warning != tt.warning {
					t.Errorf("warning %q", warning)
				}
				var no *refusal
				if tt.errno == 0 {
					if err != nil {
						t.Errorf("error %v", err)
					}
					continue
				}
				no = nil
				if !errors.As(err, &no) || no.errno != tt.errno || no.ext != tt.ext {
					t.Errorf("error %v", err)
				}
			}
			if count != 1 {
				t.Errorf("%d messages", count)
			}
		})
	}
}

func TestAnswersToOthersArePassedOver(t *testing.T) {
	b := append(datagram(unix.RTM_NEWLINK, 0, 1, []byte{1, 0, 0, 0}), datagram(unix.RTM_NEWLINK, 0, 2, []byte{2, 0, 0, 0})...)
	var got []byte
	for r := range replies(b, 2) {
		got = append(got, r.data[0])
	}
	if d := cmp.Diff([]byte{2}, got); d != "" {
		t.Error(d)
	}
	for cut := range len(b) {
		for range replies(b[:cut], 1) {
		}
	}
}

func FuzzReplies(f *testing.F) {
	seeds := [][]byte{datagram(unix.NLMSG_ERROR, unix.NLM_F_ACK_TLVS, 1, make([]byte, 24)), datagram(unix.NLMSG_DONE, 0, 1, nil)}
	if len(seeds) == 0 {
		f.Fatal("no seeds")
	}
	for _, s := range seeds {
		f.Add(s)
	}
	f.Fuzz(func(_ *testing.T, b []byte) {
		for r := range replies(b, 1) {
			_, _ = verdict(r)
		}
	})
}
