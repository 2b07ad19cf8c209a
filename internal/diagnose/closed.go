package diagnose

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"

	"netlab/internal/measure"
	"netlab/internal/snapshot"
	"netlab/internal/trace"
)

// closed: the packet arrived, and the machine says that nobody listens there.
func (q inquest) closed(space string, in trace.Sight) []Cause {
	if c := q.verdicts(space); len(c) > 0 {
		return c
	}
	if c := q.impostor(space, in); len(c) > 0 {
		return c
	}
	s, _ := q.lab.Space(space)
	proto, port, to := string(q.t.Proto), in.Frame.DestPort, in.Frame.Dest
	evidence := socketList(s)
	at := end{space, ""}
	what := strings.ToUpper(proto) + fmt.Sprintf(" port %d", port)
	for _, k := range s.Sockets {
		if k.Port != port || k.Proto != proto {
			continue
		}
		switch {
		case k.Addr.IsLoopback():
			return []Cause{q.cause(OnLoopback, at, true, "the service in "+space+" listens on "+netip.AddrPortFrom(k.Addr, port).String()+" only, which others cannot reach", evidence)}
		case k.Addr.Is4() != to.Is4():
			return []Cause{q.cause(OtherFamily, at, true, fmt.Sprintf("the service in %s listens on %s only, and the probe comes by IPv%d", space, netip.AddrPortFrom(k.Addr, port), familyOf(to)), evidence)}
		}
		return []Cause{q.cause(NotListening, at, false, "the service in "+space+" listens on "+netip.AddrPortFrom(k.Addr, port).String()+", and not on "+to.String(), evidence)}
	}
	for _, k := range s.Sockets {
		if k.Port == port && k.Proto != proto {
			return []Cause{q.cause(OtherProtocol, at, true, "the service in "+space+" listens on "+strings.ToUpper(k.Proto)+fmt.Sprintf(" port %d, and not on ", port)+what, evidence)}
		}
	}
	for _, k := range s.Sockets {
		if k.Proto == proto && !k.Addr.IsLoopback() {
			if c := q.redirected(space, in, k.Port); len(c) > 0 {
				return c
			}
			return []Cause{q.cause(OtherPort, at, true, fmt.Sprintf("%s listens on port %d, and not on %s", space, k.Port, what), evidence)}
		}
	}
	return []Cause{q.cause(NotListening, at, true, "the packet arrived, and nobody in "+space+" listens on "+what, evidence)}
}

func socketList(s snapshot.Space) string {
	var out []string
	for _, k := range s.Sockets {
		out = append(out, k.Proto+" "+netip.AddrPortFrom(k.Addr, k.Port).String())
	}
	return "listening in " + s.Name + ": " + list(out)
}

// mute: the packet arrived, the way back is open, and no answer was sent.
func (q inquest) mute(space string, in trace.Sight) []Cause {
	s, _ := q.lab.Space(space)
	at := end{space, ""}
	key := "net.ipv4.icmp_echo_ignore_all"
	if in.Frame.Dest.Is6() {
		key = "net.ipv6.icmp.echo_ignore_all"
	}
	if q.t.Proto == measure.ICMP && s.Sysctls[key] == "1" {
		return []Cause{q.cause(EchoIgnored, at, true, space+" is told not to answer echo requests", key+" in "+space+" is 1")}
	}
	if q.t.Proto == measure.ICMP {
		return nil
	}
	if q.t.Proto == measure.UDP && !q.listens(s, in) { // the kernel sends few reports of that in a second (icmp(7), icmp_ratelimit)
		return q.closed(space, in)
	}
	for _, k := range s.Sockets {
		if k.Port == in.Frame.DestPort && k.Proto == string(q.t.Proto) {
			return []Cause{q.cause("", at, false, "the packet arrived at the service in "+space+", which did not answer", socketList(s))}
		}
	}
	return nil
}

// listens says that a socket takes what is for the target of a packet.
func (q inquest) listens(s snapshot.Space, in trace.Sight) bool {
	to := in.Frame.Dest
	return slices.ContainsFunc(s.Sockets, func(k snapshot.Socket) bool {
		all := k.Addr.IsUnspecified() && (k.Addr.Is4() == to.Is4() || k.Addr.Is6() && !k.V6Only)
		return k.Port == in.Frame.DestPort && k.Proto == string(q.t.Proto) && (all || k.Addr == to)
	})
}

// suspects are causes of which the state of the lab speaks, and nothing that
// was measured. The old walk over the state finds them.
func (q inquest) suspects(only bool) []Cause {
	if !only {
		return nil
	}
	out := q.policies()
	ping := measure.Ping{From: q.t.From, To: q.t.To, Fate: q.t.Fate, Errno: q.t.Errno, Text: q.t.Text, ICMP: q.t.ICMP}
	if ping.Fate == measure.Closed {
		ping.Fate = measure.Silent
	}
	for _, f := range Ping(q.lab, ping) {
		out = append(out, Cause{Finding: f})
	}
	return out
}

// impostor: the machine that refuses is not the only one with the address.
func (q inquest) impostor(space string, in trace.Sight) []Cause {
	to := in.Frame.Dest
	names := owners(q.lab, to)
	if len(names) < 2 || to.IsLoopback() {
		return nil
	}
	for _, name := range names {
		s, _ := q.lab.Space(name)
		own, _ := owns(s, to)
		if why := unused(s, own); why != "" {
			return []Cause{q.cause(DADFailed, end{name, own.Link}, true, why, own.Prefix.String()+" is "+strings.Join(own.Flags, " "))}
		}
	}
	s, _ := q.lab.Space(space)
	own, _ := owns(s, to)
	return []Cause{q.cause(DuplicateAddr, end{space, own.Link}, true, to.String()+" is there twice: in "+names[0]+" and in "+names[1]+"; "+space+" has refused the packet", "owners: "+list(names))}
}

// redirected: a router has sent the packet to another port or machine than the
// probe asked for, where nobody listens.
func (q inquest) redirected(space string, in trace.Sight, listens uint16) []Cause {
	f := in.Frame
	if f.DestPort == q.t.Port || q.t.Port == 0 {
		return nil
	}
	router := q.changer(func(a, b trace.Packet) bool { return a.DestPort != b.DestPort })
	return []Cause{q.cause(DNATPort, end{router, ""}, false, fmt.Sprintf("%s sends the packet on to port %d of %s, and the service there listens on port %d", router, f.DestPort, space, listens), socketList(mustSpace(q.lab, space)))}
}

// changer is the namespace in which the request was changed; empty: none.
func (q inquest) changer(changed func(before, after trace.Packet) bool) string {
	for _, v := range q.visits(trace.Request, netip.Addr{}) {
		if changed(v.Sights[0].Frame.Packet, v.Last().Frame.Packet) && v.Sights[0].Frame.Outer == nil && v.Last().Frame.Outer == nil {
			return v.Space
		}
	}
	return ""
}
