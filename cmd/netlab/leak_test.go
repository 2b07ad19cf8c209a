package main_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/sys/unix"

	"netlab/internal/scenario"
	"netlab/scenarios"
)

// outside is a network that stands for this machine's, with a way to the
// Internet, and at the other end of that way somebody who counts what comes.
type outside struct {
	machine, beyond int // processes that hold the two networks

	mu     sync.Mutex
	frames []string // what came, in words
}

// newOutside makes both networks. Nothing is ever sent there by itself: no
// addresses of IPv6 that the kernel makes, no questions for neighbours.
func newOutside(t *testing.T) *outside {
	t.Helper()
	o := &outside{machine: holder(t), beyond: holder(t)}
	script := fmt.Sprintf(`PATH=$PATH:/usr/local/sbin:/usr/sbin:/sbin
at() { nsenter -t $1 -n -- sh -euc "$2"; }
at %[1]d "ip link set lo up; ip link add out type veth peer name far netns %[2]d"
at %[2]d "sysctl -qw net.ipv6.conf.far.disable_ipv6=1; ip link set far address 02:00:00:00:00:01 up"
at %[1]d "
	ip link set out addrgenmode none
	[ ! -e /proc/sys/net/ipv6 ] || sysctl -qw net.ipv6.conf.out.router_solicitations=0 net.ipv6.conf.out.accept_ra=0
	ip link set out up
	ip addr add 192.0.2.2/24 dev out
	ip route add default via 192.0.2.1
	ip neigh add 192.0.2.1 lladdr 02:00:00:00:00:01 nud permanent dev out
	if [ -e /proc/sys/net/ipv6/conf/out ]; then
		ip addr add 2001:db8::2/64 dev out nodad
		ip route add default via 2001:db8::1 dev out
		ip neigh add 2001:db8::1 lladdr 02:00:00:00:00:01 nud permanent dev out
	fi"
`, o.machine, o.beyond)
	if out, err := exec.Command("sh", "-euc", script).CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	o.count(t)
	return o
}

// holder starts a process in a network of its own, which ends with the test.
func holder(t *testing.T) int {
	t.Helper()
	cmd := exec.Command("sleep", "infinity")
	cmd.SysProcAttr = &syscall.SysProcAttr{Cloneflags: syscall.CLONE_NEWNET}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
	})
	return cmd.Process.Pid
}

// within runs f on a thread in the network of a process; what f starts is
// there, too.
func within(pid int, f func() error) error {
	done := make(chan error)
	go func() {
		runtime.LockOSThread() // and never unlocked: the thread ends with this function
		ns, err := os.Open(fmt.Sprintf("/proc/%d/ns/net", pid))
		if err == nil {
			defer ns.Close()
			err = unix.Setns(int(ns.Fd()), unix.CLONE_NEWNET)
		}
		if err == nil {
			err = f()
		}
		done <- err
	}()
	return <-done
}

// count counts every frame that arrives beyond, whatever it is.
func (o *outside) count(t *testing.T) {
	t.Helper()
	var fd int
	must(t, within(o.beyond, func() (err error) {
		const all = 0x0003 // ETH_P_ALL, in the order of the network
		fd, err = unix.Socket(unix.AF_PACKET, unix.SOCK_RAW|unix.SOCK_CLOEXEC|unix.SOCK_NONBLOCK, all<<8)
		return err
	}))
	f := os.NewFile(uintptr(fd), "counter")
	t.Cleanup(func() { f.Close() })
	go func() {
		buf := make([]byte, 1<<16)
		for {
			n, err := f.Read(buf)
			if err != nil {
				return
			}
			o.mu.Lock()
			o.frames = append(o.frames, fmt.Sprintf("%x", buf[:min(n, 80)]))
			o.mu.Unlock()
		}
	}()
}

func (o *outside) seen() []string {
	o.mu.Lock()
	defer o.mu.Unlock()
	return slices.Clone(o.frames)
}

// quiet waits until nothing has come for a while: what the kernel says of its
// new addresses (MLD) is over then.
func (o *outside) quiet(t *testing.T) {
	t.Helper()
	const while = 3 * time.Second
	since, had := time.Now(), len(o.seen())
	tick := time.NewTicker(50 * time.Millisecond)
	defer tick.Stop()
	for deadline := time.Now().Add(90 * time.Second); time.Since(since) < while; <-tick.C {
		if n := len(o.seen()); n != had {
			since, had = time.Now(), n
		}
		if time.Now().After(deadline) {
			t.Fatalf("it never becomes quiet: %q", o.seen())
		}
	}
}

// send sends one packet on purpose, to where a leak would go, and sees it counted.
func (o *outside) send(t *testing.T, to string) {
	t.Helper()
	had := len(o.seen())
	must(t, within(o.machine, func() error {
		c, err := net.Dial("udp", to)
		if err != nil {
			return err
		}
		_, err = c.Write([]byte("a question"))
		return errors.Join(err, c.Close())
	}))
	tick := time.NewTicker(time.Millisecond)
	defer tick.Stop()
	for deadline := time.Now().Add(30 * time.Second); len(o.seen()) == had; <-tick.C {
		if time.Now().After(deadline) {
			t.Fatalf("a packet to %s was not counted", to)
		}
	}
	if n := len(o.seen()) - had; n != 1 {
		t.Fatalf("a packet to %s was counted as %d", to, n)
	}
}

// prove sees that what would leave the machine is counted.
func (o *outside) prove(t *testing.T) {
	t.Helper()
	all := []string{"8.8.8.8:53", "203.0.113.1:9"}
	if _, err := os.Stat("/proc/sys/net/ipv6"); err == nil {
		all = append(all, "[2001:4860:4860::8888]:53")
	}
	for _, to := range all {
		o.send(t, to)
	}
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// TestNoPacketLeavesALab runs all lessons on a machine with a way to the
// Internet, and counts what comes there.
func TestNoPacketLeavesALab(t *testing.T) {
	o := newOutside(t)
	o.quiet(t)
	for _, w := range firstAndLast(everyone()) {
		for _, variant := range []struct {
			name string
			flag string
			load func() (scenario.Catalog, error)
		}{
			{"lessons", "--ipv6=false", func() (scenario.Catalog, error) { return scenario.Load(scenarios.Files()) }},
			{"IPv6 variants", "--ipv6", func() (scenario.Catalog, error) { return scenario.LoadIPv6(scenarios.Files()) }},
		} {
			t.Run(variant.name+" as "+w.name, func(t *testing.T) {
				all, err := variant.load()
				must(t, err)
				o.prove(t)
				before := len(o.seen())
				ran := o.verify(t, w, variant.flag)
				if leaked := o.seen()[before:]; len(leaked) > 0 {
					t.Errorf("%d packets have left the machine: %q", len(leaked), leaked)
				}
				o.prove(t)
				var want []string
				for _, s := range all.All() {
					want = append(want, s.Name)
				}
				slices.Sort(want)
				if diff := cmp.Diff(want, ran); diff != "" || len(want) == 0 {
					t.Errorf("not all lessons ran: %s", diff)
				}
			})
		}
	}
}

// firstAndLast are the ordinary user, and root where there is one.
func firstAndLast(all []who) []who {
	if len(all) == 1 {
		return all
	}
	return []who{all[0], all[len(all)-1]}
}

// verify runs all lessons on the machine, and returns the names of those that
// came to their end.
func (o *outside) verify(t *testing.T, w who, flag string) []string {
	t.Helper()
	cmd := w.netlab(t, "verify", "--json", flag)
	var out, errs strings.Builder
	cmd.Stdout, cmd.Stderr = &out, &errs
	must(t, within(o.machine, cmd.Start))
	if code := codeOf(t, cmd.Wait()); code != 0 {
		t.Errorf("verify ends with %d\n%s", code, errs.String())
	}
	var ran []string
	for line := range strings.Lines(out.String()) {
		var e struct{ Kind, Lesson, Status string }
		must(t, json.Unmarshal([]byte(line), &e))
		if e.Kind == "lesson-end" && e.Status == "pass" {
			ran = append(ran, strings.TrimSuffix(e.Lesson, " (ipv6)"))
		}
	}
	slices.Sort(ran)
	return ran
}

// What would be a leak, were it not in a lab, is counted.
func TestALeakWouldBeCounted(t *testing.T) {
	o := newOutside(t)
	o.quiet(t)
	before := len(o.seen())
	script := filepath.Join(t.TempDir(), "leak.sh")
	openUp(t, script)
	must(t, os.WriteFile(script, []byte("#!/bin/bash\necho x > /dev/udp/8.8.8.8/53\necho x > /dev/udp/2001:4860:4860::8888/53\necho sent\n"), 0o755))
	w := everyone()[0]
	inside := w.netlab(t, "play", script)
	out, err := inside.StdoutPipe()
	must(t, err)
	must(t, within(o.machine, inside.Start))
	b := make([]byte, 1000)
	n, _ := out.Read(b)
	_ = inside.Wait()
	if leaked := o.seen()[before:]; len(leaked) > 0 || !strings.Contains(string(b[:n]), "sent") {
		t.Errorf("from a lab came %q; it said %q", leaked, b[:n])
	}
	bare := exec.Command("bash", script)
	must(t, within(o.machine, bare.Start))
	must(t, bare.Wait())
	tick := time.NewTicker(time.Millisecond)
	defer tick.Stop()
	for deadline := time.Now().Add(30 * time.Second); len(o.seen()) == before; <-tick.C {
		if time.Now().After(deadline) {
			t.Fatal("the same script, outside of a lab, was not counted")
		}
	}
}
