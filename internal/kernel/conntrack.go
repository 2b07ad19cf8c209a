package kernel

import (
	"errors"

	"github.com/vishvananda/netlink/nl"
	"golang.org/x/sys/unix"

	"netlab/internal/measure"
	"netlab/internal/netns"
)

// Numbers of linux/netfilter/nfnetlink_conntrack.h.
const (
	conntrackGet = 1 // IPCTNL_MSG_CT_GET

	tupleOrig, tupleReply = 1, 2 // CTA_TUPLE_ORIG, CTA_TUPLE_REPLY
	tupleIP, tupleProto   = 1, 2 // CTA_TUPLE_IP, CTA_TUPLE_PROTO
	ip4Source, ip4Dest    = 1, 2 // CTA_IP_V4_SRC, CTA_IP_V4_DST
	ip6Source, ip6Dest    = 3, 4 // CTA_IP_V6_SRC, CTA_IP_V6_DST
	tupleNumber           = 1    // CTA_PROTO_NUM
	sizeofNfgenmsg        = 4
)

// Connections lists the connections that the kernel follows in a namespace, as
// "conntrack -L" does. A kernel that follows none at all gives a list which is
// not Known. The error of a namespace that does not exist is netns's.
func Connections(in string) (measure.Connections, error) {
	out := measure.Connections{In: in}
	// A socket sees the namespace in which it was made.
	c, err := netns.Socket(in, func() (*conn, error) { return dial(unix.NETLINK_NETFILTER, make([]byte, bufferSize)) })
	if errors.Is(err, unix.EPROTONOSUPPORT) {
		return out, nil
	}
	if err != nil {
		return out, err
	}
	defer c.close()
	found, err := c.dump(func() *nl.NetlinkRequest {
		req := nl.NewNetlinkRequest(unix.NFNL_SUBSYS_CTNETLINK<<8|conntrackGet, 0)
		req.AddData(raw{unix.AF_UNSPEC, unix.NFNETLINK_V0, 0, 0})
		return req
	})
	switch {
	case errors.Is(err, unix.EINVAL), errors.Is(err, unix.EOPNOTSUPP), errors.Is(err, unix.ENOENT):
		return out, nil // nobody answers for this part of netfilter
	case err != nil:
		return out, err
	}
	out.Known = true
	for _, b := range found {
		if len(b) >= sizeofNfgenmsg {
			out.List = append(out.List, readConnection(b[sizeofNfgenmsg:]))
		}
	}
	return out, nil
}

func readConnection(b []byte) measure.Connection {
	var c measure.Connection
	for kind, v := range attrs(b) {
		switch kind {
		case tupleOrig:
			c.Way = readTuple(v)
		case tupleReply:
			c.Reply = readTuple(v)
		}
	}
	return c
}

func readTuple(b []byte) measure.Tuple {
	var t measure.Tuple
	for kind, v := range attrs(b) {
		for inner, value := range attrs(v) {
			switch {
			case kind == tupleIP && (inner == ip4Source || inner == ip6Source):
				t.From = addr(value)
			case kind == tupleIP && (inner == ip4Dest || inner == ip6Dest):
				t.To = addr(value)
			case kind == tupleProto && inner == tupleNumber:
				t.Proto = int(u8(value))
			}
		}
	}
	return t
}
