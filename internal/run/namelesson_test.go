package run

import (
	"bytes"
	"cmp"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"testing"
	"time"

	"netlab/internal/check"
	"netlab/internal/netlabtest"
	"netlab/internal/scenario"
)

// nameLesson has checks of names of every kind, each with a fault that breaks
// it: a client, a server that asks another one, and that.
const nameLesson = `
name: names
title: Names
summary: Names
question: Who is that?
minutes: 1
scene:
  ipv6: false
  switches: [{name: sw}]
  hosts:
    - {name: A, to: sw, addr: 192.168.1.1/24}
    - {name: ns1, to: sw, addr: 192.168.1.53/24}
    - {name: ns2, to: sw, addr: 192.168.1.54/24}
    - {name: web, to: sw, addr: 192.168.1.2/24}
  files:
    - path: /etc/netns/A/hosts
      text: |
        127.0.0.1 localhost
        192.168.1.9 printer
    - path: /etc/netns/A/resolv.conf
      text: |
        search lan
        nameserver 192.168.1.53
        options timeout:1 attempts:1
    - path: /etc/netns/A/nsswitch.conf
      text: |
        hosts: files dns
    - path: /etc/coredns/forwarder
      text: |
        . {
            forward . 192.168.1.54
            cache 300
        }
    - path: /etc/coredns/zone
      text: |
        lan {
            file /etc/coredns/lan.zone
        }
    - path: /etc/coredns/lan.zone
      text: |
        $ORIGIN lan.
        @    3600 IN SOA ns2 root 1 3600 600 86400 60
        @    3600 IN NS ns2
        ns2  3600 IN A 192.168.1.54
        web   300 IN A 192.168.1.2
        www   300 IN CNAME web
        only6 300 IN AAAA fd00::6
steps:
  - title: Servers
    explain: Two.
    run: |
      ip netns exec ns2 coredns -quiet -conf /etc/coredns/zone >/dev/null &
      ip netns exec ns1 coredns -quiet -conf /etc/coredns/forwarder >/dev/null &
    checks:
      - {says: "the zone is there", dns: {in: A, server: 192.168.1.54, name: web.lan, is: 192.168.1.2, authoritative: true, ttl: 300, asks: []}}
      - {says: "an alias", dns: {in: A, server: 192.168.1.54, name: www.lan, alias: web.lan, tcp: true}}
      - {says: "no name", not: true, dns: {in: A, server: 192.168.1.54, name: none.lan, error: NXDOMAIN}}
      - {says: "no record", not: true, dns: {in: A, server: 192.168.1.54, name: only6.lan, error: nodata}}
      - {says: "another zone", not: true, dns: {in: A, server: 192.168.1.54, name: web.example, error: REFUSED}}
      - {says: "nobody there", not: true, within: 1s, dns: {in: A, server: 192.168.1.99, name: web.lan, error: timeout}}
      - {says: "nobody listens", not: true, dns: {in: A, server: 192.168.1.2, name: web.lan, error: closed}}
      - {says: "no way", not: true, dns: {in: A, server: 192.0.2.53, name: web.lan, error: ENETUNREACH}}
      - {says: "A finds web", resolves: {in: A, name: web, to: 192.168.1.2, tries: [web.lan]}}
      - {says: "A finds the printer", resolves: {in: A, name: printer, to: 192.168.1.9, tries: [], asks: []}}
      - {says: "A does not find that", not: true, resolves: {in: A, name: nothing, tries: [nothing.lan, nothing], asks: [ns1, ns2]}}
    hints: [Look.]
recap: [Names.]
`

func TestEachCheckOfNamesHasAKnownFault(t *testing.T) {
	_, err := exec.LookPath("nft")
	netlabtest.Require(t, err == nil, "nft")
	_, err = exec.LookPath("getent")
	netlabtest.Require(t, err == nil, "getent")
	s, err := scenario.Parse("names.yaml", []byte(nameLesson))
	must(t, err)
	b := newBench(t)
	b.hasty()
	ready := func() {
		b.take(s)
		b.reach(1, 1)
	}
	ready()
	for _, c := range s.Steps[0].Checks {
		t.Run(c.Says, func(t *testing.T) {
			if out := b.now(c, check.DefaultWithin); !out.OK {
				ready()
				if out = b.now(c, check.DefaultWithin); !out.OK {
					t.Fatalf("in a whole lab: %+v", out)
				}
			}
			lab, err := b.kernel.Snapshot(soon(t))
			must(t, err)
			faults := faultsOf(c, lab)
			if len(faults) == 0 {
				t.Fatal("nothing is known that breaks this claim")
			}
			for _, f := range faults {
				t.Run(f.name, func(t *testing.T) { b.suffers(t, c, f, ready) })
			}
		})
	}
}

// suffers sees a check fail by a fault, and hold after the repair.
func (b *bench) suffers(t *testing.T, c check.Check, f fault, ready func()) {
	must(t, b.sh(f.harm))
	out := b.now(c, 0)
	if said := fmt.Sprint(out.Got, "; ", out.Cause); out.OK || !hasOneOf(said, f.names) {
		t.Errorf("after %q: %+v, none of %q", f.harm, out, f.names)
	}
	if f.mend == "" {
		ready()
		return
	}
	must(t, b.sh(f.mend))
	if out := b.now(c, check.DefaultWithin); !out.OK {
		t.Errorf("after %q: %+v", f.mend, out)
		ready()
	}
}

// TestTheScriptOfNamesPassesWithTheRealPrograms runs the exported script of the
// lesson, with the machine's getent and dig.
func TestTheScriptOfNamesPassesWithTheRealPrograms(t *testing.T) {
	for _, name := range []string{"bash", "ip", "getent", "dig"} {
		_, err := exec.LookPath(name)
		netlabtest.Require(t, err == nil, name)
	}
	s, err := scenario.Parse("names.yaml", []byte(nameLesson))
	must(t, err)
	text := scenario.Script(s, nil)
	own, err := os.ReadFile("/proc/self/exe")
	must(t, err)
	bin := t.TempDir()
	must(t, os.WriteFile(bin+"/coredns", own, 0o755))
	for name, tt := range map[string]struct {
		before, after string
		words         string // at the end; empty: all holds
	}{
		"all holds":                 {"", "", ""},
		"the servers do not run":    {"ip netns exec ns2 coredns", "true", "FAILED: the zone is there"},
		"the forwarder does not":    {"ip netns exec ns1 coredns", "true", "FAILED: A finds web"},
		"another address":           {"web   300 IN A 192.168.1.2", "web   300 IN A 192.168.1.3", "FAILED: the zone is there"},
		"another time to live":      {"web   300", "web   301", "FAILED: the zone is there"},
		"no alias":                  {"www   300 IN CNAME web", "www   300 IN A 192.168.1.2", "FAILED: an alias"},
		"there is such a name":      {"www   300", "none  300 IN A 192.168.1.7\nwww   300", "FAILED: no name"},
		"there is such a record":    {"www   300", "only6 300 IN A 192.168.1.7\nwww   300", "FAILED: no record"},
		"the server knows it":       {"forward . 192.168.1.54", "forward . 192.168.1.1", "FAILED: A finds web"},
		"the wrong way round":       {"hosts: files dns", "hosts: files", "FAILED: A finds web"},
		"nobody knows the printer":  {"192.168.1.9 printer", "", "FAILED: A finds the printer"},
		"a server where none is":    {"ip netns exec ns1 coredns", "ip netns exec web coredns -quiet -conf /etc/coredns/zone >/dev/null &\nip netns exec ns1 coredns", "FAILED: nobody listens"},
		"somebody has that address": {"ip netns exec ns1 coredns", "ip -n ns1 addr add 192.168.1.99/24 dev eth0\nip netns exec ns1 coredns", "FAILED: nobody there"},
		"there is a way":            {"ip netns exec ns1 coredns", "ip -n A route add default via 192.168.1.53\nip netns exec ns1 coredns", "FAILED: no way"},
		"it is found":               {"192.168.1.9 printer", "192.168.1.9 printer nothing", "FAILED: A does not find that"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel() // it mostly waits
			broken := strings.Replace(text, tt.before, tt.after, 1)
			if tt.words != "" && broken == text {
				t.Fatalf("the script has no %q", tt.before)
			}
			cmd := exec.CommandContext(soon(t), "bash", "-c", `mount -t sysfs none /sys && mount -t tmpfs none /run && mount -t tmpfs none /home && mkdir /home/etc /home/work &&
				mount -t overlay -o lowerdir=/etc,upperdir=/home/etc,workdir=/home/work,userxattr none /etc && bash; end=$?; kill $(jobs -p) 2>/dev/null; exit $end`)
			cmd.Env = append(os.Environ(), "PATH="+bin+":"+os.Getenv("PATH"))
			cmd.SysProcAttr = &syscall.SysProcAttr{Cloneflags: syscall.CLONE_NEWNET | syscall.CLONE_NEWNS, Setpgid: true}
			cmd.Stdin = strings.NewReader(broken)
			var out bytes.Buffer
			cmd.Stdout, cmd.Stderr = &out, &out
			cmd.WaitDelay = 100 * time.Millisecond
			_ = cmd.Run()
			_ = syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) // the servers
			end := cmp.Or(tt.words, "all checks of names hold")
			if said := out.String(); !strings.Contains(said, "\n"+end) {
				t.Errorf("it does not end with %q:\n%s", end, said)
			}
		})
	}
}
