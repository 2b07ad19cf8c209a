package diagnose

import (
	"fmt"
	"net/netip"
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
	if q.t.Proto == measure.ICMP && s.Sysctls["net.ipv4.icmp_echo_ignore_all"] == "1" && in.Frame.Dest.Is4() {
		return []Cause{q.cause(EchoIgnored, at, true, space+" is told not to answer echo requests", "net.ipv4.icmp_echo_ignore_all in "+space+" is 1")}
	}
	if q.t.Proto == measure.ICMP {
		return nil
	}
	for _, k := range s.Sockets {
		if k.Port == in.Frame.DestPort && k.Proto == string(q.t.Proto) {
			return []Cause{q.cause("", at, false, "the packet arrived at the service in "+space+", which did not answer", socketList(s))}
		}
	}
	return nil
}

// suspects are causes of which the state of the lab speaks, and nothing that
// was measured. The old walk over the state finds them.
func (q inquest) suspects(only bool) []Cause {
	if !only {
		return nil
	}
	var out []Cause
	ping := measure.Ping{From: q.t.From, To: q.t.To, Fate: q.t.Fate, Errno: q.t.Errno, Text: q.t.Text, ICMP: q.t.ICMP}
	if ping.Fate == measure.Closed {
		ping.Fate = measure.Silent
	}
	for _, f := range Ping(q.lab, ping) {
		out = append(out, Cause{Finding: f})
	}
	return out
}
