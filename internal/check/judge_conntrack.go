package check

import (
	"errors"
	"fmt"
	"net/netip"
	"slices"

	"netlab/internal/measure"
	"netlab/internal/snapshot"
)

func (c Conntrack) judge(now snapshot.Lab, found *measure.Connections) verdict {
	in := place(c.In)
	v := verdict{want: in + " follows a connection " + c.wants(), deny: in + " follows no connection " + c.wants()}
	s := v.subject(now, c.In)
	switch {
	case v.blind != "":
		return v
	case found == nil || place(found.In) != in:
		v.blind, v.cause = "the connections were not listed", "the question could not be put"
		return v
	case !found.Known:
		v.blind, v.cause = "the connections cannot be listed", "this kernel has no connection tracking"
		return v
	}
	var all []string
	near := false // an entry differs only by where its replies come
	for _, one := range found.List {
		if text := connectionText(one); !slices.Contains(all, text) {
			all = append(all, text)
		}
		way := fits(c.From, one.Way.From) && fits(c.To, one.Way.To)
		v.holds = v.holds || way && fits(c.ReplyTo, one.Reply.To)
		near = near || way
	}
	v.got = listOr(all[:min(shownPairs, len(all))], "no connections")
	if more := len(all) - shownPairs; more > 0 {
		v.got += fmt.Sprintf(" and %d more", more)
	}
	v.shows = "an entry stays for a while after the last packet of its connection"
	switch {
	case near:
		v.cause = "the replies to this connection come to another address: NAT in " + in + " writes it, or none does"
	case s.Rules == 0:
		v.cause = in + " has no nftables rules: only a rule that asks for connections, or NAT, makes the kernel follow them"
	default:
		v.cause = "no such packet has passed " + in + " lately"
	}
	return v
}

func fits(want, is netip.Addr) bool { return !want.IsValid() || want == is }

// connectionText is one entry of the table.
func connectionText(c measure.Connection) string {
	name := map[int]string{1: "icmp ", 6: "tcp ", 17: "udp ", 58: "icmpv6 "}[c.Way.Proto]
	return fmt.Sprintf("%sfrom %s to %s, replies from %s to %s", name, c.Way.From, c.Way.To, c.Reply.From, c.Reply.To)
}

func (c Conntrack) wants() string {
	return words(when("from", addrOr(c.From, "")), when("to", addrOr(c.To, "")), when("with replies to", addrOr(c.ReplyTo, "")))
}

func (c Conntrack) text() string { return words("conntrack in", place(c.In)+":", c.wants()) }

func (c Conntrack) validate() error {
	if c.wants() == "" {
		return errors.New("conntrack: from, to or reply_to is missing")
	}
	return nil
}
