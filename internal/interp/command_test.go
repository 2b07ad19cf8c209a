package interp

import (
	"os/exec"
	"regexp"
	"strings"
	"syscall"
	"testing"

	"github.com/google/go-cmp/cmp"

	"netlab/internal/event"
	"netlab/internal/netlabtest"
)

// noTools is a PATH on which there are neither ip nor ping nor sysctl.
const noTools = "/run/no-tools"

// pair is the lesson veth-pair, in the words of its author.
const pair = `ip netns add ns1
ip netns add ns2
ip link add veth_ns1 type veth peer name veth_ns2
ip link set veth_ns1 netns ns1
ip link set veth_ns2 netns ns2
ip netns exec ns1 ip link set veth_ns1 up
ip -n ns2 link set veth_ns2 up
sudo ip netns exec ns1 ip addr add 10.1.1.1/24 dev veth_ns1
ip netns exec ns2 ip a a 10.1.1.2/24 dev veth_ns2
`

// lab opens a shell with ns1 and ns2 in it, which the end of the test removes.
func lab(t testing.TB, o Options) (*Shell, took) {
	t.Helper()
	s := open(t, o)
	k := do(t, s, pair)
	t.Cleanup(func() { do(t, s, "ip netns del ns1; ip netns del ns2") })
	if k.Exit != 0 {
		t.Fatalf("%+v\n%s", k.Result, k.story())
	}
	return s, k
}

func need(t testing.TB, tool string) {
	t.Helper()
	_, err := exec.LookPath(tool)
	netlabtest.Require(t, err == nil, tool)
}

func TestTheVethPairIsMadeByNetlab(t *testing.T) {
	_, k := lab(t, Options{Path: noTools})
	want := strings.Split(strings.TrimSpace(strings.ReplaceAll(pair, "sudo ", "")), "\n")
	var got []string
	for _, e := range k.of(event.Command) {
		got = append(got, e.Line)
		if e.By != byNetlab || e.Text == "" {
			t.Errorf("%q: by %q, means %q", e.Line, e.By, e.Text)
		}
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
	if got := k.of(event.Command)[5].Place; got != "ns1" {
		t.Errorf("%q in %q", want[5], got)
	}
}

func TestWithoutIPQuestionsAreAnsweredByNetlab(t *testing.T) {
	s, _ := lab(t, Options{Path: noTools})
	k := do(t, s, "ip netns list; ip -n ns1 addr show; ip netns exec ns2 ip route")
	if k.Exit != 0 {
		t.Errorf("%+v\n%s", k.Result, k.story())
	}
	for _, want := range []string{"ns1", "inet 10.1.1.1/24", "10.1.1.0/24 dev veth_ns2"} {
		if !strings.Contains(k.output("stdout"), want) {
			t.Errorf("no %q in\n%s", want, k.story())
		}
	}
	var who []string
	for _, e := range k.of(event.Command) {
		who = append(who, e.Place+" "+e.By)
	}
	if d := cmp.Diff([]string{"host netlab", "ns1 netlab", "ns2 netlab"}, who); d != "" {
		t.Error(d)
	}
}

func TestWhatNeitherKnowsIsAClearError(t *testing.T) {
	s := open(t, Options{Path: noTools})
	tests := map[string]struct {
		run, err string
		exit     int
		hint     string
	}{
		"ip":            {"ip lnik show", "ip: this needs the program ip, which is not installed here (Debian package iproute2)\n", 127, `did you mean "link"?`},
		"a tool":        {"nft list ruleset", "nft: command not found\n", 127, "nft is not installed here; it is in the Debian package nftables"},
		"ping's option": {"ping -R 127.0.0.1", "ping: this needs the program ping, which is not installed here (Debian package iputils-ping)\n", 127, "without the program netlab's ping knows -4 -6 -c -i -n -q -s -t -W -w"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			k := do(t, s, tt.run)
			if k.Exit != tt.exit || k.output("stderr") != tt.err {
				t.Errorf("%+v\n%s", k.Result, k.story())
			}
			if end := k.of(event.CommandEnd); len(end) != 1 || end[0].Hint != tt.hint {
				t.Errorf("hint: %+v", end)
			}
		})
	}
}

func TestTheRealIPAnswersQuestionsAndWhatOpDoesNotKnow(t *testing.T) {
	need(t, "ip")
	s, _ := lab(t, Options{})
	k := do(t, s, "ip -n ns1 -br addr show veth_ns1; ip netns exec ns1 ip -br link show lo; ip -V")
	if k.Exit != 0 || !strings.Contains(k.output(""), "10.1.1.1/24") || !strings.Contains(k.output(""), "lo ") {
		t.Errorf("%+v\n%s", k.Result, k.story())
	}
	var who []string
	for _, e := range k.of(event.Command) {
		who = append(who, e.Place+" "+e.By+" "+e.Text)
	}
	want := []string{"ns1 ip ", "ns1 ip ", "host ip netlab does not know this line: this machine's own ip runs it"}
	if d := cmp.Diff(want, who); d != "" {
		t.Error(d)
	}
}

func TestARefusalIsToldAsIPTellsIt(t *testing.T) {
	s, _ := lab(t, Options{})
	k := do(t, s, "ip -n ns1 addr add 10.1.1.1/24 dev veth_ns1; echo never")
	end := k.of(event.CommandEnd)
	if k.Exit != 2 || len(end) != 1 || end[0].Exit != 2 || end[0].Status != event.Fail {
		t.Errorf("%+v %+v", k.Result, end)
	}
	if !strings.Contains(k.output("stderr"), "Address already assigned") && !strings.Contains(k.output("stderr"), "File exists") {
		t.Errorf("stderr: %s", k.output("stderr"))
	}
	k = do(t, s, "ip -n ns1 route add default via 192.0.2.1 2>/dev/null || echo $?")
	end = k.of(event.CommandEnd)
	if k.output("") != "2\n" || !strings.Contains(end[0].Text, "Nexthop has invalid gateway") || end[0].Hint == "" {
		t.Errorf("what a redirection hides is told in the event: %+v", end)
	}
}

func TestNetnsExec(t *testing.T) {
	s, _ := lab(t, Options{Path: noTools + ":/usr/bin:/bin"})
	do(t, s, "mkdir -p /etc/netns/ns1; echo 10.9.9.9 inside >/etc/netns/ns1/hosts")
	tests := map[string]struct {
		run, out string
		exit     int
	}{
		"the network of the namespace":     {"ip netns exec ns1 ls /sys/class/net", "lo\nveth_ns1\n", 0},
		"its files in /etc":                {"ip netns exec ns1 getent hosts inside", "10.9.9.9        inside\n", 0},
		"not outside":                      {"getent hosts inside", "", 2},
		"the exit code":                    {"ip netns exec ns1 sh -c 'exit 7'", "", 7},
		"a pipe into it":                   {"echo words | ip netns exec ns1 cat", "words\n", 0},
		"a namespace that is not there":    {"ip netns exec nope true", "Cannot open network namespace \"nope\": No such file or directory\n", 255},
		"host is a name like any other":    {"ip netns exec host true", "Cannot open network namespace \"host\": No such file or directory\n", 255},
		"also for ping":                    {"ip netns exec nope ping -c1 127.0.0.1", "Cannot open network namespace \"nope\": No such file or directory\n", 255},
		"a program that is not there":      {"ip netns exec ns1 nosuch", "exec of \"nosuch\" failed: No such file or directory\n", 1},
		"an abbreviation, and sudo inside": {"ip net e ns1 echo hi", "hi\n", 0},
		"a variable of the shell":          {"export X=1; ip netns exec ns1 sh -c 'echo $X'", "1\n", 0},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			k := do(t, s, tt.run)
			if d := cmp.Diff(tt.out, k.output("")); d != "" || k.Exit != tt.exit {
				t.Errorf("exit %d\n%s", k.Exit, d)
			}
		})
	}
	do(t, s, "rm -r /etc/netns/ns1")
}

func TestSysctl(t *testing.T) {
	s, _ := lab(t, Options{Path: noTools})
	tests := map[string]struct {
		run, out string
		exit     int
	}{
		"read":                       {"sysctl net.ipv4.ip_forward", "net.ipv4.ip_forward = 0\n", 0},
		"read with slashes":          {"sysctl net/ipv4/ip_forward", "net.ipv4.ip_forward = 0\n", 0},
		"only the value":             {"sysctl -n net.ipv4.ip_forward", "0\n", 0},
		"write in a namespace":       {"ip netns exec ns1 sysctl -w net.ipv4.ip_forward=1; sysctl net.ipv4.ip_forward; ip netns exec ns1 sysctl -n net.ipv4.ip_forward", "net.ipv4.ip_forward = 1\nnet.ipv4.ip_forward = 0\n1\n", 0},
		"without -w":                 {"ip netns exec ns1 sysctl net.ipv4.ip_forward=0", "net.ipv4.ip_forward = 0\n", 0},
		"quietly":                    {"sudo -E ip netns exec ns1 sysctl -qw net.ipv4.ip_forward=0", "", 0},
		"an interface with a dot":    {"ip -n ns1 link set veth_ns1 name a.1; [ $(ip netns exec ns1 sysctl -n net.ipv4.conf.a/1.forwarding) -le 1 ] && echo x; ip -n ns1 link set a.1 name veth_ns1", "x\n", 0},
		"a key that is not there":    {"sysctl net.ipv4.nope", "sysctl: cannot stat /proc/sys/net/ipv4/nope: No such file or directory\n", 1},
		"the same, ignored":          {"sysctl -e net.ipv4.nope", "", 0},
		"writing what is not there":  {"sysctl -w net.ipv4.nope=1", "sysctl: cannot stat /proc/sys/net/ipv4/nope: No such file or directory\n", 1},
		"a wrong value":              {"sysctl -w net.ipv4.ip_forward=abc", "sysctl: setting key \"net.ipv4.ip_forward\": Invalid argument\n", 1},
		"tabs between numbers stay":  {"sysctl -w net.ipv4.tcp_rmem='4096 131072 6291456'; sysctl net.ipv4.tcp_rmem", "net.ipv4.tcp_rmem = 4096 131072 6291456\nnet.ipv4.tcp_rmem = 4096\t131072\t6291456\n", 0},
		"an option left to the real": {"sysctl -a", "sysctl: this needs the program sysctl, which is not installed here (Debian package procps)\n", 127},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			k := do(t, s, tt.run)
			if d := cmp.Diff(tt.out, k.output("")); d != "" || k.Exit != tt.exit {
				t.Errorf("exit %d\n%s", k.Exit, d)
			}
		})
	}
}

// TestSysctlSaysWhatTheRealOneSays runs lines through both.
func TestSysctlSaysWhatTheRealOneSays(t *testing.T) {
	need(t, "sysctl")
	s := open(t, Options{})
	for _, args := range []string{
		"net.ipv4.ip_forward", "-n net.ipv4.ip_forward", "-w net.ipv4.ip_forward=1", "-nw net.ipv4.ip_forward=0",
		"-qw net.ipv4.ip_forward=0", "net/ipv4/ip_forward=0", "net.ipv4.nope", "-w net.ipv4.nope=1", "-e net.ipv4.nope",
		"-w net.ipv4.ip_forward=abc", "net.ipv4.tcp_rmem", "net.ipv4.nope net.ipv4.ip_forward", "kernel.ostype",
		"-w net.ipv4.ip_forward", "-N net.ipv4.ip_forward", "",
	} {
		t.Run(args, func(t *testing.T) {
			compare(t, s, "sysctl "+args, "/usr/sbin/sysctl "+args, func(s string) string { return s })
		})
	}
}

// compare runs one line in bash and then another in the Shell, and expects the
// same output, as normal has it, and the same exit code.
func compare(t *testing.T, s *Shell, ours, real string, normal func(string) string) {
	t.Helper()
	r := startReal(t, real)
	_ = r.cmd.Wait()
	r.expect(t, do(t, s, ours), normal)
}

// realRun is a line that bash runs.
type realRun struct {
	cmd         *exec.Cmd
	out, errOut strings.Builder
}

func startReal(t *testing.T, line string) *realRun {
	t.Helper()
	r := &realRun{cmd: exec.Command("bash", "-c", line)}
	r.cmd.Dir = "/root"
	r.cmd.Env = append(environment(Options{}.withDefaults()), "PWD=/root")
	r.cmd.Stdout, r.cmd.Stderr = &r.out, &r.errOut
	if err := r.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	return r
}

// expect compares what bash did, which has ended, with what the Shell did.
func (r *realRun) expect(t *testing.T, k took, normal func(string) string) {
	t.Helper()
	if d := cmp.Diff(normal(r.out.String()), normal(k.output("stdout"))); d != "" {
		t.Errorf("stdout (- real, + ours):\n%s", d)
	}
	if d := cmp.Diff(normal(r.errOut.String()), normal(k.output("stderr"))); d != "" {
		t.Errorf("stderr (- real, + ours):\n%s", d)
	}
	want := r.cmd.ProcessState.ExitCode()
	if st, _ := r.cmd.ProcessState.Sys().(syscall.WaitStatus); st.Signaled() {
		want = 128 + int(st.Signal()) // bash became the program
	}
	if k.Exit != want {
		t.Errorf("exit code %d, the real one is %d", k.Exit, want)
	}
}

// noTimes replaces the times that ping prints.
func noTimes(s string) string {
	s = regexp.MustCompile(`time=[0-9.]+ ms`).ReplaceAllString(s, "time=T ms")
	s = regexp.MustCompile(`time [0-9]+ms`).ReplaceAllString(s, "time Tms")
	return regexp.MustCompile(`= [0-9.]+/[0-9.]+/[0-9.]+/[0-9.]+ ms`).ReplaceAllString(s, "= T ms")
}

func TestPingSaysWhatTheRealOneSays(t *testing.T) {
	need(t, "ping")
	s, _ := lab(t, Options{})
	k := do(t, s, `ip -n ns1 link set lo up
ip -n ns1 addr add fd00::1/64 dev veth_ns1 nodad
ip -n ns2 addr add fd00::2/64 dev veth_ns2 nodad
ip -n ns1 route add 10.0.0.0/8 via 10.1.1.2
ip netns exec ns2 sysctl -qw net.ipv4.ip_forward=1 net.ipv4.icmp_ratelimit=0
ip -n ns1 route add blackhole 10.9.0.0/16
ip -n ns1 route add unreachable 10.10.0.0/16
ip -n ns1 route add prohibit 10.11.0.0/16
ip -n ns1 route add 10.12.0.0/16 via 10.1.1.99
mkdir -p /etc/netns/ns1
printf '10.1.1.2 two\nfd00::2 six\n' >/etc/netns/ns1/hosts
ip netns exec ns1 ping -c1 -W1 10.1.1.2`)
	if k.Exit != 0 {
		t.Fatalf("%+v\n%s", k.Result, k.story())
	}
	for _, args := range []string{
		"-c1 10.1.1.2", "-c 3 -i 0.2 10.1.1.2", "-q -c2 -i 0.2 10.1.1.2", "-c1 -s 1000 -t 5 10.1.1.2", "-c1 -s 8 10.1.1.2",
		"-c1 -s0 10.1.1.2", "-c1 -W1 10.1.1.77", "-c3 -i 0.2 10.1.1.78", "-c1 -W2 10.7.0.1", "-c1 127.0.0.1",
		"-c1 -W1 10.9.0.1", "-c1 -W1 10.10.0.1", "-c1 -W1 10.11.0.1", "-c1 10.1.1.255", "-c1 192.0.2.1", "-c1 10.12.0.1",
		"-c1 fd00::2", "-6 -c1 ::1", "-c1 fd00::77", "-4 -c1 ::1", "-6 -c1 10.1.1.2", "-c1 fd01::1", "-c1 -t 1 10.1.1.2",
		"-c1 two", "-n -c1 two", "-c1 six", "-nc1 six", "-c1 -4 two", "-c1 two.", "-c1 10.257",
		"", "-c0 10.1.1.2", "-c x 10.1.1.2", "-t 0 10.1.1.2", "-t 256 10.1.1.2", "-c1 -i abc 10.1.1.2",
		"-w 1 -c 5 -i 0.7 10.1.1.2", "-w 9 -i 5 10.1.1.79", "-c2 -w 3 10.1.1.2", "-V", "-c",
	} {
		t.Run(args, func(t *testing.T) {
			t.Parallel()
			line := "ip netns exec ns1 ping " + args
			// Nobody answers for 10.1.1.7x. Each ping gets one of its own, since
			// the kernel remembers for a while for whom it asked in vain.
			r := startReal(t, "/usr/sbin/"+strings.ReplaceAll(line, " 10.1.1.7", " 10.1.1.17"))
			k := do(t, open(t, Options{}), line)
			_ = r.cmd.Wait()
			r.expect(t, k, func(s string) string {
				return strings.ReplaceAll(noTimes(s), "10.1.1.17", "10.1.1.7")
			})
		})
	}
}

func TestPingWithoutEndIsBounded(t *testing.T) {
	s, _ := lab(t, Options{})
	k := do(t, s, "ip -n ns1 link set lo up; ip netns exec ns1 ping 127.0.0.1")
	if k.Exit != 0 || !strings.Contains(k.output(""), "1 packets transmitted, 1 received") || !strings.Contains(k.notes(), "ping without -c") {
		t.Errorf("%+v\n%s", k.Result, k.story())
	}
	if k = do(t, s, "ip netns exec ns1 ping -q 127.0.0.1"); k.notes() != "" || k.Exit != 0 {
		t.Errorf("it is told again:\n%s", k.story())
	}
}

func TestSudoIsDropped(t *testing.T) {
	s := open(t, Options{})
	tests := map[string]struct {
		run, out string
		exit     int
	}{
		"before a program":           {"sudo id -u", "0\n", 0},
		"with options":               {"sudo -E -n -u root -- sh -c 'echo $0'", "sh\n", 0},
		"with a variable":            {"sudo A=b sh -c 'echo $A'", "b\n", 0},
		"alone":                      {"sudo", "usage: sudo COMMAND\n", 1},
		"as somebody else":           {"sudo -u nobody id", "sudo: in a lab there is only root\n", 1},
		"with an unknown option":     {"sudo -i", "sudo: netlab drops sudo, and does not know its option -i\n", 1},
		"not for what the shell has": {"sudo cd / 2>&1", "cd: command not found\n", 127},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			k := do(t, s, tt.run)
			if d := cmp.Diff(tt.out, k.output("")); d != "" || k.Exit != tt.exit {
				t.Errorf("exit %d\n%s", k.Exit, d)
			}
		})
	}
}
