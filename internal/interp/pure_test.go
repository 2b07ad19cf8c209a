package interp

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/netip"
	"os"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"mvdan.cc/sh/v3/expand"

	"netlab/internal/measure"
	"netlab/internal/op"
	"netlab/internal/probe"
)

func TestPingLines(t *testing.T) {
	std := pingLine{interval: pingInterval, wait: pingWait, size: pingSize}
	with := func(f func(*pingLine)) *pingLine { l := std; f(&l); return &l }
	tests := map[string]struct {
		line string
		want *pingLine // nil: left to the machine's ping
	}{
		"plain":              {"ping a", with(func(l *pingLine) { l.target = "a" })},
		"letters together":   {"ping -nqc3 a", with(func(l *pingLine) { l.target, l.numeric, l.quiet, l.count = "a", true, true, 3 })},
		"options behind":     {"ping a -c 2", with(func(l *pingLine) { l.target, l.count = "a", 2 })},
		"ping6":              {"ping6 a", with(func(l *pingLine) { l.target, l.family = "a", 6 })},
		"fractions":          {"ping -i .2 -W 1.5 a", with(func(l *pingLine) { l.target, l.interval, l.wait = "a", 200*time.Millisecond, 1500*time.Millisecond })},
		"a deadline":         {"ping -w5 -s 100 -t9 -4 -- a", with(func(l *pingLine) { l.target, l.deadline, l.size, l.ttl, l.family = "a", 5*time.Second, 100, 9, 4 })},
		"an interface":       {"ping -I eth0 a", nil},
		"two targets":        {"ping a b", nil},
		"a value is missing": {"ping -c", nil},
		"an odd number":      {"ping -i 1e3 a", nil},
		"too large":          {"ping -s 70000 a", nil},
		"a wrong count": {"ping -c 0 a", with(func(l *pingLine) {
			l.target, l.exit, l.usage = "a", 1, "invalid argument: '0': out of range: 1 <= value <= 9223372036854775807"
		})},
		"no target": {"ping -c 1", with(func(l *pingLine) { l.count, l.exit, l.usage = 1, 1, "usage error: Destination address required" })},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			got, ok := readPingLine(strings.Fields(tt.line))
			if ok != (tt.want != nil) {
				t.Fatalf("ok = %v: %+v", ok, got)
			}
			if ok {
				if d := cmp.Diff(*tt.want, got, cmp.AllowUnexported(pingLine{})); d != "" {
					t.Error(d)
				}
			}
		})
	}
}

func TestPingPrintsTimesAsPingDoes(t *testing.T) {
	for in, want := range map[time.Duration]string{
		45 * time.Microsecond:      "0.045",
		999 * time.Microsecond:     "0.999",
		1234 * time.Microsecond:    "1.23",
		9996 * time.Microsecond:    "10.0",
		12345 * time.Microsecond:   "12.3",
		99960 * time.Microsecond:   "100",
		1000500 * time.Microsecond: "1001",
	} {
		if got := milliseconds(in); got != want {
			t.Errorf("%v is shown as %s, not %s", in, got, want)
		}
	}
}

func TestPingCountsWhatComes(t *testing.T) {
	to := netip.MustParseAddr("10.1.1.2")
	router := &measure.ICMPError{From: netip.MustParseAddr("10.1.1.1"), Text: "Destination Net Unreachable"}
	var out, errOut strings.Builder
	p := &pinging{line: pingLine{count: 4, interval: 0, wait: time.Second, size: 56}, target: target{typed: "10.1.1.2", addr: to}, out: &out, err: &errOut}
	err := p.run(context.Background(), "", func(_ context.Context, r probe.Request, f func(probe.Reply)) error {
		if r.Count != 4 || r.To != to {
			t.Errorf("%+v", r)
		}
		time.AfterFunc(0, func() {})
		f(probe.Reply{Seq: 1, Fate: measure.Answered, From: to, Size: 64, TTL: 64, RTT: time.Millisecond})
		f(probe.Reply{Seq: 1, Fate: measure.Answered, From: to, Size: 64, TTL: 64, RTT: 3 * time.Millisecond})
		f(probe.Reply{Seq: 2, Fate: measure.Reported, ICMP: router})
		f(probe.Reply{Seq: 3, Fate: measure.Refused, Errno: "EPERM", Text: "operation not permitted"})
		f(probe.Reply{Seq: 4, Fate: measure.Silent})
		for end := time.Now().Add(10 * time.Millisecond); time.Now().Before(end); {
			p.mu.Lock()
			p.mu.Unlock() //nolint:staticcheck // lets the time of four intervals pass
		}
		return context.Canceled
	})
	if err != nil {
		t.Fatal(err)
	}
	if exit := p.finish(); exit != 0 {
		t.Errorf("exit %d", exit)
	}
	want := `PING 10.1.1.2 (10.1.1.2) 56(84) bytes of data.
64 bytes from 10.1.1.2: icmp_seq=1 ttl=64 time=1.00 ms
64 bytes from 10.1.1.2: icmp_seq=1 ttl=64 time=3.00 ms (DUP!)
From 10.1.1.1 icmp_seq=2 Destination Net Unreachable

--- 10.1.1.2 ping statistics ---
4 packets transmitted, 1 received, +1 duplicates, +1 errors, 75% packet loss, time 0ms
rtt min/avg/max/mdev = 1.000/2.000/3.000/1.000 ms
`
	if d := cmp.Diff(want, out.String()); d != "" {
		t.Error(d)
	}
	if errOut.String() != "ping: sendmsg: Operation not permitted\n" {
		t.Errorf("stderr: %s", errOut.String())
	}
}

// planned runs a line through plan with tools that answer without a kernel.
func planned(t *testing.T, path, line string) (place, by string, args []string) {
	t.Helper()
	s := &session{opts: Options{}.withDefaults(), tools: tools{
		parse: op.Parse, parseExec: op.ParseExec, parseQuery: op.ParseQuery, summary: op.Summary,
		enter: func(ns string) error {
			if ns == "gone" {
				return errors.New("gone")
			}
			return nil
		},
	}}
	c := &call{args: strings.Fields(line), vars: expand.ListEnviron("PATH=" + path), dir: "/"}
	p := s.plan(c)
	return p.place, p.by, c.args
}

func TestWhoRunsACommand(t *testing.T) {
	need(t, "ip")
	tests := []struct{ line, place, by, byWithout string }{
		{"ip netns add ns1", "", byNetlab, byNetlab},
		{"/sbin/ip netns add ns1", "", byNetlab, byNetlab},
		{"./ip netns add ns1", "", byNetlab, byNetlab}, // there is none: netlab says so
		{"ip -n ns1 link set lo up", "ns1", byNetlab, byNetlab},
		{"ip netns exec ns1 ip link set lo up", "ns1", byNetlab, byNetlab},
		{"sudo ip netns exec ns1 true", "ns1", byMachine, byNetlab},
		{"ip netns exec gone ip link set lo up", "gone", byNetlab, byNetlab},
		{"ip addr show", "", byIP, byNetlab},
		{"ip -n ns1 addr show", "ns1", byIP, byNetlab},
		{"ip netns exec ns1 ip addr", "ns1", byIP, byNetlab},
		{"bridge fdb show", "", byIP, byNetlab},
		{"bridge fdb add 00:11:22:33:44:55 dev br0", "", byNetlab, byNetlab},
		{"ip tunnel add x", "", byIP, byNetlab},
		{"ip netns exec ns1 ping -c1 10.1.1.2", "ns1", byNetlab, byNetlab},
		{"ping -c1 10.1.1.2", "", byNetlab, byNetlab},
		{"ping -R 10.1.1.2", "", byMachine, byNetlab},
		{"ping -c1 fe80::1", "", byMachine, byNetlab},
		{"sysctl -w net.ipv4.ip_forward=1", "", byNetlab, byNetlab},
		{"sysctl -a", "", byMachine, byNetlab},
		{"ip netns exec ns1 sysctl -w net.ipv4.ip_forward=1", "ns1", byNetlab, byNetlab},
		{"ip netns exec ns1 cat /etc/hosts", "ns1", byMachine, byNetlab},
		{"cat /etc/hosts", "", byMachine, byNetlab},
	}
	for _, tt := range tests {
		t.Run(tt.line, func(t *testing.T) {
			for path, by := range map[string]string{DefaultPath: tt.by, noTools: tt.byWithout} {
				gotPlace, gotBy, _ := planned(t, path, tt.line)
				if gotPlace != tt.place || gotBy != by {
					t.Errorf("with PATH=%s by %q in %q, want %q in %q", path, gotBy, gotPlace, by, tt.place)
				}
			}
		})
	}
}

func TestSudoIsTakenOffTheWords(t *testing.T) {
	for line, want := range map[string]string{
		"sudo true":                "true",
		"sudo -E -n true -x":       "true -x",
		"sudo -u root true":        "true",
		"sudo -uroot A=1 true":     "true",
		"sudo -- true":             "true",
		"/usr/bin/sudo true":       "true",
		"sudo -i":                  "sudo -i",
		"sudo -u nobody true":      "sudo -u nobody true",
		"sudo --preserve-env true": "true",
	} {
		if _, _, args := planned(t, DefaultPath, line); strings.Join(args, " ") != want {
			t.Errorf("%q becomes %q", line, args)
		}
	}
}

func TestSysctlLines(t *testing.T) {
	for line, want := range map[string]*sysctlLine{
		"a.b":        {words: []string{"a.b"}},
		"-n a.b c.d": {values: true, words: []string{"a.b", "c.d"}},
		"-qw a.b=1":  {quiet: true, write: true, words: []string{"a.b=1"}},
		"-e a.b=1":   {ignore: true, words: []string{"a.b=1"}},
		"":           nil,
		"-a":         nil,
		"-w a.b":     nil,
		"-w a.b = 1": nil,
		"a.b=":       nil,
		"net.*.x":    nil,
		"-p /etc/x":  nil,
	} {
		got, ok := readSysctlLine(strings.Fields(line))
		if ok != (want != nil) {
			t.Errorf("%q: ok = %v", line, ok)
		} else if ok {
			if d := cmp.Diff(*want, got, cmp.AllowUnexported(sysctlLine{})); d != "" {
				t.Errorf("%q: %s", line, d)
			}
		}
	}
}

func TestSysctlKeysStayBelowProcSys(t *testing.T) {
	for word, want := range map[string]string{
		"net.ipv4.ip_forward":            "/proc/sys/net/ipv4/ip_forward",
		"net/ipv4/ip_forward":            "/proc/sys/net/ipv4/ip_forward",
		"net.ipv4.conf.eth0/1.rp_filter": "/proc/sys/net/ipv4/conf/eth0.1/rp_filter",
		"net/../../../etc/passwd":        "/proc/sys/etc/passwd",
	} {
		if _, got := sysctlKey(word); got != want {
			t.Errorf("%q is %q", word, got)
		}
	}
}

func TestCrashesAreNamed(t *testing.T) {
	killed := syscall.WaitStatus(syscall.SIGKILL)
	aborted := syscall.WaitStatus(2 << 8)
	tests := map[string]struct {
		words  string
		status syscall.WaitStatus
		want   string
	}{
		"stack":                   {"runtime: goroutine stack exceeds 67108864-byte limit\nfatal error: stack overflow", aborted, LimitStack},
		"memory":                  {"fatal error: runtime: out of memory", aborted, LimitMemory},
		"memory, elsewhere":       {"runtime: cannot allocate memory", aborted, LimitMemory},
		"memory, unnoticed":       {"SIGSEGV: segmentation violation\nPC=0x1\n\ngoroutine 0 gp=0x1 [idle]:\nruntime.(*spanQueue).tryDrain(0x1)\n", aborted, LimitMemory},
		"threads":                 {"runtime: failed to create new OS thread (have 9 already; errno=11)", aborted, LimitProcesses},
		"killed":                  {"", killed, LimitKilled},
		"netlab's own fault":      {"panic: oops\n\ngoroutine 7 [running]:\nnetlab/internal/interp.f()", aborted, ""},
		"a wrong pointer of ours": {"SIGSEGV\n\ngoroutine 7 [running]:\nnetlab/internal/interp.f()", aborted, ""},
		"nothing":                 {"", 0, ""},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			if got := crashLimit(tt.words, tt.status); got != tt.want {
				t.Errorf("%q", got)
			}
			if tt.want != "" && (Options{}).withDefaults().explain(tt.want) == "" {
				t.Error("it has no explanation")
			}
		})
	}
}

func TestSizesAndSpansAreShort(t *testing.T) {
	for got, want := range map[string]string{
		size(1 << 20): "1 MiB", size(1 << 30): "1 GiB", size(16 << 10): "16 KiB", size(12): "12 bytes", size(1536 << 20): "1536 MiB",
		span(30 * time.Second): "30 s", span(2 * time.Minute): "2 min", span(500 * time.Millisecond): "0.5 s",
	} {
		if got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}

// said decodes what a mouth wrote.
func said(t *testing.T, b []byte) []message {
	t.Helper()
	var all []message
	for line := range bytes.Lines(b) {
		var m message
		if err := json.Unmarshal(line, &m); err != nil {
			t.Fatalf("%s: %v", line, err)
		}
		all = append(all, m)
	}
	return all
}

func TestOutputIsHeldUntilALineIsWhole(t *testing.T) {
	var b bytes.Buffer
	m := newMouth(&b)
	for _, part := range []string{"one", " ", "two", "\n", "h\xc3", "\xa9\n", "end"} {
		m.output("stdout", []byte(part))
	}
	m.output("stderr", []byte("oops\n"))
	m.send(message{Done: &Result{}, Dead: true})
	m.output("stdout", []byte("never\n"))
	var got []string
	for _, msg := range said(t, b.Bytes()) {
		if msg.Event != nil {
			got = append(got, msg.Event.Stream+" "+msg.Event.Text)
		}
	}
	if d := cmp.Diff([]string{"stdout one two\n", "stdout hé\n", "stdout end", "stderr oops\n"}, got); d != "" {
		t.Error(d)
	}
}

func TestACharacterIsNotCutInTwo(t *testing.T) {
	for in, want := range map[string]int{"": 0, "a": 1, "é": 2, "a\xc3": 1, "\xe2\x82": 0, "€": 3, "\xff": 1, "a\xf0\x9f\x98": 1, "😀": 4, "\x80\x80\x80\x80": 4} {
		if got := whole([]byte(in)); got != want {
			t.Errorf("whole(%q) = %d, want %d", in, got, want)
		}
	}
	var b bytes.Buffer
	m := newMouth(&b)
	text := strings.Repeat("€", holdSize)
	m.output("stdout", []byte(text))
	m.send(message{})
	var got strings.Builder
	for _, msg := range said(t, b.Bytes()) {
		if msg.Event != nil {
			got.WriteString(msg.Event.Text)
		}
	}
	if got.String() != text {
		t.Error("the text is changed")
	}
}

func TestAMeterBoundsAndCounts(t *testing.T) {
	m := &meter{show: 10}
	var shown []int
	var floods []bool
	for _, n := range []int{4, 4, 4, 600, 100, 1} {
		show, flood := m.add(n)
		shown, floods = append(shown, show), append(floods, flood)
	}
	if !slices.Equal(shown, []int{4, 4, 2, 0, 0, 0}) || !slices.Equal(floods, []bool{false, false, false, false, true, false}) {
		t.Errorf("%v %v", shown, floods)
	}
	if m.dropped() != 713-10 {
		t.Errorf("%d dropped", m.dropped())
	}
}

func TestAPumpSettlesBeforeTheEnd(t *testing.T) {
	var b bytes.Buffer
	p, w, err := newPump(&b)
	if err != nil {
		t.Fatal(err)
	}
	text := strings.Repeat("x", 60<<10) // less than a pipe holds
	if _, err := io.WriteString(w, text); err != nil {
		t.Fatal(err)
	}
	p.settle() // while w is still open, as in a background job
	if b.String() != text {
		t.Errorf("%d bytes have come", b.Len())
	}
	if _, err := io.WriteString(w, "later"); err != nil {
		t.Fatal(err)
	}
	w.Close()
	<-p.eof
	if b.String() != text+"later" {
		t.Error("what came later is lost")
	}
	p.settle() // twice is fine
}

func TestTheProcessTableIsRead(t *testing.T) {
	self, ok := readProcess(os.Getpid())
	if !ok || self.parent != os.Getppid() || self.threads < 2 || !self.alive() {
		t.Errorf("%+v %v", self, ok)
	}
	if _, ok := readProcess(1 << 30); ok {
		t.Error("a process that is not there")
	}
	if !strings.Contains(commandLine(os.Getpid()), "-test.") {
		t.Errorf("%q", commandLine(os.Getpid()))
	}
}

func TestFirstLines(t *testing.T) {
	for in, want := range map[string]string{
		"a": "a", "a\nb": "a …", " a ": "a", strings.Repeat("é", 200): strings.Repeat("é", 100) + " …",
	} {
		if got := firstLine(in); got != want {
			t.Errorf("%q", got)
		}
	}
}

func TestNetnsExecNeedsACommand(t *testing.T) {
	var b strings.Builder
	if code := netnsExec([]string{"ns1"}, &b); code != 1 || b.String() != "No command specified\n" {
		t.Errorf("%d %q", code, b.String())
	}
}
