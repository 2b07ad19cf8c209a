package fault

import "slices"

func neighKinds() []Kind {
	return []Kind{
		{Name: "neighbour-pinned-wrong", Title: "a permanent neighbour entry has a hardware address that nobody has", at: neighbourPinnedWrong},
		{Name: "target-silent", Title: "the target answers no question for its hardware address: ARP is switched off", at: targetSilent},
		{Name: "gateway-silent", Title: "a router answers no question for its hardware address: ARP is switched off", at: gatewaySilent},
		{Name: "arp-ignore", Title: "a setting keeps a machine from answering ARP", at: arpIgnore},
		{Name: "proxy-arp", Title: "a router answers ARP for a machine that it cannot reach", at: proxyARP},
		{Name: "duplicate-mac", Title: "two machines at a switch have one hardware address", at: duplicateMAC},
	}
}

// nobodys is a locally administered address that no link of a lab has.
const nobodys = "02:00:00:00:00:99"

func neighbourPinnedWrong(t *trip) (out []Fault) {
	for _, l := range t.every() {
		out = append(out, Fault{
			Cause: Cause{In: l.out.in, Link: l.out.link, What: l.next.String()},
			Says:  l.out.in + " has a permanent neighbour entry for " + l.next.String() + " with the hardware address " + nobodys + ", which nobody has",
			Harm:  lines(line(l.out.in, "neigh replace %s lladdr %s dev %s nud permanent", l.next, nobodys, l.out.link)),
			Mend:  lines(line(l.out.in, "neigh del %s dev %s", l.next, l.out.link)),
		})
	}
	return out
}

func (t *trip) silent(want func(in string) bool) (out []Fault) {
	var at []seat
	for _, l := range t.every() {
		if is, _ := t.link(l.in); want(l.in.in) && is.Kind != "loopback" {
			at = append(at, l.in)
		}
	}
	for _, at := range once(at) {
		out = append(out, Fault{
			Cause: Cause{Kind: "arp-off", In: at.in, Link: at.link},
			Says:  "ARP is switched off on " + at.link + " in " + at.in + ", which answers nobody",
			Harm:  lines(line(at.in, "link set %s arp off", at.link)),
			Mend:  lines(line(at.in, "link set %s arp on", at.link)),
		})
	}
	return out
}

func targetSilent(t *trip) []Fault {
	return t.silent(func(in string) bool { return !slices.Contains(t.routers(), in) })
}

func gatewaySilent(t *trip) []Fault {
	return t.silent(func(in string) bool { return slices.Contains(t.routers(), in) })
}

func arpIgnore(t *trip) (out []Fault) {
	if t.Probe.To.Is6() {
		return nil
	}
	var at []seat
	for _, l := range t.questions() {
		at = append(at, l.in)
	}
	for _, at := range once(at) {
		key := "net.ipv4.conf." + at.link + ".arp_ignore"
		out = append(out, Fault{
			Cause: Cause{In: at.in, Link: at.link, What: key},
			Says:  key + " = 8 in " + at.in + ": it answers no ARP question there",
			Harm:  lines(sysctl(at.in, key, 8)), // "do not reply for all local addresses", ip-sysctl
			Mend:  lines(sysctl(at.in, key, 0)),
		})
	}
	return out
}

// proxyARP makes a router of a bystander, which has a wrong route for the
// target and answers at once for it.
func proxyARP(t *trip) (out []Fault) {
	for _, l := range t.questions() {
		if l.next.Is6() {
			continue
		}
		for _, at := range t.strangers(l) {
			forward, _ := t.Lab.Space(at.in)
			conf := "net.ipv4.conf." + at.link + ".proxy_arp"
			wait := "net.ipv4.neigh." + at.link + ".proxy_delay"
			was := forward.Sysctls["net.ipv4.ip_forward"]
			if was == "" {
				was = "0"
			}
			out = append(out, Fault{
				Cause: Cause{In: at.in, Link: at.link, What: l.next.String()},
				Says:  at.in + " answers ARP for " + l.next.String() + " in place of " + l.in.in + " (proxy ARP), and has a route for it that leads nowhere",
				Race:  true,
				Harm: lines(sysctl(at.in, "net.ipv4.ip_forward", 1), sysctl(at.in, conf, 1), sysctl(at.in, wait, 0),
					line(at.in, "route add %s dev lo", single(l.next))),
				Mend: lines(line(at.in, "route del %s dev lo", single(l.next)), sysctl(at.in, wait, 80), // in hundredths of a second, arp(7)
					sysctl(at.in, conf, 0), sysctl(at.in, "net.ipv4.ip_forward", was)),
			})
		}
	}
	return out
}

// duplicateMAC gives a sender the hardware address of its next hop: the switch
// sends an answer back to where it came from, that is, nowhere.
func duplicateMAC(t *trip) (out []Fault) {
	for _, l := range slices.Concat(t.there, t.under()) {
		from, _ := t.link(l.out)
		to, _ := t.link(l.in)
		if len(t.crossings(l)) == 0 || from.Kind != "veth" || to.Kind != "veth" {
			continue
		}
		set := func(mac string) string { return line(l.out.in, "link set %s address %s", l.out.link, mac) }
		out = append(out, Fault{
			Cause: Cause{In: l.out.in, Link: l.out.link, What: to.MAC, Also: []Cause{{Kind: "duplicate-mac", In: l.in.in, Link: l.in.link}}},
			Says:  l.out.in + " and " + l.in.in + " have one hardware address, " + to.MAC + ", at one switch",
			Harm:  lines(set(to.MAC)),
			Mend:  lines(set(from.MAC)),
		})
	}
	return out
}
