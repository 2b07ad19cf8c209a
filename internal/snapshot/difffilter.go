package snapshot

import (
	"fmt"
	"slices"
)

// known tells whether a snapshot has the firewall rules themselves, and not
// only how many there are.
func (s Space) known() bool {
	n := 0
	for _, f := range s.Filters {
		if f.Tool == "nft" && f.Policy == "" {
			n++
		}
	}
	return n == max(s.Rules, 0)
}

// title is the rule or the chain in the tool's words.
func (f Filter) title() string {
	if f.Policy != "" {
		return f.Tool + " chain " + f.Place() + f.chainWords()
	}
	return f.Tool + " rule " + f.Place() + " " + f.Rule()
}

func (f Filter) chainWords() string {
	if f.Tool != "nft" {
		return " policy " + f.Policy
	}
	return fmt.Sprintf(" { type %s hook %s priority %d; policy %s; }", f.Type, f.Hook, f.Priority, f.Policy)
}

// filterKeys tell rules apart by what they say and where: the same rule twice
// in a chain is two.
func filterKeys(all []Filter) []string {
	seen := map[string]int{}
	keys := make([]string, len(all))
	for i, f := range all {
		key := fmt.Sprintln(f.Tool, f.Place(), f.Policy != "", f.Text, f.Type, f.Hook, f.Priority)
		seen[key]++
		keys[i] = fmt.Sprint(key, seen[key])
	}
	return keys
}

// filters compares firewall rules: by what they say, since a rule that is
// written anew has another handle.
func (d *differ) filters(was, now Space) {
	if !was.known() || !now.known() {
		d.ruleCount(was, now)
		return
	}
	before, after := filterKeys(was.Filters), filterKeys(now.Filters)
	for _, chains := range []bool{true, false} {
		for i, f := range now.Filters {
			if chains == (f.Policy != "") {
				d.filter(was, now, i, slices.Index(before, after[i]))
			}
		}
	}
	for i, f := range was.Filters {
		if !slices.Contains(after, before[i]) && f.worth() {
			d.add("-", now.Name, f.title(), filterWent(f))
		}
	}
	d.orders(was, now)
}

// filter tells of rule i of a namespace, which was rule j; -1: it is new.
func (d *differ) filter(was, now Space, i, j int) {
	f := now.Filters[i]
	switch {
	case j < 0:
		if f.worth() {
			d.add("+", now.Name, f.title(), filterCame(f, now.Name)+now.orderReason(was, i))
		}
	case was.Filters[j].Policy != f.Policy:
		d.add("~", now.Name, fmt.Sprintf("%s chain %s policy %s, before %s", f.Tool, f.Place(), f.Policy, was.Filters[j].Policy), policyReason(f, now.Name))
	case d.opt.Counters && f.Packets > was.Filters[j].Packets:
		d.add("~", now.Name, f.title()+" matched "+counted(int(f.Packets-was.Filters[j].Packets), "packet"),
			counted(int(f.Packets), "packet")+" since the rule was made or its counter was reset")
	}
}

// worth tells whether a chain is worth a line: the old iptables makes all chains
// of a table at once, and most of them let everything pass.
func (f Filter) worth() bool { return f.Policy == "" || f.Tool == "nft" || f.Policy == "drop" }

// ruleCount tells how many rules there are where nobody could write them down.
func (d *differ) ruleCount(was, now Space) {
	if was.Rules != now.Rules && was.Rules >= 0 && now.Rules >= 0 {
		d.add("~", now.Name, fmt.Sprintf("nftables rules: %d, before %d", now.Rules, was.Rules),
			"rules belong to their namespace: packets in others do not meet them")
	}
}

// chain are the texts of a chain's rules, in the order in which they are asked.
func (s Space) chain(of Filter) []string {
	var texts []string
	for _, f := range s.Filters {
		if f.Policy == "" && f.Tool == of.Tool && f.Place() == of.Place() {
			texts = append(texts, f.Text)
		}
	}
	return texts
}

// orderReason says that a new rule does not stand at the end of its chain.
func (s Space) orderReason(was Space, i int) string {
	f := s.Filters[i]
	if f.Policy != "" {
		return ""
	}
	old, n := was.chain(f), 0
	for _, next := range s.Filters[i+1:] {
		if next.Policy == "" && next.Tool == f.Tool && next.Place() == f.Place() && slices.Contains(old, next.Text) {
			n++
		}
	}
	if n == 0 {
		return ""
	}
	return "; it is asked before " + counted(n, "rule") + " that " + haveBeen(n) + " there before"
}

func haveBeen(n int) string {
	if n == 1 {
		return "was"
	}
	return "were"
}

// orders tells of chains that have the same rules in another order.
func (d *differ) orders(was, now Space) {
	done := map[string]bool{}
	for _, f := range now.Filters {
		if f.Policy != "" || done[f.Tool+f.Place()] {
			continue
		}
		done[f.Tool+f.Place()] = true
		before, after := was.chain(f), now.chain(f)
		if !slices.Equal(before, after) && slices.Equal(slices.Sorted(slices.Values(before)), slices.Sorted(slices.Values(after))) {
			d.add("~", now.Name, f.Tool+" chain "+f.Place()+" has its rules in another order", "the first rule that decides is the one that counts")
		}
	}
}

func filterWent(f Filter) string {
	if f.Policy != "" {
		return "no packet is asked here any more"
	}
	return "packets are not compared with it any more"
}
