package run

import (
	"bytes"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"netlab/internal/control"
	"netlab/internal/event"
	"netlab/internal/measure"
	"netlab/internal/sandbox"
)

// heard is what a capture in a lab has brought so far.
type heard struct {
	mu     sync.Mutex
	points []measure.Point
	all    []measure.Packet
	marks  []control.Moment
	begun  chan struct{}
	stop   chan struct{}
	ended  chan error
}

// hear begins a capture by a client of its own, and waits until it listens.
func hear(t *testing.T, h *sandbox.Home, lab string, what control.Listening) *heard {
	t.Helper()
	c, _ := enter(t, h, lab)
	if what.Snap == 0 {
		what.Snap = 2000
	}
	r := &heard{begun: make(chan struct{}), stop: make(chan struct{}), ended: make(chan error, 1)}
	begin := sync.OnceFunc(func() { close(r.begun) })
	ctx := soon(t)
	go func() {
		r.ended <- c.Capture(ctx, what, r.stop, func(got Captured) error {
			begin()
			r.mu.Lock()
			defer r.mu.Unlock()
			if got.Point != nil {
				r.points = append(r.points, *got.Point)
			}
			if got.Mark != nil {
				r.marks = append(r.marks, *got.Mark)
			}
			r.all = append(r.all, got.Packets...)
			return nil
		})
	}()
	select {
	case <-r.begun:
	case err := <-r.ended:
		t.Fatalf("it never began: %v", err)
	}
	return r
}

// end ends the capture in order.
func (r *heard) end(t *testing.T) {
	t.Helper()
	close(r.stop)
	must(t, <-r.ended)
}

// has counts the packets that hold a text.
func (r *heard) has(text string) int {
	r.mu.Lock()
	defer r.mu.Unlock()
	n := 0
	for _, p := range r.all {
		if bytes.Contains(p.Data, []byte(text)) {
			n++
		}
	}
	return n
}

// say sends a text by UDP in a lab, to itself.
func say(t *testing.T, c *Client, text string) {
	t.Helper()
	var out, errs bytes.Buffer
	code, err := c.Exec(soon(t), Program{Node: "host", Args: []string{"bash", "-c", "echo " + text + " > /dev/udp/127.0.0.1/9"}}, streams("", &out, &errs, nil))
	if err != nil || code != 0 {
		t.Fatalf("code %d, %v: %s", code, err, &errs)
	}
}

func TestACaptureWhileTheLessonGoesOn(t *testing.T) {
	h := atHome(t)
	stay(t, h, "lab", steps("ip netns add ns1", "ip link add veth0 type veth peer name veth1 netns ns1\nip -n ns1 link set veth1 up\nip link set veth0 up"))
	first := hear(t, h, "lab", control.Listening{})
	second := hear(t, h, "lab", control.Listening{Filter: "udp dst port 9", Places: []control.Place{{Node: "host", Link: "lo"}}})
	c, _ := enter(t, h, "lab")
	say(t, c, "before")
	_, _, err := ask(t, c, control.Request{Verb: control.Check}) // others are served
	must(t, err)
	_, _, err = ask(t, c, control.Request{Verb: control.Step, Number: 1})
	must(t, err) // the step fails, since ns1 is there: it was run all the same
	say(t, c, "after")
	first.end(t)
	second.end(t)
	for n, r := range map[int]*heard{2: first, 1: second} { // the first also hears that nobody is at port 9
		if r.has("before") != n || r.has("after") != n {
			t.Errorf("it heard two words %d and %d times, want %d", r.has("before"), r.has("after"), n)
		}
	}
	if len(second.points) != 1 || len(second.all) != 2 {
		t.Errorf("the chosen one has %v, %d packets", second.points, len(second.all))
	}
	var marks []string
	for _, m := range first.marks {
		marks = append(marks, fmt.Sprint(m.Command, " ", m.Text))
	}
	want := []string{"false step 2 of mine: a step", "false step 1 of mine: a step", "true host: ip netns add ns1"}
	if d := cmp.Diff(want, marks); d != "" {
		t.Error(d)
	}
	last := first.all[len(first.all)-1]
	if !first.marks[0].Time.Before(first.all[0].Time) || !last.Time.After(first.marks[2].Time) {
		t.Errorf("marks and packets are not of one time: %v %v", first.marks, first.all)
	}
}

func TestALabEndsUnderACapture(t *testing.T) {
	h := atHome(t)
	stay(t, h, "lab", steps("ip netns add ns1"))
	r := hear(t, h, "lab", control.Listening{})
	c, _ := enter(t, h, "lab")
	say(t, c, "hello")
	for end := time.Now().Add(10 * time.Second); r.has("hello") == 0 && time.Now().Before(end); {
		must(t, pause(soon(t), 5*time.Millisecond))
	}
	must(t, h.End("lab"))
	if err := <-r.ended; !errors.Is(err, ErrGone) || r.has("hello") != 2 {
		t.Errorf("%v; %d packets", err, r.has("hello"))
	}
}

// listeners counts the packet sockets in a lab.
func listeners(t *testing.T, c *Client) int {
	t.Helper()
	var out bytes.Buffer
	_, err := c.Exec(soon(t), Program{Node: "host", Args: []string{"sh", "-c", "cat /proc/net/packet; ip netns exec ns1 cat /proc/net/packet"}}, streams("", &out, &out, nil))
	must(t, err)
	return strings.Count(out.String(), "\n") - 2
}

func TestACaptureEndsWithItsCaller(t *testing.T) {
	h := atHome(t)
	stay(t, h, "lab", steps("ip netns add ns1"))
	c, _ := enter(t, h, "lab")
	before := listeners(t, c)
	caller, _ := enter(t, h, "lab")
	broken := errors.New("full")
	err := caller.Capture(soon(t), control.Listening{Snap: 100}, nil, func(Captured) error { return broken })
	if !errors.Is(err, broken) {
		t.Errorf("error = %v", err)
	}
	r := hear(t, h, "lab", control.Listening{})
	if n := listeners(t, c); n < before+2 {
		t.Errorf("there are %d sockets, want %d", n, before+2)
	}
	r.end(t)
	caller.Close()
	for end := time.Now().Add(10 * time.Second); ; {
		if n := listeners(t, c); n == before {
			return
		} else if time.Now().After(end) {
			t.Fatalf("%d sockets are left, %d were there before", n, before)
		}
	}
}

func TestACaptureOfWhatThereIsNot(t *testing.T) {
	h := atHome(t)
	stay(t, h, "lab", steps("ip netns add ns1"))
	c, _ := enter(t, h, "lab")
	none := func(Captured) error { t.Error("something was captured"); return nil }
	for _, tt := range []struct {
		what    control.Listening
		missing control.Missing
		text    string
	}{
		{control.Listening{Snap: 1, Places: []control.Place{{Node: "ns1"}, {Node: "ns2"}}}, control.MissingNode, `there is no node "ns2" in this lab`},
		{control.Listening{Snap: 1, Places: []control.Place{{Node: "../x"}}}, control.MissingNode, `there is no node "../x" in this lab`},
		{control.Listening{Snap: 1, Places: []control.Place{{Node: "ns1", Link: "eth9"}}}, control.MissingLink, `the node "ns1" has no interface "eth9"`},
		{control.Listening{Snap: 1, Filter: "nonsense"}, "", `filter, character 1: "nonsense" is no word of a filter`},
		{control.Listening{}, "", "capture of nothing"},
	} {
		t.Run(tt.text, func(t *testing.T) {
			err := c.Capture(soon(t), tt.what, nil, none)
			var l *Lacking
			if errors.As(err, &l) != (tt.missing != "") || err == nil || err.Error() != tt.text || l != nil && l.What != tt.missing {
				t.Errorf("error = %v", err)
			}
		})
	}
}

func TestFramesOfACapture(t *testing.T) {
	packet := measure.Packet{Point: 0, Time: time.Unix(1, 2), For: measure.ForHost, Len: 1, Data: []byte{1}}
	for _, tt := range []struct {
		name  string
		frame control.Frame
		want  Captured
		bad   bool
	}{
		{"a point", control.Frame{Kind: control.KindPoint, Payload: []byte(`{"space":"a","link":"b"}`)}, Captured{Point: &measure.Point{Space: "a", Link: "b"}}, false},
		{"packets", control.Frame{Kind: control.KindPackets, Payload: measure.AppendPacket(nil, packet)}, Captured{Packets: []measure.Packet{packet}}, false},
		{"a mark", control.Frame{Kind: control.KindMoment, Payload: []byte(`{"text":"x","command":true}`)}, Captured{Mark: &control.Moment{Text: "x", Command: true}}, false},
		{"losses", control.Frame{Kind: control.KindLost, Payload: []byte(`{"a":3}`)}, Captured{Lost: map[string]int{"a": 3}}, false},
		{"something else", control.Frame{Kind: control.KindEvent, Payload: []byte(`{}`)}, Captured{}, false},
		{"a point that is none", control.Frame{Kind: control.KindPoint, Payload: []byte(`7`)}, Captured{Point: &measure.Point{}}, true},
		{"half a packet", control.Frame{Kind: control.KindPackets, Payload: []byte{1, 2}}, Captured{}, true},
		{"a packet of nowhere", control.Frame{Kind: control.KindPackets, Payload: measure.AppendPacket(nil, measure.Packet{Point: 1})}, Captured{}, true},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got, err := captured(tt.frame, 1)
			if (err != nil) != tt.bad {
				t.Errorf("error = %v", err)
			}
			if d := cmp.Diff(tt.want, got); d != "" {
				t.Error(d)
			}
		})
	}
}

func TestDiary(t *testing.T) {
	var d diary
	early := d.open()
	d.turn("step 1")
	late := d.open()
	passed := 0
	sink := d.follow(func(event.Event) { passed++ })
	sink(event.Event{Kind: event.Command, Line: "ip link", Place: "ns1"})
	sink(event.Event{Kind: event.Output, Text: "x"})
	sink(event.Event{Kind: event.Command, Line: "true"})
	d.turn("step 2")
	read := func(r *reader) string {
		var out []string
		for _, m := range d.read(r) {
			if m.Time.IsZero() || time.Since(m.Time) > time.Minute {
				t.Errorf("%q is of %v", m.Text, m.Time)
			}
			out = append(out, fmt.Sprint(m.Text, " ", m.Command))
		}
		return strings.Join(out, "; ")
	}
	const want = "step 1 false; ns1: ip link true; true true; step 2 false"
	if got := read(early); got != want {
		t.Errorf("the first reader: %s", got)
	}
	if got := read(late); got != want {
		t.Errorf("one who came in step 1: %s", got)
	}
	d.close(early)
	d.turn("step 3")
	if a, b := read(early), read(late); a != "" || b != "step 3 false" || passed != 3 {
		t.Errorf("then %q, %q; %d events", a, b, passed)
	}
}
