// Package diagnose says why something in a lab does not work: from the state
// of the kernel and the result of a probe to sentences, with their evidence.
//
// It looks at a snapshot the way the kernel looks at a packet: which route,
// which interface, which cables and bridges, who owns the address, and the
// same again for the way back. Why goes further: it begins with what was captured
// of a probe. The package is pure; the only commands that it names are such that
// show a cause and change nothing.
package diagnose

import (
	"net/netip"
	"slices"
	"strings"

	"netlab/internal/measure"
	"netlab/internal/snapshot"
)

// Finding is one reason, in one plain sentence without a full stop, and what
// in the snapshot or the measurement shows it. Evidence may have many lines.
type Finding struct {
	Text     string `json:"text"`
	Evidence string `json:"evidence"`
}

// Ping gives the reasons why a ping failed, the likeliest first. The snapshot
// must be taken after the ping, and before the neighbour entries that the
// ping left are removed. It returns nothing when the ping was answered, and
// nothing when the state of the lab shows no reason.
func Ping(lab snapshot.Lab, p measure.Ping) []Finding {
	from := place(p.From)
	if p.Fate == measure.Answered {
		return nil
	}
	if _, ok := lab.Space(from); !ok {
		return []Finding{noSpace(lab, from)}
	}
	there := trip{lab: lab, from: from, to: p.To}.walk()
	out := slices.Concat(refused(lab, p), there.stop)
	if there.arrived != "" && there.arrived != from && there.source.IsValid() {
		back := trip{lab: lab, from: there.arrived, to: there.backTo(), home: from, reply: true}.walk()
		out = append(out, wayBack(lab, p, there, back)...)
		there.spaces = append(there.spaces, back.spaces...)
	}
	out = append(out, there.doubts...)
	out = append(out, reported(p)...)
	if len(there.stop) == 0 {
		out = append(out, firewalls(lab, there.spaces, p)...)
	}
	out = append(out, unanswered(lab, from, there.gateway)...)
	return distinct(out)
}

// Answered says in one line why a ping is answered, for a claim that it must
// not be.
func Answered(lab snapshot.Lab, p measure.Ping) string {
	from := place(p.From)
	w := trip{lab: lab, from: from, to: p.To}.walk()
	switch {
	case w.arrived == "":
		return ""
	case w.arrived == from:
		return from + " itself has the address " + p.To.String()
	}
	return "the way from " + from + " to " + w.arrived + ", which has " + p.To.String() + ", is open in both directions"
}

// refused explains what the sending kernel said of its own accord, beyond
// what the walk finds out.
func refused(lab snapshot.Lab, p measure.Ping) []Finding {
	from := place(p.From)
	said := "sending ended with " + p.Errno
	if p.Fate != measure.Refused || p.To.IsLoopback() && p.Errno == "EADDRNOTAVAIL" { // then it is lo
		return nil
	}
	switch p.Errno {
	case "EPERM":
		return []Finding{{"a firewall rule in " + from + " does not let it send this", said + ruleCount(lab, from)}}
	case "EADDRNOTAVAIL":
		text := from + " has no address from which it can send to " + p.To.String()
		if s, _ := lab.Space(from); p.To.Is6() {
			text = because(text, lacks(s))
		}
		return []Finding{{text, said + "\n" + addrList(lab, from)}}
	case "EMSGSIZE":
		return []Finding{{"the packet is larger than the interface lets through (its MTU)", said}}
	case "ENOBUFS":
		return []Finding{{"the kernel has no room left, perhaps because its table of neighbours is full", said}}
	}
	return nil
}

// reported repeats what a router or the target said.
func reported(p measure.Ping) []Finding {
	if p.Fate != measure.Reported || p.ICMP == nil {
		return nil
	}
	return []Finding{{
		p.ICMP.From.String() + " answered: " + strings.ToLower(p.ICMP.Text),
		"an ICMP message came from " + p.ICMP.From.String(),
	}}
}

// firewalls names the spaces on the way that have rules: the snapshot counts
// them and does not read them, so this is a suspicion.
func firewalls(lab snapshot.Lab, spaces []string, p measure.Ping) []Finding {
	if p.Errno == "EPERM" {
		return nil
	}
	var out []Finding
	for _, name := range slices.Compact(spaces) {
		if s, _ := lab.Space(name); s.Rules > 0 {
			out = append(out, Finding{
				"a firewall rule in " + name + " may drop the packets",
				strings.TrimSpace(ruleCount(lab, name)),
			})
		}
	}
	return out
}

// unanswered tells of the neighbour that was asked for and did not answer.
func unanswered(lab snapshot.Lab, from string, next netip.Addr) []Finding {
	s, _ := lab.Space(from)
	for _, n := range s.Neighs {
		if n.Addr == next.WithZone("") && (n.State == "FAILED" || n.State == "INCOMPLETE") {
			return []Finding{{
				from + " asked for the hardware address of " + n.Addr.String() + ", and nobody answered",
				from + ": neighbour " + n.Addr.String() + " on " + n.Link + " is " + n.State,
			}}
		}
	}
	return nil
}

func distinct(in []Finding) []Finding {
	var out []Finding
	for _, f := range in {
		if !slices.ContainsFunc(out, func(o Finding) bool { return o.Text == f.Text }) {
			out = append(out, f)
		}
	}
	return out
}

// place gives an empty name its meaning.
func place(name string) string {
	if name == "" {
		return snapshot.Host
	}
	return name
}
