package run

import (
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"

	lib "github.com/miekg/dns"

	"netlab/internal/dns"
	"netlab/internal/kernel"
	"netlab/internal/netlabtest"
	"netlab/internal/netns"
	"netlab/internal/render"
	"netlab/internal/term"
)

// digSpace is a namespace with a loopback and files of its own, whose
// addresses from 127.0.0.1 on are those of its name servers.
type digSpace struct {
	t    *testing.T
	name string

	mu    sync.Mutex
	asked []string // "SERVER NAME TYPE" of each question
}

func newDigSpace(t *testing.T, resolv string) *digSpace {
	t.Helper()
	_, err := exec.LookPath("ip")
	netlabtest.Require(t, err == nil, "ip (iproute2)")
	s := &digSpace{t: t, name: "digs"}
	if err := netns.Create(s.name); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = netns.Delete(s.name) })
	if out, err := exec.Command("ip", "-n", s.name, "link", "set", "lo", "up").CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	dir := filepath.Join("/etc/netns", s.name)
	if err := os.MkdirAll(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	s.file("resolv.conf", resolv)
	s.file("hosts", "127.0.0.1 localhost\n")
	s.file("nsswitch.conf", "hosts: files dns\n")
	return s
}

func (s *digSpace) file(name, text string) {
	s.t.Helper()
	if err := os.WriteFile(filepath.Join("/etc/netns", s.name, name), []byte(text), 0o644); err != nil {
		s.t.Fatal(err)
	}
}

// serve answers at an address by UDP and TCP until the end of the test.
func (s *digSpace) serve(server string, answer func(q, m *lib.Msg)) {
	s.t.Helper()
	at := net.JoinHostPort(server, "53")
	handler := lib.HandlerFunc(func(w lib.ResponseWriter, q *lib.Msg) {
		s.mu.Lock()
		s.asked = append(s.asked, fmt.Sprintf("%s %s %s", server, q.Question[0].Name, lib.TypeToString[q.Question[0].Qtype]))
		s.mu.Unlock()
		m := new(lib.Msg)
		m.SetReply(q)
		m.Compress = true
		if o := q.IsEdns0(); o != nil {
			m.SetEdns0(1232, o.Do())
		}
		answer(q, m)
		if w.LocalAddr().Network() == "udp" {
			m.Truncate(1232)
		}
		_ = w.WriteMsg(m)
	})
	pc, err := netns.Socket(s.name, func() (net.PacketConn, error) { return net.ListenPacket("udp", at) })
	if err != nil {
		s.t.Fatal(err)
	}
	l, err := netns.Socket(s.name, func() (net.Listener, error) { return net.Listen("tcp", at) })
	if err != nil {
		s.t.Fatal(err)
	}
	for _, srv := range []*lib.Server{{PacketConn: pc, Handler: handler}, {Listener: l, Handler: handler}} {
		go func() { _ = srv.ActivateAndServe() }()
		s.t.Cleanup(func() { _ = srv.Shutdown() })
	}
}

// silent takes questions and says nothing.
func (s *digSpace) silent(server string) {
	s.t.Helper()
	c, err := netns.Socket(s.name, func() (net.PacketConn, error) { return net.ListenPacket("udp", net.JoinHostPort(server, "53")) })
	if err != nil {
		s.t.Fatal(err)
	}
	s.t.Cleanup(func() { _ = c.Close() })
}

// questions are those that came since the last call.
func (s *digSpace) questions() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	asked := s.asked
	s.asked = nil
	return asked
}

// digZone is what a server knows: of its own zone it is authoritative, of zones
// below it refers to their servers.
type digZone struct {
	origin  string
	records []lib.RR
	resolve bool // it is a resolver
}

func newDigZone(t testing.TB, origin, text string) digZone {
	t.Helper()
	z := digZone{origin: origin}
	p := lib.NewZoneParser(strings.NewReader(text), ".", "")
	for rr, ok := p.Next(); ok; rr, ok = p.Next() {
		z.records = append(z.records, rr)
	}
	if err := p.Err(); err != nil {
		t.Fatal(err)
	}
	return z
}

func (z digZone) answer(q, m *lib.Msg) {
	asked := q.Question[0]
	known := false
	for _, rr := range z.records {
		h := rr.Header()
		if !strings.EqualFold(h.Name, asked.Name) {
			continue
		}
		known = true
		if h.Rrtype == asked.Qtype {
			m.Answer = append(m.Answer, rr)
		}
	}
	m.Authoritative, m.RecursionAvailable = !z.resolve, z.resolve
	if len(m.Answer) > 0 || !z.resolve && z.refer(asked, m) {
		return
	}
	if !known {
		m.Rcode = lib.RcodeNameError
	}
	soa, _ := lib.NewRR(z.origin + " 60 IN SOA ns.lab. host.lab. 1 2 3 4 60")
	m.Ns = append(m.Ns, soa)
}

func (z digZone) refer(asked lib.Question, m *lib.Msg) bool {
	for _, rr := range z.records {
		ns, ok := rr.(*lib.NS)
		if !ok || strings.EqualFold(ns.Hdr.Name, z.origin) || !lib.IsSubDomain(ns.Hdr.Name, asked.Name) {
			continue
		}
		m.Authoritative = false
		m.Ns = append(m.Ns, ns)
		for _, glue := range z.records {
			if a, ok := glue.(*lib.A); ok && a.Hdr.Name == ns.Ns {
				m.Extra = append([]lib.RR{a}, m.Extra...)
			}
		}
	}
	return len(m.Ns) > 0
}

// digSaid is what a dig says, and how it ends.
type digSaid struct {
	Out, Err string
	Exit     int
}

// dig asks as netlab under the name of dig does.
func (s *digSpace) dig(line string) digSaid {
	s.t.Helper()
	cmd, err := dns.ParseDig(strings.Fields(line))
	if err != nil {
		s.t.Fatal(err)
	}
	head := "; <<>> netlab <<>> " + line + "\n"
	if cmd.Served {
		head += "; (1 server found)\n"
	}
	tm, b := term.Test(strings.NewReader(""), 80)
	exit, err := Dig(soon(s.t), Digging{From: s.name, Files: kernel.NameFiles(s.name), Command: cmd, Tell: render.NewDig(tm, cmd, head).Tell})
	if err != nil {
		s.t.Fatal(err)
	}
	return digSaid{normalDig(b.Out.String()), normalDig(b.Err.String()), exit}
}

// normalDig makes equal what cannot be: who speaks, ids, times, cookies.
func normalDig(text string) string {
	for _, r := range []struct{ find, put string }{
		{`; <<>> .* <<>>`, "; <<>> dig <<>>"},
		{`id: \d+`, "id: N"},
		{`Query time: \d+ .sec`, "Query time: N"},
		{`in \d+ (m|u)s`, "in N ms"},
		{`(?m)^;; WHEN: .*$`, ";; WHEN: now"},
		{`COOKIE: [0-9a-f]+`, "COOKIE: N"},
		{`(?m)^(/usr/bin/)?dig: `, "dig: "},
	} {
		text = regexp.MustCompile(r.find).ReplaceAllString(text, r.put)
	}
	return text
}
