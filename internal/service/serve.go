package service

import (
	"context"
	"math/rand/v2"
	"net"
	"net/netip"
	"slices"
	"strconv"

	"github.com/miekg/dns"
)

// server answers the questions of clients.
type server struct {
	conf    config
	resolve func(name string, rtype uint16) found
	tell    func(level int, format string, args ...any)
	room    chan struct{} // for the questions that are being answered
}

// maxQuestions bounds how many questions are answered at once; who comes then
// asks again.
const maxQuestions = 256

func newServer(c config, resolve func(string, uint16) found, tell func(int, string, ...any)) *server {
	return &server{conf: c, resolve: resolve, tell: tell, room: make(chan struct{}, maxQuestions)}
}

// ServeDNS answers one question.
func (s *server) ServeDNS(w dns.ResponseWriter, r *dns.Msg) {
	select {
	case s.room <- struct{}{}:
		defer func() { <-s.room }()
	default:
		return
	}
	from, udp := client(w.RemoteAddr())
	a := s.answer(from, r)
	if a == nil {
		return
	}
	size := dns.MaxMsgSize
	if udp {
		size = dns.MinMsgSize
		if opt := r.IsEdns0(); opt != nil {
			size = max(size, min(int(opt.UDPSize()), udpSize))
		}
	}
	a.Truncate(size)
	_ = w.WriteMsg(a)
}

// client is whom an answer goes to.
func client(a net.Addr) (addr netip.Addr, udp bool) {
	switch a := a.(type) {
	case *net.UDPAddr:
		return a.AddrPort().Addr().Unmap(), true
	case *net.TCPAddr:
		return a.AddrPort().Addr().Unmap(), false
	}
	return netip.Addr{}, false
}

// answer is what a client gets; nil: nothing.
func (s *server) answer(from netip.Addr, r *dns.Msg) *dns.Msg {
	a := new(dns.Msg).SetReply(r)
	a.RecursionAvailable, a.CheckingDisabled = true, r.CheckingDisabled
	opt := r.IsEdns0()
	if opt != nil {
		a.SetEdns0(udpSize, opt.Do())
	}
	act := s.conf.access.of(from)
	switch {
	case r.Response || act == actDeny:
		return nil
	case act == actRefuse || act == actAllow && !r.RecursionDesired:
		a.Rcode = dns.RcodeRefused
	case r.Opcode == dns.OpcodeNotify:
		a.Rcode = dns.RcodeRefused
	case r.Opcode != dns.OpcodeQuery:
		a.Rcode = dns.RcodeNotImplemented
	case len(r.Question) != 1:
		a.Rcode = dns.RcodeFormatError
	case opt != nil && opt.Version() != 0: // RFC 6891 section 6.1.3
		a.Rcode = dns.RcodeBadVers
	default:
		s.fill(from, a)
	}
	return a
}

// fill resolves the question of an answer.
func (s *server) fill(from netip.Addr, a *dns.Msg) {
	q := a.Question[0]
	if s.conf.logQueries {
		s.tell(logAlways, "%s %s %s %s", from, q.Name, typeName(q.Qtype), dns.Class(q.Qclass))
	}
	f, ok := special(q)
	a.Authoritative = ok && (f.rcode == dns.RcodeSuccess || f.rcode == dns.RcodeNameError)
	if !ok {
		f = s.resolve(q.Name, q.Qtype)
	}
	if q.Qtype == dns.TypeAXFR || q.Qtype == dns.TypeIXFR {
		a.RecursionAvailable = false
	}
	a.Rcode, a.Answer = f.rcode, asAsked(q.Name, f.records)
	if f.soa != nil {
		a.Ns = []dns.RR{f.soa}
	}
	s.shuffle(a.Answer)
}

// special answers what nobody is asked for.
func special(q dns.Question) (found, bool) {
	switch {
	case q.Qclass != dns.ClassINET, q.Qtype == dns.TypeAXFR, q.Qtype == dns.TypeIXFR:
		return found{rcode: dns.RcodeRefused}, true
	case q.Qtype == dns.TypeMAILA, q.Qtype == dns.TypeMAILB:
		return found{rcode: dns.RcodeFormatError}, true
	}
	return local(q.Name, q.Qtype)
}

// asAsked are records for one answer: with the name as the client wrote it.
func asAsked(name string, records []dns.RR) []dns.RR {
	var out []dns.RR
	for _, rr := range records {
		rr = dns.Copy(rr)
		if dns.CanonicalName(rr.Header().Name) == dns.CanonicalName(name) {
			rr.Header().Name = name
		}
		out = append(out, rr)
	}
	return out
}

// shuffle turns the records behind the last alias, so that clients share the
// servers that they are about.
func (s *server) shuffle(all []dns.RR) {
	first := 0
	for i, rr := range all {
		if rr.Header().Rrtype == dns.TypeCNAME {
			first = i + 1
		}
	}
	if set := all[min(first, len(all)):]; len(set) > 1 {
		n := rand.N(len(set))
		copy(set, slices.Concat(set[n:], set[:n]))
	}
}

// listen opens a server's ports, all or none.
func (s *server) listen() ([]*dns.Server, error) {
	var out []*dns.Server
	for _, at := range s.conf.listenOn() {
		for _, network := range s.conf.networks() {
			one := &dns.Server{Net: network, Handler: s}
			var err error
			if network == "udp" {
				one.PacketConn, err = (&net.ListenConfig{}).ListenPacket(context.Background(), network, at.String())
			} else {
				one.Listener, err = (&net.ListenConfig{}).Listen(context.Background(), network, at.String())
			}
			if err != nil {
				closeAll(out)
				return nil, &bindError{at, bareNet(err)}
			}
			out = append(out, one)
		}
	}
	return out, nil
}

func closeAll(all []*dns.Server) {
	for _, s := range all {
		if s.PacketConn != nil {
			_ = s.PacketConn.Close()
		}
		if s.Listener != nil {
			_ = s.Listener.Close()
		}
	}
}

// bindError says why a port cannot be had.
type bindError struct {
	at  netip.AddrPort
	err error
}

func (e *bindError) Error() string {
	return "can't bind socket: " + e.err.Error() + " for " + e.at.Addr().String() + " port " + strconv.Itoa(int(e.at.Port()))
}
