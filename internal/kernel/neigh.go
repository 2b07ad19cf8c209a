package kernel

import (
	"net"
	"net/netip"

	"github.com/vishvananda/netlink/nl"
	"golang.org/x/sys/unix"

	"netlab/internal/op"
)

// neighHead is struct ndmsg (linux/neighbour.h).
func neighHead(family, index int, state uint16, flags uint8) raw {
	b := raw{byte(family), 0, 0, 0}
	b = put32(b, uint32(index))
	b = put16(b, state)
	return append(b, flags, 0)
}

const sizeofNdmsg = 12

func (t *task) neighAdd(o *op.NeighAdd) error {
	flags := unix.NLM_F_CREATE | unix.NLM_F_EXCL
	switch o.Verb {
	case "replace":
		flags = unix.NLM_F_CREATE | unix.NLM_F_REPLACE
	case "change":
		flags = unix.NLM_F_REPLACE
	}
	state := uint16(unix.NUD_PERMANENT)
	if o.NUD != "" {
		var ok bool
		if state, ok = nudNumber(o.NUD); !ok {
			return wrong(o.NUD, "nud state is bad")
		}
	}
	return t.neigh(unix.RTM_NEWNEIGH, flags, o.Addr, o.Dev, o.LLAddr, state, o.Proxy)
}

func (t *task) neighDel(o *op.NeighDel) error {
	return t.neigh(unix.RTM_DELNEIGH, 0, o.Addr, o.Dev, "", unix.NUD_PERMANENT, o.Proxy)
}

func (t *task) neigh(kind, flags int, a netip.Addr, dev, lladdr string, state uint16, proxy bool) error {
	ntf := uint8(0)
	if proxy {
		ntf = unix.NTF_PROXY
	}
	var hw net.HardwareAddr
	if lladdr != "" {
		var err error
		if hw, err = net.ParseMAC(lladdr); err != nil {
			return &stop{text: `"` + lladdr + `" is invalid lladdr.`, exit: exitLookup}
		}
	}
	index := 0
	if dev != "" {
		if index = t.index(dev); index == 0 {
			return t.noDevice(dev)
		}
	}
	req := nl.NewNetlinkRequest(kind, flags)
	req.AddData(neighHead(family(a), index, state, ntf))
	req.AddData(attrAddr(unix.NDA_DST, a))
	if hw != nil {
		req.AddData(nl.NewRtAttr(unix.NDA_LLADDR, hw))
	}
	return t.send(req)
}

// neighFlush removes the learned entries. A first round may leave entries
// behind as FAILED, which a second one does not touch.
func (t *task) neighFlush(o *op.NeighFlush) error {
	index := 0
	if o.Dev != "" {
		if index = t.index(o.Dev); index == 0 {
			return t.noDevice(o.Dev)
		}
	}
	skip := uint16(unix.NUD_PERMANENT | unix.NUD_NOARP)
	for range maxFlushRounds {
		n, err := t.flushNeighs(index, skip)
		if err != nil || n == 0 {
			return err
		}
		skip |= unix.NUD_FAILED
	}
	return &stop{text: "*** Flush not complete bailing out after 10 rounds", exit: exitLookup}
}

// flushNeighs removes the entries of a link (0: of all) whose state has a bit
// outside skip, and counts them.
func (t *task) flushNeighs(index int, skip uint16) (int, error) {
	found, err := t.conn.dump(func() *nl.NetlinkRequest {
		req := nl.NewNetlinkRequest(unix.RTM_GETNEIGH, 0)
		req.AddData(neighHead(t.preferred(), index, 0, 0))
		return req
	})
	if err != nil {
		return 0, err
	}
	flushed := 0
	for _, b := range found {
		if len(b) < sizeofNdmsg || index != 0 && int(u32(b[4:])) != index {
			continue
		}
		if u16(b[8:])&^skip == 0 {
			continue
		}
		flushed++
		if err := t.delete(unix.RTM_DELNEIGH, b, unix.ENOENT); err != nil {
			return flushed, err
		}
	}
	return flushed, nil
}
