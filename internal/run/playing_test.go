package run

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"netlab/internal/control"
	"netlab/internal/event"
	"netlab/internal/interp"
)

// twoHosts is the beginning of many tutorials.
const twoHosts = `ip netns add a; ip netns add b
ip link add va netns a type veth peer name vb netns b
ip -n a link set va up; ip -n b link set vb up
ip -n a addr add 10.0.0.1/24 dev va; ip -n b addr add 10.0.0.2/24 dev vb
`

func TestCommandsAreToldOnceAndInTheirPlace(t *testing.T) {
	for _, tt := range []struct {
		name, script string
		want         []string // all commands
	}{
		{"sudo is dropped", "sudo ip netns add a; sudo -E FOO=1 ip netns add b", []string{"host: ip netns add a", "host: ip netns add b"}},
		{"inside a namespace", "ip netns add a; ip netns exec a ip link set lo up", []string{"host: ip netns add a", "a: ip link set lo up"}},
		{
			"in a shell inside", "ip netns add a; sudo ip netns exec a bash -c 'ip link set lo up; ip route'",
			[]string{"host: ip netns add a", "a: ip link set lo up", "a: ip route"},
		},
		{
			"sudo inside", "ip netns add a; ip netns exec a sudo sysctl -q -w net.ipv4.ip_forward=1",
			[]string{"host: ip netns add a", "a: sysctl -q -w 'net.ipv4.ip_forward=1'"},
		},
		{"another program inside", "ip netns add a; ip netns exec a true", []string{"host: ip netns add a", "host: ip netns exec a true"}},
		{"no such namespace", "ip netns exec nosuch ip link; true", []string{"host: ip netns exec nosuch ip link"}},
		{"a path instead of a name", "/run/netlab/shims/ip netns add a", []string{"host: ip netns add a"}},
		{"an environment that is gone", "env -i PATH=$PATH ip netns add a", []string{"host: ip netns add a"}},
		{"a namespace without a name", "unshare -n ip link set lo up", []string{"(no name): ip link set lo up"}},
		{"words with spaces", "ip link add d0 alias 'my link' type bridge", []string{"host: ip link add d0 alias 'my link' type bridge"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got := playText(t, tt.script)
			want := append([]string{"./x.sh"}, tt.want...)
			if diff := cmp.Diff(want, got.lines(event.Command)); diff != "" {
				t.Errorf("(-want +told):\n%s", diff)
			}
			if ends := got.lines(event.CommandEnd); len(ends) != len(want) {
				t.Errorf("%d ends of %d commands: %q", len(ends), len(want), ends)
			}
			if got.exit != 0 || got.limit != "" {
				t.Errorf("exit %d %s\n%s", got.exit, got.limit, got.err)
			}
		})
	}
}

// after gives the changes that are told between a command and the next one.
func (s show) after(line string) []string {
	var out []string
	inside := false
	for _, ev := range s.events {
		switch {
		case ev.Kind == event.Command:
			inside = ev.Line == line
		case ev.Kind == event.Change && inside && ev.By == "":
			out = append(out, ev.Sign+" "+ev.Place+" "+ev.Line)
		}
	}
	return out
}

func TestChangesComeWithTheirCommand(t *testing.T) {
	got := playText(t, `ip netns add a
ip -batch - <<END
link add v1 type veth peer name v2
link set v1 netns a
END
ip link set nosuch up
ip -n a addr add 10.0.0.1/24 dev v1
ip -n a addr show
`)
	for line, want := range map[string][]string{
		"ip netns add a":                      {"+ a namespace a"},
		"ip -batch -":                         {"+ host link v2 (veth, other end v1 in a)", "+ a link v1 (veth, other end v2 in host)"},
		"ip link set nosuch up":               nil,
		"ip -n a addr add 10.0.0.1/24 dev v1": {"+ a addr 10.0.0.1/24 on v1"},
		"ip -n a addr show":                   nil,
	} {
		if diff := cmp.Diff(want, got.after(line)); diff != "" {
			t.Errorf("%s (-want +told):\n%s", line, diff)
		}
	}
	for _, ev := range got.events {
		if ev.Kind == event.CommandEnd && ev.Line == "ip link set nosuch up" && ev.Exit != 1 {
			t.Errorf("it ended with %d", ev.Exit)
		}
		if ev.Kind == event.Change && (ev.By != "" || ev.Text == "") {
			t.Errorf("%q by %q because of %q", ev.Line, ev.By, ev.Text)
		}
	}
}

func TestNothingIsToldTwiceByJobs(t *testing.T) {
	got := playText(t, `for i in 1 2 3 4 5 6 7 8; do
	ip link add p$i type veth peer name q$i &
	ip netns add n$i &
done
wait`)
	came := map[string]int{}
	for _, l := range got.lines(event.Change) {
		if strings.Contains(l, "+ link") || strings.Contains(l, "+ namespace") {
			came[l]++
		}
	}
	if len(came) != 24 { // two ends of each of 8 cables, and 8 namespaces
		t.Errorf("%d things came", len(came))
	}
	for what, n := range came {
		if n > 1 {
			t.Errorf("%s: told %d times", what, n)
		}
	}
	if n := len(got.lines(event.CommandEnd)); n != 17 {
		t.Errorf("%d commands ended", n)
	}
}

func TestWhatNetlabDoesNotSeeIsToldAsSuch(t *testing.T) {
	for name, script := range map[string]string{
		"a program by its path":      "/usr/sbin/ip link add d0 type bridge\nip netns add a",
		"the last thing":             "ip netns add a\n/usr/sbin/ip link add d0 type bridge",
		"a PATH of the script's own": "ip netns add a\nPATH=/usr/sbin:/usr/bin\nip link add d0 type bridge",
		"a file of the kernel":       "echo 1 > /proc/sys/net/ipv4/ip_forward; ip netns add d0",
	} {
		t.Run(name, func(t *testing.T) {
			got := playText(t, script)
			n := 0
			for _, ev := range got.events {
				if ev.Kind == event.Change && ev.By == unseen {
					n++
				}
			}
			if n != 1 {
				t.Errorf("%d changes are told as unseen: %q", n, got.lines(event.Change))
			}
		})
	}
}

func TestWordsAreExplainedOnce(t *testing.T) {
	s := foreign(t, "x.sh", "ip netns add a; ip netns add b; tc qdisc show >/dev/null; sudo ping -c1 -W1 192.0.2.1 >/dev/null")
	if got := playIn(t, openPlay(t), s, "").lines(event.Word); got != nil {
		t.Errorf("nobody asked for %q", got)
	}
	s.Explain = true
	got := playIn(t, openPlay(t), s, "").lines(event.Word)
	want := []string{"ip", "netns", "add", "a", "b", "ping", "-c1", "-W1", "192.0.2.1"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +told):\n%s", diff)
	}
}

func TestOutputKeepsItsPlaceAmongTheCommands(t *testing.T) {
	var order []string
	s := foreign(t, "x.sh", "echo one\nip netns add a\necho two >&2\nip -br link show lo | cut -c1-2\nprintf three")
	text := ""
	write := func(b []byte) (int, error) {
		if last := len(order) - 1; text != "" {
			order[last] += string(b)
		} else {
			order = append(order, string(b))
		}
		text = "goes on"
		return len(b), nil
	}
	_, err := openPlay(t).Play(soon(t), s, nil, Streams{Read: typed(""), Out: writeFunc(write), Err: writeFunc(write)}, func(ev event.Event) {
		text = ""
		if ev.Kind == event.Command || ev.Kind == event.CommandEnd {
			order = append(order, string(ev.Kind)+" "+ev.Line)
		}
	})
	must(t, err)
	want := []string{
		"command ./x.sh", "one\n", "command ip netns add a", "command-end ip netns add a", "two\n",
		"command ip -br link show lo", "command-end ip -br link show lo", "lo\nthree", "command-end ./x.sh",
	}
	if diff := cmp.Diff(want, order); diff != "" {
		t.Errorf("(-want +order):\n%s", diff)
	}
}

func TestAnEndlessPing(t *testing.T) {
	base := twoHosts
	for _, tt := range []struct {
		name, script string
		exit         int
		says         string
		told         bool
		least, most  time.Duration
	}{
		{"gets a Ctrl-C", "ip netns exec a ping -i 0.5 10.0.0.2; echo $?", 0, "0% packet loss", true, 3 * time.Second, 20 * time.Second},
		{"without an answer", "ip netns exec a ping -I va 10.0.0.9; exit $?", 1, "100% packet loss", true, 3 * time.Second, 20 * time.Second},
		{"with a count", "ip netns exec a ping -i0.2 -qc 2 10.0.0.2", 0, "2 received", false, 0, 20 * time.Second},
		{"that timeout ends", "ip netns exec a timeout 4 ping 10.0.0.2; exit $?", 124, "icmp_seq=4", false, 4 * time.Second, 20 * time.Second},
		{"in the background is the script's", "ip netns exec a ping 10.0.0.2 & sleep 4; kill $!; wait $!; exit $?", 143, "icmp_seq=4", false, 4 * time.Second, 20 * time.Second},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			got := playText(t, base+tt.script)
			notes := strings.Join(texts(got, event.Note), "\n")
			if got.exit != tt.exit || !strings.Contains(got.out, tt.says) {
				t.Errorf("exit %d\n%s\n%s", got.exit, got.out, got.err)
			}
			if strings.Contains(notes, "goes on until Ctrl-C") != tt.told {
				t.Errorf("notes: %q", notes)
			}
			if got.took < tt.least || got.took > tt.most {
				t.Errorf("it took %v", got.took)
			}
		})
	}
}

func texts(s show, k event.Kind) []string {
	var out []string
	for _, ev := range s.events {
		if ev.Kind == k {
			out = append(out, ev.Text)
		}
	}
	return out
}

func TestWhatIsBuiltAndLeft(t *testing.T) {
	for _, tt := range []struct {
		name, script string
		built, left  []string
	}{
		{"nothing", "ip link", nil, []string{""}},
		{
			"two hosts", twoHosts,
			[]string{"2 namespaces: a, b", "2 links: va (veth) in a, vb (veth) in b", "2 addresses: 10.0.0.1/24 on va in a, 10.0.0.2/24 on vb in b"},
			[]string{"namespace a, and in it va", "namespace b, and in it vb"},
		},
		{
			"cleaned up", twoHosts + "ip netns del a; ip netns del b",
			[]string{"2 namespaces: a, b", "2 links: va (veth) in a, vb (veth) in b", "2 addresses: 10.0.0.1/24 on va in a, 10.0.0.2/24 on vb in b"},
			[]string{""},
		},
		{
			"in host", "ip link add br0 type bridge; ip addr add 10.0.0.1/24 dev br0; ip link set br0 up; ip route add 10.9.0.0/16 via 10.0.0.2",
			[]string{"1 link: br0 (bridge)", "1 address: 10.0.0.1/24 on br0", "1 route: 10.9.0.0/16 via 10.0.0.2 dev br0"},
			[]string{"link br0 (bridge)"},
		},
		{"a setting", "sysctl -qw net.ipv4.ip_forward=1 net.ipv4.conf.all.rp_filter=2", nil, []string{
			"setting net.ipv4.conf.all.rp_filter = 2, before 0", "setting net.ipv4.ip_forward = 1, before 0",
		}},
		{"files of a namespace", "mkdir -p /etc/netns/a; echo nameserver ::1 > /etc/netns/a/resolv.conf", nil, []string{"file /etc/netns/a/resolv.conf"}},
		{"what runs", "sleep 99 & ip monitor >/dev/null & sleep 0.3", nil, []string{"process ip monitor", "process sleep 99"}},
		{"lo", "ip link set lo down", nil, []string{"link lo is down", "addr ::1/128 on lo: it is gone"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			got := playText(t, tt.script)
			if diff := cmp.Diff(tt.built, got.lines(event.Built)); diff != "" {
				t.Errorf("built (-want +told):\n%s", diff)
			}
			if diff := cmp.Diff(tt.left, got.lines(event.Left)); diff != "" {
				t.Errorf("left (-want +told):\n%s", diff)
			}
		})
	}
}

func TestWithoutTheMachinesProgramsNetlabDoesIt(t *testing.T) {
	got := playText(t, `mkdir /tmp/bin; ln -s /usr/bin/sleep /tmp/bin/sleep
PATH=/run/netlab/shims:/tmp/bin
ip netns add a
ip link add v1 type veth peer name v2 netns a
ip link set v1 up
ip addr add 10.0.0.1/24 dev v1
ip netns exec a ip link set v2 up
ip -n a addr add 10.0.0.2/24 dev v2
ip netns exec a sysctl -w net.ipv4.ip_forward=1
ping -c1 10.0.0.2
ip -br addr show v1
ip link set nosuch up || echo "failed: $?"
nft list ruleset || echo "nft: $?"
`)
	for _, says := range []string{"net.ipv4.ip_forward = 1\n", "1 received", "10.0.0.1/24", "failed: 1", "nft: 127"} {
		if !strings.Contains(got.out, says) {
			t.Errorf("%q is missing in\n%s\n%s", says, got.out, got.err)
		}
	}
	if want := []string{"+ a namespace a"}; !cmp.Equal(want, got.after("ip netns add a")) {
		t.Errorf("told: %q", got.after("ip netns add a"))
	}
	for _, ev := range got.events {
		if ev.Kind == event.Command && ev.Line == "ip netns add a" && ev.By != "netlab" {
			t.Errorf("by %q", ev.By)
		}
	}
}

func TestShimsDoWithoutTheEngine(t *testing.T) {
	c := openPlay(t)
	playIn(t, c, foreign(t, "x.sh", "true"), "")
	var out, errs bytes.Buffer
	script := "PATH=" + interp.ShimDir + ":$PATH; ip netns add later && ip netns; ip link set nosuch up; echo $?; rm /run/netlab/play.sock; ip netns add last && ip netns"
	code, err := c.Exec(soon(t), Program{Args: []string{"sh", "-c", script}}, Streams{Read: typed(""), Out: &out, Err: &errs})
	must(t, err)
	if want := "later\n1\nlast\nlater\n"; code != 0 || out.String() != want {
		t.Errorf("code %d, %q, %s", code, out.String(), errs.String())
	}
}

func TestSignalsOfTheUserReachTheScript(t *testing.T) {
	for _, tt := range []struct {
		name, script string
		sig          syscall.Signal
		exit         int
		says         string
	}{
		{"which ends", "ip netns add a; echo ready; sleep 100; echo never", syscall.SIGINT, 130, ""},
		{"in a command with a shim", "echo ready; ip monitor; echo never", syscall.SIGINT, 130, ""},
		{"which cleans up", "trap 'ip netns del a; echo cleaned; exit 3' TERM\nip netns add a; echo ready\nwhile :; do sleep 0.05; done", syscall.SIGTERM, 3, "cleaned"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			var all strings.Builder
			signals := make(chan os.Signal, 1)
			out := writeFunc(func(b []byte) (int, error) {
				all.Write(b)
				if bytes.Contains(b, []byte("ready")) {
					time.AfterFunc(200*time.Millisecond, func() { signals <- tt.sig })
				}
				return len(b), nil
			})
			played, err := openPlay(t).Play(soon(t), foreign(t, "x.sh", tt.script), nil, Streams{Read: typed(""), Out: out, Err: out, Signals: signals}, func(event.Event) {})
			must(t, err)
			if played.Exit != tt.exit || !strings.Contains(all.String(), tt.says) || strings.Contains(all.String(), "never") {
				t.Errorf("exit %d: %s", played.Exit, all.String())
			}
		})
	}
}

func TestWhoeverAsksForAScriptAndIsGone(t *testing.T) {
	ctx, cancel := context.WithCancelCause(soon(t))
	gone := errors.New("gone")
	c := openPlay(t)
	_, err := c.Play(ctx, foreign(t, "x.sh", "ip netns add a; sleep 100"), nil, Streams{Read: typed(""), Out: &bytes.Buffer{}, Err: &bytes.Buffer{}},
		func(ev event.Event) {
			if ev.Kind == event.Change {
				cancel(gone)
			}
		})
	if !errors.Is(err, gone) {
		t.Errorf("it ended with %v", err)
	}
}

func TestScriptsThatCannotBegin(t *testing.T) {
	c := openPlay(t)
	play := func(s control.Script) error {
		_, err := c.Play(soon(t), s, nil, Streams{Read: typed(""), Out: &bytes.Buffer{}, Err: &bytes.Buffer{}}, func(event.Event) {})
		return err
	}
	good := foreign(t, "x.sh", "true")
	var lacking *Lacking
	other := good
	other.Shell = []string{"/nosuch/nosuchsh"}
	if err := play(other); !errors.As(err, &lacking) || lacking.What != control.MissingProgram {
		t.Errorf("without its shell: %v", err)
	}
	for _, name := range []string{"../etc/x", "a/b", ""} {
		other = good
		other.Name = name
		if err := play(other); err == nil {
			t.Errorf("the name %q is taken", name)
		}
	}
	for _, s := range []string{"/usr/local/bin/bash", "bash"} { // where it is not, or by name
		other.Name, other.Shell = "x.sh", []string{s}
		if err := play(other); err != nil {
			t.Errorf("with %s: %v", s, err)
		}
	}
}

func TestManyCommandsCostLittle(t *testing.T) {
	if testing.Short() {
		t.Skip("it measures")
	}
	var script strings.Builder
	for i := range 100 {
		fmt.Fprintf(&script, "ip link add d%d type bridge\n", i)
	}
	s := foreign(t, "x.sh", script.String())
	start := time.Now()
	plain(t, s, "")
	without := time.Since(start)
	with := playIn(t, openPlay(t), s, "")
	t.Logf("100 commands: %v with netlab, %v without", with.took, without)
	if slices.Contains(with.lines(event.Change), "") || with.took > 20*time.Second {
		t.Errorf("it took %v", with.took)
	}
}
