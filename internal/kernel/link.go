package kernel

import (
	"net"
	"os"
	"strconv"

	"github.com/vishvananda/netlink/nl"
	"golang.org/x/sys/unix"

	"netlab/internal/netns"
	"netlab/internal/op"
)

// linkMessage is a message about one link, and the files of namespaces that it
// refers to by number.
type linkMessage struct {
	info  *nl.IfInfomsg
	attrs []*nl.RtAttr
	files []*os.File
}

func (m *linkMessage) add(a *nl.RtAttr) { m.attrs = append(m.attrs, a) }

func (m *linkMessage) close() {
	for _, f := range m.files {
		f.Close()
	}
}

// up asks for the link to be up, or down.
func (m *linkMessage) up(on bool) { m.flag(unix.IFF_UP, on) }

func (m *linkMessage) flag(flag uint32, on bool) {
	m.info.Change |= flag
	if on {
		m.info.Flags |= flag
	}
}

// netns names the namespace of a link: a name under /run/netns or, as ip has
// it, the number of a process.
func (m *linkMessage) netns(name string) error {
	f, err := netns.OpenNamed(name)
	if err == nil {
		m.files = append(m.files, f)
		m.add(attr32(unix.IFLA_NET_NS_FD, uint32(f.Fd())))
		return nil
	}
	pid, err := strconv.ParseUint(name, 10, 31)
	if err != nil {
		return wrong(name, "Invalid \"netns\" value\n")
	}
	m.add(attr32(unix.IFLA_NET_NS_PID, uint32(pid)))
	return nil
}

// address sets the link's MAC address.
func (m *linkMessage) address(s string) error {
	hw, err := net.ParseMAC(s)
	if err != nil {
		return &stop{text: `"` + s + `" is invalid lladdr.`, exit: exitLookup}
	}
	m.add(nl.NewRtAttr(unix.IFLA_ADDRESS, hw))
	return nil
}

// master makes the link a port of another one; no name takes it out.
func (m *linkMessage) master(t *task, name string) error {
	index := 0
	if name != "" {
		if index = t.index(name); index == 0 {
			return wrong(name, "Device does not exist\n")
		}
	}
	m.add(attr32(unix.IFLA_MASTER, uint32(index)))
	return nil
}

// send sends the message with its attributes, and closes its files.
func (t *task) sendLink(kind, flags int, m *linkMessage) error {
	req := nl.NewNetlinkRequest(kind, flags)
	req.AddData(m.info)
	for _, a := range m.attrs {
		req.AddData(a)
	}
	return t.send(req)
}

// send sends one change. What the kernel says beside its yes is a warning.
func (t *task) send(req *nl.NetlinkRequest) error {
	warning, err := t.conn.do(req)
	if warning != "" {
		t.warning("Warning: " + dotted(warning))
	}
	return err
}

func (t *task) warning(text string) {
	if t.warn != nil {
		t.warn(t.line, text)
	}
}

// index is the number of the link called name, 0 if there is none.
func (t *task) index(name string) int {
	req := nl.NewNetlinkRequest(unix.RTM_GETLINK, 0)
	req.AddData(nl.NewIfInfomsg(unix.AF_UNSPEC))
	req.AddData(attr32(unix.IFLA_EXT_MASK, skipStats))
	kind := unix.IFLA_IFNAME
	if len(name) >= unix.IFNAMSIZ {
		kind = unix.IFLA_ALT_IFNAME
	}
	req.AddData(attrString(kind, name))
	b, err := t.conn.get(req)
	if err != nil || len(b) < unix.SizeofIfInfomsg {
		return 0
	}
	return int(u32(b[4:]))
}

// preferred is the family of a line with -4 or -6.
func (t *task) preferred() int {
	switch t.line.Family {
	case op.IPv4:
		return unix.AF_INET
	case op.IPv6:
		return unix.AF_INET6
	}
	return unix.AF_UNSPEC
}

func (t *task) linkAdd(o *op.LinkAdd) error {
	m := &linkMessage{info: nl.NewIfInfomsg(t.preferred())}
	defer m.close()
	end := op.Peer{Name: o.Name, Netns: o.Netns, MTU: o.MTU, Address: o.Address}
	if err := m.newLink(t, end, o.Master, o.Up); err != nil {
		return err
	}
	data, err := t.linkData(m, o)
	if err != nil {
		return err
	}
	kind := nl.NewRtAttr(unix.IFLA_INFO_KIND, nl.NonZeroTerminated(o.Kind))
	if data == nil {
		m.add(nest(unix.IFLA_LINKINFO, kind))
	} else {
		m.add(nest(unix.IFLA_LINKINFO, kind, data))
	}
	return t.sendLink(unix.RTM_NEWLINK, unix.NLM_F_CREATE|unix.NLM_F_EXCL, m)
}

// newLink adds what either end of a new link may have.
func (m *linkMessage) newLink(t *task, end op.Peer, master string, up bool) error {
	if end.MTU != 0 {
		m.add(attr32(unix.IFLA_MTU, uint32(end.MTU)))
	}
	if end.Address != "" {
		if err := m.address(end.Address); err != nil {
			return err
		}
	}
	if master != "" {
		if err := m.master(t, master); err != nil {
			return err
		}
	}
	if up {
		m.up(true)
	}
	if end.Netns != "" {
		if err := m.netns(end.Netns); err != nil {
			return err
		}
	}
	if end.Name != "" {
		m.add(attrString(unix.IFLA_IFNAME, end.Name))
	}
	return nil
}

// linkData is what the kind of a new link wants to know; nil if nothing.
func (t *task) linkData(m *linkMessage, o *op.LinkAdd) (*nl.RtAttr, error) {
	switch o.Kind {
	case "veth":
		return t.peerData(m, o.Peer)
	case "vxlan":
		return t.vxlanData(o.VXLAN)
	case "bridge":
		return bridgeData(o.Bridge), nil
	}
	return nil, nil
}

// peerData is the other end of a veth: a whole message of its own.
func (t *task) peerData(m *linkMessage, p op.Peer) (*nl.RtAttr, error) {
	if p == (op.Peer{}) {
		return nil, nil
	}
	peer := &linkMessage{info: nl.NewIfInfomsg(unix.AF_UNSPEC)}
	err := peer.newLink(t, p, "", false)
	m.files = append(m.files, peer.files...)
	inner := nl.NewRtAttr(nl.VETH_INFO_PEER, nil)
	inner.AddChild(peer.info)
	for _, a := range peer.attrs {
		inner.AddChild(a)
	}
	return nest(unix.IFLA_INFO_DATA, inner), err
}
