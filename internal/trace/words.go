package trace

import (
	"fmt"
	"net/netip"
	"strings"
	"time"

	"netlab/internal/measure"
	"netlab/internal/snapshot"
)

// text says in one sentence what a namespace did.
func (n narrator) text(h Hop, v Visit, in Sight, outs []Sight) string {
	switch h.Does {
	case Sends:
		if len(outs) > 0 {
			return "sends it out of " + strings.Join(h.Out, ", ") + n.toward(v.Space, outs[0]) + pieces(outs[0])
		}
		return "sends it to itself, by " + in.Link
	case Switches:
		return "in at " + h.In + ", out at " + strings.Join(h.Out, ", ") + ": " + n.switched(v, in, outs)
	case Routes:
		way := "in at " + h.In + ", out at " + strings.Join(h.Out, ", ")
		if n.port(v.Space, outs[0].Link) != "" && outs[0].Frame.Outer == nil && in.Frame.Outer != nil { // out of a tunnel, into a bridge
			return way + ": " + n.switched(v, in, outs)
		}
		return way + n.toward(v.Space, outs[0])
	case Takes:
		return "in at " + h.In + ": " + v.Last().Frame.Dest.String() + " is its own address"
	}
	return "in at " + h.In + ", and no further" + n.usedUp(v.Space)
}

func pieces(s Sight) string {
	if s.Frame.More {
		return ", in pieces (fragments)"
	}
	return ""
}

// toward says to whom a packet is handed.
func (n narrator) toward(space string, out Sight) string {
	dest := out.Frame.carried().Dest
	l, ok := n.lookup(space, dest)
	switch {
	case ok && l.Via.IsValid():
		return ", to the router " + l.Via.String()
	case ok:
		return ", straight to " + dest.String()
	}
	return ""
}

// lookup is what the kernel of a namespace said about the way to an address.
func (n narrator) lookup(space string, to netip.Addr) (measure.Lookup, bool) {
	for _, l := range n.trace.Lookups {
		if l.In == space && l.To.WithZone("") == to.WithZone("") {
			return l, l.Errno == ""
		}
	}
	return measure.Lookup{}, false
}

// switched says why a bridge sent a frame where it did.
func (n narrator) switched(v Visit, in Sight, outs []Sight) string {
	bridge := n.port(v.Space, outs[0].Link)
	s, _ := n.lab.Space(v.Space)
	it, whose := bridge, n.whose(in.Frame.To)
	if bridge == v.Space {
		it = "it"
	}
	for _, e := range s.FDB {
		if e.MAC == in.Frame.To && (e.Master == bridge || e.Master == "") && e.Link == outs[0].Link {
			return it + " knows where " + whose + " is"
		}
	}
	if n.told(v.Space, in.Frame.To, in.At) {
		return it + " has just learned where " + whose + " is"
	}
	if len(outs) > 1 || n.ports(s, bridge) > 2 {
		return it + " does not know where " + whose + " is, and floods"
	}
	return it + " has no other port"
}

// whose names a hardware address by its owner, if there is just one.
func (n narrator) whose(mac string) string {
	owner := ""
	for _, s := range n.lab.Spaces {
		for _, l := range s.Links {
			switch {
			case l.MAC != mac || l.Kind == "bridge" && owner == s.Name: // a bridge has the address of a port
			case owner != "" && owner != s.Name:
				return mac
			default:
				owner = s.Name
			}
		}
	}
	if owner == "" {
		return mac
	}
	return owner + "'s MAC"
}

func (n narrator) ports(s snapshot.Space, bridge string) int {
	count := 0
	for _, l := range s.Links {
		if l.Master == bridge && l.Up {
			count++
		}
	}
	return count
}

// told says that a frame from a hardware address has come through a namespace
// before: a bridge learns from each.
func (n narrator) told(space, mac string, before time.Duration) bool {
	for _, s := range n.sights {
		if s.Space == space && s.Frame.From == mac && !s.Out() && s.At < before {
			return true
		}
	}
	return false
}

// changes says what a namespace made of a packet.
func (n narrator) changes(v Visit, in Sight, entered bool, outs []Sight) []string {
	var out []string
	first, final := v.Sights[0].Frame, v.Last().Frame
	if entered {
		first = in.Frame
	}
	if len(outs) > 0 {
		final = outs[len(outs)-1].Frame
	}
	switch {
	case first.Outer == nil && final.Outer != nil:
		out = append(out, fmt.Sprintf("wraps it: VXLAN %d, in a UDP packet from %s to %s", final.Tunnel, final.Outer.Source, final.Outer.Dest))
	case first.Outer != nil && final.Outer == nil:
		out = append(out, fmt.Sprintf("unwraps it: it came in VXLAN %d from %s", first.Tunnel, first.Outer.Source))
	}
	return append(out, translated(first.Packet, final.Packet)...)
}

// translated says which addresses have changed on the way through.
func translated(before, after Packet) []string {
	var out []string
	if !before.Source.IsValid() || !after.Source.IsValid() {
		return nil
	}
	if before.Source != after.Source || before.SourcePort != after.SourcePort {
		out = append(out, "changes the source from "+ending(before.Source, before.SourcePort)+" to "+ending(after.Source, after.SourcePort)+" (NAT)")
	}
	if before.Dest != after.Dest || before.DestPort != after.DestPort {
		out = append(out, "changes the destination from "+ending(before.Dest, before.DestPort)+" to "+ending(after.Dest, after.DestPort)+" (NAT)")
	}
	return out
}

func ending(a netip.Addr, port uint16) string {
	if port == 0 {
		return a.String()
	}
	return netip.AddrPortFrom(a, port).String()
}

// details are what the headers and the tables say besides.
func (n narrator) details(h Hop, in Sight, entered bool, outs []Sight) []string {
	var out []string
	last := in.Frame
	if len(outs) > 0 {
		last = outs[0].Frame
	}
	if unwrapped := entered && in.Frame.Outer != nil && last.Outer == nil; (h.Does == Sends || h.Does == Routes || h.Does == Stops) && !unwrapped {
		out = append(out, n.route(h.Space, last.carried().Dest)...)
	}
	switch {
	case h.Does == Routes && len(outs) > 0 && in.Frame.From != "" && last.From != "":
		out = append(out, "MAC addresses in: "+hardware(in.Frame), "MAC addresses out: "+hardware(last))
	case last.From != "":
		out = append(out, "MAC addresses: "+hardware(last))
	}
	return out
}

func hardware(f Frame) string {
	if f.Outer != nil {
		return f.Sender + " → " + f.Carrier
	}
	return f.From + " → " + f.To
}

// carried is the packet by whose addresses a frame is routed: of a tunnel the
// outer one.
func (f Frame) carried() Packet {
	if f.Outer != nil {
		return *f.Outer
	}
	return f.Packet
}

// route says which way the kernel has chosen.
func (n narrator) route(space string, to netip.Addr) []string {
	l, ok := n.lookup(space, to)
	switch {
	case !ok && l.Errno != "":
		return []string{"route to " + to.String() + ": " + l.Text}
	case !ok || l.Local:
		return nil
	case l.Via.IsValid():
		return []string{"route to " + to.String() + ": via " + l.Via.String() + " dev " + l.Dev}
	}
	return []string{"route to " + to.String() + ": dev " + l.Dev}
}
