package kernel

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"os/exec"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"netlab/internal/netlabtest"
	"netlab/internal/netns"
	"netlab/internal/snapshot"
)

// inside runs a program of the machine in a namespace and returns its output.
// It must be there, and end well.
func inside(t testing.TB, ns string, argv ...string) string {
	t.Helper()
	_, err := exec.LookPath(argv[0])
	netlabtest.Require(t, err == nil, argv[0])
	cmd := exec.Command(argv[0], argv[1:]...)
	var out, bad strings.Builder
	cmd.Stdout, cmd.Stderr = &out, &bad
	if err := netns.Run(ns, cmd); err != nil {
		t.Fatal(argv, err, bad.String())
	}
	return out.String()
}

// nft does commands of nft in a namespace.
func nft(t testing.TB, ns, commands string) string { t.Helper(); return inside(t, ns, "nft", commands) }

// filtersOf are the firewall rules of a namespace in a snapshot.
func filtersOf(t testing.TB, k *Kernel, ns string) []snapshot.Filter {
	t.Helper()
	s, _ := snap(t, k).Space(ns)
	return s.Filters
}

// brief is a rule or a policy on one line.
func brief(f snapshot.Filter) string {
	place := fmt.Sprintf("%s %s %s/%s %s:%s:%d", f.Tool, f.Family, f.Table, f.Chain, f.Type, f.Hook, f.Priority)
	if f.Policy != "" {
		return place + " policy " + f.Policy
	}
	if f.Counted {
		place += fmt.Sprintf(" [%d]", f.Packets)
	}
	return place + " " + f.Text
}

const firewall = `
add table inet filter
add chain inet filter input { type filter hook input priority 0; policy drop; comment "who may come in"; }
add chain inet filter own
add rule inet filter input iifname "lo" accept comment "counter { of # handle 7"
add rule inet filter input counter tcp dport { 22, 80, 8080-8099 } accept
add rule inet filter input ip saddr { 10.0.0.1, 10.0.0.2, 10.0.0.3, 10.0.0.4, 10.0.0.5, 10.0.0.6, 10.0.0.7, 10.0.0.8, 10.0.0.9 } counter jump own
add rule inet filter own icmp type echo-request limit rate 5/second accept
add counter inet filter shared
add rule inet filter own counter name shared drop
add set inet filter who { type ipv4_addr; flags dynamic; elements = { 10.9.9.9 }; }
add table ip nat
add chain ip nat post { type nat hook postrouting priority srcnat; }
add rule ip nat post oifname "eth0" counter masquerade
add table bridge b
add chain bridge b f { type filter hook forward priority -200; policy accept; }
add table arp a
add chain arp a i { type filter hook input priority 0; }
`

func TestFirewallRulesAreAsNftPrintsThem(t *testing.T) {
	k := New()
	t.Cleanup(func() { clean(t, k) })
	do(t, k, "ip netns add ns1", "ip netns add ns2")
	nft(t, "ns1", firewall)
	var got []string
	for _, f := range filtersOf(t, k, "ns1") {
		got = append(got, brief(f))
	}
	want := []string{
		`nft inet filter/input filter:input:0 iifname "lo" accept comment "counter { of # handle 7"`,
		`nft inet filter/input filter:input:0 [0] tcp dport { 22, 80, 8080-8099 } accept`,
		`nft inet filter/input filter:input:0 [0] ip saddr { 10.0.0.1, 10.0.0.2, 10.0.0.3, 10.0.0.4, 10.0.0.5, 10.0.0.6, 10.0.0.7, 10.0.0.8, 10.0.0.9 } jump own`,
		"nft inet filter/input filter:input:0 policy drop",
		"nft inet filter/own ::0 icmp type echo-request limit rate 5/second accept",
		`nft inet filter/own ::0 counter name "shared" drop`,
		`nft ip nat/post nat:postrouting:100 [0] oifname "eth0" masquerade`,
		"nft ip nat/post nat:postrouting:100 policy accept",
		"nft bridge b/f filter:forward:-200 policy accept",
		"nft arp a/i filter:input:0 policy accept",
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
	for ns, want := range map[string]int{"ns1": 6, "ns2": 0, snapshot.Host: 0} {
		if s, _ := snap(t, k).Space(ns); s.Rules != want || (len(s.Filters) > 0) != (want > 0) {
			t.Errorf("%s has %d rules, want %d, and %d of them are known", ns, s.Rules, want, len(s.Filters))
		}
	}
}

// TestFirewallRulesAreThoseOfNftJSON compares handles, chains and counters with
// what nft says in JSON, which netlab does not read.
func TestFirewallRulesAreThoseOfNftJSON(t *testing.T) {
	k := New()
	t.Cleanup(func() { clean(t, k) })
	do(t, k, "ip netns add ns1", "ip -n ns1 link set lo up")
	nft(t, "ns1", "add table ip t; add chain ip t i { type filter hook input priority -5; policy accept; }; "+
		"add rule ip t i counter; add rule ip t i ip protocol icmp counter accept; add rule ip t i tcp dport 1 counter drop")
	pings(t, "ns1", 3)
	var doc struct {
		Items []struct {
			Chain *struct {
				Family, Table, Name, Type, Hook, Policy string
				Prio                                    int
			}
			Rule *struct {
				Family, Table, Chain string
				Handle               uint64
				Expr                 []struct {
					Counter *struct{ Packets, Bytes uint64 }
				}
			}
		} `json:"nftables"`
	}
	if err := json.Unmarshal([]byte(inside(t, "ns1", "nft", "-j", "list", "ruleset")), &doc); err != nil {
		t.Fatal(err)
	}
	var want, got []string
	for _, i := range doc.Items {
		if c := i.Chain; c != nil {
			want = append(want, fmt.Sprintln("chain", c.Family, c.Table, c.Name, c.Type, c.Hook, c.Prio, c.Policy))
		}
		if r := i.Rule; r != nil {
			for _, e := range r.Expr {
				if c := e.Counter; c != nil {
					want = append(want, fmt.Sprintln("rule", r.Family, r.Table, r.Chain, r.Handle, c.Packets, c.Bytes))
				}
			}
		}
	}
	for _, f := range filtersOf(t, k, "ns1") {
		if f.Policy != "" {
			got = append(got, fmt.Sprintln("chain", f.Family, f.Table, f.Chain, f.Type, f.Hook, f.Priority, f.Policy))
		} else {
			got = append(got, fmt.Sprintln("rule", f.Family, f.Table, f.Chain, f.Handle, f.Packets, f.Bytes))
		}
	}
	slices.Sort(want)
	slices.Sort(got)
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
	if !strings.Contains(strings.Join(got, ""), " 6 ") { // three questions, three answers
		t.Errorf("nothing was counted: %v", got)
	}
}

// pings sends n pings to 127.0.0.1 inside a namespace.
func pings(t testing.TB, ns string, n int) {
	t.Helper()
	inside(t, ns, "ping", "-q", "-c", fmt.Sprint(n), "-i", "0.01", "127.0.0.1")
}

func TestNftIsAskedOnlyWhenTheRulesHaveChanged(t *testing.T) {
	k := New()
	t.Cleanup(func() { clean(t, k) })
	do(t, k, "ip netns add ns1", "ip -n ns1 link set lo up")
	nft(t, "ns1", "add table ip t; add chain ip t i { type filter hook input priority 0; }; add rule ip t i counter accept")
	if got := filtersOf(t, k, "ns1"); len(got) != 2 {
		t.Fatalf("%v", got)
	}
	// Another text in what is remembered shows whether it is used.
	for cookie, known := range k.texts {
		changed := maps.Clone(known.texts)
		for key := range changed {
			changed[key] = "remembered"
		}
		k.texts[cookie] = ruleText{known.gen, changed}
	}
	pings(t, "ns1", 2)
	if got := filtersOf(t, k, "ns1"); got[0].Text != "remembered" || got[0].Packets != 4 {
		t.Errorf("the same rules: %+v", got[0])
	}
	nft(t, "ns1", "add rule ip t i drop")
	if got := filtersOf(t, k, "ns1"); len(got) != 3 || got[0].Text != "accept" || got[1].Text != "drop" {
		t.Errorf("another rule: %+v", got)
	}
	do(t, k, "ip netns del ns1", "ip netns add ns1")
	if got := filtersOf(t, k, "ns1"); len(got) != 0 {
		t.Errorf("a new namespace of that name: %+v", got)
	}
	if len(k.texts) != 0 {
		t.Errorf("the rules of a namespace that is gone are remembered: %v", k.texts)
	}
}

func TestRulesOfTheNewerIptablesAreThereOnce(t *testing.T) {
	k := New()
	t.Cleanup(func() { clean(t, k) })
	do(t, k, "ip netns add ns1")
	inside(t, "ns1", "iptables-nft", "-A", "INPUT", "-p", "icmp", "-j", "DROP")
	var got []string
	for _, f := range filtersOf(t, k, "ns1") {
		got = append(got, brief(f))
	}
	want := []string{"nft ip filter/INPUT filter:input:0 [0] meta l4proto icmp drop", "nft ip filter/INPUT filter:input:0 policy accept"}
	if strings.HasPrefix(got[0], "nft ip filter/INPUT filter:input:0 [0] ip protocol icmp") {
		want[0] = "nft ip filter/INPUT filter:input:0 [0] ip protocol icmp drop" // as newer ones say it
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
}

func TestRulesOfTheOldIptables(t *testing.T) {
	k := New()
	t.Cleanup(func() { clean(t, k) })
	do(t, k, "ip netns add ns1", "ip -n ns1 link set lo up")
	_, err := exec.LookPath("iptables-legacy")
	netlabtest.Require(t, err == nil, "iptables-legacy")
	cmd := exec.Command("iptables-legacy", "-A", "INPUT", "-p", "icmp", "-j", "ACCEPT")
	netlabtest.Require(t, netns.Run("ns1", cmd) == nil, "a kernel with ip_tables")
	pings(t, "ns1", 1)
	var got []string
	for _, f := range filtersOf(t, k, "ns1") {
		got = append(got, brief(f))
	}
	want := []string{
		"iptables ip filter/INPUT filter:input:0 [2] -p icmp -j ACCEPT", "iptables ip filter/INPUT filter:input:0 policy accept",
		"iptables ip filter/FORWARD filter:forward:0 policy accept", "iptables ip filter/OUTPUT filter:output:0 policy accept",
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
}

// TestNoProgramIsStartedWithoutRules: a tool that cannot be found is not missed.
func TestNoProgramIsStartedWithoutRules(t *testing.T) {
	k := New()
	t.Cleanup(func() { clean(t, k) })
	do(t, k, "ip netns add ns1", "ip netns add ns2")
	nft(t, "ns1", "add table ip t; add chain ip t i; add rule ip t i drop")
	nft(t, "ns2", "add table ip t; add set ip t s { type ipv4_addr; }")
	marks := t.TempDir()
	fakeNft(t, marks)
	s, _ := snap(t, k).Space("ns1")
	if s.Rules != 1 || s.Filters != nil {
		t.Errorf("%d rules: %v", s.Rules, s.Filters)
	}
	if got := strings.Fields(inside(t, "", "ls", marks)); len(got) != 1 {
		t.Errorf("nft was started %d times, want once", len(got))
	}
}

// fakeNft is an nft that leaves a mark and fails.
func fakeNft(t *testing.T, marks string) {
	t.Helper()
	dir := t.TempDir()
	inside(t, "", "sh", "-c", `printf '#!/bin/sh\nmktemp -p "%s"\nexit 1\n' "$1" >"$2/nft"; chmod +x "$2/nft"`, "sh", marks, dir)
	t.Setenv("PATH", dir+":/usr/bin:/bin")
}

func TestAToolThatHangsIsEnded(t *testing.T) {
	ctx, cancel := context.WithTimeout(context.Background(), 100*time.Millisecond)
	defer cancel()
	began := time.Now()
	if _, err := toolOutput(ctx, "", "sleep", "30"); err == nil || time.Since(began) > 5*time.Second {
		t.Errorf("after %v: %v", time.Since(began), err)
	}
}
