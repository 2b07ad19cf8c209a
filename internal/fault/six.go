package fault

func sixKinds() []Kind {
	needs := []string{IPv6}
	return []Kind{
		{Name: "ipv6-disabled", Needs: needs, Title: "IPv6 is switched off on an interface", at: ipv6Disabled},
		{Name: "dad-failed", Needs: needs, Title: "an address may not be used: another machine had it first", at: dadFailed},
	}
}

func ipv6Disabled(t *trip) (out []Fault) {
	if !t.Probe.To.Is6() {
		return nil
	}
	for _, at := range t.machines(t.legs()) {
		key := "net.ipv6.conf." + at.link + ".disable_ipv6"
		out = append(out, Fault{
			Cause: Cause{In: at.in, Link: at.link, What: key, Also: []Cause{{Kind: "missing-address", In: at.in, Link: at.link}, nobodyHas()}},
			Says:  "IPv6 is switched off on " + at.link + " in " + at.in + " (" + key + " = 1)",
			Harm:  lines(sysctl(at.in, key, 1)),
			Mend:  append(lines(sysctl(at.in, key, 0)), t.restore(at, true)...),
		})
	}
	return out
}

// dadFailed has a stranger take the address of a machine, which then asks
// whether it is free, and is told that it is not (RFC 4862, section 5.4).
func dadFailed(t *trip) (out []Fault) {
	for _, l := range t.legs() {
		at, p, ok := t.prefixOf(l.in.in, l.next)
		final := l.next == l.dst && l.in.in == t.target && !l.back
		if !ok || l.next.Is4() || final && t.Probe.Proto == ICMP || l.next == l.dst && l.back {
			continue
		}
		for _, other := range t.strangers(l) {
			dad := "net.ipv6.conf." + at.link + ".accept_dad"
			out = append(out, Fault{
				Cause: Cause{In: at.in, Link: at.link, What: p.Addr().String(), Also: []Cause{{Kind: "duplicate-address", In: other.in, Link: other.link}, {Kind: "duplicate-address", In: at.in, Link: at.link}}},
				Says:  at.in + " may not use its address " + p.Addr().String() + ": " + other.in + " has it, too, and had it first",
				Harm: lines(taking(at, p), giving(other, p), sysctl(at.in, dad, 1),
					line(at.in, "addr add %s dev %s", p, at.link), "sleep 1.5"),
				Mend: lines(taking(other, p), taking(at, p), sysctl(at.in, dad, 0), giving(at, p)),
			})
			break
		}
	}
	return out
}
