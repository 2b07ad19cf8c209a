package diagnose

import (
	"fmt"

	"netlab/internal/nss"
)

// misdirected: the library asks where no name server is. Which of both is wrong,
// the file or the network, others tell: who else has that address in its file?
func (q *search) misdirected(e exchange, network []Cause, own bool) []Cause {
	if !own || q.t.Direct != nil {
		return nil
	}
	shared := q.shared(e)
	file := func(sure bool, text string, more ...string) Cause {
		return q.blame(WrongNameserver, q.from, sure, text, cat(q.from, "resolv.conf"), append([]string{q.serverLine(e), e.String()}, more...)...)
	}
	better, known := q.better()
	switch {
	case e.Server == "" && shared && known && better.Server != "":
		text := q.from + " and others ask the nameserver " + e.To.Addr().String() + ", and nobody in this lab has this address; the name server " + better.Server + " has another one"
		moved := q.blame(WrongAddress, better.Server, false, text, "ip -n "+better.Server+" addr show", q.serverLine(e), addrList(q.lab, better.Server), better.String())
		if len(placed(network)) > 0 {
			return append(network, moved)
		}
		return append([]Cause{moved, file(false, text, better.String())}, placed(network)...)
	case e.Server == "":
		asks := " asks the nameserver "
		if e.Times == 0 { // no question went out
			asks = " has the nameserver "
		}
		text := q.from + asks + e.To.Addr().String() + ", and nobody in this lab has this address"
		placed := len(placed(network)) > 0
		if shared && placed {
			return network
		}
		if who, at := q.others(); who != "" {
			return []Cause{file(true, text+"; "+who+" asks "+at)}
		}
		if known {
			text += "; " + better.Server + " is a name server that knows " + shown(better.Name)
			return []Cause{file(true, text, better.String())}
		}
		if !placed {
			network = nil // it says the same
		}
		return append([]Cause{file(!placed && (!shared || q.inquired()), text)}, network...)
	case e.closed && !shared && known && better.Server != e.Server:
		text := q.from + " asks the nameserver " + e.To.Addr().String() + ", which is " + e.Server + ", and no name server; "
		if who, at := q.others(); who != "" {
			text += who + " asks " + at
		} else {
			text += better.Server + " knows " + shown(better.Name)
		}
		return append([]Cause{file(true, text, better.String())}, network...)
	}
	return nil
}

// placed are the causes in the network, if the first one says more than that
// nobody has an address.
func placed(network []Cause) []Cause {
	if len(network) == 0 || network[0].Space == "" || network[0].Kind == NoGateway {
		return nil
	}
	return network
}

// others is a machine that has another nameserver in its file, which there is, and
// that one.
func (q *search) others() (who, at string) {
	for _, s := range q.lab.Spaces {
		if s.Name == q.from || s.Names.Resolv.Path == q.files.Resolv.Path {
			continue
		}
		for _, n := range nss.ReadResolv(s.Names.Resolv.Text).Servers {
			node := q.owner(s.Name, n.Addr)
			if space, _ := q.lab.Space(node); n.Line > 0 && listens(space) {
				return s.Name, n.Addr.String() + " (" + node + ")"
			}
		}
	}
	return "", ""
}

// shared says that other machines have the same nameserver.
func (q *search) shared(e exchange) bool {
	for _, s := range q.lab.Spaces {
		if s.Name == q.from || s.Names.Resolv.Path == q.files.Resolv.Path {
			continue
		}
		for _, n := range nss.ReadResolv(s.Names.Resolv.Text).Servers {
			if n.Addr == e.To.Addr() && n.Line > 0 {
				return true
			}
		}
	}
	return false
}

// better is a server that is not asked, and has the name.
func (q *search) better() (exchange, bool) {
	for _, name := range q.candidates {
		if e, ok := q.truth(name); ok {
			return e, true
		}
	}
	return exchange{}, false
}

func (q *search) serverLine(e exchange) string {
	for i, s := range q.resolv.Servers {
		if s.Addr == e.To.Addr() && s.Line > 0 {
			return fmt.Sprintf("resolv.conf of %s, line %d: nameserver %s", q.from, s.Line, nss.ReadResolv(q.files.Resolv.Text).Servers[i].Addr)
		}
	}
	return "resolv.conf of " + q.from + " names " + e.To.Addr().String()
}
