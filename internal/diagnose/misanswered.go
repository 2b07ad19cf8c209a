package diagnose

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"
)

// misanswered: name servers gave the addresses.
func (q *search) misanswered() []Cause {
	e, ok := q.answer()
	if !ok {
		return nil
	}
	for _, find := range []func(exchange) []Cause{q.overHosts, q.searchedFirst, q.searchedLast, q.kept, q.miswritten} {
		if c := find(e); len(c) > 0 {
			return c
		}
	}
	return nil
}

// answer is the one that the library took.
func (q *search) answer() (exchange, bool) {
	for _, e := range q.all {
		if e.From == q.from && !e.onPurpose && e.Answer != nil && slices.Contains(q.candidates, e.Name) && overlap(e.Means().Addrs, q.t.Resolved.Addrs) {
			return e, true
		}
	}
	return exchange{}, false
}

// overHosts: the hosts file has the name too, and dns comes first.
func (q *search) overHosts(e exchange) []Cause {
	lines := q.hosts.Find(q.name, q.family())
	if len(lines) == 0 || !q.before("dns", "files") || slices.Contains(q.t.Resolved.Addrs, lines[0].Addr) {
		return nil
	}
	addrs := q.t.Resolved.Addrs
	mine := []netip.Addr{lines[0].Addr}
	sure := q.nobodys(addrs) && !q.nobodys(mine) || q.unwanted(addrs) && !q.unwanted(mine)
	text := fmt.Sprintf("name servers say that %s is %s, and the hosts file of %s says %s: nsswitch.conf has dns first", q.name, addrs[0], q.from, lines[0].Addr)
	return []Cause{q.blame(SwitchOrder, q.from, sure, text, cat(q.from, "nsswitch.conf"), q.switchLine(), q.hostsLine(lines[0]), e.String())}
}

// searchedFirst: the name itself was not asked for, since a domain of the search
// list has something of that name.
func (q *search) searchedFirst(e exchange) []Cause {
	whole := asAsked(q.name)
	right, ok := q.truth(whole)
	dots := strings.Count(strings.TrimSuffix(q.name, "."), ".")
	if e.Name == whole || dots >= q.resolv.Ndots || !ok || overlap(right.Means().Addrs, q.t.Resolved.Addrs) {
		return nil
	}
	text := fmt.Sprintf("%s has %d dots, and ndots in resolv.conf of %s is %d: so the search list was tried first, and there is an answer for %s; %s itself would be %s",
		q.name, dots, q.from, q.resolv.Ndots, shown(e.Name), shown(whole), right.Means().Addrs[0])
	return []Cause{q.blame(NdotsTooHigh, q.from, true, text, cat(q.from, "resolv.conf"), e.String(), right.String())}
}

// searchedLast: the name itself was not found, and then something of that name
// in a domain of the search list.
func (q *search) searchedLast(e exchange) []Cause {
	whole := asAsked(q.name)
	if e.Name == whole || !strings.Contains(strings.TrimSuffix(q.name, "."), ".") {
		return nil
	}
	if before := slices.Index(q.candidates, whole); before < 0 || before > slices.Index(q.candidates, e.Name) {
		return nil
	}
	for _, o := range q.all {
		if o.From != q.from || o.To != e.To || !o.Is(whole, q.typ) || o.gives() {
			continue
		}
		found := q.explain(o, nil)
		for i := range found {
			found[i].Text = fmt.Sprintf("the address is that of %s, which was tried after %s: %s", shown(e.Name), shown(whole), found[i].Text)
			found[i].Evidence = eachOnce(e.String() + "\n" + found[i].Evidence)
		}
		return found
	}
	return nil
}

// kept: a server gives an address that the one with the zone no longer has.
func (q *search) kept(e exchange) []Cause {
	right, ok := q.truth(e.Name)
	addrs := e.Means().Addrs
	if !ok || !q.knows(right) || overlap(right.Means().Addrs, addrs) {
		return nil
	}
	keeper, ttl := e, e.Means().TTL
	const most = 8
	for range most { // who asked another one in its turn, has it from there
		up, ok := q.decisive(keeper)
		if !ok || up.Answer == nil || !overlap(up.Means().Addrs, addrs) || q.knows(up) {
			break
		}
		keeper = up
	}
	if q.knows(keeper) {
		return nil
	}
	now := right.Means().Addrs
	text := fmt.Sprintf("%s still keeps that %s is %s, for %d seconds more; %s, which has the zone, says %s by now", keeper.Server, shown(e.Name), addrs[0], ttl, right.Server, now[0])
	return []Cause{q.blame(StaleCache, keeper.Server, true, text, dig(q.from, e.To.Addr(), e.Name, e.Type), e.String(), right.String())}
}

// miswritten: the server that has the zone says so, and the address is nobody's,
// or not the one that is expected.
func (q *search) miswritten(e exchange) []Cause {
	addrs := q.t.Resolved.Addrs
	gone := q.nobodys(addrs)
	if !gone && !q.unwanted(addrs) {
		return nil
	}
	keeper := e
	if right, ok := q.truth(e.Means().Last); ok {
		keeper = right
	}
	text := fmt.Sprintf("%s says that %s is %s", keeper.Server, shown(keeper.Means().Last), addrs[0])
	if gone {
		text += ", and nobody in this lab has this address"
	}
	return []Cause{q.blame(RecordWrong, keeper.Server, gone || q.knows(keeper), text, q.digAt(keeper.Server, keeper.Name, q.typ), keeper.String())}
}

// late: a server was asked first, and did not answer: that takes long.
func (q *search) late() []Cause {
	took, ok := q.answer()
	if !ok {
		return nil
	}
	for i, s := range q.resolv.Servers {
		e, asked := q.best(s)
		switch {
		case s.Addr == took.To.Addr():
			return nil
		case !asked || e.Answer != nil || e.closed || q.alone(e) || s.Line == 0: // a closed port costs no time
			continue
		}
		who := "nobody has this address"
		if e.Server != "" {
			who = e.Server + " does not answer"
		}
		text := fmt.Sprintf("the name is found, but late: %s asks %s first, and %s. It waits up to %s for that before it asks the next one", q.from, s.Addr, who, q.resolv.Wait(i))
		c := q.blame(FirstServerDead, q.from, true, text, cat(q.from, "resolv.conf"), q.serverLine(e), e.String(), fmt.Sprintf("this time it took %.1f s", q.t.Resolved.Took.Seconds()))
		network := q.network(e)
		if len(network) > 0 && network[0].Sure && network[0].Space != "" && q.shared(e) {
			network[0].Text = text + ". Behind it: " + network[0].Text
			return append(network, c)
		}
		return append([]Cause{c}, placed(network)...)
	}
	return nil
}
