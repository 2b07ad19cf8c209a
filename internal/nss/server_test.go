package nss_test

import (
	"encoding/binary"
	"io"
	"net"
	"net/netip"
	"slices"
	"strings"
	"sync"
	"testing"

	"netlab/internal/dns"
	"netlab/internal/nss"
)

// asked is one question that came to a server of a test.
type asked struct {
	Server, Name, Type string
	TCP                bool
}

// A server is a name server of a test. What it says of a name are addresses,
// a "CNAME name", or how it fails: a status, "silent", "wrong id" …
type server struct {
	addr string
	all  string              // what it says of every name, if not empty
	zone map[string][]string // by absolute name
}

// says makes the answer to a question; nil: there is none that counts.
func (s server) says(q dns.Question, tcp bool) *dns.Message {
	says := s.zone[strings.ToLower(q.Name)]
	if s.all != "" {
		says = []string{s.all}
	}
	m := &dns.Message{Status: dns.NoError, Authoritative: true, RecursionAvailable: true}
	if len(says) == 0 {
		m.Status = dns.NXDomain
		return m
	}
	owner := q.Name
	for _, data := range says {
		alias, is := strings.CutPrefix(data, "CNAME ")
		a, err := netip.ParseAddr(data)
		switch {
		case is:
			m.Answers = append(m.Answers, dns.Record{Name: owner, Type: "CNAME", Data: alias})
			owner = alias
		case err == nil && (a.Is4() && q.Type == "A" || a.Is6() && q.Type == "AAAA"):
			m.Answers = append(m.Answers, dns.Record{Name: owner, Type: q.Type, Data: data})
		case err == nil:
		case data == "silent", data == "wrong id", data == "garbage", data == "wrong question":
			return nil
		case data == "referral": // knows nothing, and nobody who does
			m.Authoritative, m.RecursionAvailable = false, false
		case data == "glue": // knows who may know
			m.Additional = []dns.Record{{Name: "ns.a.", Type: "A", Data: "10.9.9.9"}}
		case data == "cut short":
			m.Truncated = !tcp
		case data != "nothing":
			m.Status = data
		}
	}
	return m
}

// names are servers that write down what they are asked.
type names struct {
	servers []server
	mu      sync.Mutex
	heard   []asked
}

// took returns what was asked since the last call, and forgets it.
func (n *names) took() []asked {
	n.mu.Lock()
	defer n.mu.Unlock()
	heard := n.heard
	n.heard = nil
	return heard
}

func (n *names) hear(a asked) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.heard = append(n.heard, a)
}

// ask is what Lookup is given: the same servers, without a network.
func (n *names) ask(q nss.Query) nss.Reply {
	for _, s := range n.servers {
		if netip.MustParseAddr(s.addr) == q.Server.Unmap() {
			n.hear(asked{s.addr, q.Question.Name, q.Question.Type, q.TCP})
			return nss.Reply{Answer: s.says(q.Question, q.TCP)}
		}
	}
	return nss.Reply{Closed: true}
}

// listen starts the servers, by UDP and TCP, until the test ends.
func (n *names) listen(t *testing.T) {
	t.Helper()
	for _, s := range n.servers {
		at := net.JoinHostPort(s.addr, "53")
		udp, err := net.ListenPacket("udp", at)
		if err != nil {
			t.Fatal(err)
		}
		tcp, err := net.Listen("tcp", at)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { udp.Close(); tcp.Close() })
		go n.serveUDP(udp, s)
		go n.serveTCP(tcp, s)
	}
}

func (n *names) serveUDP(conn net.PacketConn, s server) {
	for buf := make([]byte, 4096); ; {
		size, from, err := conn.ReadFrom(buf)
		if err != nil {
			return
		}
		if reply := n.reply(s, buf[:size], false); reply != nil {
			_, _ = conn.WriteTo(reply, from)
		}
	}
}

func (n *names) serveTCP(l net.Listener, s server) {
	for {
		conn, err := l.Accept()
		if err != nil {
			return
		}
		for head := make([]byte, 2); ; {
			if _, err := io.ReadFull(conn, head); err != nil {
				break
			}
			query := make([]byte, binary.BigEndian.Uint16(head))
			if _, err := io.ReadFull(conn, query); err != nil {
				break
			}
			reply := n.reply(s, query, true)
			_, _ = conn.Write(append(binary.BigEndian.AppendUint16(nil, uint16(len(reply))), reply...))
		}
		conn.Close()
	}
}

// reply answers a message (RFC 1035 section 4); nil: with silence.
func (n *names) reply(s server, query []byte, tcp bool) []byte {
	q, end := question(query)
	n.hear(asked{s.addr, q.Name, q.Type, tcp})
	says := append(s.zone[strings.ToLower(q.Name)], s.all)
	head := slices.Clone(query[:end])
	head[2], head[3] = 0x85, 0x80
	binary.BigEndian.PutUint32(head[8:], 0)
	m := s.says(q, tcp)
	switch {
	case slices.Contains(says, "wrong id"):
		head[0]++
		return head
	case slices.Contains(says, "wrong question"):
		head[13]++
		return head
	case slices.Contains(says, "garbage"):
		return []byte("no DNS message, but long enough to be one")
	case m == nil:
		return nil
	case !m.Authoritative:
		head[2], head[3] = 0x81, 0
	}
	if m.Truncated {
		head[2] |= 2
	}
	head[3] |= map[string]byte{"FORMERR": 1, "SERVFAIL": 2, "NXDOMAIN": 3, "NOTIMP": 4, "REFUSED": 5}[m.Status]
	binary.BigEndian.PutUint16(head[6:], uint16(len(m.Answers)))
	binary.BigEndian.PutUint16(head[10:], uint16(len(m.Additional)))
	for _, r := range append(m.Answers, m.Additional...) {
		head = append(head, record(r)...)
	}
	return head
}

func record(r dns.Record) []byte {
	data := encode(r.Data)
	if a, err := netip.ParseAddr(r.Data); err == nil {
		data = a.AsSlice()
	}
	msg := binary.BigEndian.AppendUint16(encode(r.Name), map[string]uint16{"A": 1, "CNAME": 5, "AAAA": 28}[r.Type])
	msg = append(msg, 0, 1, 0, 0, 0, 60)
	return append(binary.BigEndian.AppendUint16(msg, uint16(len(data))), data...)
}

func encode(name string) []byte {
	var out []byte
	for label := range strings.SplitSeq(strings.TrimSuffix(name, "."), ".") {
		out = append(append(out, byte(len(label))), label...)
	}
	return append(out, 0)
}

// question reads the one question of a message, and says where it ends.
func question(msg []byte) (dns.Question, int) {
	q := dns.Question{}
	at := 12
	for msg[at] != 0 {
		q.Name += string(msg[at+1:at+1+int(msg[at])]) + "."
		at += 1 + int(msg[at])
	}
	if q.Name == "" {
		q.Name = "."
	}
	q.Type = map[uint16]string{1: "A", 28: "AAAA", 12: "PTR"}[binary.BigEndian.Uint16(msg[at+1:])]
	return q, at + 5
}
