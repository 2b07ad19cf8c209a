package kernel

import (
	"github.com/vishvananda/netlink/nl"
	"golang.org/x/sys/unix"

	"netlab/internal/op"
)

func (t *task) linkSet(o *op.LinkSet) error {
	m := &linkMessage{info: nl.NewIfInfomsg(t.preferred())}
	defer m.close()
	m.flags(o)
	if o.Address != "" {
		if err := m.address(o.Address); err != nil {
			return err
		}
	}
	if o.MTU != 0 {
		m.add(attr32(unix.IFLA_MTU, uint32(o.MTU)))
	}
	if o.Netns != "" {
		if err := m.netns(o.Netns); err != nil {
			return err
		}
	}
	if o.Master != nil {
		if err := m.master(t, *o.Master); err != nil {
			return err
		}
	}
	if o.Alias != nil {
		m.add(nl.NewRtAttr(unix.IFLA_IFALIAS, []byte(*o.Alias)))
	}
	if o.Addrgen != "" {
		m.add(addrgen(o.Addrgen))
	}
	return t.setLink(unix.RTM_NEWLINK, o.Dev, o.NewName, kindInfo(o), m)
}

func (m *linkMessage) flags(o *op.LinkSet) {
	if o.Up != nil {
		m.up(*o.Up)
	}
	if o.ARP != nil {
		m.flag(unix.IFF_NOARP, !*o.ARP)
	}
	if o.Promisc != nil {
		m.flag(unix.IFF_PROMISC, *o.Promisc)
	}
}

// setLink sends a message about the link called dev, which is there already.
func (t *task) setLink(kind int, dev, newName string, info *nl.RtAttr, m *linkMessage) error {
	index := t.index(dev)
	if index == 0 {
		return t.noDevice(dev)
	}
	m.info.Index = int32(index)
	if newName != "" && newName != dev {
		m.add(attrString(unix.IFLA_IFNAME, newName))
	}
	if info != nil {
		m.add(info)
	}
	return t.sendLink(kind, 0, m)
}

func (t *task) linkDel(o *op.LinkDel) error {
	m := &linkMessage{info: nl.NewIfInfomsg(t.preferred())}
	return t.setLink(unix.RTM_DELLINK, o.Dev, "", kindInfo(&op.LinkSet{Kind: o.Kind}), m)
}

// kindInfo says which kind the link must be, and the options of a bridge.
func kindInfo(o *op.LinkSet) *nl.RtAttr {
	if o.Kind == "" {
		return nil
	}
	info := nest(unix.IFLA_LINKINFO, nl.NewRtAttr(unix.IFLA_INFO_KIND, nl.NonZeroTerminated(o.Kind)))
	if data := bridgeData(o.Bridge); data != nil {
		info.AddChild(data)
	}
	return info
}

// bridgeData is the words after "type bridge"; nil if there are none.
func bridgeData(o op.Bridge) *nl.RtAttr {
	var inner []*nl.RtAttr
	if o.ForwardDelay != nil {
		inner = append(inner, attr32(unix.IFLA_BR_FORWARD_DELAY, *o.ForwardDelay))
	}
	if o.AgeingTime != nil {
		inner = append(inner, attr32(unix.IFLA_BR_AGEING_TIME, *o.AgeingTime))
	}
	if o.STP != nil {
		inner = append(inner, attr32(unix.IFLA_BR_STP_STATE, uint32(bit(*o.STP))))
	}
	if o.VLANFiltering != nil {
		inner = append(inner, attr8(unix.IFLA_BR_VLAN_FILTERING, bit(*o.VLANFiltering)))
	}
	if inner == nil {
		return nil
	}
	return nest(unix.IFLA_INFO_DATA, inner...)
}

// addrgenModes are the ways of making link-local IPv6 addresses, by number
// (enum in6_addr_gen_mode in linux/if_link.h).
func addrgenModes() []string { return []string{"eui64", "none", "stable_secret", "random"} }

func addrgen(mode string) *nl.RtAttr {
	number := uint8(0)
	for i, m := range addrgenModes() {
		if m == mode {
			number = uint8(i)
		}
	}
	return nest(unix.IFLA_AF_SPEC, nest(unix.AF_INET6, attr8(unix.IFLA_INET6_ADDR_GEN_MODE, number)))
}
