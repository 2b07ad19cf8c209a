package trace

import (
	"net/netip"
	"slices"
	"strings"

	"netlab/internal/measure"
	"netlab/internal/snapshot"
)

// Real is the address that a namespace sends a packet on to which came for its
// own: by a rule that sends the request to another machine (DNAT), or because
// the request had borrowed the namespace's address (SNAT). False where it does
// nothing of the kind.
func Real(lab snapshot.Lab, t measure.Trace, sights []Sight, in Sight) (netip.Addr, bool) {
	if in.Part == Request {
		return redirected(lab, t, in.Space)
	}
	for _, v := range Visits(lab, sights, Request) {
		first, last := v.Sights[0].Frame, v.Last().Frame
		if v.Space == in.Space && first.Source != last.Source && last.Source == in.Frame.Dest && first.Source.IsValid() {
			return first.Source, true
		}
	}
	return netip.Addr{}, false
}

// redirected is the target of the rule of a namespace that was seen to decide
// about the request.
func redirected(lab snapshot.Lab, t measure.Trace, space string) (netip.Addr, bool) {
	s, _ := lab.Space(space)
	for _, f := range s.Filters {
		_, rest, ok := strings.Cut(f.Text, "dnat to ")
		words := strings.Fields(rest)
		if !ok || len(words) == 0 {
			continue
		}
		decided := func(v measure.Verdict) bool {
			return v.Space == space && v.Kind == "rule" && v.Handle == f.Handle && v.Table == f.Table && v.Chain == f.Chain
		}
		if !slices.ContainsFunc(t.Verdicts, decided) {
			continue
		}
		if a, err := netip.ParseAddrPort(words[0]); err == nil {
			return a.Addr(), true
		}
		if a, err := netip.ParseAddr(words[0]); err == nil {
			return a, true
		}
	}
	return netip.Addr{}, false
}

// translations are the decisions about packets to their real target.
func translations(lab snapshot.Lab, t measure.Trace, sights []Sight) []measure.Lookup {
	var out []measure.Lookup
	for _, part := range []Part{Request, Reply} {
		for _, v := range Visits(lab, sights, part) {
			in, ok := v.Entered()
			if !ok || !owns(lab, v.Space, in.Frame.Dest) {
				continue
			}
			if to, ok := Real(lab, t, sights, in); ok {
				out = append(out, measure.Lookup{In: v.Space, To: to, Of: in.Frame.Source, Entry: in.Link})
			}
		}
	}
	return out
}

func owns(lab snapshot.Lab, space string, a netip.Addr) bool {
	s, _ := lab.Space(space)
	return slices.ContainsFunc(s.Addrs, func(o snapshot.Addr) bool { return o.Prefix.Addr() == a.WithZone("") })
}
