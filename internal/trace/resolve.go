package trace

import (
	"fmt"
	"net/netip"
	"slices"

	"netlab/internal/dns"
	"netlab/internal/nss"
	"netlab/internal/snapshot"
)

// UnknownError says that a word is no address, and no node that has one.
type UnknownError struct {
	Word   string
	Node   bool // there is no node of this name; else it has no address
	Family int  // 4 or 6, if such an address was asked for
}

func (e *UnknownError) Error() string {
	if e.Node {
		return fmt.Sprintf("%q is no address, and no node of the lab", e.Word)
	}
	kind := "address"
	if e.Family != 0 {
		kind = fmt.Sprintf("IPv%d address", e.Family)
	}
	return fmt.Sprintf("the node %q has no %s that another one could reach", e.Word, kind)
}

// Resolve finds the address that a word means to the node from: the word
// itself, or an address of the node of this name, best one in a network that
// both are in. Family is 4 or 6, or 0 for both, IPv4 first.
func Resolve(lab snapshot.Lab, from, word string, family int) (netip.Addr, error) {
	if a, err := netip.ParseAddr(word); err == nil {
		return a.Unmap(), nil
	}
	if _, ok := lab.Space(from); !ok {
		return netip.Addr{}, &UnknownError{Word: from, Node: true}
	}
	s, ok := lab.Space(word)
	if !ok {
		return netip.Addr{}, &UnknownError{Word: word, Node: true}
	}
	own, _ := lab.Space(from)
	var fits []netip.Addr
	for _, a := range s.Addrs {
		at := a.Prefix.Addr()
		if a.Scope != "global" || family == 4 && !at.Is4() || family == 6 && !at.Is6() {
			continue
		}
		fits = append(fits, at)
	}
	if len(fits) == 0 {
		return netip.Addr{}, &UnknownError{Word: word, Family: family}
	}
	rank := func(a netip.Addr) int {
		n := 0
		if a.Is6() {
			n = 2
		}
		if !slices.ContainsFunc(own.Addrs, func(o snapshot.Addr) bool { return o.Prefix.Contains(a) }) {
			n++
		}
		return n
	}
	return slices.MinFunc(fits, func(a, b netip.Addr) int { return rank(a) - rank(b) }), nil
}

// IsName says that a word is neither an address nor a node of the lab, so that
// it has to be looked up.
func IsName(lab snapshot.Lab, word string) bool {
	_, node := lab.Space(word)
	_, err := netip.ParseAddr(word)
	return err != nil && !node
}

// AlsoName says that a word which is a node of the lab may be a name to the node
// from as well: its hosts file has it, or it asks name servers.
func AlsoName(lab snapshot.Lab, from, word string) bool {
	s, _ := lab.Space(from)
	if _, node := lab.Space(word); !node {
		return false
	}
	servers := slices.ContainsFunc(lab.Spaces, func(s snapshot.Space) bool {
		return slices.ContainsFunc(s.Sockets, func(k snapshot.Socket) bool { return k.Proto == "udp" && k.Port == dns.Port })
	})
	return len(nss.ReadHosts(s.Names.Hosts.Text).Find(word, 0)) > 0 || servers && !nss.ReadResolv(s.Names.Resolv.Text).Assumed
}
