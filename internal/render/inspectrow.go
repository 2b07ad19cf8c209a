package render

import (
	"fmt"
	"slices"
	"strings"

	"netlab/internal/snapshot"
)

// The rows of the tables of inspect.

// lineEnd begins a new line inside a cell.
func lineEnd() span { return span{breaks: true} }

// link is a link's row: what it is, whether frames pass, and below each other
// its addresses, where it leads to, and its MAC address and size.
func (i *inspector) link(s snapshot.Space, l snapshot.Link) [][]span {
	var about []span
	for _, part := range [][]span{addrParts(s, l), tieParts(s, l), i.sizeParts(l)} {
		if len(part) == 0 {
			continue
		}
		if len(about) > 0 {
			about = append(about, lineEnd())
		}
		about = append(about, part...)
	}
	return [][]span{{tidy(strong, l.Name)}, {linkState(l)}, about}
}

// linkState is UP only where frames pass: that is what one looks for.
func linkState(l snapshot.Link) span {
	switch {
	case !l.Up:
		return in(bad, "DOWN")
	case !l.Carrier:
		return in(warn, "NO-CARRIER")
	}
	return in(good, "UP")
}

// addrParts are the addresses of a link, with what is unusual about them.
func addrParts(s snapshot.Space, l snapshot.Link) []span {
	var parts []span
	for n, a := range s.AddrsOf(l.Name) {
		if n > 0 {
			parts = append(parts, in(quiet, " · "))
		}
		words := a.Prefix.String()
		if a.Peer.IsValid() {
			words = a.Prefix.Addr().String() + " peer " + a.Peer.String()
		}
		parts = append(parts, span{text: words, tone: code, whole: true})
		if odd := oddFlags(a); len(odd) > 0 {
			parts = append(parts, text(" "), tidy(warn, "("+strings.Join(odd, ", ")+")"))
		}
	}
	return parts
}

// oddFlags are the flags that an address has only sometimes.
func oddFlags(a snapshot.Addr) []string {
	odd := slices.DeleteFunc(slices.Clone(a.Flags), func(f string) bool { return f == "permanent" })
	if !slices.Contains(a.Flags, "permanent") {
		odd = append(odd, "dynamic")
	}
	return odd
}

// loMTU is the MTU of each lo, which says nothing.
const loMTU = 65536

func (i *inspector) sizeParts(l snapshot.Link) []span {
	var parts []span
	if l.Kind != "loopback" || i.opt.All {
		parts = append(parts, tidy(plain, l.MAC))
	}
	if l.Kind != "loopback" || l.MTU != loMTU || i.opt.All {
		parts = append(parts, text(fmt.Sprintf("mtu %d", l.MTU)))
	}
	for _, flag := range []string{"NOARP", "PROMISC"} {
		if slices.Contains(l.Flags, flag) && l.Kind != "dummy" {
			parts = append(parts, in(warn, flag))
		}
	}
	if l.Alias != "" {
		parts = append(parts, tidy(quiet, fmt.Sprintf("alias %q", l.Alias)))
	}
	return dots(parts...)
}

// tieParts say what a link is, what it is a part of, and where it leads to.
func tieParts(s snapshot.Space, l snapshot.Link) []span {
	if l.Kind == "loopback" && len(s.AddrsOf(l.Name)) > 0 {
		return nil
	}
	parts := []span{tidy(plain, l.Kind)}
	if l.Master != "" {
		parts = append(parts, tidy(plain, "port of "+l.Master), portState(l))
	}
	switch {
	case l.Peer != "" && l.PeerSpace == s.Name:
		parts = append(parts, tidy(plain, "other end "+l.Peer))
	case l.Peer != "":
		parts = append(parts, tidy(plain, "other end "+l.Peer+" in "+l.PeerSpace))
	case l.Kind == "veth":
		parts = append(parts, in(warn, "other end not in the lab"))
	case l.Bridge != nil:
		parts = append(parts, bridgeParts(s, l)...)
	case l.VXLAN != nil:
		parts = append(parts, vxlanParts(l)...)
	}
	return dots(append(parts, portParts(l)...)...)
}

func portState(l snapshot.Link) span {
	if l.PortState == "forwarding" {
		return in(good, l.PortState)
	}
	return tidy(warn, l.PortState)
}

// portParts are the settings of a port that are not a new port's.
func portParts(l snapshot.Link) []span {
	var parts []span
	if p := l.Port; p != nil {
		for _, odd := range []struct {
			is   bool
			says string
		}{
			{!p.Learning, "learning off"}, {!p.Flood, "flood off"}, {p.Hairpin, "hairpin on"},
			{p.Isolated, "isolated on"}, {p.NeighSupp, "neigh_suppress on"},
		} {
			if odd.is {
				parts = append(parts, in(warn, odd.says))
			}
		}
	}
	return parts
}

func bridgeParts(s snapshot.Space, l snapshot.Link) []span {
	ports := 0
	for _, p := range s.Links {
		if p.Master == l.Name {
			ports++
		}
	}
	parts := []span{text(counted(ports, "port", "ports"))}
	if ports == 0 {
		parts[0] = in(warn, "no ports")
	}
	if l.Bridge.STP {
		parts = append(parts, text("stp on"))
	}
	if l.Bridge.VLANFiltering {
		parts = append(parts, text("vlan_filtering on"))
	}
	return parts
}

func vxlanParts(l snapshot.Link) []span {
	v := l.VXLAN
	parts := []span{text(fmt.Sprintf("id %d", v.ID))}
	if v.Remote.IsValid() {
		parts = append(parts, text("remote "+v.Remote.String()))
	}
	if v.Local.IsValid() {
		parts = append(parts, text("local "+v.Local.String()))
	}
	if dev := v.Dev; dev != "" || l.PeerSpace != "" {
		if l.PeerSpace != "" {
			dev = strings.TrimSpace(dev + " in " + l.PeerSpace)
		}
		parts = append(parts, tidy(plain, "dev "+dev))
	}
	parts = append(parts, text(fmt.Sprintf("dstport %d", v.DstPort)))
	if !v.Learning {
		parts = append(parts, in(warn, "nolearning"))
	}
	return parts
}

func routeRow(r snapshot.Route) [][]span {
	via := []span{}
	switch {
	case r.Type != "unicast":
		via = append(via, tidy(warn, r.Type))
	case r.Via.IsValid():
		via = append(via, text(r.Via.String()))
	}
	var more []span
	add := func(is bool, t tone, says string) {
		if is {
			more = append(more, tidy(t, says))
		}
	}
	add(r.LinkDown, warn, "linkdown")
	add(r.Dead, bad, "dead")
	add(r.Table != mainTable && r.Table != 0, plain, fmt.Sprintf("table %d", r.Table))
	add(r.Metric > 0, plain, fmt.Sprintf("metric %d", r.Metric))
	add(r.Src.IsValid(), plain, "src "+r.Src.String())
	add(r.MTU > 0, plain, fmt.Sprintf("mtu %d", r.MTU))
	add(r.Onlink, plain, "onlink")
	add(r.Ways > 1, warn, fmt.Sprintf("the first of %d ways", r.Ways))
	add(r.Proto != "boot", quiet, "proto "+r.Proto)
	return [][]span{{tidy(strong, r.Destination())}, via, {tidy(plain, r.Link)}, dots(more...)}
}

// mainTable is the number of table main (RT_TABLE_MAIN in linux/rtnetlink.h).
const mainTable = 254

func (i *inspector) neigh(n snapshot.Neigh) [][]span {
	state := tidy(plain, n.State)
	switch {
	case n.Proxy:
		state = in(warn, "proxy")
	case n.State == "FAILED" || n.State == "INCOMPLETE":
		state.tone = bad
	case n.State == "REACHABLE":
		state.tone = good
	}
	about := []span{state}
	if n.Router {
		about = append(about, text("router"))
	}
	about = append(about, tidy(quiet, i.lab.OwnerOf(n.MAC)))
	return [][]span{{tidy(strong, n.Addr.String())}, {tidy(plain, n.Link)}, {tidy(plain, n.MAC)}, dots(about...)}
}

// entry is a row of a forwarding table: where frames for an address go.
func (i *inspector) entry(f snapshot.FDB) [][]span {
	to := f.Link
	if f.Dst.IsValid() {
		to += " to " + f.Dst.String()
	}
	state := f.State
	if state == "reachable" {
		state = "learned"
	}
	about := []span{tidy(plain, state)}
	if f.Master != "" {
		about = append(about, tidy(plain, "table of "+f.Master))
	}
	if f.VLAN > 0 {
		about = append(about, text(fmt.Sprintf("vlan %d", f.VLAN)))
	}
	for _, flag := range f.Flags {
		about = append(about, tidy(warn, flag))
	}
	owner := i.lab.OwnerOf(f.MAC)
	if strings.Trim(f.MAC, "0:") == "" {
		owner = "whatever is not known"
	}
	about = append(about, tidy(quiet, owner))
	return [][]span{{tidy(strong, f.MAC)}, {tidy(plain, to)}, dots(about...)}
}
