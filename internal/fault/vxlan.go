package fault

import (
	"fmt"
	"net/netip"
	"slices"

	"netlab/internal/snapshot"
)

func vxlanKinds() []Kind {
	needs := []string{VXLAN}
	return []Kind{
		{Name: "vxlan-down", Needs: needs, Title: "a tunnel interface is down", at: vxlanDown},
		{Name: "vxlan-wrong-vni", Needs: needs, Title: "the two ends of a tunnel have different network numbers", at: vxlanWrongVNI},
		{Name: "vxlan-wrong-port", Needs: needs, Title: "the two ends of a tunnel use different UDP ports", at: vxlanWrongPort},
		{Name: "vxlan-wrong-peer", Needs: needs, Title: "a tunnel sends to a machine that is not its other end", at: vxlanWrongPeer},
		{Name: "vxlan-missing-fdb", Needs: needs, Title: "a tunnel has no FDB entry that says where to send", at: vxlanMissingFDB},
	}
}

// tunnels are the tunnel ends on the way.
func (t *trip) tunnels() []seat {
	return slices.DeleteFunc(between(t.legs()), func(at seat) bool {
		l, _ := t.link(at)
		return l.VXLAN == nil
	})
}

func (t *trip) firstTunnel() []seat {
	all := t.tunnels()
	return all[:min(1, len(all))]
}

func vxlanDown(t *trip) (out []Fault) {
	for _, at := range t.tunnels() {
		f := t.down(at)
		f.Says = "the tunnel " + at.link + " in " + at.in + " is down"
		f.Cause = Cause{In: at.in, Link: at.link, Also: []Cause{f.Cause}}
		out = append(out, f)
	}
	return out
}

// tunnel are the lines that make a tunnel end as it is in the lab, or with
// another number, port or far end.
func (t *trip) tunnel(at seat, turn func(v *snapshot.VXLAN)) []string {
	l, _ := t.link(at)
	s, _ := t.Lab.Space(at.in)
	v := *l.VXLAN
	old := v
	if turn != nil {
		turn(&v)
	}
	words := fmt.Sprintf("link add %s type vxlan id %d dstport %d", at.link, v.ID, v.DstPort)
	if v.Local.IsValid() && !v.Local.IsUnspecified() {
		words += " local " + v.Local.String()
	}
	if v.Remote.IsValid() && !v.Remote.IsUnspecified() {
		words += " remote " + v.Remote.String()
	}
	if v.Dev != "" {
		words += " dev " + v.Dev
	}
	out := lines(line(at.in, "link del %s", at.link), line(at.in, "%s", words),
		line(at.in, "link set %s address %s", at.link, l.MAC), line(at.in, "link set %s mtu %d", at.link, l.MTU))
	if l.Master != "" {
		out = append(out, line(at.in, "link set %s master %s", at.link, l.Master))
	}
	out = append(out, line(at.in, "link set %s up", at.link))
	for _, f := range s.FDB {
		if f.Link == at.link && f.Dst.IsValid() && f.Self && f.State == "permanent" && f.Dst != old.Remote {
			out = append(out, bridge(at.in)+"fdb append "+f.MAC+" dev "+at.link+" dst "+f.Dst.String())
		}
	}
	return out
}

func (t *trip) retunnelled(at seat, says string, turn func(v *snapshot.VXLAN)) Fault {
	return Fault{
		Cause: Cause{In: at.in, Link: at.link},
		Says:  "the tunnel " + at.link + " in " + at.in + " " + says,
		Harm:  t.tunnel(at, turn),
		Mend:  t.tunnel(at, nil),
	}
}

// both is a fault between two ends, of which either may be called the wrong
// one.
func (t *trip) both(kind string, f Fault) Fault {
	for _, at := range t.tunnels() {
		if at != (seat{f.Cause.In, f.Cause.Link}) {
			f.Cause.Also = append(f.Cause.Also, Cause{Kind: kind, In: at.in, Link: at.link})
		}
	}
	return f
}

func vxlanWrongVNI(t *trip) (out []Fault) {
	for _, at := range t.tunnels() {
		f := t.retunnelled(at, "has another VNI than the other end", func(v *snapshot.VXLAN) { v.ID++ })
		out = append(out, t.both("vxlan-wrong-vni", f))
	}
	return out
}

func vxlanWrongPort(t *trip) (out []Fault) {
	const other = 8472 // the kernel's own old default, before RFC 7348 got 4789
	for _, at := range t.tunnels() {
		f := t.retunnelled(at, "uses the UDP port 8472, and the other end 4789", func(v *snapshot.VXLAN) { v.DstPort = other })
		out = append(out, t.both("vxlan-wrong-port", f))
	}
	return out
}

// flooding is the hardware address under which an FDB entry of a tunnel is for
// all that is not known (bridge(8)).
const flooding = "00:00:00:00:00:00"

// vxlanWrongPeer and vxlanMissingFDB are about the first tunnel end on the way.
// The other one learns from what comes where to send the answer.
func vxlanWrongPeer(t *trip) (out []Fault) {
	for _, at := range t.firstTunnel() {
		l, _ := t.link(at)
		s, _ := t.Lab.Space(at.in)
		right := remotes(s, l)
		if len(right) != 1 {
			continue
		}
		wrong, ok := t.strayPeer(right[0])
		if !ok {
			continue
		}
		f := Fault{
			Cause: Cause{In: at.in, Link: at.link, What: wrong.String(), Also: append(t.owners(right[0]), nobodyHas())},
			Says:  "the tunnel " + at.link + " in " + at.in + " sends to " + wrong.String() + ", and its other end is " + right[0].String(),
		}
		if l.VXLAN.Remote == right[0] {
			f.Harm, f.Mend = t.tunnel(at, func(v *snapshot.VXLAN) { v.Remote = wrong }), t.tunnel(at, nil)
		} else {
			entry := func(verb string, to netip.Addr) string {
				return bridge(at.in) + "fdb " + verb + " " + flooding + " dev " + at.link + " dst " + to.String()
			}
			f.Harm = lines(entry("append", wrong), entry("del", right[0]))
			f.Mend = lines(entry("append", right[0]), entry("del", wrong))
		}
		out = append(out, f)
	}
	return out
}

// owners are the machines that have an address, as the ones that have the wrong
// one: who sends to another one sees no difference.
func (t *trip) owners(a netip.Addr) []Cause {
	var out []Cause
	for _, s := range t.Lab.Spaces {
		if owns(s, a) {
			out = append(out, Cause{Kind: "wrong-address", In: s.Name})
		}
	}
	return out
}

// strayPeer is an address beside the right one that nobody has.
func (t *trip) strayPeer(right netip.Addr) (netip.Addr, bool) {
	for _, s := range t.Lab.Spaces {
		for _, a := range s.Addrs {
			if a.Prefix.Addr() == right {
				return t.spare(a.Prefix)
			}
		}
	}
	return netip.Addr{}, false
}

func vxlanMissingFDB(t *trip) (out []Fault) {
	for _, at := range t.firstTunnel() {
		l, _ := t.link(at)
		s, _ := t.Lab.Space(at.in)
		for _, f := range s.FDB {
			if f.Link != at.link || f.MAC != flooding || !f.Dst.IsValid() || f.Dst == l.VXLAN.Remote {
				continue
			}
			entry := func(verb string) string {
				return bridge(at.in) + "fdb " + verb + " " + flooding + " dev " + at.link + " dst " + f.Dst.String()
			}
			out = append(out, Fault{
				Cause: Cause{In: at.in, Link: at.link, What: f.Dst.String()},
				Says:  "the tunnel " + at.link + " in " + at.in + " has no FDB entry for unknown addresses, and does not know where to send them",
				Harm:  lines(entry("del")),
				Mend:  lines(entry("append")),
			})
		}
	}
	return out
}
