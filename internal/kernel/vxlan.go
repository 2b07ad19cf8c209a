package kernel

import (
	"github.com/vishvananda/netlink/nl"
	"golang.org/x/sys/unix"

	"netlab/internal/op"
)

func (t *task) vxlanData(o op.VXLAN) (*nl.RtAttr, error) {
	data := nest(unix.IFLA_INFO_DATA)
	if o.Dev != "" {
		index := t.index(o.Dev)
		if index == 0 {
			return nil, &stop{text: `Cannot find device "` + o.Dev + `"`, exit: exitWords}
		}
		data.AddChild(attr32(unix.IFLA_VXLAN_LINK, uint32(index)))
	}
	if err := vxlanWords(o); err != nil {
		return nil, err
	}
	if o.HasID {
		data.AddChild(attr32(unix.IFLA_VXLAN_ID, o.ID))
	}
	t.vxlanEnds(data, o)
	data.AddChild(attr8(unix.IFLA_VXLAN_LEARNING, bit(o.Learning == nil || *o.Learning)))
	if o.DstPort != 0 {
		data.AddChild(attrBE16(unix.IFLA_VXLAN_PORT, o.DstPort))
	}
	return data, nil
}

// vxlanWords refuses what ip itself refuses.
func vxlanWords(o op.VXLAN) error {
	switch {
	case o.Remote.IsValid() && o.Group.IsValid():
		return &stop{text: "vxlan: both group and remote cannot be specified", exit: exitWords}
	case !o.HasID:
		return &stop{text: "vxlan: missing virtual network identifier", exit: exitWords}
	case o.Group.IsValid() && o.Dev == "":
		return &stop{text: "vxlan: 'group' requires 'dev' to be specified", exit: exitWords}
	}
	return nil
}

// vxlanEnds adds the outer addresses. Without any, -4 and -6 choose the family.
func (t *task) vxlanEnds(data *nl.RtAttr, o op.VXLAN) {
	far := o.Remote
	if o.Group.IsValid() {
		far = o.Group
	}
	if o.Local.IsValid() {
		data.AddChild(attrAddr(pick(o.Local.Is4(), unix.IFLA_VXLAN_LOCAL, unix.IFLA_VXLAN_LOCAL6), o.Local))
	}
	if far.IsValid() {
		data.AddChild(attrAddr(pick(far.Is4(), unix.IFLA_VXLAN_GROUP, unix.IFLA_VXLAN_GROUP6), far))
	}
	if o.Local.IsValid() || far.IsValid() {
		return
	}
	switch t.line.Family {
	case op.IPv4:
		data.AddChild(nl.NewRtAttr(unix.IFLA_VXLAN_GROUP, make([]byte, 4)))
	case op.IPv6:
		data.AddChild(nl.NewRtAttr(unix.IFLA_VXLAN_GROUP6, make([]byte, 16)))
	}
}

func pick(first bool, a, b int) int {
	if first {
		return a
	}
	return b
}
