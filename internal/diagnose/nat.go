package diagnose

import (
	"net/netip"
	"slices"

	"netlab/internal/measure"
	"netlab/internal/snapshot"
)

// wayBack says what keeps the reply of a packet that has arrived from coming
// home. A router with rules may have written its own address as the source:
// the snapshot counts rules and does not read them, so that both are possible.
func wayBack(lab snapshot.Lab, p measure.Ping, there, back walked) []Finding {
	router := lender(lab, p.To, there)
	if len(back.stop) == 0 || router == "" {
		return back.stop
	}
	others := slices.DeleteFunc(slices.Clone(there.spaces), func(name string) bool { return name == router })
	out := firewalls(lab, others, p) // with NAT, it is these
	for _, f := range back.stop {
		f.Text += ", so it comes home only if a rule in " + router + " changes the source address (NAT)"
		f.Evidence += ruleCount(lab, router)
		out = append(out, f)
	}
	return out
}

// lender is a router on the way that has rules, and under whose address, would
// it lend it to the packet, a reply would come home; empty: there is none.
func lender(lab snapshot.Lab, to netip.Addr, there walked) string {
	for _, name := range there.spaces[1:max(1, len(there.spaces)-1)] {
		if s, _ := lab.Space(name); s.Rules < 1 {
			continue
		}
		lent := trip{lab: lab, from: name, to: to}.walk().source
		outside := trip{lab: lab, from: there.arrived, to: lent, home: name, reply: true}.walk()
		inside := trip{lab: lab, from: name, to: there.backTo(), home: there.spaces[0], reply: true}.walk()
		if outside.arrived != "" && inside.arrived != "" {
			return name
		}
	}
	return ""
}
