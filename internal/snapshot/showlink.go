package snapshot

import (
	"fmt"
	"slices"
	"strings"

	"netlab/internal/op"
)

// showLinks is "ip link show" and "ip addr show".
func (s Space) showLinks(q op.Query) (string, error) {
	if err := s.device(q.Dev, deviceNotThere, 1); err != nil {
		return "", err
	}
	if _, ok := s.Link(q.Master); q.Master != "" && !ok {
		return "", &Refusal{`Error: argument "` + q.Master + "\" is wrong: Device does not exist\n", 255}
	}
	var b strings.Builder
	for _, l := range s.Links {
		if !l.asked(q) {
			continue
		}
		addrs := s.addrsOf(l, q)
		narrowed := q.Object == "addr" && (q.Family != op.AnyFamily || q.To != "")
		switch {
		case narrowed && len(addrs) == 0:
		case q.Brief:
			s.briefLink(&b, l, addrs, q.Object == "link")
		default:
			s.fullLink(&b, l, q)
			for _, a := range addrs {
				a.show(&b)
			}
		}
	}
	return b.String(), nil
}

func (l Link) asked(q op.Query) bool {
	return (q.Dev == "" || l.Name == q.Dev) && (!q.Up || l.Up) && (q.Master == "" || l.Master == q.Master) &&
		(q.Kind == "" || l.Kind == q.Kind)
}

// addrsOf are the addresses of a link that were asked for, IPv4 first.
func (s Space) addrsOf(l Link, q op.Query) []Addr {
	var addrs []Addr
	for _, a := range s.Addrs {
		if q.Object == "addr" && a.Link == l.Name && ofFamily(q.Family, a.Prefix.Addr()) && within(q.To, a.Prefix.Addr()) {
			addrs = append(addrs, a)
		}
	}
	return addrs
}

// fullName is the link's name with the link below it, or its other end.
func (s Space) fullName(l Link) string {
	switch {
	case l.PeerIndex == 0:
		return l.Name
	case l.PeerNSID >= 0:
		return fmt.Sprintf("%s@if%d", l.Name, l.PeerIndex)
	}
	return l.Name + "@" + s.linkName(l.PeerIndex)
}

// shownFlags are a link's flags, with M-DOWN where the link below it, or its
// other end, is in the same namespace and down.
func (s Space) shownFlags(l Link) string {
	flags := slices.Clone(l.Flags)
	below := slices.IndexFunc(s.Links, func(o Link) bool { return o.Index == l.PeerIndex })
	if l.PeerIndex > 0 && l.PeerNSID < 0 && below >= 0 && !s.Links[below].Up {
		flags = append(flags, "M-DOWN")
	}
	return strings.Join(flags, ",")
}

func (s Space) briefLink(b *strings.Builder, l Link, addrs []Addr, asLink bool) {
	fmt.Fprintf(b, "%-16s %-14s ", s.fullName(l), l.State)
	if asLink {
		fmt.Fprintf(b, "%s <%s> ", l.MAC, s.shownFlags(l))
	}
	for _, a := range addrs {
		b.WriteString(a.ends())
		if a.Metric > 0 {
			fmt.Fprintf(b, "metric %d ", a.Metric)
		}
	}
	b.WriteString("\n")
}

func (s Space) fullLink(b *strings.Builder, l Link, q op.Query) {
	fmt.Fprintf(b, "%d: %s: <%s> mtu %d qdisc %s ", l.Index, s.fullName(l), s.shownFlags(l), l.MTU, l.Qdisc)
	if l.Master != "" {
		fmt.Fprintf(b, "master %s ", l.Master)
	}
	fmt.Fprintf(b, "state %s ", l.State)
	if q.Object == "link" {
		b.WriteString("mode DEFAULT ")
	}
	b.WriteString("group default ")
	if l.QLen > 0 {
		fmt.Fprintf(b, "qlen %d", l.QLen)
	}
	if q.Object == "addr" && q.Family != op.AnyFamily {
		b.WriteString(l.elsewhere() + "\n")
		return
	}
	fmt.Fprintf(b, "\n    link/%s %s", l.Type, l.MAC)
	switch {
	case l.Broadcast == "":
	case slices.Contains(l.Flags, "POINTOPOINT"):
		b.WriteString(" peer " + l.Broadcast)
	default:
		b.WriteString(" brd " + l.Broadcast)
	}
	b.WriteString(l.elsewhere() + "\n")
	if q.Object == "link" && l.Alias != "" {
		b.WriteString("    alias " + l.Alias + "\n")
	}
}

// elsewhere says in which namespace the other end lies. Host has no name
// there, only a number.
func (l Link) elsewhere() string {
	switch {
	case l.PeerNSID < 0:
		return ""
	case l.PeerSpace != "" && l.PeerSpace != Host:
		return " link-netns " + l.PeerSpace
	}
	return fmt.Sprintf(" link-netnsid %d", l.PeerNSID)
}

// ends is the address with its network, or with the other end of a
// point-to-point link.
func (a Addr) ends() string {
	if a.Peer.IsValid() {
		return fmt.Sprintf("%s peer %s ", a.Prefix.Addr(), a.Peer)
	}
	return a.Prefix.String() + " "
}

func (a Addr) show(b *strings.Builder) {
	family := "inet"
	if a.Prefix.Addr().Is6() {
		family = "inet6"
	}
	fmt.Fprintf(b, "    %s %s", family, a.ends())
	if a.Metric > 0 {
		fmt.Fprintf(b, "metric %d ", a.Metric)
	}
	if a.Broadcast.IsValid() {
		fmt.Fprintf(b, "brd %s ", a.Broadcast)
	}
	fmt.Fprintf(b, "scope %s ", a.Scope)
	if !slices.Contains(a.Flags, "permanent") {
		b.WriteString("dynamic ")
	}
	for _, f := range a.Flags {
		if f == "secondary" && family == "inet6" {
			f = "temporary"
		}
		if f != "permanent" {
			b.WriteString(f + " ")
		}
	}
	b.WriteString(a.Label + "\n       valid_lft forever preferred_lft forever\n")
}
