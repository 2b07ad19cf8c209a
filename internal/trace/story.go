package trace

import (
	"net/netip"
	"slices"
	"time"

	"netlab/internal/measure"
	"netlab/internal/snapshot"
)

// Story is the way of a probe, there and back.
type Story struct {
	From   string        `json:"from"`
	To     netip.Addr    `json:"to"`
	Proto  measure.Proto `json:"proto"`
	Port   uint16        `json:"port,omitempty"`
	Fate   measure.Fate  `json:"fate"`
	RTT    time.Duration `json:"rtt,omitempty"` // nanoseconds
	Legs   []Leg         `json:"legs"`
	Frames int           `json:"frames"` // that belong to the probe
	Points int           `json:"points"` // interfaces at which they were seen
	Lost   int           `json:"lost,omitempty"`
}

// Leg is the way of one packet: of the request, of the reply, or of a report
// that something went wrong.
type Leg struct {
	Part   Part       `json:"part"`
	Source netip.Addr `json:"source"` // as it began
	Dest   netip.Addr `json:"dest"`
	Says   string     `json:"says,omitempty"` // of a report: what went wrong, as ping prints it
	Hops   []Hop      `json:"hops"`
}

// Does is what a namespace does with a packet.
type Does string

// What a namespace does.
const (
	Sends    Does = "sends"
	Switches Does = "switches" // hands it on by its hardware address
	Routes   Does = "routes"   // hands it on by its IP address
	Takes    Does = "takes"    // the address is its own
	Ignores  Does = "ignores"  // it is for another hardware address
	Stops    Does = "stops"    // it comes in, and nothing comes of it
)

// Hop is what one namespace did with a packet.
type Hop struct {
	Space string   `json:"space"`
	Does  Does     `json:"does"`
	In    string   `json:"in,omitempty"` // interface
	Out   []string `json:"out,omitempty"`
	// TTL is what the packet came in with, and TTLOut what it left with.
	TTL    int `json:"ttl,omitempty"`
	TTLOut int `json:"ttl_out,omitempty"`
	// Text says what the namespace did, and why. Asks are what it had to find
	// out before, and Changes what it made of the packet.
	Text    string   `json:"text"`
	Asks    []string `json:"asks,omitempty"`
	Changes []string `json:"changes,omitempty"`
	Rules   []string `json:"rules,omitempty"`   // what the firewall said
	Details []string `json:"details,omitempty"` // for those who want to know more
	Frames  []int    `json:"frames"`            // in the capture
	// At is when the packet was here first, since it was sent (nanoseconds).
	At time.Duration `json:"at"`
}

// Tell tells the way of a probe. The state is that of the lab just before.
func Tell(lab snapshot.Lab, t measure.Trace) Story {
	sights := Sights(lab, t)
	s := Story{From: t.From, To: t.To, Proto: t.Proto, Port: t.Port, Fate: t.Fate, RTT: t.RTT, Frames: len(sights), Lost: t.Capture.Lost}
	s.Points = points(sights)
	n := narrator{lab: lab, trace: t, sights: sights}
	for _, part := range []Part{Request, Reply, Report} {
		if leg := n.leg(part); len(leg.Hops) > 0 {
			s.Legs = append(s.Legs, leg)
		}
	}
	s.askOnce()
	if len(s.Legs) == 0 {
		if leg := n.unsent(); len(leg.Hops) > 0 {
			s.Legs = append(s.Legs, leg)
		}
	}
	return s
}

// askOnce leaves to the answer what a namespace asks before it sends one: the
// leg before would tell it, too, as what came after the packet.
func (s *Story) askOnce() {
	for i := range max(0, len(s.Legs)-1) {
		hops := s.Legs[i].Hops
		last, next := &hops[len(hops)-1], s.Legs[i+1].Hops[0]
		if last.Space == next.Space {
			last.Asks = slices.DeleteFunc(last.Asks, func(a string) bool { return slices.Contains(next.Asks, a) })
		}
	}
}

func points(sights []Sight) int {
	var seen []string
	for _, s := range sights {
		if at := s.Space + " " + s.Link; !slices.Contains(seen, at) {
			seen = append(seen, at)
		}
	}
	return len(seen)
}

// narrator puts what was seen into words.
type narrator struct {
	lab    snapshot.Lab
	trace  measure.Trace
	sights []Sight
}

func (n narrator) leg(part Part) Leg {
	visits := Visits(n.lab, n.sights, part)
	if len(visits) == 0 {
		return Leg{}
	}
	first := visits[0].Sights[0]
	leg := Leg{Part: part, Source: first.Frame.Source, Dest: first.Frame.Dest}
	if part == Report {
		leg.Says = n.reported(first.Frame.Packet)
	}
	for i, v := range visits {
		hop := n.hop(v, i == 0)
		hop.At = v.Sights[0].At - first.At
		leg.Hops = append(leg.Hops, hop)
	}
	last := visits[len(visits)-1]
	if asks := n.asks(last.Space, last.Sights[len(last.Sights)-1].At, Forever); len(asks) > 0 {
		leg.Hops[len(leg.Hops)-1].Asks = append(leg.Hops[len(leg.Hops)-1].Asks, asks...)
	}
	return leg
}

// unsent is the leg of a request that never left: there may be questions.
func (n narrator) unsent() Leg {
	asks := n.asks(n.trace.From, 0, Forever)
	hop := Hop{Space: n.trace.From, Does: Stops, Text: "does not send it", Asks: asks, Details: n.route(n.trace.From, n.trace.To)}
	if len(asks) > 0 {
		hop.Text = "does not send it, for want of a hardware address"
	}
	if n.trace.Text != "" {
		hop.Text += ": the kernel says “" + n.trace.Text + "”"
	}
	return Leg{Part: Request, Dest: n.trace.To, Hops: []Hop{hop}}
}

func (n narrator) hop(v Visit, first bool) Hop {
	h := Hop{Space: v.Space}
	for _, s := range v.Sights {
		h.Frames = append(h.Frames, s.Index)
	}
	in, entered := v.In()
	outs := v.Outs(n.lab)
	if entered {
		h.In, h.TTL = in.Link, in.Frame.TTL
	}
	for _, o := range outs {
		h.Out = append(h.Out, o.Link)
		h.TTLOut = o.Frame.TTL
		if entered && in.Frame.Outer != nil && o.Frame.Outer != nil { // what is inside stays as it is
			h.TTL, h.TTLOut = in.Frame.Outer.TTL, o.Frame.Outer.TTL
		}
	}
	h.Does = n.does(v, in, entered, outs)
	if h.Does == Ignores {
		h.Text = "gets a copy at " + h.In + " and throws it away: it is for another MAC address"
		return h
	}
	begin := in.At
	if first {
		begin = 0
	}
	if len(outs) > 0 {
		h.Asks = n.asks(v.Space, begin, outs[0].At)
	}
	h.Text = n.text(h, v, in, outs)
	h.Changes = n.changes(v, in, entered, outs)
	h.Rules = n.rules(v)
	h.Details = n.details(h, in, entered, outs)
	return h
}

// does says what a namespace did with a packet that came in, or began there.
func (n narrator) does(v Visit, in Sight, entered bool, outs []Sight) Does {
	switch {
	case !entered:
		return Sends
	case v.Aside(n.lab):
		return Ignores
	case len(outs) == 0 && n.owns(v.Space, v.Last().Frame.Dest):
		return Takes
	case len(outs) == 0:
		return Stops
	case outs[0].Frame.TTL == in.Frame.TTL && outs[0].Frame.Outer == nil && in.Frame.Outer == nil && n.port(v.Space, in.Link) != "":
		return Switches
	}
	return Routes
}

func (n narrator) owns(space string, a netip.Addr) bool { return owns(n.lab, space, a) }

// port is the bridge that a link is a port of; empty if it is none.
func (n narrator) port(space, link string) string {
	s, _ := n.lab.Space(space)
	l, _ := s.Link(link)
	return l.Master
}
