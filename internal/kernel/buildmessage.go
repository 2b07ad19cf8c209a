package kernel

import (
	"net"
	"net/netip"

	"golang.org/x/sys/unix"

	"netlab/internal/scene"
)

const create = unix.NLM_F_CREATE | unix.NLM_F_EXCL

// bridge makes the bridge of a switch. It stays down until all its ports are
// there: an open bridge floods what each new port says to all the others.
func (m *batch) bridge(name string) {
	m.begin(unix.RTM_NEWLINK, create, "the bridge "+name)
	m.link(bridgeIndex, false)
	m.text(unix.IFLA_IFNAME, name)
	m.nest(unix.IFLA_LINKINFO, func() { m.text(unix.IFLA_INFO_KIND, "bridge") })
	m.end()
}

// cable makes a veth pair with each end in its namespace, the near one up. The
// far one cannot be brought up yet: it is opened before the two are tied
// together (ENOTCONN).
func (m *batch) cable(c buildCable, farSpace int) {
	m.begin(unix.RTM_NEWLINK, create, c.about())
	m.link(c.near.index, true)
	m.vethEnd(c.near)
	if c.near.isPort() {
		m.attr32(unix.IFLA_MASTER, bridgeIndex)
	}
	m.nest(unix.IFLA_LINKINFO, func() {
		m.text(unix.IFLA_INFO_KIND, "veth")
		m.nest(unix.IFLA_INFO_DATA, func() {
			m.nest(vethPeer, func() {
				m.link(c.far.index, false)
				m.vethEnd(c.far)
				m.attr32(unix.IFLA_NET_NS_FD, uint32(farSpace))
			})
		})
	})
	m.end()
}

// vethEnd has one queue each way: the kernel's default is one for each
// processor, and each costs objects in sysfs.
func (m *batch) vethEnd(e buildEnd) {
	m.text(unix.IFLA_IFNAME, e.Dev)
	if hw, err := net.ParseMAC(e.MAC); err == nil {
		m.attr(unix.IFLA_ADDRESS, hw...)
	}
	m.attr32(unix.IFLA_NUM_TX_QUEUES, 1)
	m.attr32(unix.IFLA_NUM_RX_QUEUES, 1)
}

// up brings a link up; with a master it becomes its port, too.
func (m *batch) up(index, master int, about string) {
	m.begin(unix.RTM_NEWLINK, 0, about)
	m.link(index, true)
	if master != 0 {
		m.attr32(unix.IFLA_MASTER, uint32(master))
	}
	m.end()
}

func (m *batch) address(e buildEnd, p netip.Prefix) {
	m.begin(unix.RTM_NEWADDR, create, "the address "+p.String()+" of "+e.Node)
	flags := byte(0)
	if scene.NoDAD(p) {
		flags = unix.IFA_F_NODAD
	}
	m.b = append(m.b, byte(family(p.Addr())), byte(p.Bits()), flags, defaultScope(p.Addr()))
	m.b = put32(m.b, uint32(e.index))
	m.attr(unix.IFA_LOCAL, p.Addr().AsSlice()...)
	m.attr(unix.IFA_ADDRESS, p.Addr().AsSlice()...)
	m.end()
}

// route is what "ip route add TO via VIA" sends.
func (m *batch) route(node string, r scene.Route) {
	m.begin(unix.RTM_NEWROUTE, create, "the route of "+node+" to "+r.To.String())
	m.b = append(m.b, byte(family(r.Via)), byte(r.To.Bits()), 0, 0,
		unix.RT_TABLE_MAIN, unix.RTPROT_BOOT, unix.RT_SCOPE_UNIVERSE, unix.RTN_UNICAST, 0, 0, 0, 0)
	if r.To.Bits() > 0 {
		m.attr(unix.RTA_DST, r.To.Addr().AsSlice()...)
	}
	m.attr(unix.RTA_GATEWAY, r.Via.AsSlice()...)
	m.end()
}
