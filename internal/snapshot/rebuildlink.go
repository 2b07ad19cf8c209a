package snapshot

import (
	"net/netip"
	"slices"
	"strings"

	"netlab/internal/op"
)

// Sizes of the largest packet that a new link takes, in bytes: ETH_DATA_LEN
// and lo's own (linux/if_ether.h, drivers/net/loopback.c); and what a vxlan
// takes away from the link below it (VXLAN_HEADROOM in net/vxlan.h).
const (
	etherMTU     = 1500
	loMTU        = 65536
	vxlanHeader  = 50
	vxlanHeader6 = 70
)

// links makes all links; those that lie over others come last.
func (r *rebuilder) links() {
	for _, over := range []bool{false, true} {
		for _, s := range r.lab.Spaces {
			for _, l := range s.Links {
				if (l.Kind == "vxlan") == over && !r.rebuilt(s, l.Name) {
					r.link(s, l)
				}
			}
		}
	}
}

func (r *rebuilder) link(s Space, l Link) {
	if other, ok := s.Link(l.Peer); ok && l.PeerSpace == s.Name && other.Index > l.Index {
		// The kernel makes the end that the command names first as the second.
		l = other
	}
	o := &op.LinkAdd{Name: l.Name, Kind: l.Kind, Address: r.address(s, l), MTU: r.mtu(s, l)}
	from := s.Name
	switch {
	case l.Kind == "veth" && l.Peer != "":
		far, _ := r.lab.Space(l.PeerSpace)
		end, _ := far.Link(l.Peer)
		o.Peer = op.Peer{Name: l.Peer, Address: r.address(far, end), MTU: r.mtu(far, end)}
		if l.PeerSpace != s.Name {
			o.Peer.Netns = l.PeerSpace
		}
		r.made[l.PeerSpace+" "+l.Peer] = true
	case l.Kind == "bridge":
		o.Bridge = bridgeOptions(*l.Bridge)
	case l.Kind == "vxlan" && (l.PeerNSID < 0 || l.PeerSpace != ""):
		o.VXLAN = vxlanOptions(*l.VXLAN)
		if l.PeerSpace != "" && l.PeerSpace != s.Name {
			from, o.Netns = l.PeerSpace, named(s.Name)
		}
	case l.Kind != "dummy":
		r.leave(s, l)
		return
	}
	r.made[s.Name+" "+l.Name] = true
	r.do(from, o)
}

// named is the namespace as a target of ip: the first process of a lab stands
// for host, which has no name.
func named(space string) string {
	if space == Host {
		return "1"
	}
	return space
}

// leave says that a link is not made, unless the kernel makes it in each new
// namespace (net.core.fb_tunnels_only_for_init_net).
func (r *rebuilder) leave(s Space, l Link) {
	fallback := []string{"tunl0", "gre0", "gretap0", "erspan0", "ip_vti0", "ip6_vti0", "sit0", "ip6tnl0", "ip6gre0"}
	switch {
	case slices.Contains(fallback, l.Name):
	case l.Kind == "veth":
		r.note(s, "link %s, a veth whose other end is not in the lab, and what is on it", l.Name)
	case l.Kind == "vxlan":
		r.note(s, "link %s, a vxlan whose packets leave from a namespace outside the lab, and what is on it", l.Name)
	default:
		r.note(s, "link %s of the kind %q, and what is on it: only veth, bridge, vxlan and dummy are", l.Name, l.Kind)
	}
}

func bridgeOptions(b Bridge) op.Bridge {
	var o op.Bridge
	if b.STP {
		o.STP = &b.STP
	}
	if b.VLANFiltering {
		o.VLANFiltering = &b.VLANFiltering
	}
	if b.AgeingTime != defaultAgeing {
		o.AgeingTime = &b.AgeingTime
	}
	if b.ForwardDelay != defaultDelay {
		o.ForwardDelay = &b.ForwardDelay
	}
	return o
}

// A new bridge's settings, in hundredths of a second, and the first half of
// its identifier (br_dev_setup in net/bridge/br_device.c).
const (
	defaultAgeing   = 30000
	defaultDelay    = 1500
	defaultPriority = "8000."
)

func vxlanOptions(v VXLAN) op.VXLAN {
	o := op.VXLAN{ID: v.ID, HasID: true, Local: v.Local, Dev: v.Dev, DstPort: v.DstPort}
	if v.Remote.IsMulticast() {
		o.Group = v.Remote
	} else {
		o.Remote = v.Remote
	}
	if !v.Learning {
		o.Learning = new(bool)
	}
	return o
}

// address is the MAC address that a link must be given; empty if the kernel
// may draw one. A bridge takes the lowest of its ports by itself.
func (r *rebuilder) address(s Space, l Link) string {
	ports := s.portsOf(l)
	lowest := slices.ContainsFunc(ports, func(p Link) bool { return p.MAC == l.MAC }) &&
		(drawn(l.MAC) || !slices.ContainsFunc(ports, func(p Link) bool { return p.MAC < l.MAC }))
	switch {
	case strings.Trim(l.MAC, "0:") == "", lowest:
		return ""
	case r.meant[l.MAC], !drawn(l.MAC), len(ports) > 0:
		return l.MAC
	}
	return ""
}

// portsOf are the ports of a bridge.
func (s Space) portsOf(bridge Link) []Link {
	if bridge.Bridge == nil {
		return nil
	}
	return slices.DeleteFunc(slices.Clone(s.Links), func(l Link) bool { return l.Master == "" || l.Master != bridge.Name })
}

// mtu is the MTU that a link must be given when it is made; 0 if it has the
// usual one. A bridge's comes when it has its ports.
func (r *rebuilder) mtu(s Space, l Link) int {
	usual := etherMTU
	switch {
	case l.Kind == "bridge":
		return 0
	case l.VXLAN != nil && l.VXLAN.Dev != "":
		below := s
		if l.PeerSpace != "" {
			below, _ = r.lab.Space(l.PeerSpace)
		}
		lower, _ := below.Link(l.VXLAN.Dev)
		usual = lower.MTU - l.VXLAN.headers()
	}
	if l.MTU == usual {
		return 0
	}
	return l.MTU
}

func (v VXLAN) headers() int {
	six := func(a netip.Addr) bool { return a.Is6() }
	if six(v.Remote) || six(v.Local) {
		return vxlanHeader6
	}
	return vxlanHeader
}
