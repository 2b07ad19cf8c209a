package diagnose

import (
	"net/netip"
	"slices"
	"strconv"

	"netlab/internal/measure"
	"netlab/internal/snapshot"
	"netlab/internal/trace"
)

// unsent: a namespace did not send a packet of its own.
func (q inquest) unsent(space string, to netip.Addr, reply bool) []Cause {
	s, _ := q.lab.Space(space)
	if c := q.verdicts(space); len(c) > 0 {
		return c
	}
	if c := q.toItself(s, to); c != nil {
		return c
	}
	for _, n := range trace.Questions(q.sights, space, 0, trace.Forever) {
		if next := q.wayFrom(space, to).Via; (next == n.Of || !next.IsValid() && n.Of == to.WithZone("")) && len(n.Answers) == 0 {
			return q.silent(space, n, to, reply)
		}
	}
	l := q.wayFrom(space, to)
	if n, ok := q.pending(space, l, to); ok {
		return q.silent(space, n, to, reply)
	}
	if l.Errno != "" {
		return q.refusedBy(space, to, l, reply)
	}
	if c := q.unsendable(s, to, l); c != nil {
		return c
	}
	at := end{space, l.Dev}
	if link, ok := at.find(q.lab); ok {
		if c := q.carrier(at, link); len(c) > 0 {
			return c
		}
		if link.Master != "" {
			return []Cause{q.cause(OnPort, at, true, at.String()+" is a port of the bridge "+link.Master+": what comes in there goes to the bridge, and never to "+space+" over "+at.link, linkLine(space, link)+"\n"+addrList(q.lab, space))}
		}
	}
	return q.marked(space, to)
}

// marked: policy rules ask for a mark that only a firewall can have given.
func (q inquest) marked(space string, to netip.Addr) []Cause {
	s, _ := q.lab.Space(space)
	for _, r := range s.PolicyRules {
		if kind := ruleKind(r); kind != "" && r.Mark != 0 && r.Family == familyOf(to) {
			return []Cause{q.cause(kind, end{space, ""}, false, "a policy rule in "+space+" forbids packets with the mark that a firewall gives: "+ruleText(r), ruleText(r)+ruleCount(q.lab, space))}
		}
	}
	return nil
}

// ruleKind is the kind of a policy rule that forbids; empty: it does not.
func ruleKind(r snapshot.PolicyRule) Kind {
	switch r.Action {
	case "blackhole":
		return RuleBlackhole
	case "unreachable":
		return RuleUnreach
	case "prohibit":
		return RuleProhibit
	}
	return ""
}

// toItself: a namespace reaches its own addresses by lo.
func (q inquest) toItself(s snapshot.Space, to netip.Addr) []Cause {
	_, own := owns(s, to)
	lo, ok := s.Link("lo")
	if !own && !to.IsLoopback() || !ok || lo.Up {
		return nil
	}
	text := "the loopback interface lo in " + s.Name + " is down"
	if !to.IsLoopback() {
		text = to.String() + " is an address of " + s.Name + " itself, which it reaches through lo, and lo is down"
	}
	return []Cause{q.cause(LinkDown, end{s.Name, "lo"}, true, text, linkLine(s.Name, lo))}
}

// unsendable: there is a way, and the kernel will not send.
func (q inquest) unsendable(s snapshot.Space, to netip.Addr, l measure.Lookup) []Cause {
	at := end{s.Name, l.Dev}
	link, _ := at.find(q.lab)
	switch {
	case s.Name == q.t.From && q.t.Errno == "EMSGSIZE":
		return []Cause{q.cause(MTUSmall, at, true, "the packet is larger than "+at.String()+" lets through (its MTU)", mtuLine(s.Name, link))}
	case s.Name == q.t.From && q.t.Errno == "EPERM":
		return []Cause{q.cause(Firewall, end{s.Name, ""}, true, "a firewall rule in "+s.Name+" does not let it send this", "sending ended with EPERM"+ruleCount(q.lab, s.Name))}
	}
	return nil
}

// wayFrom is the kernel's decision for a packet of a namespace's own.
func (q inquest) wayFrom(space string, to netip.Addr) measure.Lookup {
	l, ok := q.lookup(space, to, "")
	if ok {
		return l
	}
	for _, other := range q.t.Lookups {
		if other.In == space && other.To == to.WithZone("") {
			return other
		}
	}
	return measure.Lookup{In: space, To: to}
}

// route is the decision for a packet of a visit.
func (q inquest) route(v trace.Visit, to netip.Addr) measure.Lookup {
	if in, ok := v.Entered(); ok {
		if l, ok := q.lookup(v.Space, to, in.Link); ok {
			return l
		}
	}
	return q.wayFrom(v.Space, to)
}

// refusedBy: the kernel of a namespace has no way for a packet, or one that
// forbids it.
func (q inquest) refusedBy(space string, to netip.Addr, l measure.Lookup, reply bool) []Cause {
	s, _ := q.lab.Space(space)
	if r, ok := forbidding(s, to); ok {
		kind := map[string]Kind{"blackhole": Blackhole, "unreachable": Unreachable, "prohibit": Prohibit}[r.Type]
		if kind != "" {
			return []Cause{q.cause(kind, end{space, ""}, true, space+" has a route which forbids to send to "+to.String()+": "+routeText(r), routeText(r))}
		}
	}
	for _, r := range s.PolicyRules {
		if kind := ruleKind(r); kind != "" && r.Mark == 0 && (!r.Dst.IsValid() || r.Dst.Contains(to.WithZone(""))) && r.Family == familyOf(to) {
			return []Cause{q.cause(kind, end{space, ""}, true, "a policy rule in "+space+" forbids to send to "+to.String()+": "+ruleText(r), ruleText(r))}
		}
	}
	return q.noWay(s, to, l, reply)
}

func familyOf(a netip.Addr) int {
	if a.Is4() {
		return 4
	}
	return 6
}

// ruleText is a policy rule much as ip prints it.
func ruleText(r snapshot.PolicyRule) string {
	text := strconv.Itoa(int(r.Priority)) + ": from "
	if r.Src.IsValid() {
		text += r.Src.String()
	} else {
		text += "all"
	}
	if r.Dst.IsValid() {
		text += " to " + r.Dst.String()
	}
	if r.Mark != 0 {
		text += " fwmark 0x" + strconv.FormatUint(uint64(r.Mark), 16)
	}
	if r.IIF != "" {
		text += " iif " + r.IIF
	}
	text += " " + r.Action
	if r.Action == "lookup" {
		text += " " + tableName(r.Table)
	}
	return text
}

func tableName(n uint32) string {
	switch n {
	case 255:
		return "local"
	case 254:
		return "main"
	case 253:
		return "default"
	}
	return strconv.Itoa(int(n))
}

// forbidding is the route of any table that the kernel found for an address, if
// it is one that sends nothing.
func forbidding(s snapshot.Space, to netip.Addr) (snapshot.Route, bool) {
	i := slices.IndexFunc(s.Routes, func(r snapshot.Route) bool {
		return r.Dst.Contains(to.WithZone("")) && (r.Type == "blackhole" || r.Type == "unreachable" || r.Type == "prohibit") && !longer(s, r, to)
	})
	if i < 0 {
		return snapshot.Route{}, false
	}
	return s.Routes[i], true
}

func longer(s snapshot.Space, than snapshot.Route, to netip.Addr) bool {
	return slices.ContainsFunc(s.Routes, func(r snapshot.Route) bool {
		return r.Table == than.Table && r.Dst.Contains(to.WithZone("")) && r.Dst.Bits() > than.Dst.Bits()
	})
}

// noWay: no table has a route.
func (q inquest) noWay(s snapshot.Space, to netip.Addr, l measure.Lookup, reply bool) []Cause {
	h := &hop{trip: trip{lab: q.lab, from: s.Name, to: to, reply: reply}, space: s}
	f := h.noRoute()[0]
	if _, ok := lookup(s, to); ok {
		if c := q.marked(s.Name, to); len(c) > 0 {
			return c
		}
		return []Cause{q.cause("", end{s.Name, ""}, false, s.Name+" has a route to "+to.String()+", and the kernel does not take it ("+l.Errno+")", routeList(q.lab, s.Name))}
	}
	if c := q.downLinks(s, to, f); len(c) > 0 {
		return c
	}
	if c := q.earlier(s.Name, to); len(c) > 0 {
		return c
	}
	if c := q.unplugged(s); len(c) > 0 {
		return c
	}
	var out []Cause
	out = append(out, q.maskCauses(s, to)...)
	out = append(out, q.addressless(s, to)...)
	return append(out, q.cause(NoRoute, end{s.Name, ""}, len(out) == 0, f.Text, f.Evidence))
}

// downLinks: an interface is down behind which the target is, or the way to it.
// With it the routes over it are gone, and its IPv6 addresses.
func (q inquest) downLinks(s snapshot.Space, to netip.Addr, f Finding) []Cause {
	var out []Cause
	for _, l := range s.Links {
		at := end{s.Name, l.Name}
		if l.Up || l.Kind == "loopback" || l.Master != "" {
			continue
		}
		if _, near := q.near(at, s, to); near || q.inNetworkOf(s, l.Name, to) {
			kind := LinkDown
			if l.Kind == "bridge" {
				kind = BridgeDown
			}
			text := "the interface " + at.String() + " is down, and with it the way from " + s.Name + " to " + to.String() + " is gone"
			out = append(out, q.cause(kind, at, true, text, linkLine(s.Name, l)+"\n"+f.Evidence))
		}
	}
	return out
}

func (q inquest) inNetworkOf(s snapshot.Space, link string, to netip.Addr) bool {
	return slices.ContainsFunc(s.Addrs, func(a snapshot.Addr) bool { return a.Link == link && a.Prefix.Contains(to.WithZone("")) })
}

// unplugged: a namespace lacks an interface, and one lies unused elsewhere.
func (q inquest) unplugged(s snapshot.Space) []Cause {
	strays := q.strays(s.Name)
	alone := !slices.ContainsFunc(s.Links, func(l snapshot.Link) bool { return l.Kind != "loopback" })
	switch {
	case len(strays) == 0:
		return nil
	case alone:
		return []Cause{q.cause(NoPeer, end{s.Name, ""}, true, s.Name+" has no interface but lo, and "+strays[0].String()+" is used by nobody: it may belong to "+s.Name, cable(q.lab, strays[0]))}
	}
	return []Cause{q.cause(NoPeer, end{s.Name, ""}, false, strays[0].String()+" is used by nobody, and "+s.Name+" may lack an interface", cable(q.lab, strays[0]))}
}

// strays are the interfaces of other namespaces that are down, and have no
// address and no bridge: an interface that is moved to another namespace loses
// all of that.
func (q inquest) strays(but string) []end {
	var out []end
	for _, s := range q.lab.Spaces {
		for _, l := range s.Links {
			if s.Name != but && l.Kind == "veth" && !l.Up && l.Master == "" && len(s.Links) > 2 &&
				!slices.ContainsFunc(s.Addrs, func(a snapshot.Addr) bool { return a.Link == l.Name }) {
				out = append(out, end{s.Name, l.Name})
			}
		}
	}
	return out
}

// earlier: a router on the way is connected with the network of the target, or
// should be, and sent the packet on by another way.
func (q inquest) earlier(but string, to netip.Addr) []Cause {
	for _, part := range []trace.Part{trace.Request, trace.Reply} {
		for _, v := range q.visits(part, netip.Addr{}) {
			s, _ := q.lab.Space(v.Space)
			if v.Space == but || !q.beside(s, to) {
				continue
			}
			found := append(q.downLinks(s, to, Finding{}), q.maskCauses(s, to)...)
			if found = append(found, q.addressless(s, to)...); len(found) > 0 {
				return found
			}
		}
	}
	return nil
}

// beside says that a namespace hangs on the network in which an address is.
func (q inquest) beside(s snapshot.Space, to netip.Addr) bool {
	for _, name := range owners(q.lab, to) {
		o, _ := q.lab.Space(name)
		own, _ := owns(o, to)
		for _, e := range segment(q.lab, end{name, own.Link}) {
			if e.space == s.Name && name != s.Name && !isPort(q.lab, e) {
				return true
			}
		}
	}
	return false
}
