package service

import (
	"fmt"
	"net"
	"net/netip"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/miekg/dns"

	"netlab/internal/kernel"
	"netlab/internal/netns"
	"netlab/internal/scene"
)

// internet is a small Internet in namespaces: CoreDNS with zone files, some
// servers that do what no server should, and a client.
type internet struct {
	dir   string
	logs  map[string]string // files by the servers' nodes
	seen  map[string]int    // bytes of them that were read
	marks int
}

// zones are what the servers have, by node.
func zonesOfInternet() map[string]map[string]string {
	return map[string]map[string]string{
		"root": {".": soa + `
@ 518400 NS a.root.
a.root. 518400 A 10.1.0.1
com. 172800 NS ns.com.
ns.com. 172800 A 10.2.0.1
net. 172800 NS ns.net.
ns.net. 172800 A 10.2.0.2
`},
		"com": {"com.": soa + `
@ 3600 NS ns
ns A 10.2.0.1
yahoo NS ns1.yahoo
ns1.yahoo A 10.3.0.1
glueless NS ns1.hosting.net.
lame NS ns1.lame
ns1.lame A 10.3.0.2
half NS ns1.half
half NS ns2.half
ns1.half A 10.3.0.66
ns2.half A 10.3.0.2
dead NS ns1.dead
ns1.dead A 10.3.0.66
closed NS ns1.closed
ns1.closed A 10.0.0.2
loopa NS ns.loopb
loopb NS ns.loopa
garbage NS ns1.garbage
ns1.garbage A 10.3.0.5
wrongid NS ns1.wrongid
ns1.wrongid A 10.3.0.5
slow NS ns1.slow
ns1.slow A 10.3.0.5
`},
		"net": {"net.": soa + `
@ 3600 NS ns
ns A 10.2.0.2
hosting NS ns1.hosting
ns1.hosting A 10.3.0.2
`},
		"yahoo": {"yahoo.com.": soa + `
@ 3600 NS ns1
@ 3600 MX 10 mail
ns1 A 10.3.0.1
mail 300 A 10.3.0.25
mail 300 AAAA fd00::25
www 600 CNAME mail
far CNAME www.glueless.com.
nowhere CNAME nothing.glueless.com.
loop1 CNAME loop2
loop2 CNAME loop1
there CNAME back.glueless.com.
two CNAME one
one CNAME mail
brief 2 A 10.3.0.30
zero 0 A 10.3.0.41
sub.deep 300 A 10.3.0.40
*.wild 300 A 10.3.0.42
_http._tcp 300 SRV 0 5 80 mail
long TXT "` + strings.Repeat("x", 255) + `" "` + strings.Repeat("y", 255) + `"
long TXT "` + strings.Repeat("a", 255) + `" "` + strings.Repeat("b", 255) + `" "` + strings.Repeat("c", 255) + `"
`},
		"hosting": {
			"hosting.net.":  soa + "@ 3600 NS ns1\nns1 A 10.3.0.2\n",
			"glueless.com.": soa + "@ 3600 NS ns1.hosting.net.\nwww A 10.3.0.2\nback CNAME there.yahoo.com.\n",
			"half.com.":     soa + "@ 3600 NS ns2\nns2 A 10.3.0.2\nwww A 10.3.0.3\n",
		},
	}
}

func addressOfNode(name string) string {
	return map[string]string{
		"root": "10.1.0.1", "com": "10.2.0.1", "net": "10.2.0.2", "yahoo": "10.3.0.1", "hosting": "10.3.0.2",
		"odd": "10.3.0.5", "silent": "10.3.0.66", "pc": "10.0.0.2", "resolver": "10.0.0.53",
	}[name]
}

// newInternet builds it and starts its servers, which end with the test.
func newInternet(t *testing.T) *internet {
	t.Helper()
	in := &internet{dir: t.TempDir(), logs: map[string]string{}, seen: map[string]int{}}
	s := scene.Scene{NoIPv6: true, Nodes: []scene.Node{{Name: "sw", Kind: scene.Switch}}}
	for _, name := range []string{"root", "com", "net", "yahoo", "hosting", "odd", "silent", "pc", "resolver"} {
		at := netip.PrefixFrom(netip.MustParseAddr(addressOfNode(name)), 8)
		s.Nodes = append(s.Nodes, scene.Node{Name: name, Kind: scene.Host})
		s.Cables = append(s.Cables, scene.Cable{A: scene.End{Node: name, Dev: "eth0", Addrs: []netip.Prefix{at}}, B: scene.End{Node: "sw", Dev: name}})
	}
	if err := kernel.New().Build(t.Context(), s); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		for _, n := range s.Nodes {
			if err := netns.Delete(n.Name); err != nil {
				t.Error(err)
			}
		}
	})
	for node, zones := range zonesOfInternet() {
		in.serve(t, node, zones)
	}
	in.odd(t)
	hole := in.socket(t, "silent", ":53") // it takes what comes, and is silent
	t.Cleanup(func() { hole.Close() })
	return in
}

// serve starts CoreDNS in a node.
func (in *internet) serve(t *testing.T, node string, zones map[string]string) {
	t.Helper()
	var corefile strings.Builder
	for zone, text := range zones {
		file := filepath.Join(in.dir, node+strings.ReplaceAll(zone, ".", "_"))
		write(t, file, text)
		fmt.Fprintf(&corefile, "%s {\n log\n errors\n file %s\n}\n", zone, file)
	}
	conf := filepath.Join(in.dir, node)
	write(t, conf, corefile.String())
	in.logs[node] = conf + ".log"
	start(t, node, in.logs[node], "coredns", "-conf", conf)
}

func write(t *testing.T, file, text string) {
	t.Helper()
	if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}

// start starts a server in a node, waits until it has its ports, and returns
// what ends it.
func start(t *testing.T, node, log string, args ...string) (stop func()) {
	t.Helper()
	cmd := running(t, node, log, args...)
	stop = sync.OnceFunc(func() {
		_ = cmd.Process.Signal(syscall.SIGTERM)
		kill := time.AfterFunc(10*time.Second, func() { _ = cmd.Process.Kill() })
		defer kill.Stop()
		_ = cmd.Wait()
	})
	t.Cleanup(stop)
	return stop
}

// running starts a server; the caller ends it.
func running(t *testing.T, node, log string, args ...string) *exec.Cmd {
	t.Helper()
	f, err := os.Create(log)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	path := "/proc/self/exe"
	if filepath.IsAbs(args[0]) {
		path = args[0]
	}
	cmd := &exec.Cmd{Path: path, Args: args, Stdout: f, Stderr: f, Env: os.Environ()}
	if err := netns.Start(node, cmd); err != nil {
		t.Fatal(err)
	}
	eventually(t, strings.Join(args, " ")+" does not wait at two ports", func() bool { return len(netns.Ports(cmd.Process.Pid)) >= 2 })
	return cmd
}

func eventually(t *testing.T, otherwise string, ok func() bool) {
	t.Helper()
	tick := time.NewTicker(2 * time.Millisecond)
	defer tick.Stop()
	for end := time.Now().Add(60 * time.Second); !ok(); <-tick.C {
		if time.Now().After(end) {
			t.Fatal(otherwise)
		}
	}
}

// socket opens one in a node.
func (in *internet) socket(t *testing.T, node, at string) net.PacketConn {
	t.Helper()
	c, err := netns.Socket(node, func() (net.PacketConn, error) { return (&net.ListenConfig{}).ListenPacket(t.Context(), "udp", at) })
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// odd starts a server that answers strangely, each name in another way.
func (in *internet) odd(t *testing.T) {
	t.Helper()
	c := in.socket(t, "odd", ":53")
	t.Cleanup(func() { c.Close() })
	go func() {
		buf := make([]byte, 1<<16)
		for {
			n, to, err := c.ReadFrom(buf)
			if err != nil {
				return
			}
			q := new(dns.Msg)
			if q.Unpack(buf[:n]) != nil || len(q.Question) != 1 {
				continue
			}
			go func() {
				b := oddAnswer(q)
				if strings.Contains(q.Question[0].Name, "slow") {
					<-time.After(300 * time.Millisecond)
				}
				_, _ = c.WriteTo(b, to)
			}()
		}
	}()
}

func oddAnswer(q *dns.Msg) []byte {
	if strings.Contains(q.Question[0].Name, "garbage") {
		return []byte("\xff\xff this is no DNS message at all")
	}
	a := new(dns.Msg).SetReply(q)
	a.Authoritative = true
	a.Answer = []dns.RR{&dns.A{Hdr: dns.RR_Header{Name: q.Question[0].Name, Rrtype: dns.TypeA, Class: dns.ClassINET, Ttl: 300}, A: net.IPv4(10, 3, 0, 5)}}
	if strings.Contains(q.Question[0].Name, "wrongid") {
		a.Id++
	}
	b, _ := a.Pack()
	return b
}

// ask asks the resolver from the client's node, and asks again as clients do: of
// an answer that took it longer than two seconds unbound makes nothing but an
// entry in its cache (discard-timeout). The error is that of the network.
func (in *internet) ask(t *testing.T, name string, rtype uint16, edit func(*dns.Msg)) (*dns.Msg, error) {
	t.Helper()
	q := new(dns.Msg).SetQuestion(name, rtype)
	if edit != nil {
		edit(q)
	}
	a, err := exchange("udp", "10.0.0.53:53", q)
	for try := 0; err != nil && try < 30; try++ {
		a, err = exchange("udp", "10.0.0.53:53", q)
	}
	if err == nil && a.Truncated {
		a, err = exchange("tcp", "10.0.0.53:53", q)
	}
	return a, err
}

func exchange(network, to string, q *dns.Msg) (*dns.Msg, error) {
	const patience = 5 * time.Second // resolv.conf(5)
	conn, err := netns.Socket("pc", func() (net.Conn, error) { return net.DialTimeout(network, to, patience) })
	if err != nil {
		return nil, err
	}
	defer conn.Close()
	a, _, err := (&dns.Client{Timeout: patience, Net: network}).ExchangeWithConn(q, &dns.Conn{Conn: conn})
	return a, err
}

// questions are those that the servers got since the last call, by node. A
// server writes its log after it has answered: the last line is that of a
// question of this test.
func (in *internet) questions(t *testing.T) map[string][]string {
	t.Helper()
	in.marks++
	mark := fmt.Sprintf("mark-%d.", in.marks)
	out := map[string][]string{}
	line := regexp.MustCompile(`- \d+ "(\S+) IN (\S+) (\S+) `)
	for node, log := range in.logs {
		for zone := range zonesOfInternet()[node] {
			if _, err := exchange("udp", addressOfNode(node)+":53", new(dns.Msg).SetQuestion(mark+strings.TrimPrefix(zone, "."), dns.TypeA)); err != nil {
				t.Fatal(err)
			}
			break
		}
		var b []byte
		eventually(t, node+" logs nothing", func() bool {
			var err error
			b, err = os.ReadFile(log)
			return err == nil && strings.Contains(string(b[in.seen[node]:]), mark)
		})
		for _, m := range line.FindAllStringSubmatch(string(b[in.seen[node]:]), -1) {
			if !strings.HasPrefix(m[2], "mark-") {
				out[node] = append(out[node], m[1]+" "+m[2]+" by "+m[3])
			}
		}
		slices.Sort(out[node]) // what was asked at the same time is logged in any order
		in.seen[node] = len(b)
	}
	return out
}

func count(questions map[string][]string) int {
	n := 0
	for _, q := range questions {
		n += len(q)
	}
	return n
}

// answered writes an answer: its status, its flags, its records in an order of
// their own, and how long a negative one holds.
func answered(a *dns.Msg) string {
	out := []string{dns.RcodeToString[a.Rcode]}
	for flag, set := range map[string]bool{"no ra": !a.RecursionAvailable, "aa": a.Authoritative, "ad": a.AuthenticatedData, "tc": a.Truncated} {
		if set {
			out = append(out, flag)
		}
	}
	slices.Sort(out[1:])
	var records []string
	for _, rr := range a.Answer {
		records = append(records, strings.Join(strings.Fields(rr.String()), " "))
	}
	slices.Sort(records)
	out = append(out, records...)
	for _, rr := range a.Ns {
		if soa, ok := rr.(*dns.SOA); ok {
			out = append(out, fmt.Sprintf("none in %s for %d", soa.Hdr.Name, soa.Hdr.Ttl))
		}
	}
	return strings.Join(out, "\n")
}
