package fault

import (
	"slices"

	"netlab/internal/snapshot"
)

func bridgeKinds() []Kind {
	return []Kind{
		{Name: "port-not-in-bridge", Title: "a cable end of a switch is not a port of its bridge", at: portNotInBridge},
		{Name: "port-blocked", Title: "a port of a bridge passes nothing on: its state is disabled", at: portBlocked},
		{Name: "port-listening", Title: "spanning tree is on, and a port waits before it passes anything on", at: portListening},
		{Name: "port-isolated", Title: "the two ports are isolated: isolated ports do not talk to each other", at: portIsolated},
		{Name: "port-no-flood", Title: "a port neither learns nor gets frames for unknown addresses", at: portNoFlood},
		{Name: "fdb-pinned-wrong", Title: "a static FDB entry sends frames out of the wrong port", at: fdbPinnedWrong},
		{Name: "fdb-local", Title: "an FDB entry says that an address is the bridge's own", at: fdbLocal},
		{Name: "bridge-down", Title: "the bridge itself is down", at: bridgeDown},
	}
}

func portNotInBridge(t *trip) (out []Fault) {
	for _, at := range t.ports(t.every()) {
		l, _ := t.link(at)
		out = append(out, Fault{
			Cause: Cause{In: at.in, Link: at.link},
			Says:  at.link + " in " + at.in + " is not a port of the bridge " + l.Master,
			Harm:  lines(line(at.in, "link set %s nomaster", at.link)),
			Mend:  lines(line(at.in, "link set %s master %s", at.link, l.Master)),
		})
	}
	return out
}

// portBlocked sets the state disabled: without spanning tree the kernel turns
// every other state into forwarding (br_port_state_selection in
// net/bridge/br_stp.c).
func portBlocked(t *trip) (out []Fault) {
	for _, at := range t.ports(t.every()) {
		set := bridge(at.in) + "link set dev " + at.link + " state "
		out = append(out, Fault{
			Cause: Cause{In: at.in, Link: at.link},
			Says:  "the port " + at.link + " of the bridge in " + at.in + " is in state disabled",
			Harm:  lines(set + "disabled"),
			Mend:  lines(set + "forwarding"),
		})
	}
	return out
}

// portListening switches spanning tree on, as the only one to do so: a port
// that comes up then listens and learns for 15 seconds each (forward_delay in
// ip-link(8)).
func portListening(t *trip) (out []Fault) {
	for _, at := range t.ports(t.every()) {
		l, _ := t.link(at)
		bounce := []string{line(at.in, "link set %s down", at.link), line(at.in, "link set %s up", at.link)}
		stp := func(on int) string { return line(at.in, "link set %s type bridge stp_state %d", l.Master, on) }
		out = append(out, Fault{
			Cause: Cause{Kind: "port-blocked", In: at.in, Link: at.link},
			Says:  "spanning tree is on in the bridge " + l.Master + " of " + at.in + ", and its port " + at.link + " still listens and passes nothing on",
			Harm:  append(lines(stp(1)), bounce...),
			Mend:  append(lines(stp(0)), bounce...),
		})
	}
	return out
}

// crossings are the bridges that a leg passes, with the ports by which a frame
// comes in and goes out.
func (t *trip) crossings(l leg) (out [][2]seat) {
	for i := 1; i+1 < len(l.between); i++ {
		if is, _ := t.link(l.between[i]); is.Kind == "bridge" {
			out = append(out, [2]seat{l.between[i-1], l.between[i+1]})
		}
	}
	return out
}

func portIsolated(t *trip) (out []Fault) {
	for _, l := range slices.Concat(t.there, t.under()) {
		for _, c := range t.crossings(l) {
			if l.back { // the same two ports
				continue
			}
			f := Fault{
				Cause: Cause{In: c[1].in, Link: c[1].link, Also: []Cause{{Kind: "port-isolated", In: c[0].in, Link: c[0].link}}},
				Says:  "the ports " + c[0].link + " and " + c[1].link + " of the bridge in " + c[0].in + " are isolated from each other",
			}
			for _, at := range c {
				set := bridge(at.in) + "link set dev " + at.link + " isolated "
				f.Harm, f.Mend = append(f.Harm, set+"on"), append(f.Mend, set+"off")
			}
			out = append(out, f)
		}
	}
	return out
}

func portNoFlood(t *trip) (out []Fault) {
	var at []seat
	for _, l := range t.every() {
		for _, c := range t.crossings(l) {
			at = append(at, c[1])
		}
	}
	for _, at := range once(at) {
		l, _ := t.link(at)
		set := bridge(at.in) + "link set dev " + at.link
		out = append(out, Fault{
			Cause: Cause{In: at.in, Link: at.link},
			Says:  "the bridge in " + at.in + " does not learn who is behind " + at.link + ", and does not flood to it",
			Harm: lines(line(at.in, "link set %s nomaster", at.link), // which forgets what was learned before
				line(at.in, "link set %s master %s", at.link, l.Master), set+" flood off learning off"),
			Mend: lines(set + " flood on learning on"),
		})
	}
	return out
}

// fdbPinnedWrong needs a sticky entry: any other one moves when the bridge sees
// the address somewhere else.
func fdbPinnedWrong(t *trip) (out []Fault) {
	for _, l := range t.every() {
		for _, c := range t.crossings(l) {
			to, _ := t.link(l.in)
			wrong, ok := t.otherPort(c[0], c[1])
			if !ok {
				continue
			}
			entry := to.MAC + " dev " + wrong.link + " master"
			out = append(out, Fault{
				Cause: Cause{In: wrong.in, Link: wrong.link, What: to.MAC},
				Says:  "a static FDB entry in " + wrong.in + " has " + to.MAC + " of " + l.in.in + " behind " + wrong.link + ", where it is not",
				Harm:  lines(bridge(wrong.in) + "fdb replace " + entry + " static sticky"),
				Mend:  lines(bridge(wrong.in) + "fdb del " + entry),
			})
		}
	}
	return out
}

// fdbLocal leaves out the word static, and gets an entry that is permanent: of
// an address of the bridge itself (bridge(8), "permanent").
func fdbLocal(t *trip) (out []Fault) {
	for _, l := range t.every() {
		for _, c := range t.crossings(l) {
			to, _ := t.link(l.in)
			entry := to.MAC + " dev " + c[1].link + " master"
			out = append(out, Fault{
				Cause: Cause{In: c[1].in, Link: c[1].link, What: to.MAC, Also: []Cause{{Kind: "fdb-pinned-wrong", In: c[1].in, Link: c[1].link}}},
				Says:  "a permanent FDB entry makes the bridge in " + c[1].in + " take " + to.MAC + " of " + l.in.in + " for its own address",
				Harm:  lines(bridge(c[1].in) + "fdb replace " + entry),
				Mend:  lines(bridge(c[1].in) + "fdb del " + entry),
			})
		}
	}
	return out
}

// otherPort is a port of the same bridge behind which the target is not; the
// one where the frame comes in, if there is no third one.
func (t *trip) otherPort(in, out seat) (seat, bool) {
	s, _ := t.Lab.Space(out.in)
	is, _ := s.Link(out.link)
	for _, p := range s.Links {
		if p.Master == is.Master && p.Name != out.link && p.Name != in.link {
			return seat{out.in, p.Name}, true
		}
	}
	return in, is.Master != ""
}

func bridgeDown(t *trip) (out []Fault) {
	for _, at := range once(slices.Concat(between(t.every()), seats(t.every()))) {
		if l, _ := t.link(at); l.Kind != "bridge" {
			continue
		}
		f := t.down(at)
		f.Says = "the bridge " + at.link + " in " + at.in + " is down"
		if at.in == snapshot.Host {
			f.Says = "the bridge " + at.link + " of host is down"
		}
		f.Cause.Kind, f.Cause.Also = "bridge-down", []Cause{{Kind: "link-down", In: at.in, Link: at.link}}
		out = append(out, f)
	}
	return out
}
