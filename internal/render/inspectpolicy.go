package render

import (
	"fmt"
	"strings"

	"netlab/internal/snapshot"
)

// rules are those of the routing policy that are worth a row.
func (i *inspector) rules(s snapshot.Space) []snapshot.PolicyRule {
	if i.opt.All {
		return s.PolicyRules
	}
	return s.OwnRules()
}

func ruleRow(r snapshot.PolicyRule) [][]span {
	number, words, _ := strings.Cut(r.String(), ": ")
	about := []span{tidy(code, words)}
	if r.Family == 6 {
		about = append(about, in(quiet, " (IPv6)"))
	}
	return [][]span{{text(number)}, about}
}

// socketRow is a socket's row, in the words of ss.
func socketRow(space snapshot.Space, s snapshot.Socket) [][]span {
	state := "LISTEN"
	if s.Proto == "udp" {
		state = "UNCONN"
	}
	var who span
	switch {
	case s.Kernel:
		who = in(quiet, "the kernel itself: a tunnel")
	case s.Addr.IsLoopback():
		who = in(warn, "only "+space.Name+" itself")
	case s.Link != "":
		who = in(warn, "what comes in by "+s.Link)
	case !s.Addr.IsUnspecified():
		who = in(quiet, "this address only")
	case s.Addr.Is4():
		who = in(quiet, "any IPv4 address")
	case s.V6Only:
		who = in(quiet, "any IPv6 address")
	default:
		who = in(quiet, "any address")
	}
	return [][]span{{tidy(code, s.String())}, {in(good, state)}, {tidy(who.tone, who.text)}}
}

// firewall writes the rules of each chain below its name. What a chain does in
// the end comes behind its rules in the list, and beside its name here.
func (i *inspector) firewall(all []snapshot.Filter) {
	if len(all) == 0 {
		return
	}
	i.blank()
	i.hang(pad(2), in(strong, "firewall"))
	for len(all) > 0 {
		n := 1
		for n < len(all) && all[n].Tool == all[0].Tool && all[n].Place() == all[0].Place() {
			n++
		}
		i.chain(all[:n])
		all = all[n:]
	}
}

// chain writes a chain.
func (i *inspector) chain(all []snapshot.Filter) {
	head := []span{tidy(plain, all[0].Tool+" "+all[0].Place())}
	if end := all[len(all)-1]; end.Policy != "" {
		all = all[:len(all)-1]
		t := good
		if end.Policy == "drop" {
			t = bad
		}
		about := fmt.Sprintf("· hook %s, priority %d,", end.Hook, end.Priority)
		head = append(head, text(" "), tidy(quiet, about), text(" "), tidy(t, "policy "+end.Policy))
	}
	i.hang(pad(2), head...)
	for _, f := range all {
		rule := []span{tidy(code, f.Rule())}
		if f.Counted {
			rule = append(rule, in(quiet, " · "+packets(f.Packets)))
		}
		i.put(pad(4), pad(6), rule...)
	}
}

func packets(n uint64) string {
	if n == 0 {
		return "no packet yet"
	}
	return count(int(n), "packet")
}
