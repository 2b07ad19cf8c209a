package service

import (
	"bytes"
	"net"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/miekg/dns"

	"netlab/internal/netns"
)

// TestTheSmallResolver asks it on a network, without unbound beside it: what
// goes wrong there, too.
func TestTheSmallResolver(t *testing.T) {
	in := newInternet(t)
	log := filepath.Join(in.dir, "resolver.log")
	start(t, "resolver", log, "unbound", "-d", "-c", settings(t, "    verbosity: 2\n    log-queries: yes\n"))
	first, _, _ := strings.Cut(string(read(t, log)), "\n")
	if !strings.HasSuffix(first, "unbound["+regexp.MustCompile(`\d+:0`).FindString(first)+"] notice: "+whatItIs) {
		t.Errorf("its first line is %q", first)
	}
	// As many as a resolver may ask of a server that does not answer.
	const most = 4500 * time.Millisecond
	tests := []struct {
		name, ask string
		rtype     uint16
		want, log string
	}{
		{"an address", "mail.yahoo.com.", dns.TypeA, "NOERROR\nmail.yahoo.com. 300 IN A 10.3.0.25", "asking 10.2.0.1 (zone com.) for mail.yahoo.com. A"},
		{"an answer too long for UDP", "long.yahoo.com.", dns.TypeTXT, "NOERROR\nlong", "10.0.0.2 long.yahoo.com. TXT IN"},
		{"no such name", "nope.yahoo.com.", dns.TypeA, "NXDOMAIN\nnone in yahoo.com. for 60", "10.3.0.1: there is no such name"},
		{"aliases in a circle", "loop1.yahoo.com.", dns.TypeA, "SERVFAIL", "SERVFAIL for loop1.yahoo.com. A: too many CNAME records, one behind the other"},
		{"a server that is silent", "www.dead.com.", dns.TypeA, "SERVFAIL", "SERVFAIL for www.dead.com. A: no server of dead.com. gives an answer to www.dead.com."},
		{"a server that is not there", "www.closed.com.", dns.TypeA, "SERVFAIL", "10.0.0.2: connection refused"},
		{"a server that answers with garbage", "www.garbage.com.", dns.TypeA, "SERVFAIL", "10.3.0.5: what it sends is no answer to this question (1 times)"},
		{"a server that answers something else", "www.wrongid.com.", dns.TypeA, "SERVFAIL", "10.3.0.5: what it sends is no answer to this question (1 times)"},
		{"a server that answers late", "www.slow.com.", dns.TypeA, "NOERROR\nwww.slow.com. 300 IN A 10.3.0.5", "asking 10.3.0.5 (zone slow.com.) for www.slow.com. A"},
		{"a server that refuses", "www.lame.com.", dns.TypeA, "SERVFAIL", "10.3.0.2: it says REFUSED"},
		{"two zones with their servers in each other", "www.loopa.com.", dns.TypeA, "SERVFAIL", "SERVFAIL for www.loopa.com. A"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			begun := time.Now()
			a, err := in.ask(t, tt.ask, tt.rtype, nil)
			if err != nil {
				t.Fatal(err)
			}
			if got := answered(a); !strings.HasPrefix(got, tt.want) {
				t.Errorf("%s, want %s", got, tt.want)
			}
			if took := time.Since(begun); took > 4*most {
				t.Errorf("it took %v", took)
			}
			eventually(t, "the log does not say "+tt.log, func() bool { return strings.Contains(string(read(t, log)), tt.log) })
		})
	}
	if n := count(in.questions(t)); n > 40 {
		t.Errorf("%d questions for %d names", n, len(tests))
	}
}

func read(t *testing.T, file string) []byte {
	t.Helper()
	b, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// The time to live counts down on the second question, and at its end the zone
// is asked again, and nobody else.
func TestTheTimeToLiveCountsDown(t *testing.T) {
	in := newInternet(t)
	start(t, "resolver", filepath.Join(in.dir, "resolver.log"), "unbound", "-d", "-c", settings(t, ""))
	ttl := func() uint32 {
		t.Helper()
		a, err := in.ask(t, "brief.yahoo.com.", dns.TypeA, nil)
		if err != nil || len(a.Answer) != 1 {
			t.Fatal(a, err)
		}
		return a.Answer[0].Header().Ttl
	}
	if got := ttl(); got != 2 {
		t.Fatalf("first %d seconds", got)
	}
	in.questions(t)
	eventually(t, "it does not count down", func() bool { return ttl() == 1 })
	if q := in.questions(t); count(q) > 0 {
		t.Errorf("what is known was asked for: %v", q)
	}
	eventually(t, "it is never asked for again", func() bool { return ttl() == 2 })
	if diff := cmp.Diff(map[string][]string{"yahoo": {"A brief.yahoo.com. by udp"}}, in.questions(t)); diff != "" {
		t.Error(diff)
	}
}

// Several who ask the same at the same time cost one walk.
func TestTheSameQuestionManyTimes(t *testing.T) {
	in := newInternet(t)
	start(t, "resolver", filepath.Join(in.dir, "resolver.log"), "unbound", "-d", "-c", settings(t, ""))
	in.questions(t)
	var all sync.WaitGroup
	for range 50 {
		all.Go(func() {
			a, err := in.ask(t, "www.slow.com.", dns.TypeA, nil)
			if err != nil || answered(a) != "NOERROR\nwww.slow.com. 300 IN A 10.3.0.5" {
				t.Errorf("%v, %v", a, err)
			}
		})
	}
	all.Wait()
	if diff := cmp.Diff(map[string][]string{"root": {"A www.slow.com. by udp", "NS . by udp"}, "com": {"A www.slow.com. by udp"}}, in.questions(t)); diff != "" {
		t.Error(diff)
	}
}

// script runs the small resolver with settings until it ends by itself, or is
// ended when it has its ports, and returns what it wrote.
func script(t *testing.T, text string, args ...string) (code int, out string) {
	t.Helper()
	file := filepath.Join(t.TempDir(), "c")
	write(t, file, text)
	var b syncBuffer
	signals := make(chan os.Signal, 2)
	ended := make(chan int, 1)
	go func() { ended <- runUnbound(append([]string{"-d", "-c", file}, args...), &b, signals) }()
	eventually(t, "it neither serves nor ends", func() bool { return len(ended) > 0 || len(netns.Ports(os.Getpid())) > 1 })
	signals <- syscall.SIGHUP
	signals <- syscall.SIGTERM
	return <-ended, strings.ReplaceAll(regexp.MustCompile(`\[\d+\] unbound\[\d+:0\] `).ReplaceAllString(b.String(), ""), file, "c")
}

type syncBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (s *syncBuffer) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.b.Write(p)
}

func (s *syncBuffer) String() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.b.String()
}

func TestHowTheSmallResolverStarts(t *testing.T) {
	loopback(t)
	dir := t.TempDir()
	hints, taken := filepath.Join(dir, "hints"), filepath.Join(dir, "pid")
	write(t, hints, string(read(t, "testdata/root.hints")))
	busy, err := net.ListenPacket("udp", "127.0.0.1:5399")
	if err != nil {
		t.Fatal(err)
	}
	defer busy.Close()
	good := "server:\ninterface: 127.0.0.1@5398\npidfile: \"" + taken + "\"\nroot-hints: " + hints + "\n"
	tests := []struct {
		name, text string
		code       int
		want       string
	}{
		{"it serves until it is ended", good, 0,
			"notice: " + whatItIs + "\ninfo: start of service (netlab's small resolver)\ninfo: the cache is empty now; the settings are as before\ninfo: service stopped\n"},
		{"a wrong setting", "server:\nprot: 53\n", 1,
			"notice: " + whatItIs + "\nc:2: error: unknown keyword 'prot'\nread c failed: 1 errors in configuration file\nfatal error: could not read config file: c\n"},
		{"no hints", "server:\n", 1, "notice: " + whatItIs + "\nfatal error: root-hints is not set, and netlab's small resolver knows no servers of the root by itself\n"},
		{"hints that are not there", "server:\ndirectory: /nowhere\nroot-hints: x\n", 1,
			"notice: " + whatItIs + "\nfatal error: could not read root hints /nowhere/x: no such file or directory\n"},
		{"a port that is taken", good + "interface: 127.0.0.1@5399\n", 1,
			"notice: " + whatItIs + "\nerror: can't bind socket: address already in use for 127.0.0.1 port 5399\nfatal error: could not open ports\n"},
		{"an address of somebody else", good + "interface: 192.0.2.1\n", 1,
			"notice: " + whatItIs + "\nerror: can't bind socket: cannot assign requested address for 192.0.2.1 port 53\nfatal error: could not open ports\n"},
		{"a log that cannot be written", good + "logfile: /nowhere/log\n", 1, "notice: " + whatItIs + "\nfatal error: could not open logfile /nowhere/log: no such file or directory\n"},
		{"a file for its number that cannot be written", good + "pidfile: /nowhere/pid\n", 1,
			"notice: " + whatItIs + "\nfatal error: cannot write pidfile /nowhere/pid: no such file or directory\n"},
		{"something that is ignored", good + "qname-minimisation: yes\n", 0,
			"notice: " + whatItIs + "\nnotice: qname-minimisation is ignored: the whole name is asked for, everywhere\n" +
				"info: start of service (netlab's small resolver)\ninfo: the cache is empty now; the settings are as before\ninfo: service stopped\n"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			code, out := script(t, tt.text)
			if diff := cmp.Diff(tt.want, out); diff != "" || code != tt.code {
				t.Errorf("code %d\n%s", code, diff)
			}
			if _, err := os.Stat(taken); err == nil {
				t.Error("the file with its number is still there")
			}
			if at := netns.Ports(os.Getpid()); len(at) > 1 {
				t.Errorf("it still waits at %v", at)
			}
		})
	}
	var b bytes.Buffer
	if code := runUnbound([]string{"-V"}, &b, nil); code != 0 || b.String() != whatItIs+"\n" {
		t.Errorf("-V: %d %s", code, b.String())
	}
	b.Reset()
	if code := runUnbound([]string{"-y"}, &b, nil); code != 1 || !strings.HasPrefix(b.String(), "unbound: invalid option -- 'y'\n") {
		t.Errorf("-y: %d %s", code, b.String())
	}
	b.Reset()
	if code := runUnbound([]string{"-c", "/nowhere/c"}, &b, nil); code != 1 || !strings.Contains(b.String(), "fatal error: could not open /nowhere/c: no such file or directory\n") {
		t.Errorf("no settings: %d %s", code, b.String())
	}
}

// By IPv4 and IPv6, by UDP and TCP, and only to whom the settings allow it.
func TestTheSmallResolverIsReached(t *testing.T) {
	loopback(t)
	dir := t.TempDir()
	conf := filepath.Join(dir, "c")
	write(t, filepath.Join(dir, "hints"), string(read(t, "testdata/root.hints")))
	write(t, conf, "server:\ninterface: 0.0.0.0@5397\ninterface: ::0@5398\npidfile: ''\nroot-hints: "+dir+"/hints\naccess-control: 127.0.0.9 refuse\n")
	log := filepath.Join(dir, "log")
	start(t, netns.Host, log, "unbound", "-d", "-c", conf)
	eventually(t, "it does not start", func() bool { return strings.Contains(string(read(t, log)), "start of service") })
	for _, network := range []string{"udp", "tcp"} {
		for to, want := range map[string]string{
			"127.0.0.1:5397": "NOERROR\naa\nlocalhost. 10800 IN A 127.0.0.1", "[::1]:5398": "NOERROR\naa\nlocalhost. 10800 IN A 127.0.0.1", "127.0.0.9:5397": "REFUSED",
		} {
			from, _, _ := net.SplitHostPort(to)
			d := net.Dialer{LocalAddr: &net.UDPAddr{IP: net.ParseIP(from)}}
			if network == "tcp" {
				d.LocalAddr = &net.TCPAddr{IP: net.ParseIP(from)}
			}
			a, _, err := (&dns.Client{Net: network, Dialer: &d, Timeout: time.Minute}).Exchange(new(dns.Msg).SetQuestion("localhost.", dns.TypeA), to)
			if err != nil || answered(a) != want {
				t.Errorf("%s %s: %v, %v", network, to, a, err)
			}
		}
	}
}

func TestTheLogGoesToAFile(t *testing.T) {
	loopback(t)
	busy, err := net.ListenPacket("udp", "127.0.0.1:5399") // as above
	if err != nil {
		t.Fatal(err)
	}
	defer busy.Close()
	dir := t.TempDir()
	write(t, filepath.Join(dir, "hints"), string(read(t, "testdata/root.hints")))
	code, out := script(t, "server:\ninterface: 127.0.0.1@5398\npidfile: pid\ndirectory: "+dir+"\nroot-hints: hints\nlogfile: log\n", "-p")
	if code != 0 || strings.Contains(out, "start of service") {
		t.Errorf("%d %s", code, out)
	}
	if log := string(read(t, filepath.Join(dir, "log"))); !strings.Contains(log, "start of service") {
		t.Errorf("the log: %q", log)
	}
}
