package diagnose

import (
	"fmt"
	"slices"
	"strings"

	"netlab/internal/snapshot"
	"netlab/internal/trace"
)

// bridged: a frame came in at the port of a bridge and went nowhere. Nil when
// the interface is no port.
func (q inquest) bridged(v trace.Visit, in trace.Sight) []Cause {
	at := end{v.Space, in.Link}
	port, _ := at.find(q.lab)
	bridge := end{v.Space, port.Master}
	b, ok := bridge.find(q.lab)
	if !ok {
		if port.Kind == "bridge" {
			return q.swallowed(at, port, in)
		}
		return q.unported(at, port, in)
	}
	if c := q.verdicts(v.Space); len(c) > 0 {
		return c
	}
	if !b.Up {
		return []Cause{q.cause(BridgeDown, bridge, true, "the bridge "+bridge.String()+" is down", linkLine(bridge.space, b))}
	}
	if shut(q.lab, at, port) {
		return []Cause{q.blockedPort(at, port)}
	}
	return q.unbridged(at, bridge, in)
}

// unported: a frame for somebody else came in at an interface that is no port,
// though its namespace has a bridge.
func (q inquest) unported(at end, l snapshot.Link, in trace.Sight) []Cause {
	f, ok := (&hop{trip: trip{lab: q.lab}}).loose(at)
	if !ok || l.MAC == in.Frame.To {
		return nil
	}
	c := q.cause(NoPort, at, true, f.Text+", so what comes in there goes nowhere", f.Evidence)
	return []Cause{c}
}

func (q inquest) blockedPort(at end, l snapshot.Link) Cause {
	return q.cause(PortBlocked, at, true, "the bridge "+l.Master+" in "+at.space+" passes nothing on at its port "+at.link+": the port is "+l.PortState, linkLine(at.space, l)+" "+l.PortState)
}

// swallowed: a frame was given to a bridge or a tunnel, which sent it nowhere.
func (q inquest) swallowed(at end, l snapshot.Link, s trace.Sight) []Cause {
	if c := q.verdicts(at.space); len(c) > 0 {
		return c
	}
	if l.Kind == "vxlan" {
		return q.untunnelled(at, l, s)
	}
	if !l.Up {
		return []Cause{q.cause(BridgeDown, at, true, "the bridge "+at.String()+" is down", linkLine(at.space, l))}
	}
	return q.unbridged(end{at.space, ""}, at, s)
}

// unbridged: a bridge is up, and a frame that it got left by no port that
// leads on.
func (q inquest) unbridged(in, bridge end, s trace.Sight) []Cause {
	var found []Cause
	mac := s.Frame.To
	if twins := q.twins(mac); twins != nil {
		return []Cause{q.twinMACs(twins, mac)}
	}
	space, _ := q.before.Space(bridge.space)
	for _, e := range space.FDB {
		if e.MAC != mac || e.Master != bridge.link || group(mac) {
			continue
		}
		found = append(found, q.pinned(in, bridge, e)...)
	}
	if c := q.bridgeFirewall(bridge.space); c != nil {
		found = append(found, c...)
	}
	for _, want := range q.portsTo(bridge, s) {
		l, _ := want.find(q.lab)
		found = append(found, q.portFaults(want, l)...)
		if l.MTU > 0 && s.Frame.Size > l.MTU {
			found = append(found, q.cause(MTUSmall, want, true, fmt.Sprintf("the packet has %d bytes, and the bridge %s passes no more than %d on by its port %s (its MTU)", s.Frame.Size, bridge.String(), l.MTU, want.link), mtuLine(bridge.space, l)))
		}
		if p, _ := in.find(q.lab); isolated(l) && isolated(p) {
			found = append(found, q.cause(PortIsolated, want, true, "the ports "+in.link+" and "+want.link+" of the bridge in "+bridge.space+" are isolated: isolated ports pass nothing on to each other", linkLine(bridge.space, l)))
		}
		if l.Port != nil && !l.Port.Flood && !knows(space, want.link, mac) {
			found = append(found, q.cause(PortNoFlood, want, true, "the bridge "+bridge.String()+" has not learned who is behind its port "+want.link+", and is told not to flood to it", linkLine(bridge.space, l)+" flood off"))
		}
	}
	if len(found) == 0 {
		found = q.gaps(bridge, s)
	}
	return found
}

func isolated(l snapshot.Link) bool { return l.Port != nil && l.Port.Isolated }

func knows(s snapshot.Space, port, mac string) bool {
	return slices.ContainsFunc(s.FDB, func(e snapshot.FDB) bool { return e.Link == port && e.MAC == mac })
}

// group says that a hardware address means many machines.
func group(mac string) bool {
	return len(mac) > 1 && strings.ContainsRune("13579bdfBDF", rune(mac[1]))
}

// pinned: the bridge's table sends the frame where its target is not.
func (q inquest) pinned(in, bridge end, e snapshot.FDB) []Cause {
	owner, known := ownerOf(q.lab, e.MAC)
	at := end{bridge.space, e.Link}
	evidence := bridge.space + ": " + e.MAC + " dev " + e.Link + " master " + e.Master + " " + e.State
	if twins := q.twins(e.MAC); twins != nil {
		return []Cause{q.twinMACs(twins, e.MAC)}
	}
	if e.State == "reachable" || e.State == "stale" || !known {
		return nil
	}
	if e.State == "permanent" && owner.space != bridge.space {
		return []Cause{q.cause(FDBLocal, at, true, "the bridge "+bridge.String()+" takes "+e.MAC+" for its own hardware address, and it is that of "+owner.String(), evidence)}
	}
	if path := way(q.lab, at, owner.space, func(end) bool { return true }); path != nil && e.Link != in.link && !slices.Contains(path[1:], bridge) {
		return nil
	}
	return []Cause{q.cause(FDBPinned, at, true, fmt.Sprintf("somebody has told the bridge %s by hand that %s (%s) is behind its port %s, where it is not", bridge.String(), e.MAC, owner.String(), e.Link), evidence)}
}
