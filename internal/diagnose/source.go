package diagnose

import (
	"net/netip"
	"strings"

	"netlab/internal/trace"
)

// badSource: the request came with a source address to which no answer can
// come.
func (q inquest) badSource(source netip.Addr) []Cause {
	visits := q.visits(trace.Request, netip.Addr{})
	first := visits[0].Sights[0]
	began := first.Frame.Source
	if router := q.changer(func(a, b trace.Packet) bool { return a.Source != b.Source }); router != "" && len(owners(q.lab, source)) == 0 {
		return []Cause{q.cause(NATWrong, end{router, ""}, true, router+" writes the source address "+source.String()+" into the packet, and no namespace of this lab has it", "the packet began with "+began.String())}
	}
	s, _ := q.lab.Space(q.t.From)
	own, ok := owns(s, began)
	if !ok || own.Link == first.Link || began.IsLoopback() || own.Link != "lo" {
		return nil
	}
	return []Cause{q.cause(WrongSource, end{q.t.From, ""}, true, q.t.From+" writes the source address "+began.String()+" into the packet, which is that of its "+own.Link+": for the answer to it nobody has a way", routeList(q.lab, q.t.From))}
}

// unhidden: an answer to a private address was sent by a machine of the public
// Internet, which knows no way to it. A router on the way could have lent its
// own address (RFC 1918, 3; NAT).
func (q inquest) unhidden(to netip.Addr) []Cause {
	visits := q.visits(trace.Request, netip.Addr{})
	if !to.IsPrivate() || q.t.To.IsPrivate() || len(visits) == 0 {
		return nil
	}
	for i, v := range visits {
		outs := v.Outs(q.before)
		if i == 0 || len(outs) == 0 || q.switches(v, outs[0]) {
			continue
		}
		s, _ := q.lab.Space(v.Space)
		for _, a := range addressesOf(s, outs[0].Link, to.Is4()) {
			if !a.Prefix.Addr().IsPrivate() {
				return []Cause{q.cause(NATMissing, end{v.Space, outs[0].Link}, true, v.Space+" does not change the source address "+to.String()+", which is private: beyond it nobody has a way for the answer", "the packet left "+v.Space+" on "+outs[0].Link+" from "+to.String()+ruleCount(q.lab, v.Space))}
			}
		}
	}
	return nil
}

// misdirected: a router has the address of a packet, and sends it on to another
// one, which nobody has.
func (q inquest) misdirected(v trace.Visit, in trace.Sight, real netip.Addr) []Cause {
	if in.Part != trace.Request || len(owners(q.lab, real)) > 0 {
		return nil
	}
	text := v.Space + " sends on to " + real.String() + " what is for " + in.Frame.Dest.String() + ", and no namespace of this lab has that address"
	found := q.cause(DNATWrong, end{v.Space, ""}, true, text, strings.TrimSpace(ruleCount(q.lab, v.Space)))
	for _, n := range trace.Questions(q.sights, v.Space, in.At, trace.Forever) {
		if n.Of == real {
			if bare := q.bare(end{v.Space, n.Link}, real); len(bare) > 0 && bare[0].Sure {
				return append(bare, found)
			}
		}
	}
	return []Cause{found}
}
