package snapshot

import (
	"fmt"
	"net/netip"
	"slices"
	"strconv"
	"strings"

	"netlab/internal/op"
)

// showRoutes is "ip route show" and the old "route -n".
func (s Space) showRoutes(q op.Query) (string, error) {
	if err := s.device(q.Dev, noSuchDevice, 1); err != nil {
		return "", err
	}
	table, ok := tableOf(q.Table)
	if !ok {
		return "", ErrNoView
	}
	old := isOld(q.Args)
	var b strings.Builder
	if old {
		b.WriteString("Kernel IP routing table\nDestination     Gateway         Genmask         Flags Metric Ref    Use Iface\n")
	}
	for _, r := range s.Routes {
		if r.Table != table || r.Family != familyOf(q) || q.Dev != "" && r.Link != q.Dev || !r.is(q.To) {
			continue
		}
		if old {
			r.showOld(&b)
		} else {
			r.show(&b, q.Dev == "")
		}
	}
	return b.String(), nil
}

// isOld tells whether the question was put to the old route command.
func isOld(args []string) bool {
	if _, inner, ok := op.ParseExec(args); ok {
		args = inner
	}
	return len(args) > 0 && baseName(args[0]) == "route"
}

func baseName(path string) string { return path[strings.LastIndexByte(path, '/')+1:] }

// tableOf is the number of a table that snapshots have: not local, not all.
func tableOf(name string) (uint32, bool) {
	switch name {
	case "", "main":
		return mainTable, true
	case "default":
		return 253, true
	}
	n, err := strconv.ParseUint(name, 0, 32)
	return uint32(n), err == nil && n != 0 && n != 255
}

// familyOf is the one family that a list of routes has.
func familyOf(q op.Query) int {
	if q.Family == op.IPv6 {
		return 6
	}
	if p, err := toPrefix(q.To); err == nil && p.Addr().Is6() {
		return 6
	}
	return 4
}

// is tells whether the route is to exactly what was asked for.
func (r Route) is(to string) bool {
	switch to {
	case "":
		return true
	case "default":
		return r.Dst.Bits() == 0
	}
	p, err := toPrefix(to)
	return err == nil && p == r.Dst
}

func (r Route) show(b *strings.Builder, withDev bool) {
	w := words{}
	if r.Type != "unicast" {
		w.add(r.Type)
	}
	w.add(r.destination())
	r.way(&w, withDev)
	if r.Proto != "boot" {
		w.opt("proto", r.Proto)
	}
	if r.Scope != "global" {
		w.opt("scope", r.Scope)
	}
	w.opt("src", address(r.Src))
	if r.Metric > 0 || r.Family == 6 {
		w.opt("metric", fmt.Sprint(r.Metric))
	}
	w.flag(r.Dead, "dead")
	w.flag(r.Onlink, "onlink")
	w.flag(r.LinkDown, "linkdown")
	w.opt("mtu", positive(r.MTU))
	b.WriteString(w.String() + " ")
	if r.Pref != "" {
		b.WriteString("pref " + r.Pref)
	}
	b.WriteString("\n")
}

func (r Route) way(w *words, withDev bool) {
	if r.Via.IsValid() && r.Via.Is6() != (r.Family == 6) {
		w.opt("via inet6", r.Via.String())
	} else {
		w.opt("via", address(r.Via))
	}
	if withDev {
		w.opt("dev", r.Link)
	}
}

// showOld is a line of the old route command, which knows IPv4 only.
func (r Route) showOld(b *strings.Builder) {
	gateway, flags, ref, dev := "0.0.0.0", "U", "0", r.Link
	if r.Via.IsValid() {
		gateway, flags = r.Via.String(), "UG"
	}
	if r.Dst.IsSingleIP() {
		flags += "H"
	}
	switch r.Type {
	case "unreachable", "prohibit":
		gateway, flags, ref, dev = "-", strings.Replace(flags, "U", "!", 1), "-", "-"
	case "blackhole", "throw":
		dev = "*"
	}
	mask := netip.PrefixFrom(limitedBroadcast(), r.Dst.Bits()).Masked().Addr()
	fmt.Fprintf(b, "%-15s %-15s %-15s %-5s %-6d %-3s      0 %s\n", r.Dst.Addr(), gateway, mask, flags, r.Metric, ref, dev)
}

// routeTo is "ip route get": the longest prefix wins, then the lowest metric.
// Groups have ways of their own, which snapshots do not have.
func (s Space) routeTo(q op.Query) (string, error) {
	to, err := netip.ParseAddr(q.To)
	if err != nil || to.IsMulticast() || to == limitedBroadcast() {
		return "", ErrNoView
	}
	if s.isOwn(to) {
		return s.localTo(to), nil
	}
	if a, ok := s.broadcastOf(to); ok {
		return fmt.Sprintf("broadcast %s dev %s src %s uid 0 \n    cache <local,brd> \n", to, a.Link, s.firstOf(a.Prefix.Addr())), nil
	}
	r, ok := s.Lookup(to)
	if !ok {
		return "", &Refusal{"RTNETLINK answers: Network is unreachable", 2}
	}
	switch r.Type {
	case "blackhole":
		return "", &Refusal{"RTNETLINK answers: Invalid argument", 2}
	case "unreachable":
		return "", &Refusal{"RTNETLINK answers: No route to host", 2}
	case "prohibit":
		return "", &Refusal{"RTNETLINK answers: Permission denied", 2}
	}
	w := words{to.String()}
	w.flag(to.Is6(), "from ::")
	r.way(&w, true)
	if to.Is6() && r.Proto != "boot" {
		w.opt("proto", r.Proto)
	}
	w.opt("src", address(s.sourceFor(r, to)))
	if to.Is6() {
		w.opt("metric", fmt.Sprint(r.Metric))
		return w.String() + " pref " + r.Pref + "\n", nil
	}
	return w.String() + " uid 0 \n    cache \n", nil
}

// limitedBroadcast means everybody on the link (RFC 919).
func limitedBroadcast() netip.Addr { return netip.AddrFrom4([4]byte{255, 255, 255, 255}) }

// localTo is the way to an address of the namespace itself.
func (s Space) localTo(own netip.Addr) string {
	if own.Is6() {
		return fmt.Sprintf("local %s from :: dev lo table local proto kernel src %s metric 0 pref medium\n", own, own)
	}
	return fmt.Sprintf("local %s dev lo src %s uid 0 \n    cache <local> \n", own, s.firstOf(own))
}

// broadcastOf finds the address in whose network to is the broadcast address:
// the one that was given, and the last one of the network. Two hosts have none.
func (s Space) broadcastOf(to netip.Addr) (Addr, bool) {
	i := slices.IndexFunc(s.Addrs, func(a Addr) bool {
		l, _ := s.Link(a.Link)
		last := a.Prefix.Contains(to) && a.Prefix.Bits() < 31 && !a.Prefix.Contains(to.Next())
		return l.Up && to.Is4() && (last || a.Broadcast == to)
	})
	if i < 0 {
		return Addr{}, false
	}
	return s.Addrs[i], true
}

// firstOf is the first address on the same link and in the same network as one
// of the namespace's own: packets to oneself come from there.
func (s Space) firstOf(own netip.Addr) netip.Addr {
	i := slices.IndexFunc(s.Addrs, func(a Addr) bool { return a.Prefix.Addr() == own })
	if i < 0 {
		return own
	}
	for _, a := range s.Addrs {
		if own.Is4() && a.Link == s.Addrs[i].Link && a.Prefix.Masked() == s.Addrs[i].Prefix.Masked() {
			return a.Prefix.Addr()
		}
	}
	return own
}

// isOwn tells whether an address is one of the namespace itself.
func (s Space) isOwn(to netip.Addr) bool {
	return slices.ContainsFunc(s.Addrs, func(a Addr) bool {
		l, _ := s.Link(a.Link)
		return l.Up && (a.Prefix.Addr() == to || a.Link == "lo" && a.Prefix.Contains(to))
	})
}

// Lookup returns the route of table main by which a packet to an address is
// sent, and whether there is one.
func (s Space) Lookup(to netip.Addr) (Route, bool) {
	best, found := Route{}, false
	for _, r := range s.Routes {
		if !r.isMain() || r.Dead || r.Type == "throw" || !r.Dst.Contains(to) {
			continue
		}
		if !found || r.Dst.Bits() > best.Dst.Bits() || r.Dst.Bits() == best.Dst.Bits() && r.Metric < best.Metric {
			best, found = r, true
		}
	}
	return best, found
}

// sourceFor is the address that a packet gets which nobody gave one: the
// route's own, else the first of the link that shares a network with the next
// hop, else the first that has meaning there.
func (s Space) sourceFor(r Route, to netip.Addr) netip.Addr {
	if r.Src.IsValid() {
		return r.Src
	}
	next := to
	if r.Via.IsValid() {
		next = r.Via
	}
	var first netip.Addr
	for _, a := range s.Addrs {
		own := a.Prefix.Addr()
		if a.Link != r.Link || own.Is4() != to.Is4() {
			continue
		}
		if a.Prefix.Contains(next) {
			return own
		}
		if !first.IsValid() && a.Scope == "global" {
			first = own
		}
	}
	return first
}
