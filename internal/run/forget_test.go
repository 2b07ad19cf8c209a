package run

import (
	"context"
	"errors"
	"fmt"
	"net/netip"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"netlab/internal/check"
	"netlab/internal/snapshot"
)

func neigh(addr, state string) snapshot.Neigh {
	return snapshot.Neigh{Link: "eth0", Addr: netip.MustParseAddr(addr), State: state}
}

func TestWhatIsForgotten(t *testing.T) {
	proxy := neigh("10.0.0.9", "")
	proxy.Proxy = true
	learned := snapshot.FDB{Link: "p1", MAC: "02:00:00:00:00:01", Master: "br0", State: "reachable"}
	moved, fixed := learned, learned
	moved.Link, fixed.State = "p2", "permanent"
	tunnel := snapshot.FDB{Link: "vx0", MAC: learned.MAC, Self: true, State: "stale", Dst: netip.MustParseAddr("192.0.2.1")}
	type tables struct {
		neighs []snapshot.Neigh
		fdb    []snapshot.FDB
	}
	tests := []struct {
		name     string
		old, now tables
		want     []string
	}{
		{"nothing", tables{}, tables{}, nil},
		{"a new neighbour", tables{}, tables{neighs: []snapshot.Neigh{neigh("10.0.0.1", "REACHABLE")}}, []string{"ip -n ns1 neigh del 10.0.0.1 dev eth0"}},
		{"one that did not answer", tables{}, tables{neighs: []snapshot.Neigh{neigh("fd00::1", "INCOMPLETE")}}, []string{"ip -n ns1 neigh del fd00::1 dev eth0"}},
		{"a known one", tables{neighs: []snapshot.Neigh{neigh("10.0.0.1", "STALE")}}, tables{neighs: []snapshot.Neigh{neigh("10.0.0.1", "DELAY")}}, nil},
		{"a question that is answered now", tables{neighs: []snapshot.Neigh{neigh("10.0.0.1", "FAILED")}},
			tables{neighs: []snapshot.Neigh{neigh("10.0.0.1", "REACHABLE")}}, []string{"ip -n ns1 neigh del 10.0.0.1 dev eth0"}},
		{"a question that is still open", tables{neighs: []snapshot.Neigh{neigh("10.0.0.1", "FAILED")}},
			tables{neighs: []snapshot.Neigh{neigh("10.0.0.1", "INCOMPLETE")}}, nil},
		{"what no ping can have made", tables{}, tables{neighs: []snapshot.Neigh{neigh("10.0.0.1", "PERMANENT"), neigh("ff02::1", "NOARP"), proxy},
			fdb: []snapshot.FDB{fixed}}, nil},
		{"an address learned", tables{}, tables{fdb: []snapshot.FDB{learned}}, []string{"bridge -n ns1 fdb del 02:00:00:00:00:01 dev p1 master"}},
		{"an address known", tables{fdb: []snapshot.FDB{learned}}, tables{fdb: []snapshot.FDB{learned}}, nil},
		{"an address seen at another port", tables{fdb: []snapshot.FDB{learned}}, tables{fdb: []snapshot.FDB{moved}}, []string{"bridge -n ns1 fdb del 02:00:00:00:00:01 dev p2 master"}},
		{"the far end of a tunnel", tables{}, tables{fdb: []snapshot.FDB{tunnel}}, []string{"bridge -n ns1 fdb del 02:00:00:00:00:01 dev vx0 dst 192.0.2.1 self"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			old := snapshot.Space{Name: "ns1", Neighs: tt.old.neighs, FDB: tt.old.fdb}
			clean, undo := forgotten(old, snapshot.Space{Name: "ns1", Neighs: tt.now.neighs, FDB: tt.now.fdb})
			var got []string
			for _, l := range undo {
				got = append(got, l.String())
			}
			if d := cmp.Diff(tt.want, got); d != "" {
				t.Error(d)
			}
			if left := len(clean.Neighs) + len(clean.FDB); left != len(tt.now.neighs)+len(tt.now.fdb)-len(undo) {
				t.Errorf("%d entries are left", left)
			}
		})
	}
}

func TestTheHostIsWrittenWithoutAName(t *testing.T) {
	_, undo := forgotten(snapshot.Space{}, snapshot.Space{Name: snapshot.Host, Neighs: []snapshot.Neigh{neigh("10.0.0.1", "STALE")}})
	if len(undo) != 1 || undo[0].Netns != "" {
		t.Errorf("%v", undo)
	}
}

func TestGone(t *testing.T) {
	for err, want := range map[error]bool{
		fmt.Errorf("x: %w", syscall.ENOENT): true, syscall.ENODEV: true, syscall.EPERM: false, errors.New("x"): false,
	} {
		if gone(err) != want {
			t.Errorf("%v", err)
		}
	}
}

// Nothing happens between two claims about the state: they are about the same
// moment. After anything that changes the lab, the next one is about another.
func TestWhenTheLabIsLookedAtAgain(t *testing.T) {
	b := newBench(t)
	b.take(steps("ip netns add ns1"))
	state := check.Check{Link: &check.Link{In: "host", Name: "lo", Up: yes()}}
	ping := check.Check{Ping: &check.Ping{In: "host", To: netip.MustParseAddr("127.0.0.1")}}
	wrong := check.Check{Not: true, Link: state.Link}
	b.patience = func(check.Check) (time.Duration, time.Duration) { return 0, time.Second }
	decide := func(c check.Check) func() {
		return func() {
			_, err := b.decide(soon(t), c)
			must(t, err)
		}
	}
	for _, tt := range []struct {
		name  string
		do    func()
		again bool
	}{
		{"a claim that holds", decide(state), false},
		{"a claim that fails", decide(wrong), true},
		{"a ping", decide(ping), true},
		{"a command", func() { must(t, b.sh("true")) }, true},
		{"a step", func() { b.reach(1, 1) }, true},
		{"time", func() { b.view.at = b.view.at.Add(-overtaken) }, true},
		{"nothing", func() {}, false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			_, err := b.look(soon(t))
			must(t, err)
			at := b.view.at
			tt.do()
			decide(state)()
			if again := b.view.at != at; again != tt.again {
				t.Errorf("looked again: %v, want %v", again, tt.again)
			}
		})
	}
}

func TestALookThatFailsIsNotKept(t *testing.T) {
	b := newBench(t)
	over, stop := context.WithCancel(t.Context())
	stop()
	b.changed()
	_, err := b.look(over)
	if err == nil || !b.view.at.IsZero() {
		t.Errorf("%v, kept since %s", err, b.view.at)
	}
}
