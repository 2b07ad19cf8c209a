package diagnose

import (
	"fmt"
	"net/netip"
	"strings"
	"unicode"

	"netlab/internal/dns"
	"netlab/internal/measure"
)

// inquired says that questions were asked on purpose. If not, what was not heard
// may have been so all the same: a server had it in its cache.
func (q *search) inquired() bool { return len(q.t.Asked) > 0 }

// guessed is why a server does not answer, as the state of the lab and what was
// heard have it: no packet was followed on its way.
func (q *search) guessed(e exchange) []Cause {
	if e.From == "" {
		return nil
	}
	heard, arrived := q.left(e)
	unheld := q.unheld(e)
	if e.closed || arrived {
		if len(unheld) > 0 {
			return unheld
		}
	}
	if way := q.state(e); len(way) > 0 {
		return way
	}
	doubt := func(text string) []Cause {
		return []Cause{q.blame("", e.Server, false, text, dig(e.From, e.To.Addr(), e.Name, e.Type), e.String())}
	}
	switch {
	case e.said != "" || e.Server == "":
		return nil
	case len(unheld) > 0:
		return unheld
	case e.gives():
		return doubt(e.Whom() + " answers, and " + e.From + " does not take the answer")
	case e.lost:
		return doubt(e.Whom() + " answers, and the answer does not come back to " + e.From)
	case e.closed:
		return doubt("nothing listens at port 53 of " + e.Whom())
	case heard && !arrived:
		return doubt("the question of " + e.From + " to " + e.Whom() + " left, and did not arrive")
	case e.Times == 0:
		return doubt(e.From + " was not heard to ask its nameserver " + e.Whom())
	}
	return doubt("the name server in " + e.Server + " listens, and does not answer in time")
}

// left says that a question was heard, and that it was heard to arrive.
func (q *search) left(e exchange) (heard, arrived bool) {
	for _, o := range q.all {
		if o.onPurpose || o.Times == 0 || o.From != e.From || o.To != e.To || !o.Is(e.Name, e.Type) || o.TCP != e.TCP {
			continue
		}
		heard, arrived = true, arrived || o.Arrived
	}
	return heard, arrived
}

// state is what the walk over the state of the lab finds on the way to a server.
func (q *search) state(e exchange) []Cause {
	ping := measure.Ping{From: e.From, To: e.To.Addr(), Sent: 1, Fate: measure.Silent}
	if d := q.t.Direct; d != nil && place(d.From) == e.From && d.Server == e.To && d.Fate != measure.Answered {
		ping.Fate, ping.Errno, ping.Text, ping.ICMP = d.Fate, d.Errno, d.Text, d.ICMP
	}
	if e.closed {
		ping.Fate, ping.ICMP = measure.Silent, nil // it says no more than that
	}
	var out []Cause
	for _, f := range Ping(q.lab, ping) {
		out = append(out, Cause{Finding: f, Look: dig(e.From, e.To.Addr(), e.Name, e.Type)})
	}
	return out
}

// unheld: nobody listens there.
func (q *search) unheld(e exchange) []Cause {
	server, proto := e.To.Addr(), "udp"
	if e.TCP {
		proto = "tcp"
	}
	nodes := owners(q.lab, server)
	if server.IsLoopback() {
		nodes = []string{e.From}
	}
	var out []Cause
	for _, name := range nodes {
		s, _ := q.lab.Space(name)
		var at []string
		hears := false
		for _, k := range s.Sockets {
			if k.Proto != proto || k.Port != dns.Port {
				continue
			}
			at = append(at, k.Addr.String())
			hears = hears || hearsAt(k.Addr, k.V6Only, server)
		}
		text := fmt.Sprintf("no name server runs in %s, which has %s: nothing listens at port %d", name, server, dns.Port)
		switch {
		case len(at) > 0:
			text = fmt.Sprintf("the name server in %s listens at %s, and not at %s", name, strings.Join(at, ", "), server)
		case e.TCP && listens(s):
			text = fmt.Sprintf("the name server in %s takes no questions by TCP: nothing listens at TCP port %d", name, dns.Port)
		}
		if !hears {
			out = append(out, q.blame(NotListening, name, true, text, listening(name), e.String(), strings.ToUpper(proto)+" sockets at port 53 of "+name+": "+list(at)))
		}
	}
	return out
}

// hearsAt says that a socket gets what is sent to an address of its machine.
func hearsAt(at netip.Addr, onlySix bool, to netip.Addr) bool {
	return at == to || at.IsUnspecified() && (at.Is4() == to.Is4() || at.Is6() && !onlySix)
}

// unheard are the questions to the library's servers, of which none was heard. A
// name beyond ASCII may have been asked for in other letters.
func (q *search) unheard() []exchange {
	if strings.ContainsFunc(q.name, func(r rune) bool { return r > unicode.MaxASCII }) {
		return nil
	}
	var out []exchange
	for _, s := range q.resolv.Servers {
		e := exchange{}
		e.From, e.To, e.Server, e.Recursive = q.from, netip.AddrPortFrom(s.Addr, dns.Port), q.owner(q.from, s.Addr), true
		e.Name, e.Type = q.likely(), q.typ
		out = append(out, e)
	}
	return out
}
