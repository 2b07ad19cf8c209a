package run

import (
	"fmt"
	"os/exec"
	"testing"

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
