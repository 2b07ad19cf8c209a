package trace

import (
	"cmp"
	"net/netip"
	"slices"
	"time"

	"netlab/internal/dns"
	"netlab/internal/measure"
	"netlab/internal/snapshot"
)

// Heard finds the DNS messages in what was captured at all interfaces of a lab,
// by UDP and by TCP, each once and in the order of time, which counts from the
// first frame. Lab has to have the links and addresses of the namespaces.
//
// A message that is sent once more is another one. NAT on the way changes no
// message; it keeps the addresses with which it left its sender. A firewall may
// drop a message after it has arrived: its taker is told all the same.
func Heard(lab snapshot.Lab, c measure.Capture) []measure.Heard {
	e := ear{lab: lab, said: map[string][]*utterance{}, streams: map[flow]*stream{}}
	for i, p := range c.Packets {
		if p.Point < 0 || p.Point >= len(c.Points) {
			continue
		}
		at := c.Points[p.Point]
		e.hear(Sight{
			Space: at.Space, Link: at.Link, Ether: at.Ether, For: p.For, Index: i,
			At: p.Time.Sub(c.Packets[0].Time), Frame: Read(p.Data, at.Ether, nil),
		})
	}
	var out []measure.Heard
	for _, u := range e.all {
		out = append(out, u.heard())
	}
	for _, s := range e.order {
		out = append(out, s.messages()...)
	}
	slices.SortStableFunc(out, func(a, b measure.Heard) int { return cmp.Compare(a.At, b.At) })
	return out
}

// flow is from whom to whom a packet goes.
type flow struct{ from, to netip.AddrPort }

func flowOf(p Packet) flow {
	return flow{netip.AddrPortFrom(p.Source, p.SourcePort), netip.AddrPortFrom(p.Dest, p.DestPort)}
}

// ear collects what is said about names.
type ear struct {
	lab     snapshot.Lab
	said    map[string][]*utterance // by UDP, by what is said
	all     []*utterance
	streams map[flow]*stream // by TCP
	order   []*stream
}

// passage is what is known of the way of a message, or of one direction of a
// connection.
type passage struct {
	first   Sight
	flows   []flow // with which it was seen: NAT adds some
	entered map[string]bool
	sender  string
}

// utterance is a message by UDP.
type utterance struct {
	passage
	taker string
}

func (e *ear) hear(s Sight) {
	p := s.Frame.Packet
	if s.Frame.Outer != nil || p.SourcePort != dns.Port && p.DestPort != dns.Port {
		return
	}
	switch p.Proto {
	case measure.UDP:
		e.datagram(s)
	case measure.TCP:
		e.segment(s)
	}
}

func (e *ear) datagram(s Sight) {
	key := string(s.Frame.Data)
	u := e.known(key, s)
	if u == nil {
		u = &utterance{passage: e.begin(s)}
		e.said[key] = append(e.said[key], u)
		e.all = append(e.all, u)
	}
	u.pass(s)
	if e.arrives(s) {
		u.taker = s.Space
	}
}

// known is the message, if it was seen before: the latest that has the same
// bytes and is on the same way, or on that to which NAT has turned it.
func (e *ear) known(key string, s Sight) *utterance {
	same := e.said[key]
	for _, u := range slices.Backward(same) {
		if slices.Contains(u.flows, flowOf(s.Frame.Packet)) {
			if u.again(s) {
				return nil
			}
			return u
		}
	}
	for _, u := range slices.Backward(same) {
		if u.turns(s) {
			return u
		}
	}
	return nil
}

// begin notes who sends what is seen for the first time.
func (e *ear) begin(s Sight) passage {
	p := passage{first: s, entered: map[string]bool{}, sender: s.Space}
	if s.Out() {
		return p
	}
	p.sender = ""
	for _, sp := range e.lab.Spaces {
		if ownsAt(sp, s.Frame.Source, s.Link) && (p.sender == "" || sp.Name == s.Space) {
			p.sender = sp.Name
		}
	}
	return p
}

// again says that it leaves once more where it left first.
func (p *passage) again(s Sight) bool {
	return p.atFirst(s) && s.Out() && s.Frame.TTL == p.first.Frame.TTL && flowOf(s.Frame.Packet) == p.flows[0]
}

func (p *passage) atFirst(s Sight) bool {
	return s.Space == p.first.Space && s.Link == p.first.Link && s.Out() == p.first.Out()
}

// turns says that NAT of a namespace into which it came has changed one of its
// two ends.
func (p *passage) turns(s Sight) bool {
	if !s.Out() || s.Link == loopback || !p.entered[s.Space] {
		return false
	}
	now := flowOf(s.Frame.Packet)
	return slices.ContainsFunc(p.flows, func(was flow) bool { return was.from == now.from || was.to == now.to })
}

// pass notes where it is.
func (p *passage) pass(s Sight) {
	if f := flowOf(s.Frame.Packet); !slices.Contains(p.flows, f) {
		p.flows = append(p.flows, f)
	}
	if !s.Out() {
		p.entered[s.Space] = true
	}
}

// arrives says that a packet has come to the machine that it is for.
func (e *ear) arrives(s Sight) bool {
	sp, _ := e.lab.Space(s.Space)
	return s.For == measure.ForHost && ownsAt(sp, s.Frame.Dest, s.Link)
}

// ownsAt says that an address is one of a namespace, as seen at one of its links.
func ownsAt(s snapshot.Space, a netip.Addr, link string) bool {
	if a.IsLoopback() {
		return link == loopback
	}
	return slices.ContainsFunc(s.Addrs, func(own snapshot.Addr) bool {
		return own.Prefix.Addr() == a && (!a.IsLinkLocalUnicast() || own.Link == link)
	})
}

// told is what one of the parties said at a moment.
func (p *passage) told(at time.Duration, tcp bool) measure.Heard {
	return measure.Heard{At: at, Sender: p.sender, From: p.flows[0].from, To: p.flows[0].to, TCP: tcp}
}

func (u *utterance) heard() measure.Heard {
	h := u.told(u.first.At, false)
	h.Taker = u.taker
	if u.first.Frame.More {
		h.Wrong = "the packet is cut into fragments, and only the first was read"
		return h
	}
	return understood(h, u.first.Frame.Data)
}

// understood adds what a message says.
func understood(h measure.Heard, b []byte) measure.Heard {
	m, err := dns.Parse(b)
	if err != nil {
		h.Wrong = err.Error()
		return h
	}
	h.Message = &m
	return h
}
