package trace

import (
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
