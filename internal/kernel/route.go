package kernel

import (
	"net/netip"

	"github.com/vishvananda/netlink/nl"
	"golang.org/x/sys/unix"

	"netlab/internal/op"
)

// routeMessage is a message about one route: struct rtmsg and attributes.
type routeMessage struct {
	msg   nl.RtMsg
	attrs []*nl.RtAttr
}

func (m *routeMessage) add(a *nl.RtAttr) { m.attrs = append(m.attrs, a) }

// target is what routeAdd and routeDel have in common.
type target struct {
	kind   string
	dst    netip.Prefix
	isDef  bool
	via    netip.Addr
	dev    string
	metric uint32
	table  string
	proto  string
	scope  string
	del    bool
	preSrc netip.Addr
	mtu    int
	onlink bool
}

func (t *task) routeAdd(o *op.RouteAdd) error {
	flags := unix.NLM_F_CREATE | unix.NLM_F_EXCL
	switch o.Verb {
	case "replace":
		flags = unix.NLM_F_CREATE | unix.NLM_F_REPLACE
	case "change":
		flags = unix.NLM_F_REPLACE
	case "append":
		flags = unix.NLM_F_CREATE | unix.NLM_F_APPEND
	}
	return t.route(unix.RTM_NEWROUTE, flags, target{
		kind: o.Type, dst: o.Dst, isDef: o.Default, via: o.Via, dev: o.Dev, metric: o.Metric, table: o.Table,
		proto: o.Proto, scope: o.Scope, preSrc: o.Src, mtu: o.MTU, onlink: o.Onlink,
	})
}

func (t *task) routeDel(o *op.RouteDel) error {
	return t.route(unix.RTM_DELROUTE, 0, target{
		kind: o.Type, dst: o.Dst, isDef: o.Default, via: o.Via, dev: o.Dev, metric: o.Metric, table: o.Table,
		proto: o.Proto, scope: o.Scope, del: true,
	})
}

func (t *task) route(kind, flags int, o target) error {
	m := &routeMessage{}
	if err := m.head(t.preferred(), o); err != nil {
		return err
	}
	m.addresses(o)
	if o.metric != 0 {
		m.add(attr32(unix.RTA_PRIORITY, o.metric))
	}
	if o.onlink {
		m.msg.Flags |= unix.RTNH_F_ONLINK
	}
	if o.dev != "" {
		index := t.index(o.dev)
		if index == 0 {
			return t.noDevice(o.dev)
		}
		m.add(attr32(unix.RTA_OIF, uint32(index)))
	}
	if o.mtu != 0 {
		m.add(nest(unix.RTA_METRICS, attr32(unix.RTAX_MTU, uint32(o.mtu))))
	}
	req := nl.NewNetlinkRequest(kind, flags)
	req.AddData(&m.msg)
	for _, a := range m.attrs {
		req.AddData(a)
	}
	return t.send(req)
}

// head fills in struct rtmsg: what is written, else ip's defaults.
func (m *routeMessage) head(preferred int, o target) error {
	m.msg.Family = uint8(routeFamily(preferred, o))
	m.msg.Table = unix.RT_TABLE_MAIN
	if !o.del {
		m.msg.Protocol = unix.RTPROT_BOOT
		m.msg.Type = unix.RTN_UNICAST
	}
	if o.kind != "" {
		kind, ok := typeNumber(o.kind)
		if !ok {
			return wrong(o.kind, "inet prefix is expected rather than \""+o.kind+"\".")
		}
		m.msg.Type = kind
	}
	if o.proto != "" {
		proto, ok := protoNumber(o.proto)
		if !ok {
			return wrong(o.proto, "\"protocol\" value is invalid\n")
		}
		m.msg.Protocol = proto
	}
	if err := m.table(o.table); err != nil {
		return err
	}
	return m.scope(o)
}

// routeFamily is the first family that the line shows; IPv4 if none does.
func routeFamily(preferred int, o target) int {
	switch {
	case preferred != unix.AF_UNSPEC:
		return preferred
	case o.dst.IsValid() && !o.isDef:
		return family(o.dst.Addr())
	case o.via.IsValid():
		return family(o.via)
	case o.preSrc.IsValid():
		return family(o.preSrc)
	}
	return unix.AF_INET
}

func (m *routeMessage) table(name string) error {
	if name == "" {
		if m.msg.Type == unix.RTN_LOCAL {
			m.msg.Table = unix.RT_TABLE_LOCAL
		}
		return nil
	}
	table, ok := tableNumber(name)
	if !ok {
		return wrong(name, "\"table\" value is invalid\n")
	}
	if table < 256 {
		m.msg.Table = uint8(table)
		return nil
	}
	m.msg.Table = unix.RT_TABLE_UNSPEC
	m.add(attr32(unix.RTA_TABLE, table))
	return nil
}

func (m *routeMessage) scope(o target) error {
	if o.scope != "" {
		scope, ok := scopeNumber(o.scope)
		if !ok {
			return wrong(o.scope, "invalid \"scope\" value\n")
		}
		m.msg.Scope = scope
		return nil
	}
	m.msg.Scope = unix.RT_SCOPE_UNIVERSE
	if o.del {
		m.msg.Scope = unix.RT_SCOPE_NOWHERE
	}
	switch {
	case m.msg.Family == unix.AF_INET6:
		m.msg.Scope = unix.RT_SCOPE_UNIVERSE
	case m.msg.Type == unix.RTN_LOCAL:
		m.msg.Scope = unix.RT_SCOPE_HOST
	case m.msg.Type == unix.RTN_UNICAST && !o.del && !o.via.IsValid():
		m.msg.Scope = unix.RT_SCOPE_LINK
	}
	return nil
}

func (m *routeMessage) addresses(o target) {
	if o.dst.IsValid() && !o.isDef {
		m.msg.Dst_len = uint8(o.dst.Bits())
		m.add(attrAddr(unix.RTA_DST, o.dst.Addr()))
	}
	if o.via.IsValid() {
		if family(o.via) == int(m.msg.Family) {
			m.add(attrAddr(unix.RTA_GATEWAY, o.via))
		} else {
			head := put16(nil, uint16(family(o.via)))
			m.add(nl.NewRtAttr(unix.RTA_VIA, append(head, o.via.AsSlice()...)))
		}
	}
	if o.preSrc.IsValid() {
		m.add(attrAddr(unix.RTA_PREFSRC, o.preSrc))
	}
}
