package trace

import (
	"net/netip"
	"slices"

	"netlab/internal/measure"
	"netlab/internal/snapshot"
)

// Lookups are the decisions about the way that were taken for the probe, and
// for its answers: what to ask the kernel to understand them.
func Lookups(lab snapshot.Lab, t measure.Trace) []measure.Lookup {
	out := []measure.Lookup{{In: t.From, To: t.To}}
	add := func(l measure.Lookup) {
		if !slices.Contains(out, l) {
			out = append(out, l)
		}
	}
	sights := Sights(lab, t)
	for _, s := range sights {
		if a := s.Frame.Ask; s.Part == Asking && !a.Answer && !s.Out() && a.By.IsValid() && owns(lab, s.Space, a.For) {
			add(measure.Lookup{In: s.Space, To: a.By})
		}
	}
	for _, s := range sights {
		for _, to := range peersOf(lab, s) {
			add(measure.Lookup{In: s.Space, To: to})
		}
	}
	for _, l := range translations(lab, t, sights) {
		add(l)
	}
	for _, part := range []Part{Request, Reply, Report} {
		for _, v := range Visits(lab, sights, part) {
			for _, l := range v.lookups(lab) {
				add(l)
			}
		}
	}
	return out
}

// lookups are those of one visit: for where the packet was to go, as it came
// in, and as it left where its target was changed.
func (v Visit) lookups(lab snapshot.Lab) []measure.Lookup {
	if v.Aside(lab) {
		return nil
	}
	entry, inner := v.entry(lab)
	var dests []netip.Addr
	for _, s := range v.Sights {
		for _, p := range []*Packet{&s.Frame.Packet, s.Frame.Outer} {
			if p != nil && p.Dest.IsValid() && !slices.Contains(dests, p.Dest) {
				dests = append(dests, p.Dest)
			}
		}
	}
	var out []measure.Lookup
	for _, to := range dests {
		switch {
		case entry == "" && v.Sights[0].Out():
			out = append(out, measure.Lookup{In: v.Space, To: to})
		case entry != "" && to == inner.Dest || entry != "" && inner.Source.IsValid() && v.Sights[0].Frame.Outer == nil && v.Last().Frame.Outer == nil:
			out = append(out, measure.Lookup{In: v.Space, To: to, Of: inner.Source, Entry: entry})
		default:
			out = append(out, measure.Lookup{In: v.Space, To: to})
		}
	}
	if entry != "" && len(v.Outs(lab)) == 0 && inner.Source.IsValid() { // for the answer
		out = append(out, measure.Lookup{In: v.Space, To: inner.Source})
	}
	return out
}

// entry is the interface at which the namespace itself takes the packet: not
// the port of a bridge. It is empty when only a bridge has seen it.
func (v Visit) entry(lab snapshot.Lab) (string, Packet) {
	space, _ := lab.Space(v.Space)
	link, packet := "", Packet{}
	for _, s := range v.Sights {
		if s.Out() {
			break
		}
		if l, ok := space.Link(s.Link); ok && l.Master == "" {
			link, packet = s.Link, s.Frame.Packet
		}
	}
	return link, packet
}

// peersOf are the machines to which a tunnel may send a frame that was given
// to it.
func peersOf(lab snapshot.Lab, s Sight) []netip.Addr {
	space, _ := lab.Space(s.Space)
	l, _ := space.Link(s.Link)
	if l.VXLAN == nil || !s.Out() {
		return nil
	}
	var out []netip.Addr
	for _, e := range space.FDB {
		if e.Link == s.Link && e.Dst.IsValid() && (e.MAC == s.Frame.To || e.MAC == anyMAC) {
			out = append(out, e.Dst)
		}
	}
	return out
}

// anyMAC is the entry of a tunnel for all frames without one of their own
// (bridge(8)).
const anyMAC = "00:00:00:00:00:00"
