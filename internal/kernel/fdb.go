package kernel

import (
	"net"
	"net/netip"

	"github.com/vishvananda/netlink/nl"
	"golang.org/x/sys/unix"

	"netlab/internal/op"
)

func (t *task) fdbAdd(o *op.FDBAdd) error {
	flags := unix.NLM_F_CREATE | unix.NLM_F_EXCL
	switch o.Verb {
	case "append":
		flags = unix.NLM_F_CREATE | unix.NLM_F_APPEND
	case "replace":
		flags = unix.NLM_F_CREATE | unix.NLM_F_REPLACE
	}
	return t.fdb(unix.RTM_NEWNEIGH, flags, o)
}

func (t *task) fdbDel(o *op.FDBDel) error {
	return t.fdb(unix.RTM_DELNEIGH, 0, &op.FDBAdd{
		LLAddr: o.LLAddr, Dev: o.Dev, Dst: o.Dst, Self: o.Self, Master: o.Master, VLAN: o.VLAN, VNI: o.VNI,
	})
}

func (t *task) fdb(kind, flags int, o *op.FDBAdd) error {
	via := 0
	if o.Via != "" {
		if via = t.index(o.Via); via == 0 {
			return t.noDevice(o.Via)
		}
	}
	hw, err := net.ParseMAC(o.LLAddr)
	if err != nil || len(hw) != 6 {
		return &stop{text: "Invalid mac address " + o.LLAddr, exit: exitWords}
	}
	index := t.index(o.Dev)
	if index == 0 {
		return t.noDevice(o.Dev)
	}
	req := nl.NewNetlinkRequest(kind, flags)
	req.AddData(neighHead(unix.AF_BRIDGE, index, fdbState(o.State), fdbFlags(o)))
	req.AddData(nl.NewRtAttr(unix.NDA_LLADDR, hw))
	fdbTarget(req, o.Dst, o, via)
	return t.send(req)
}

func fdbTarget(req *nl.NetlinkRequest, dst netip.Addr, o *op.FDBAdd, via int) {
	if dst.IsValid() {
		req.AddData(attrAddr(unix.NDA_DST, dst))
	}
	if o.VLAN != 0 {
		req.AddData(attr16(unix.NDA_VLAN, uint16(o.VLAN)))
	}
	if o.Port != 0 {
		req.AddData(attrBE16(unix.NDA_PORT, o.Port))
	}
	if o.VNI != 0 {
		req.AddData(attr32(unix.NDA_VNI, o.VNI))
	}
	if via != 0 {
		req.AddData(attr32(unix.NDA_IFINDEX, uint32(via)))
	}
}

// fdbState is how long the entry lives: bridge assumes for ever.
func fdbState(word string) uint16 {
	switch word {
	case "static", "temp":
		return unix.NUD_NOARP | unix.NUD_REACHABLE
	case "dynamic":
		return unix.NUD_REACHABLE
	}
	return unix.NUD_NOARP | unix.NUD_PERMANENT
}

// fdbFlags is whose table is meant: bridge assumes the link's own.
func fdbFlags(o *op.FDBAdd) uint8 {
	flags := uint8(0)
	if o.Self {
		flags |= unix.NTF_SELF
	}
	if o.Master {
		flags |= unix.NTF_MASTER
	}
	if flags == 0 {
		return unix.NTF_SELF
	}
	return flags
}
