package fault

import (
	"net/netip"
	"slices"
	"strings"
)

// The kinds of faults in name servers.
func nameServerKinds() []Kind {
	return []Kind{
		{Name: "name-server-off", Title: "a name server does not run", at: served(serverOff)},
		{Name: "name-server-port", Title: "a name server listens on another port than 53", at: served(serverPort)},
		{Name: "zone-file-error", Title: "a zone file has a mistake, and its server does not start", at: served(zoneError)},
		{Name: "server-refuses", Title: "the server that is asked neither has the zone nor asks others", at: served(serverRefuses)},
		{Name: "access-refused", Title: "a resolver answers only some, and the sender is none of them", at: served(accessRefused)},
		{Name: "upstream-wrong", Title: "a forwarder asks a server that there is not", at: served(upstreamWrong)},
		{Name: "server-garbage", Title: "something else than a name server listens on port 53", at: served(serverGarbage)},
		{Name: "server-other-id", Title: "a server answers under another number than that of the question", at: served(serverOtherID)},
		{Name: "tcp-blocked", Needs: []string{NFT}, Title: "a long answer has to come by TCP, and a firewall drops that", at: served(tcpBlocked)},
	}
}

// alone are the servers without which the name is not found.
func (n *naming) alone() []NameServer {
	asked := n.asked()
	return slices.DeleteFunc(slices.Clone(n.Servers), func(s NameServer) bool {
		is := func(o NameServer) bool { return o.In == s.In }
		if len(asked) > 1 && slices.ContainsFunc(asked, is) {
			return true
		}
		return s.Config.Path == ""
	})
}

// configured is a fault in the configuration of a server.
func (n *naming) configured(s NameServer, after []string) (Fault, bool) {
	if slices.Equal(after, split(s.Config.Text)) || s.Config.Path == "" {
		return Fault{}, false
	}
	f := rewritten(s.Config.Path, s.Config, after)
	f.Cause, f.Servers = Cause{In: s.In}, n.anew(s.In)
	return f, true
}

func serverOff(n *naming) (out []Fault) {
	for _, s := range n.alone() {
		f := Fault{Cause: Cause{Kind: "service-not-listening", In: s.In}, Says: "the name server in " + s.In + " does not run"}
		f.Servers = n.anew(s.In)
		f.Servers[0].Off = true
		out = append(out, f)
	}
	return out
}

// block is the word that begins a block of a Corefile.
func block(line string) (zone string, ok bool) {
	f := strings.Fields(line)
	if len(f) != 2 || f[1] != "{" || line[0] == ' ' || line[0] == '\t' {
		return "", false
	}
	return f[0], true
}

func serverPort(n *naming) (out []Fault) {
	for _, s := range n.alone() {
		after := each(s.Config.Text, func(l string) (string, bool) {
			if zone, ok := block(l); ok {
				return zone + ":5353 {", true
			}
			return l, true
		})
		if f, ok := n.configured(s, after); ok {
			f.Cause = Cause{Kind: "service-wrong-port", In: s.In, Also: []Cause{{Kind: "service-not-listening", In: s.In}}}
			f.Says = "the name server in " + s.In + " listens on port 5353"
			out = append(out, f)
		}
	}
	return out
}

func zoneError(n *naming) (out []Fault) {
	for _, at := range n.ending() {
		if len(n.ending()) > 1 {
			return nil
		}
		f := n.zoned([]authority{at}, "the server in "+at.server.In+" does not start: a line of the zone "+at.zone.Origin+" is wrong", func(at authority) []string {
			return at.instead(at.record.owner + " IN A 192.168.1.300")
		})[0]
		f.Cause.Kind = "service-not-listening"
		out = append(out, f)
	}
	return out
}

// forgetting takes a zone out of a Corefile.
func (n *naming) forgetting(s NameServer, zone string) (Fault, bool) {
	inside := false
	after := each(s.Config.Text, func(l string) (string, bool) {
		of, begins := block(l)
		switch {
		case begins && absolute(of, ".") == zone:
			inside = true
			return "other.example {", true
		case strings.HasPrefix(l, "}"):
			inside = false
		}
		w := first(l)
		return l, !inside || w != "file" && w != "forward" && w != "cache"
	})
	return n.configured(s, after)
}

func serverRefuses(n *naming) (out []Fault) {
	asked := n.asked()
	if len(asked) != 1 {
		return nil
	}
	s := asked[0]
	zone := "."
	for _, z := range s.Zones {
		if within(n.Full, z.Origin) && within(z.Origin, zone) {
			zone = z.Origin
		}
	}
	if f, ok := n.forgetting(s, zone); ok {
		f.Says = s.In + " neither has the zone of " + bare(n.Full) + " nor asks another server"
		out = append(out, f)
	}
	return out
}

func accessRefused(n *naming) (out []Fault) {
	asked := n.asked()
	if len(asked) != 1 {
		return nil
	}
	s := asked[0]
	after := each(s.Config.Text, func(l string) (string, bool) {
		if first(l) == "access-control:" {
			return strings.Replace(l, " allow", " refuse", 1), true
		}
		return l, true
	})
	if f, ok := n.configured(s, after); ok {
		f.Cause.Also = []Cause{{Kind: "server-refuses", In: s.In}}
		f.Says = s.In + " does not answer " + n.in + ", by its access-control"
		out = append(out, f)
	}
	return out
}

func upstreamWrong(n *naming) (out []Fault) {
	for _, s := range n.alone() {
		var a netip.Addr
		after := each(s.Config.Text, func(l string) (string, bool) {
			f := strings.Fields(l)
			if len(f) < 3 || f[0] != "forward" {
				return l, true
			}
			up, err := netip.ParseAddr(f[2])
			if err != nil {
				return l, true
			}
			bad, ok := n.nobody(up)
			if !ok {
				return l, true
			}
			a = bad
			return strings.Replace(l, f[2], bad.String(), 1), true
		})
		if f, ok := n.configured(s, after); ok && a.IsValid() {
			f.Cause.What, f.Cause.Also = a.String(), []Cause{nobodyHas()}
			f.Says = s.In + " forwards questions to " + a.String() + ", which nobody has"
			out = append(out, f)
		}
	}
	return out
}

// insteadOf has something else listen where the sender's only server should.
func (n *naming) insteadOf(says, speaks string) []Fault {
	asked := n.asked()
	if len(asked) != 1 || n.Service != nil {
		return nil
	}
	s := asked[0]
	return []Fault{{
		Cause:   Cause{In: s.In},
		Says:    s.In + " " + says,
		Servers: []Server{{In: s.In, Off: true}},
		Service: &Service{In: s.In, Proto: UDP, Addr: netip.IPv4Unspecified(), Port: dnsPort, Speaks: speaks},
	}}
}

// dnsPort is where name servers listen, RFC 1035.
const dnsPort = 53

func serverGarbage(n *naming) []Fault {
	return n.insteadOf("answers with something that is no DNS message", "")
}

func serverOtherID(n *naming) []Fault {
	return n.insteadOf("answers under another number than that of the question", OtherID)
}

// tcpBlocked needs a name with more addresses than a datagram of 512 bytes
// holds.
func tcpBlocked(n *naming) (out []Fault) {
	const tooMany = 30
	at := n.ending()
	asked := n.asked()
	if len(at) == 0 || len(at[0].ours()) < tooMany || len(asked) != 1 {
		return nil
	}
	in := asked[0].In
	f := firewall{in: in, family: "ip", table: "filter", kind: "filter", hook: "input", rules: []string{"tcp dport 53 drop"}}
	g := f.fault("the answer has to come by TCP, and the firewall of " + in + " drops that")
	g.Cause.Also = []Cause{{Kind: "tcp-blocked", In: in}}
	return []Fault{g}
}
