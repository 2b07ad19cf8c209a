package fault

import "fmt"

func mtuKinds() []Kind {
	return []Kind{
		{Name: "mtu-small-with-icmp", Title: "the way has a smaller MTU behind a router, which says so", at: mtuWithICMP},
		{Name: "mtu-small-without-icmp", Needs: []string{NFT}, Title: "the way has a smaller MTU behind a router, and the word of it is dropped", at: mtuWithoutICMP},
		{Name: "mtu-mismatch", Title: "the interface at the other end has a smaller MTU, and drops what is larger", at: mtuMismatch},
		{Name: "mtu-ignores-tunnel", Needs: []string{VXLAN}, Title: "a sender's MTU leaves no room for the header of the tunnel", at: mtuIgnoresTunnel},
	}
}

// smallMTU is the MTU of the faults: enough for IPv4 and, where IPv6 is used,
// for what IPv6 needs at least (RFC 8200, section 5).
func (t *trip) smallMTU() int {
	const four, six = 1000, 1280
	if t.Probe.To.Is6() {
		return six
	}
	return four
}

// large says that the probe's packets are too large for a link of this MTU. An
// IP and an ICMP header take 28 bytes, the larger ones of IPv6 and TCP more.
func (t *trip) large(mtu int) bool { return t.Probe.Size+28 > mtu }

func (t *trip) smaller(at seat, mtu int) Fault {
	l, _ := t.link(at)
	set := line(at.in, "link set %s mtu ", at.link)
	return Fault{
		Cause: Cause{Kind: "mtu-small", In: at.in, Link: at.link, What: fmt.Sprint(mtu)},
		Says:  fmt.Sprintf("the MTU of %s in %s is only %d", at.link, at.in, mtu),
		Harm:  lines(fmt.Sprint(set, mtu)),
		Mend:  lines(fmt.Sprint(set, l.MTU)),
	}
}

// forget removes what senders have learned of the MTU of the way.
func (t *trip) forget(f *Fault) {
	six := ""
	if t.Probe.To.Is6() {
		six = "-6 "
	}
	for _, in := range once([]string{t.Probe.From, t.target}) {
		f.Mend = append(f.Mend, line(in, "%sroute flush cache", six))
	}
}

// mtuWithICMP is not for TCP, which learns from the router and goes on.
func mtuWithICMP(t *trip) (out []Fault) {
	if !t.large(t.smallMTU()) || t.Probe.Proto == TCP {
		return nil
	}
	for _, p := range t.passes() {
		f := t.smaller(p.to.out, t.smallMTU())
		f.Says += ", and larger packets end there: the sender is told by ICMP"
		t.forget(&f)
		if !p.to.back {
			out = append(out, f)
		}
	}
	return out
}

func mtuWithoutICMP(t *trip) (out []Fault) {
	if !t.large(t.smallMTU()) {
		return nil
	}
	for _, p := range t.passes() {
		if p.to.back {
			continue
		}
		f := t.smaller(p.to.out, t.smallMTU())
		what := "icmp type destination-unreachable drop"
		if t.Probe.To.Is6() {
			what = "icmpv6 type packet-too-big drop"
		}
		wall := firewall{in: p.to.out.in, family: family(t.Probe.To), table: "filter", kind: "filter", hook: "output", rules: []string{what}}
		f.Harm, f.Mend = append(f.Harm, wall.build()...), append(f.Mend, wall.remove()...)
		f.Says += ", and a firewall drops the ICMP message that would tell the sender so"
		f.Cause.Also = []Cause{{Kind: "nft-drop", In: p.to.out.in}}
		t.forget(&f)
		out = append(out, f)
	}
	return out
}

// mtuMismatch is not for TCP, which asks the other end how much it takes. All
// others send as much as their own link takes, and nobody tells them that it is
// dropped where it comes in.
func mtuMismatch(t *trip) (out []Fault) {
	if !t.large(t.smallMTU()) || t.Probe.Proto == TCP {
		return nil
	}
	for _, l := range t.there {
		is, _ := t.link(l.in)
		if is.Kind != "veth" {
			continue
		}
		f := t.smaller(l.in, t.smallMTU())
		f.Says += ", and it drops larger packets that come in"
		t.forget(&f)
		out = append(out, f)
	}
	return out
}

func mtuIgnoresTunnel(t *trip) (out []Fault) {
	for _, l := range t.there {
		for _, at := range l.between {
			tunnel, _ := t.link(at)
			own, _ := t.link(l.out)
			wide := tunnel.MTU + 50 // outer Ethernet, IPv4, UDP and VXLAN headers (RFC 7348, section 5)
			if tunnel.VXLAN == nil || own.MTU > tunnel.MTU || !t.large(tunnel.MTU) || t.large(wide) {
				continue
			}
			set := line(l.out.in, "link set %s mtu ", l.out.link)
			out = append(out, Fault{
				Cause: Cause{In: l.out.in, Link: l.out.link, What: fmt.Sprint(wide), Also: []Cause{{Kind: "mtu-small", In: at.in, Link: at.link}}},
				Says: fmt.Sprintf("%s sends packets of up to %d bytes, and the tunnel %s in %s takes no more than %d",
					l.out.in, wide, at.link, at.in, tunnel.MTU),
				Harm: lines(fmt.Sprint(set, wide)),
				Mend: lines(fmt.Sprint(set, own.MTU)),
			})
			break
		}
	}
	return out
}
