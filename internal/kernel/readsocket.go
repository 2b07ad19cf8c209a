package kernel

import (
	"cmp"
	"encoding/binary"
	"fmt"
	"slices"
	"strings"

	"github.com/vishvananda/netlink/nl"
	"golang.org/x/sys/unix"

	"netlab/internal/snapshot"
)

// Of linux/sock_diag.h and linux/inet_diag.h, see sock_diag(7).
const (
	sockDiagByFamily  = 20
	sizeofInetDiagReq = 56 // struct inet_diag_req_v2
	sizeofInetDiagMsg = 72 // struct inet_diag_msg
	diagV6Only        = 11 // INET_DIAG_SKV6ONLY

	stateClose  = 7 // TCP_CLOSE: a UDP socket that is not connected
	stateListen = 10
)

// readSockets lists the sockets of the calling thread's namespace that wait for
// somebody, as "ss -lntu" does. A kernel that does not tell gives none.
//
// The kernel walks over a table of the whole machine for each question, so only
// what is in use is asked for.
func readSockets(sp *space, buf []byte) {
	used := socketsInUse()
	if len(used) == 0 {
		return
	}
	c, err := dial(unix.NETLINK_SOCK_DIAG, buf)
	if err != nil {
		return
	}
	defer c.close()
	for _, k := range socketKinds() {
		if !slices.Contains(used, k.name) {
			continue
		}
		found, err := c.dump(func() *nl.NetlinkRequest { return socketRequest(k.family, k.proto) })
		if err != nil {
			continue
		}
		for _, b := range found {
			sp.addSocket(k.proto, b)
		}
	}
}

// socketKind is a kind of sockets, by its name in /proc/net/sockstat and
// sockstat6.
type socketKind struct {
	name          string
	family, proto uint8
}

func socketKinds() []socketKind {
	return []socketKind{
		{"TCP:", unix.AF_INET, unix.IPPROTO_TCP}, {"TCP6:", unix.AF_INET6, unix.IPPROTO_TCP},
		{"UDP:", unix.AF_INET, unix.IPPROTO_UDP}, {"UDP6:", unix.AF_INET6, unix.IPPROTO_UDP},
	}
}

// socketsInUse are the kinds of which the calling thread's namespace has some.
func socketsInUse() []string {
	var used []string
	for _, name := range []string{"sockstat", "sockstat6"} {
		for line := range strings.Lines(readSmall("/proc/thread-self/net/" + name)) {
			if words := strings.Fields(line); len(words) > 2 && words[1] == "inuse" && words[2] != "0" {
				used = append(used, words[0])
			}
		}
	}
	return used
}

func socketRequest(family, proto uint8) *nl.NetlinkRequest {
	state := uint32(1 << stateListen)
	if proto == unix.IPPROTO_UDP {
		state = 1 << stateClose
	}
	req := nl.NewNetlinkRequest(sockDiagByFamily, 0)
	req.AddData(raw(append(put32([]byte{family, proto, 0, 0}, state), make([]byte, sizeofInetDiagReq-8)...)))
	return req
}

func (sp *space) addSocket(proto uint8, b []byte) {
	if len(b) < sizeofInetDiagMsg || b[0] != unix.AF_INET && b[0] != unix.AF_INET6 {
		return
	}
	// After family, state, timer and retransmits: struct inet_diag_sockid, with
	// both ports, both addresses, and the link that the socket is bound to.
	s := snapshot.Socket{Proto: "tcp", Port: binary.BigEndian.Uint16(b[4:]), Addr: addr(b[8:12])}
	if proto == unix.IPPROTO_UDP {
		s.Proto = "udp"
	}
	if b[0] == unix.AF_INET6 {
		s.Addr = addr(b[8:24])
	}
	if index := int(u32(b[40:])); index != 0 {
		s.Link = fmt.Sprint(index)
	}
	for kind, v := range attrs(b[sizeofInetDiagMsg:]) {
		if kind == diagV6Only {
			s.V6Only = u8(v) != 0
		}
	}
	sp.snap.Sockets = append(sp.snap.Sockets, s)
}

// nameSockets puts the names of links where sockets only know numbers, and
// sorts: the kernel tells them in no order. Sockets that share an address
// (SO_REUSEPORT) are one.
func (sp *space) nameSockets() {
	for i := range sp.snap.Sockets {
		s := &sp.snap.Sockets[i]
		s.Link = linkNamed(s.Link, sp.name)
	}
	slices.SortFunc(sp.snap.Sockets, func(a, b snapshot.Socket) int {
		return cmp.Or(cmp.Compare(a.Proto, b.Proto), cmp.Compare(a.Port, b.Port), a.Addr.Compare(b.Addr), cmp.Compare(a.Link, b.Link))
	})
	sp.snap.Sockets = slices.Compact(sp.snap.Sockets)
}

// tunnelSockets marks the sockets that belong to tunnels and not to programs:
// a vxlan that is up has one for its port, in the namespace from which its
// packets leave.
func tunnelSockets(lab snapshot.Lab) {
	type port struct {
		space  string
		number uint16
	}
	ports := map[port]bool{}
	for _, s := range lab.Spaces {
		for _, l := range s.Links {
			if l.VXLAN != nil && l.Up {
				ports[port{cmp.Or(l.PeerSpace, s.Name), l.VXLAN.DstPort}] = true
			}
		}
	}
	for _, s := range lab.Spaces {
		for i := range s.Sockets {
			o := &s.Sockets[i]
			o.Kernel = o.Proto == "udp" && o.Addr.IsUnspecified() && ports[port{s.Name, o.Port}]
		}
	}
}
