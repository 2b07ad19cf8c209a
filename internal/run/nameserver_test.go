package run

import (
	"fmt"
	"net"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/miekg/dns"

	"netlab/internal/netns"
)

// nameServer is a small server of the tests. What it answers can be changed
// while it runs.
type nameServer struct {
	in string

	mu      sync.Mutex
	answers map[string]func(question *dns.Msg) *dns.Msg // by "name type"; nil: no answer
	servers []*dns.Server
}

// startServer runs a name server at an address of a node until the end of the
// test.
func startServer(t testing.TB, in, addr string) *nameServer {
	t.Helper()
	s := &nameServer{in: in, answers: map[string]func(*dns.Msg) *dns.Msg{}}
	s.start(t, addr)
	t.Cleanup(s.stop)
	return s
}

func (s *nameServer) start(t testing.TB, addr string) {
	t.Helper()
	at := net.JoinHostPort(addr, "53")
	udp, err := netns.Socket(s.in, func() (net.PacketConn, error) { return net.ListenPacket("udp", at) })
	must(t, err)
	tcp, err := netns.Socket(s.in, func() (net.Listener, error) { return net.Listen("tcp", at) })
	must(t, err)
	for _, one := range []*dns.Server{{PacketConn: udp, Handler: s}, {Listener: tcp, Handler: s}} {
		ready := make(chan struct{})
		one.NotifyStartedFunc = func() { close(ready) }
		go func() { _ = one.ActivateAndServe() }()
		<-ready
		s.servers = append(s.servers, one)
	}
}

func (s *nameServer) stop() {
	for _, one := range s.servers {
		_ = one.Shutdown()
	}
	s.servers = nil
}

// ServeDNS answers. A name of which the server knows nothing there is not; one
// of which it knows another type has nothing of this one.
func (s *nameServer) ServeDNS(w dns.ResponseWriter, question *dns.Msg) {
	q := question.Question[0]
	name := strings.ToLower(q.Name)
	s.mu.Lock()
	answer, known := s.answers[name+" "+dns.TypeToString[q.Qtype]]
	other := false
	for key := range s.answers {
		other = other || strings.HasPrefix(key, name+" ")
	}
	s.mu.Unlock()
	switch {
	case known:
	case other:
		answer = replied(dns.RcodeSuccess, "lan. 300 IN SOA ns.lan. root.lan. 1 2 3 4 5")
	default:
		answer = replied(dns.RcodeNameError, "lan. 300 IN SOA ns.lan. root.lan. 1 2 3 4 5")
	}
	if m := answer(question); m != nil {
		_ = w.WriteMsg(m)
	}
}

// says sets what is answered to a question such as "web.lan. A"; nil: that the
// server forgets it.
func (s *nameServer) says(question string, answer func(*dns.Msg) *dns.Msg) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if answer == nil {
		delete(s.answers, question)
		return
	}
	s.answers[question] = answer
}

func record(text string) dns.RR {
	rr, err := dns.NewRR(text)
	if err != nil || rr == nil {
		panic(fmt.Sprint("no record: ", text))
	}
	return rr
}

// zoneOf answers with records, as the server of their zone.
func zoneOf(records ...string) func(*dns.Msg) *dns.Msg {
	return func(q *dns.Msg) *dns.Msg {
		m := new(dns.Msg).SetReply(q)
		m.Authoritative = true
		for _, r := range records {
			m.Answer = append(m.Answer, record(r))
		}
		return m
	}
}

// replied answers without a record, and with those of the authority section.
func replied(code int, authority ...string) func(*dns.Msg) *dns.Msg {
	return func(q *dns.Msg) *dns.Msg {
		m := new(dns.Msg).SetRcode(q, code)
		m.Authoritative = code == dns.RcodeNameError || code == dns.RcodeSuccess
		for _, r := range authority {
			m.Ns = append(m.Ns, record(r))
		}
		return m
	}
}

// silence is no answer.
func silence(*dns.Msg) *dns.Msg { return nil }

// forwards asks another server, and passes on what that says.
func forwards(s *nameServer, to string) func(*dns.Msg) *dns.Msg {
	return func(q *dns.Msg) *dns.Msg {
		conn, err := netns.Socket(s.in, func() (net.Conn, error) { return net.Dial("udp", net.JoinHostPort(to, "53")) })
		if err != nil {
			return replied(dns.RcodeServerFailure)(q)
		}
		defer conn.Close()
		c := dns.Client{Timeout: 300 * time.Millisecond}
		further := q.Copy()
		further.Id = dns.Id()
		m, _, err := c.ExchangeWithConn(further, &dns.Conn{Conn: conn})
		if err != nil {
			return replied(dns.RcodeServerFailure)(q)
		}
		m.Id, m.Authoritative = q.Id, false
		return m
	}
}

// changed is an answer that is changed on its way out.
func changed(answer func(*dns.Msg) *dns.Msg, change func(*dns.Msg)) func(*dns.Msg) *dns.Msg {
	return func(q *dns.Msg) *dns.Msg {
		m := answer(q)
		change(m)
		return m
	}
}
