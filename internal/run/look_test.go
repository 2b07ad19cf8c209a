package run

import (
	"context"
	"net/netip"
	"testing"
	"time"

	"netlab/internal/check"
)

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
