package run

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"netlab/internal/control"
	"netlab/internal/event"
)

// watched tells what a lab says while it is watched, line by line.
type watched struct {
	lines chan string
	ended chan error
}

// watchLab watches a lab until stop is called.
func watchLab(t *testing.T, c *Client) (w watched, stop func()) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	w = watched{make(chan string, 10_000), make(chan error, 1)}
	go func() {
		w.ended <- c.Watch(ctx, func(ev event.Event) error {
			w.lines <- strings.TrimSpace(fmt.Sprint(ev.Kind, " ", ev.Sign, " ", ev.Place, " ", ev.Line))
			if ev.Kind == event.Change && (ev.Text == "" || ev.Millis <= 0) {
				return fmt.Errorf("no reason, or no time: %+v", ev)
			}
			return nil
		})
	}()
	w.sees(t, "note")
	return w, cancel
}

// sees waits for a line.
func (w watched) sees(t *testing.T, want string) {
	t.Helper()
	late := time.After(10 * time.Second)
	for {
		select {
		case got := <-w.lines:
			if strings.HasPrefix(got, want) {
				return
			}
		case err := <-w.ended:
			t.Fatalf("it has ended: %v", err)
		case <-late:
			t.Fatalf("never seen: %s", want)
		}
	}
}

func TestALabIsWatched(t *testing.T) {
	h := atHome(t)
	stay(t, h, "lab", steps("ip netns add ns1\nip link add v0 type veth peer name v1 netns ns1"))
	c, _ := enter(t, h, "lab")
	w, stop := watchLab(t, c)
	hand, _ := enter(t, h, "lab")
	for _, step := range []struct{ typed, want string }{
		{"ip addr add 10.0.0.1/24 dev v0", "change + host addr 10.0.0.1/24 on v0"},
		{"ip link set v0 up", "change ~ host link v0 is up, but has no carrier"},
		{"ip -n ns1 link set v1 up", "change ~ ns1 link v1 is up"},
		{"ip netns add ns2", "change + ns2 namespace ns2"},
		{"ip -n ns2 link set lo up", "change ~ ns2 link lo is up"},
		{"ip rule add from 10.0.0.0/8 table 100", "change + host rule 32765: from 10.0.0.0/8 lookup 100"},
		{"ip netns exec ns2 sysctl -w net.ipv4.ip_forward=1", "change ~ ns2 net.ipv4.ip_forward = 1"},
		{"ip netns del ns1", "change - ns1 namespace ns1"},
		{"true", "change - host link v0"},
	} {
		byHand(t, hand, step.typed)
		w.sees(t, step.want)
	}
	stop()
	if err := <-w.ended; !errors.Is(err, context.Canceled) {
		t.Errorf("it ended with %v", err)
	}
}

// TestWatchingBlocksNobody: others are served, and a step runs, while somebody
// watches who does not even read.
func TestWatchingBlocksNobody(t *testing.T) {
	h := atHome(t)
	stay(t, h, "lab", steps("ip netns add ns1", "ip link add br0 type bridge\nip link del br0"))
	c, _ := enter(t, h, "lab")
	began, release := make(chan bool), make(chan bool)
	ended := make(chan error, 1)
	go func() {
		ended <- c.Watch(t.Context(), func(ev event.Event) error {
			if ev.Kind == event.Note {
				close(began)
				<-release
			}
			return nil
		})
	}()
	<-began
	hand, _ := enter(t, h, "lab")
	for range 5 {
		_, _, err := ask(t, hand, control.Request{Verb: control.Step, Number: 2})
		must(t, err)
	}
	if _, _, err := hand.Look(soon(t)); err != nil {
		t.Error(err)
	}
	must(t, h.End("lab"))
	close(release)
	if err := <-ended; !errors.Is(err, ErrGone) {
		t.Errorf("when the lab is gone: %v", err)
	}
}

func TestAWatchEndsWhenItsReaderHasEnough(t *testing.T) {
	h := atHome(t)
	stay(t, h, "lab", steps("ip netns add ns1"))
	c, _ := enter(t, h, "lab")
	enough := errors.New("enough")
	err := c.Watch(soon(t), func(event.Event) error { return enough })
	if !errors.Is(err, enough) {
		t.Errorf("it ended with %v", err)
	}
	again, _ := enter(t, h, "lab") // the lab lives on
	if got := since(t, again, MarkStart); got != nil {
		t.Errorf("watching has changed it: %v", got)
	}
}
