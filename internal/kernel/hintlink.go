package kernel

import (
	"fmt"
	"net/netip"
	"strings"

	"golang.org/x/sys/unix"

	"netlab/internal/complaint"
	"netlab/internal/op"
	"netlab/internal/snapshot"
)

// maxName is how long the name of a link may be (IFNAMSIZ in linux/if.h,
// without the zero byte).
const maxName = unix.IFNAMSIZ - 1

func (h *hinter) linkAdd(o *op.LinkAdd) string {
	if s := h.words(); s != "" {
		return s
	}
	switch h.err.Errno {
	case unix.EEXIST:
		return h.taken(o)
	case unix.EOPNOTSUPP:
		if h.err.Ext == "Unknown device type" {
			return fmt.Sprintf("this kernel has no %s: %s", o.Kind, complaint.KernelWithout)
		}
		return h.option(o.Bridge)
	case unix.ERANGE:
		return fmt.Sprintf("a link's name has at most %d letters", maxName)
	case unix.EINVAL:
		return h.size(o.MTU)
	}
	return ""
}

// words is about a namespace or a link that another word of the line names.
func (h *hinter) words() string {
	if !strings.HasPrefix(h.err.Text, "Error: argument") {
		return ""
	}
	name := quoted(h.err.Text)
	if strings.Contains(h.err.Text, "netns") {
		return h.noSpace(name)
	}
	return h.missing(name)
}

// taken is about a new link whose name, or whose other end's, exists.
func (h *hinter) taken(o *op.LinkAdd) string {
	for _, end := range []struct{ name, space string }{{o.Name, o.Netns}, {o.Peer.Name, o.Peer.Netns}} {
		where := end.space
		if where == "" {
			where = h.where
		}
		space, _ := h.lab.Space(where)
		if _, ok := space.Link(end.name); ok {
			return fmt.Sprintf("%s has a link called %s already: %s", where, end.name, complaint.NamesUnique)
		}
	}
	if o.Kind == "vxlan" {
		return fmt.Sprintf("another vxlan here has the number %d and the same port already", o.VXLAN.ID)
	}
	return complaint.SameEnds
}

func (h *hinter) option(b op.Bridge) string {
	if b.VLANFiltering != nil {
		return "this kernel's bridges know no VLANs"
	}
	return ""
}

func (h *hinter) size(mtu int) string {
	if mtu != 0 && strings.Contains(h.err.Ext, "mtu") {
		return fmt.Sprintf("%d is a size that this kind of link cannot have: %s", mtu, complaint.SizeRange)
	}
	return ""
}

func (h *hinter) linkSet(o *op.LinkSet) string {
	if s := h.words(); s != "" {
		return s
	}
	l, _ := h.space.Link(o.Dev)
	switch {
	case o.Master != nil && *o.Master != "":
		return h.port(l, *o.Master)
	case o.Netns != "" && h.err.Errno == unix.EEXIST:
		return fmt.Sprintf("%s has a link called %s already", o.Netns, o.Dev)
	case o.Netns != "" && l.Kind == "loopback":
		return complaint.LoStays
	case o.NewName != "" && h.err.Errno == unix.EEXIST:
		return fmt.Sprintf("%s has a link called %s already", h.where, o.NewName)
	case o.Address != "" && h.err.Errno == unix.EADDRNOTAVAIL:
		return complaint.MACOfOne
	case o.MTU != 0:
		return h.size(o.MTU)
	case h.err.Errno == unix.EOPNOTSUPP && o.Kind != "":
		if l.Kind != o.Kind {
			return fmt.Sprintf("%s is a %s, not a %s", o.Dev, l.Kind, o.Kind)
		}
		return h.option(o.Bridge)
	}
	return ""
}

// port is about a link that cannot become a port.
func (h *hinter) port(l snapshot.Link, name string) string {
	master, _ := h.space.Link(name)
	switch {
	case l.Name == name:
		return complaint.BridgeItself
	case master.Kind != "" && master.Kind != "bridge":
		return fmt.Sprintf("%s is a %s, not a bridge: %s", name, master.Kind, complaint.OnlyBridges)
	case h.err.Errno == unix.ELOOP || l.Kind == "bridge":
		return complaint.BridgeInBridge
	case l.Kind == "loopback":
		return complaint.LoNoPort
	}
	return ""
}

func (h *hinter) linkDel(o *op.LinkDel) string {
	l, _ := h.space.Link(o.Dev)
	switch {
	case l.Kind == "loopback":
		return complaint.LoNotRemoved
	case o.Kind != "" && l.Kind != o.Kind:
		return fmt.Sprintf("%s is a %s, not a %s", o.Dev, l.Kind, o.Kind)
	}
	return ""
}

func (h *hinter) addrAdd(o *op.AddrAdd) string {
	switch {
	case h.err.Errno == unix.EEXIST:
		return fmt.Sprintf("%s has %s already", o.Dev, o.Prefix.Addr())
	case h.err.Errno == unix.EACCES:
		return complaint.SixOff + " on " + o.Dev
	case o.Prefix.Addr().IsMulticast():
		return complaint.GroupAddress
	case o.Label != "" && h.err.Errno == unix.EINVAL:
		return "a label begins with the name of the link"
	}
	return ""
}

func (h *hinter) addrDel(o *op.AddrDel) string {
	if h.err.Errno != unix.EADDRNOTAVAIL {
		return ""
	}
	for _, a := range h.space.Addrs {
		switch {
		case a.Prefix.Addr() != o.Prefix.Addr():
		case a.Link != o.Dev:
			return fmt.Sprintf("%s is on %s, not on %s", a.Prefix.Addr(), a.Link, o.Dev)
		default:
			return fmt.Sprintf("%s has %s: %s", o.Dev, a.Prefix, complaint.LengthSame)
		}
	}
	return fmt.Sprintf("%s does not have this address; it has %s", o.Dev, h.addrs(o.Dev))
}

func (h *hinter) addrs(dev string) string {
	var all []string
	for _, a := range h.space.Addrs {
		if a.Link == dev {
			all = append(all, a.Prefix.String())
		}
	}
	if all == nil {
		return "none"
	}
	return list(all)
}

func (h *hinter) routeAdd(o *op.RouteAdd) string {
	dst := o.Dst
	switch {
	case h.err.Errno == unix.EEXIST:
		return complaint.SameRoute
	case h.err.Errno == unix.ENETUNREACH || h.err.Errno == unix.ENETDOWN || h.err.Errno == unix.EHOSTUNREACH:
		return h.unreachable(o)
	case dst.IsValid() && dst != dst.Masked():
		return fmt.Sprintf("%s is an address in %s: %s", dst.Addr(), dst.Masked(), complaint.RouteOfNetwork)
	case o.Via.IsValid() && h.isOwn(o.Via):
		return fmt.Sprintf("%s belongs to %s itself: %s", o.Via, h.where, complaint.GatewayOwn)
	case o.Src.IsValid() && !h.isOwn(o.Src):
		return fmt.Sprintf("%s is not an address of %s", o.Src, h.where)
	}
	return ""
}

// unreachable is about a route whose first hop the kernel cannot reach.
func (h *hinter) unreachable(o *op.RouteAdd) string {
	if l, ok := h.space.Link(o.Dev); ok && !l.Up {
		return fmt.Sprintf("%s is down; bring the link up first: %s", o.Dev, complaint.RouteLinkDown)
	}
	if !o.Via.IsValid() {
		return ""
	}
	for _, a := range h.space.Addrs {
		l, _ := h.space.Link(a.Link)
		if !l.Up && a.Prefix.Contains(o.Via) {
			return fmt.Sprintf("%s has %s but is down; bring the link up first: %s", a.Link, a.Prefix, complaint.RouteLinkDown)
		}
	}
	return fmt.Sprintf("%s: compare %s with the addresses of %s", complaint.GatewayElsewhere, o.Via, h.where)
}

func (h *hinter) isOwn(own netip.Addr) bool {
	for _, a := range h.space.Addrs {
		if a.Prefix.Addr() == own {
			return true
		}
	}
	return false
}

func (h *hinter) routeDel(o *op.RouteDel) string {
	if h.err.Errno != unix.ESRCH {
		return ""
	}
	for _, r := range h.space.Routes {
		if r.Dst == o.Dst || o.Default && r.Dst.IsValid() && r.Dst.Bits() == 0 {
			return complaint.OtherWords
		}
	}
	return complaint.NoRoute
}
