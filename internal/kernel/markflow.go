package kernel

import (
	"encoding/binary"

	"github.com/vishvananda/netlink/nl"
	"golang.org/x/sys/unix"
)

// More numbers of linux/netfilter/nfnetlink_conntrack.h.
const (
	conntrackDelete = 2 // IPCTNL_MSG_CT_DELETE
	conntrackStats  = 5 // IPCTNL_MSG_CT_GET_STATS
	statsEntries    = 1 // CTA_STATS_GLOBAL_ENTRIES
	tupleDestPort   = 3 // CTA_PROTO_DST_PORT
	namePort        = 53
)

// flows watches the connections of one namespace, of which an echo or a question
// to a name server makes one wherever a rule has the kernel follow them.
type flows struct {
	conn  *conn
	known map[string]bool // by what their packets are told
}

// openFlows makes the socket in the namespace of the calling thread; nil where
// the kernel has no netfilter.
func openFlows(buf []byte) *flows {
	c, err := dial(unix.NETLINK_NETFILTER, buf)
	if err != nil {
		return nil
	}
	return &flows{conn: c, known: map[string]bool{}}
}

func (f *flows) close() {
	if f != nil {
		f.conn.close()
	}
}

func (f *flows) remember() {
	if f == nil {
		return
	}
	for _, b := range f.probes() {
		f.known[string(tuple(b))] = true
	}
}

// forget removes those that were not known.
func (f *flows) forget() error {
	if f == nil {
		return nil
	}
	var gone []*nl.NetlinkRequest
	for _, b := range f.probes() {
		way := tuple(b)
		if f.known[string(way)] {
			continue
		}
		req := nl.NewNetlinkRequest(unix.NFNL_SUBSYS_CTNETLINK<<8|conntrackDelete, 0)
		req.AddData(raw{b[0], unix.NFNETLINK_V0, 0, 0})
		req.AddData(nl.NewRtAttr(tupleOrig|unix.NLA_F_NESTED, way))
		gone = append(gone, req)
	}
	return f.conn.drop(gone)
}

// probes lists the connections that a probe may have made: of ICMP and ICMPv6,
// and those with name servers. The list is one for all namespaces, and long to
// walk through: where none is counted it is not read.
func (f *flows) probes() [][]byte {
	if f.count() == 0 {
		return nil
	}
	found, err := f.conn.dump(func() *nl.NetlinkRequest { return flowRequest(conntrackGet) })
	if err != nil {
		return nil // there is no such part of netfilter
	}
	var out [][]byte
	for _, b := range found {
		if len(b) >= sizeofNfgenmsg && probing(tuple(b)) {
			out = append(out, b)
		}
	}
	return out
}

func probing(way []byte) bool {
	number, port := 0, 0
	for kind, v := range attrs(way) {
		if kind != tupleProto {
			continue
		}
		for inner, value := range attrs(v) {
			switch {
			case inner == tupleNumber:
				number = int(u8(value))
			case inner == tupleDestPort && len(value) >= 2:
				port = int(binary.BigEndian.Uint16(value))
			}
		}
	}
	switch number {
	case unix.IPPROTO_ICMP, unix.IPPROTO_ICMPV6:
		return true
	case unix.IPPROTO_UDP, unix.IPPROTO_TCP:
		return port == namePort
	}
	return false
}

// count is how many connections the namespace has. The answer is marked as one
// of many and no end follows, so that an acknowledgement is asked for.
func (f *flows) count() uint32 {
	n := uint32(0)
	req := flowRequest(conntrackStats)
	req.Flags |= unix.NLM_F_ACK
	_, _ = f.conn.exchange(req, func(r reply) {
		if len(r.data) < sizeofNfgenmsg {
			return
		}
		for kind, v := range attrs(r.data[sizeofNfgenmsg:]) {
			if kind == statsEntries && len(v) >= 4 {
				n = binary.BigEndian.Uint32(v)
			}
		}
	}) // a kernel without it counts none
	return n
}

func flowRequest(kind int) *nl.NetlinkRequest {
	req := nl.NewNetlinkRequest(unix.NFNL_SUBSYS_CTNETLINK<<8|kind, 0)
	req.AddData(raw{unix.AF_UNSPEC, unix.NFNETLINK_V0, 0, 0})
	return req
}

// tuple is by what the packets of a connection are told, as the kernel wrote it.
func tuple(b []byte) []byte {
	for kind, v := range attrs(b[sizeofNfgenmsg:]) {
		if kind == tupleOrig {
			return v
		}
	}
	return nil
}
