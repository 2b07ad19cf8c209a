package kernel

import (
	"net/netip"
	"strconv"
	"strings"

	"golang.org/x/sys/unix"

	"netlab/internal/snapshot"
)

// name is the name of the link with this number, as ip writes it.
func (sp *space) name(index int) string {
	if name, ok := sp.names[index]; ok {
		return name
	}
	return "if" + strconv.Itoa(index)
}

// nameLinks puts names where links only know numbers. What a vxlan lies over
// in another namespace is named when all of them are known.
func (sp *space) nameLinks() {
	for i := range sp.snap.Links {
		l := &sp.snap.Links[i]
		l.Master = linkNamed(l.Master, sp.name)
		if l.VXLAN != nil && l.PeerNSID < 0 {
			l.VXLAN.Dev = linkNamed(l.VXLAN.Dev, sp.name)
		}
	}
}

// linkNamed is the name of a link of which only the number is known; empty for none.
func linkNamed(number string, name func(int) string) string {
	n, err := strconv.Atoi(number)
	if err != nil || n == 0 {
		return ""
	}
	return name(n)
}

// addrFlags are the flags of an address in the order in which ip prints them
// (IFA_F_ in linux/if_addr.h).
func addrFlags() []struct {
	bit  uint32
	name string
} {
	return []struct {
		bit  uint32
		name string
	}{
		{unix.IFA_F_SECONDARY, "secondary"},
		{unix.IFA_F_NODAD, "nodad"},
		{unix.IFA_F_OPTIMISTIC, "optimistic"},
		{unix.IFA_F_DADFAILED, "dadfailed"},
		{unix.IFA_F_HOMEADDRESS, "home"},
		{unix.IFA_F_DEPRECATED, "deprecated"},
		{unix.IFA_F_TENTATIVE, "tentative"},
		{unix.IFA_F_PERMANENT, "permanent"},
		{unix.IFA_F_MANAGETEMPADDR, "mngtmpaddr"},
		{unix.IFA_F_NOPREFIXROUTE, "noprefixroute"},
		{unix.IFA_F_MCAUTOJOIN, "autojoin"},
		{unix.IFA_F_STABLE_PRIVACY, "stable-privacy"},
	}
}

func (sp *space) addAddr(b []byte) {
	if len(b) < unix.SizeofIfAddrmsg || b[0] != unix.AF_INET && b[0] != unix.AF_INET6 {
		return
	}
	a := snapshot.Addr{Link: sp.name(int(u32(b[4:]))), Scope: wordFor(names.scopes, int(b[3]))}
	var local, far netip.Addr
	flags := uint32(b[2])
	for kind, v := range attrs(b[unix.SizeofIfAddrmsg:]) {
		switch kind {
		case unix.IFA_LOCAL:
			local = addr(v)
		case unix.IFA_ADDRESS:
			far = addr(v)
		case unix.IFA_BROADCAST:
			a.Broadcast = addr(v)
		case unix.IFA_LABEL:
			a.Label = cString(v)
		case unix.IFA_FLAGS:
			flags = u32(v)
		case unix.IFA_RT_PRIORITY:
			a.Metric = u32(v)
		}
	}
	if !local.IsValid() {
		local = far
	}
	a.Prefix = netip.PrefixFrom(local, int(b[1]))
	if far.IsValid() && far != local {
		a.Peer = netip.PrefixFrom(far, int(b[1]))
	}
	for _, f := range addrFlags() {
		if flags&f.bit != 0 {
			a.Flags = append(a.Flags, f.name)
		}
	}
	sp.snap.Addrs = append(sp.snap.Addrs, a)
}

// routePrefs are IPv6 router preferences (RFC 4191).
func routePref(n uint8) string {
	switch n {
	case 0:
		return "medium"
	case 1:
		return "high"
	case 3:
		return "low"
	}
	return strconv.Itoa(int(n))
}

// addRoute adds a route, but for those of table local and for what the kernel
// only remembers of a lookup.
func (sp *space) addRoute(b []byte) {
	if len(b) < unix.SizeofRtMsg || b[0] != unix.AF_INET && b[0] != unix.AF_INET6 {
		return
	}
	r := snapshot.Route{
		Family: 4, Table: uint32(b[4]), Proto: wordFor(names.protos, int(b[5])), Scope: wordFor(names.scopes, int(b[6])),
		Type: wordFor(names.types, int(b[7])),
	}
	dst := netip.IPv4Unspecified()
	if b[0] == unix.AF_INET6 {
		r.Family, dst = 6, netip.IPv6Unspecified()
	}
	flags := u32(b[8:])
	for kind, v := range attrs(b[unix.SizeofRtMsg:]) {
		if kind == unix.RTA_DST {
			dst = addr(v)
		}
		sp.routeAttr(&r, &flags, kind, v)
	}
	if r.Table == unix.RT_TABLE_LOCAL || flags&unix.RTM_F_CLONED != 0 {
		return
	}
	r.Dst = netip.PrefixFrom(dst, int(b[1]))
	r.Dead = flags&unix.RTNH_F_DEAD != 0
	r.Onlink = flags&unix.RTNH_F_ONLINK != 0
	r.LinkDown = flags&unix.RTNH_F_LINKDOWN != 0
	sp.snap.Routes = append(sp.snap.Routes, r)
}

func (sp *space) routeAttr(r *snapshot.Route, flags *uint32, kind uint16, v []byte) {
	switch kind {
	case unix.RTA_TABLE:
		r.Table = u32(v)
	case unix.RTA_GATEWAY:
		r.Via = addr(v)
	case unix.RTA_VIA:
		r.Via = addr(v[min(2, len(v)):])
	case unix.RTA_OIF:
		r.Link = sp.name(int(u32(v)))
	case unix.RTA_PREFSRC:
		r.Src = addr(v)
	case unix.RTA_PRIORITY:
		r.Metric = u32(v)
	case unix.RTA_PREF:
		r.Pref = routePref(u8(v))
	case unix.RTA_METRICS:
		for metric, value := range attrs(v) {
			if metric == unix.RTAX_MTU {
				r.MTU = int(u32(value))
			}
		}
	case unix.RTA_MULTIPATH:
		sp.firstHop(r, flags, v)
	}
}

// firstHop takes the first way of a route with several: struct rtnexthop and
// attributes.
func (sp *space) firstHop(r *snapshot.Route, flags *uint32, b []byte) {
	if len(b) < unix.SizeofRtNexthop {
		return
	}
	*flags |= uint32(b[2])
	r.Link = sp.name(int(u32(b[4:])))
	size := min(max(int(u16(b)), unix.SizeofRtNexthop), len(b))
	for kind, v := range attrs(b[unix.SizeofRtNexthop:size]) {
		switch kind {
		case unix.RTA_GATEWAY:
			r.Via = addr(v)
		case unix.RTA_VIA:
			r.Via = addr(v[min(2, len(v)):])
		}
	}
	if n := hops(b); n > 1 {
		r.Ways = n
	}
}

// hops counts the ways of a route.
func hops(b []byte) int {
	n := 0
	for len(b) >= unix.SizeofRtNexthop {
		// Each is filled up to a multiple of four bytes (RTNH_ALIGN).
		size := max(int(u16(b)), unix.SizeofRtNexthop)
		b = b[min((size+3)&^3, len(b)):]
		n++
	}
	return n
}

// addNeigh adds a neighbour, but for those that need no ARP: broadcast,
// multicast, loopback.
func (sp *space) addNeigh(b []byte) {
	if len(b) < sizeofNdmsg || b[0] != unix.AF_INET && b[0] != unix.AF_INET6 {
		return
	}
	state, flags := u16(b[8:]), b[10]
	n := snapshot.Neigh{
		Link: sp.name(int(u32(b[4:]))), State: nudWord(state),
		Proxy: flags&unix.NTF_PROXY != 0, Router: flags&unix.NTF_ROUTER != 0,
	}
	if !n.Proxy && (state == 0 || state&unix.NUD_NOARP != 0) {
		return
	}
	for kind, v := range attrs(b[sizeofNdmsg:]) {
		switch kind {
		case unix.NDA_DST:
			n.Addr = addr(v)
		case unix.NDA_LLADDR:
			n.MAC = hardware(v)
		}
	}
	sp.snap.Neighs = append(sp.snap.Neighs, n)
}

// nudWord is the state of a neighbour in capital letters, as ip prints it.
func nudWord(state uint16) string {
	for _, n := range names.nuds {
		if n.number != unix.NUD_NONE && int(state)&n.number != 0 {
			return strings.ToUpper(n.word)
		}
	}
	return ""
}

// fdbWord is the state of an entry in bridge's words; a learned one has none
// there, and is called reachable here.
func fdbWord(state uint16) string {
	switch {
	case state&unix.NUD_PERMANENT != 0:
		return "permanent"
	case state&unix.NUD_NOARP != 0:
		return "static"
	case state&unix.NUD_STALE != 0:
		return "stale"
	case state&unix.NUD_REACHABLE != 0:
		return "reachable"
	}
	return nudWord(state)
}

// ntfSticky marks an entry that stays at its port (NTF_STICKY in
// linux/neighbour.h).
const ntfSticky = 1 << 6

func (sp *space) addFDB(b []byte) {
	if len(b) < sizeofNdmsg || b[0] != unix.AF_BRIDGE {
		return
	}
	flags := b[10]
	f := snapshot.FDB{
		Link: sp.name(int(u32(b[4:]))), State: fdbWord(u16(b[8:])), Self: flags&unix.NTF_SELF != 0,
	}
	if flags&unix.NTF_EXT_LEARNED != 0 {
		f.Flags = append(f.Flags, "extern_learn")
	}
	if flags&ntfSticky != 0 {
		f.Flags = append(f.Flags, "sticky")
	}
	for kind, v := range attrs(b[sizeofNdmsg:]) {
		switch kind {
		case unix.NDA_LLADDR:
			f.MAC = hardware(v)
		case unix.NDA_DST:
			f.Dst = addr(v)
		case unix.NDA_VLAN:
			f.VLAN = int(u16(v))
		case unix.NDA_VNI:
			f.VNI = u32(v)
		case unix.NDA_PORT:
			f.Port = be16(v)
		case unix.NDA_IFINDEX:
			f.Via = sp.name(int(u32(v)))
		case unix.NDA_MASTER:
			f.Master = sp.name(int(u32(v)))
		}
	}
	sp.snap.FDB = append(sp.snap.FDB, f)
}
