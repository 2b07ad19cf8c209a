package kernel

import (
	"net/netip"

	"github.com/vishvananda/netlink/nl"
	"golang.org/x/sys/unix"

	"netlab/internal/op"
)

// addrMessage is a message about one address: struct ifaddrmsg and attributes.
type addrMessage struct {
	flags uint8
	scope uint8
	attrs []*nl.RtAttr
}

func (t *task) addrAdd(o *op.AddrAdd) error {
	m := &addrMessage{scope: defaultScope(o.Prefix.Addr())}
	if o.NoDAD {
		if o.Prefix.Addr().Is4() {
			t.warning("Warning: nodad option can be set only for IPv6 addresses")
		} else {
			m.flags = unix.IFA_F_NODAD
		}
	}
	if o.Scope != "" {
		scope, ok := scopeNumber(o.Scope)
		if !ok {
			return wrong(o.Scope, "invalid scope value.")
		}
		m.scope = scope
	}
	if o.Label != "" {
		m.attrs = append(m.attrs, attrString(unix.IFA_LABEL, o.Label))
	}
	if err := m.broadcast(o); err != nil {
		return err
	}
	flags := unix.NLM_F_CREATE | unix.NLM_F_EXCL
	switch o.Verb {
	case "replace":
		flags = unix.NLM_F_CREATE | unix.NLM_F_REPLACE
	case "change":
		flags = unix.NLM_F_REPLACE
	}
	if err := t.sendAddr(unix.RTM_NEWADDR, flags, o.Dev, o.Prefix, o.Peer, m); err != nil {
		return err
	}
	t.settleAddr(o)
	return nil
}

func (t *task) addrDel(o *op.AddrDel) error {
	return t.sendAddr(unix.RTM_DELADDR, 0, o.Dev, o.Prefix, netip.Prefix{}, &addrMessage{})
}

func (t *task) sendAddr(kind, flags int, dev string, local, peer netip.Prefix, m *addrMessage) error {
	if !peer.IsValid() {
		peer = local
	}
	index := t.index(dev)
	if index == 0 {
		return t.noDevice(dev)
	}
	req := nl.NewNetlinkRequest(kind, flags)
	head := raw{byte(family(local.Addr())), byte(peer.Bits()), m.flags, m.scope}
	req.AddData(raw(put32(head, uint32(index))))
	req.AddData(attrAddr(unix.IFA_LOCAL, local.Addr()))
	req.AddData(attrAddr(unix.IFA_ADDRESS, peer.Addr()))
	for _, a := range m.attrs {
		req.AddData(a)
	}
	return t.send(req)
}

// broadcast adds the broadcast address: one that is written out, or all ones
// ("+") or all zeros ("-") in the host part.
func (m *addrMessage) broadcast(o *op.AddrAdd) error {
	if o.Broadcast == "" {
		return nil
	}
	if a, err := netip.ParseAddr(o.Broadcast); err == nil {
		m.attrs = append(m.attrs, attrAddr(unix.IFA_BROADCAST, a))
		return nil
	}
	p := o.Prefix
	if o.Peer.IsValid() {
		p = o.Peer
	}
	if !p.Addr().Is4() {
		return &stop{text: "Broadcast can be set only for IPv4 addresses", exit: exitLookup}
	}
	if p.Bits() <= 30 {
		m.attrs = append(m.attrs, attrAddr(unix.IFA_BROADCAST, edge(p, o.Broadcast == "+")))
	}
	return nil
}

// edge is the last or the first address of an IPv4 prefix.
func edge(p netip.Prefix, last bool) netip.Addr {
	b := p.Masked().Addr().As4()
	if last {
		for i := p.Bits(); i < 32; i++ {
			b[i/8] |= 1 << (7 - i%8)
		}
	}
	return netip.AddrFrom4(b)
}

// defaultScope is ip's: 127.0.0.0/8 means this machine only.
func defaultScope(a netip.Addr) uint8 {
	if a.Is4() && a.As4()[0] == 127 {
		return unix.RT_SCOPE_HOST
	}
	return unix.RT_SCOPE_UNIVERSE
}

// addrFlush removes all addresses of a link, in rounds: removing one may
// promote another.
func (t *task) addrFlush(o *op.AddrFlush) error {
	index := t.index(o.Dev)
	if index == 0 {
		return &stop{text: `Device "` + o.Dev + `" does not exist.`, exit: exitLookup}
	}
	for range maxFlushRounds {
		found, err := t.conn.dump(func() *nl.NetlinkRequest {
			req := nl.NewNetlinkRequest(unix.RTM_GETADDR, 0)
			req.AddData(raw{byte(t.preferred()), 0, 0, 0, 0, 0, 0, 0})
			return req
		})
		if err != nil {
			return err
		}
		flushed := 0
		for _, b := range found {
			if len(b) < unix.SizeofIfAddrmsg || int(u32(b[4:])) != index {
				continue
			}
			flushed++
			if err := t.delete(unix.RTM_DELADDR, b, unix.EADDRNOTAVAIL); err != nil {
				return err
			}
		}
		if flushed == 0 {
			return nil
		}
	}
	return &stop{text: "*** Flush remains incomplete after 10 rounds. ***", exit: exitLookup}
}

// maxFlushRounds is ip's (its option -loops).
const maxFlushRounds = 10

// delete sends what a dump told back, as something to be removed. The errors
// that say it is gone already do not count.
func (t *task) delete(kind int, b []byte, gone ...unix.Errno) error {
	req := nl.NewNetlinkRequest(kind, 0)
	req.AddData(raw(b))
	err := t.send(req)
	for _, no := range gone {
		if isErrno(err, no) {
			return nil
		}
	}
	return err
}
