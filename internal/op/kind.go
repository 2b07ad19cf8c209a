package op

import (
	"errors"
	"fmt"
	"net/netip"
)

// fields of a vxlan link, behind "type vxlan".
func (x *VXLAN) fields() []field {
	return section("vxlan",
		field{key: "id", val: vni(x), need: true, help: "the number of the virtual network, the VNI: only ends with the same number understand each other"},
		field{key: "dev", val: ifname(&x.Dev), help: "the interface through which the tunnel packets go"},
		field{key: "local", val: unicast(&x.Local), help: "the address from which tunnel packets are sent"},
		field{key: "remote", val: unicast(&x.Remote), help: "the other end of the tunnel, for every frame whose place is not known"},
		field{key: "group", val: multicast(&x.Group), help: "the multicast address to which frames go whose place is not known"},
		field{key: "dstport", val: dstPort(&x.DstPort), need: true, help: "the UDP port to which tunnel packets are sent"},
		field{
			key: "learning", also: "nolearning", val: either(&x.Learning, "learning", "nolearning", "learns from packets behind which tunnel end a MAC address is", "does not learn from packets: its table must be filled by hand"),
			help: "whether it learns from packets behind which tunnel end a MAC address is",
		},
	)
}

// check holds ip's own rules, see vxlan_parse_opt of iproute2.
func (x *VXLAN) check() error {
	switch {
	case x.Group.IsValid() && x.Remote.IsValid():
		return errors.New(`cannot end this line: "group" and "remote" exclude each other`)
	case x.Group.IsValid() && x.Dev == "":
		return errors.New(`cannot end this line: "group" needs "dev" too`)
	}
	return nil
}

func (x *VXLAN) summary() string {
	port := fmt.Sprintf("port %d", x.DstPort)
	if x.DstPort == 0 {
		port = "the kernel's default port 8472"
	}
	s := fmt.Sprintf("an end of the virtual network %d, carried in UDP packets to %s", x.ID, port)
	switch {
	case x.Remote.IsValid():
		s += " of " + x.Remote.String()
	case x.Group.IsValid():
		s += " of the group " + x.Group.String()
	}
	return s
}

// vni is the network number of a vxlan: 24 bits, and 0 is one of them.
func vni(x *VXLAN) value {
	return value{
		holder: "VNI",
		set: func(word string) error {
			n, err := decimal(word, 0, 1<<24-1)
			if err == nil {
				x.ID, x.HasID = uint32(n), true
			}
			return err
		},
		get:   func() (string, bool) { return fmt.Sprint(x.ID), x.HasID },
		about: func() string { return fmt.Sprintf("virtual network %d", x.ID) },
	}
}

// dstPort is always printed: see VXLAN.
func dstPort(p *uint16) value {
	v := number(p, 0, 1<<16-1, "")
	v.holder = "PORT"
	v.get = func() (string, bool) { return fmt.Sprint(*p), true }
	v.about = func() string {
		switch *p {
		case 0:
			return "the kernel's default, 8472"
		case 4789:
			return "4789, the port that RFC 7348 gives to VXLAN"
		case 8472:
			return "8472, the port that Linux used before there was a standard; Flannel uses it too"
		}
		return fmt.Sprintf("UDP port %d", *p)
	}
	return v
}

// unicast is an address of one machine.
func unicast(p *netip.Addr) value {
	return narrowed(addr(p), p, "is not an address of one machine", func(a netip.Addr) bool { return !a.IsMulticast() && !a.IsUnspecified() })
}

// multicast is an address of a group.
func multicast(p *netip.Addr) value {
	return narrowed(addr(p), p, "is not a multicast address", netip.Addr.IsMulticast)
}

// narrowed allows only some of the addresses.
func narrowed(v value, p *netip.Addr, reason string, allowed func(netip.Addr) bool) value {
	set := v.set
	v.set = func(word string) error {
		before := *p
		if err := set(word); err != nil {
			return err
		}
		if !allowed(*p) {
			*p = before
			return errors.New(reason)
		}
		return nil
	}
	return v
}

// fields of a bridge, behind "type bridge".
func (b *Bridge) fields() []field {
	return section("bridge",
		field{key: "stp_state", val: bit(&b.STP), help: "the spanning tree protocol, which breaks loops between switches"},
		field{key: "vlan_filtering", val: bit(&b.VLANFiltering), help: "whether the bridge keeps VLANs apart"},
		field{key: "ageing_time", val: maybeNumber(&b.AgeingTime, "%d hundredths of a second"), help: "how long the bridge remembers a MAC address"},
		field{key: "forward_delay", val: maybeNumber(&b.ForwardDelay, "%d hundredths of a second"), help: "how long a new port waits before it forwards"},
	)
}
