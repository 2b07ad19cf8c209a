package kernel

import (
	"encoding/hex"
	"fmt"

	"github.com/vishvananda/netlink/nl"
	"golang.org/x/sys/unix"

	"netlab/internal/snapshot"
)

// operStates are the words for IFLA_OPERSTATE (RFC 2863, in the order of
// linux/if.h).
func operStates() []string {
	return []string{"UNKNOWN", "NOTPRESENT", "DOWN", "LOWERLAYERDOWN", "TESTING", "DORMANT", "UP"}
}

// flagNames are the flags of a link in the order in which ip prints them.
func flagNames() []struct {
	bit  uint32
	name string
} {
	return []struct {
		bit  uint32
		name string
	}{
		{unix.IFF_LOOPBACK, "LOOPBACK"},
		{unix.IFF_BROADCAST, "BROADCAST"},
		{unix.IFF_POINTOPOINT, "POINTOPOINT"},
		{unix.IFF_MULTICAST, "MULTICAST"},
		{unix.IFF_NOARP, "NOARP"},
		{unix.IFF_ALLMULTI, "ALLMULTI"},
		{unix.IFF_PROMISC, "PROMISC"},
		{unix.IFF_MASTER, "MASTER"},
		{unix.IFF_SLAVE, "SLAVE"},
		{unix.IFF_DEBUG, "DEBUG"},
		{unix.IFF_DYNAMIC, "DYNAMIC"},
		{unix.IFF_AUTOMEDIA, "AUTOMEDIA"},
		{unix.IFF_PORTSEL, "PORTSEL"},
		{unix.IFF_NOTRAILERS, "NOTRAILERS"},
		{unix.IFF_UP, "UP"},
		{unix.IFF_LOWER_UP, "LOWER_UP"},
		{unix.IFF_DORMANT, "DORMANT"},
		{unix.IFF_ECHO, "ECHO"},
	}
}

func linkFlags(flags uint32) []string {
	var words []string
	if flags&unix.IFF_UP != 0 && flags&unix.IFF_RUNNING == 0 {
		words = append(words, "NO-CARRIER")
	}
	for _, f := range flagNames() {
		if flags&f.bit != 0 {
			words = append(words, f.name)
		}
	}
	return words
}

// readLink reads a message about a link. Master and the lower link are still
// numbers in it: nameLinks puts the names.
func readLink(b []byte) snapshot.Link {
	head := linkHead(b)
	if head == nil {
		return snapshot.Link{}
	}
	l := snapshot.Link{
		Index: int(head.Index), Type: head.EncapType(), Flags: linkFlags(head.Flags),
		Up: head.Flags&unix.IFF_UP != 0, Carrier: head.Flags&unix.IFF_LOWER_UP != 0, PeerNSID: -1,
	}
	for kind, v := range attrs(b[unix.SizeofIfInfomsg:]) {
		linkAttr(&l, kind, v)
	}
	if head.Flags&unix.IFF_LOOPBACK != 0 {
		l.Kind = "loopback"
	}
	return l
}

func linkAttr(l *snapshot.Link, kind uint16, v []byte) {
	switch kind {
	case unix.IFLA_IFNAME:
		l.Name = cString(v)
	case unix.IFLA_ADDRESS:
		l.MAC = hardware(v)
	case unix.IFLA_BROADCAST:
		l.Broadcast = hardware(v)
	case unix.IFLA_MTU:
		l.MTU = int(u32(v))
	case unix.IFLA_QDISC:
		l.Qdisc = cString(v)
	case unix.IFLA_TXQLEN:
		l.QLen = int(u32(v))
	case unix.IFLA_IFALIAS:
		l.Alias = cString(v)
	case unix.IFLA_OPERSTATE:
		if n := int(u8(v)); n < len(operStates()) {
			l.State = operStates()[n]
		}
	case unix.IFLA_LINK:
		l.PeerIndex = int(u32(v))
		if l.PeerIndex == 0 {
			l.PeerIndex = snapshot.NoLink
		}
	case unix.IFLA_LINK_NETNSID:
		l.PeerNSID = int(int32(u32(v)))
	case unix.IFLA_MASTER:
		l.Master = fmt.Sprint(u32(v))
	case unix.IFLA_LINKINFO:
		linkInfo(l, v)
	case unix.IFLA_AF_SPEC:
		readFamilies(l, v)
	}
}

// linkInfo reads what depends on the kind of link, and of its master.
func linkInfo(l *snapshot.Link, b []byte) {
	var data, port []byte
	var master string
	for kind, v := range attrs(b) {
		switch kind {
		case unix.IFLA_INFO_KIND:
			l.Kind = cString(v)
		case unix.IFLA_INFO_DATA:
			data = v
		case unix.IFLA_INFO_SLAVE_KIND:
			master = cString(v)
		case unix.IFLA_INFO_SLAVE_DATA:
			port = v
		}
	}
	switch l.Kind {
	case "bridge":
		l.Bridge = readBridge(data)
	case "vxlan":
		l.VXLAN = readVXLAN(data)
	}
	if master == "bridge" {
		l.Port, l.PortState = readPort(port)
	}
}

func readBridge(b []byte) *snapshot.Bridge {
	br := &snapshot.Bridge{}
	for kind, v := range attrs(b) {
		switch kind {
		case unix.IFLA_BR_STP_STATE:
			br.STP = u32(v) != 0
		case unix.IFLA_BR_VLAN_FILTERING:
			br.VLANFiltering = u8(v) != 0
		case unix.IFLA_BR_AGEING_TIME:
			br.AgeingTime = u32(v)
		case unix.IFLA_BR_FORWARD_DELAY:
			br.ForwardDelay = u32(v)
		case unix.IFLA_BR_BRIDGE_ID:
			if len(v) == 8 {
				br.ID = hex.EncodeToString(v[:2]) + "." + hardware(v[2:])
			}
		}
	}
	return br
}

func readVXLAN(b []byte) *snapshot.VXLAN {
	vx := &snapshot.VXLAN{}
	for kind, v := range attrs(b) {
		switch kind {
		case unix.IFLA_VXLAN_ID:
			vx.ID = u32(v)
		case unix.IFLA_VXLAN_LOCAL, unix.IFLA_VXLAN_LOCAL6:
			vx.Local = addr(v)
		case unix.IFLA_VXLAN_GROUP, unix.IFLA_VXLAN_GROUP6:
			vx.Remote = addr(v)
		case unix.IFLA_VXLAN_LINK:
			vx.Dev = fmt.Sprint(u32(v))
		case unix.IFLA_VXLAN_PORT:
			vx.DstPort = be16(v)
		case unix.IFLA_VXLAN_LEARNING:
			vx.Learning = u8(v) != 0
		}
	}
	return vx
}

func readPort(b []byte) (*snapshot.Port, string) {
	p := &snapshot.Port{}
	state := ""
	for kind, v := range attrs(b) {
		switch kind {
		case nl.IFLA_BRPORT_STATE:
			if n := int(u8(v)); n < len(portStates()) {
				state = portStates()[n]
			}
		case nl.IFLA_BRPORT_PRIORITY:
			p.Priority = int(u16(v))
		case nl.IFLA_BRPORT_COST:
			p.Cost = u32(v)
		case nl.IFLA_BRPORT_MODE:
			p.Hairpin = u8(v) != 0
		case nl.IFLA_BRPORT_LEARNING:
			p.Learning = u8(v) != 0
		case nl.IFLA_BRPORT_UNICAST_FLOOD:
			p.Flood = u8(v) != 0
		case nl.IFLA_BRPORT_NEIGH_SUPPRESS:
			p.NeighSupp = u8(v) != 0
		case nl.IFLA_BRPORT_ISOLATED:
			p.Isolated = u8(v) != 0
		}
	}
	return p, state
}
