package run

import (
	"context"
	"errors"
	"io"
	"strings"
	"testing"
	"time"

	"netlab/internal/control"
	"netlab/internal/diagnose"
	"netlab/internal/measure"
	"netlab/internal/scenario"
	"netlab/internal/trace"
)

// cable is a lesson that builds ns1 and ns2 with a cable.
func cable() scenario.Scenario {
	return steps(`ip netns add ns1; ip netns add ns2
		ip link add eth0 netns ns1 type veth peer name eth0 netns ns2
		for n in 1 2; do ip -n ns$n addr add 10.0.0.$n/24 dev eth0; ip -n ns$n link set eth0 up; done`)
}

func probeFrom(from, to string) control.Probe {
	return control.Probe{From: from, To: to, Proto: measure.ICMP, Timeout: time.Second}
}

func TestTraceInALabThatStays(t *testing.T) {
	h := atHome(t)
	stay(t, h, "traced", cable())
	c, _ := enter(t, h, "traced")
	seen, err := c.Trace(soon(t), probeFrom("ns1", "ns2"))
	must(t, err)
	if seen.Story.Fate != measure.Answered || len(seen.Story.Legs) != 2 || len(seen.Causes) != 0 || len(seen.Capture.Packets) == 0 {
		t.Errorf("%+v", seen)
	}
	for _, l := range seen.Story.Legs {
		for _, hop := range l.Hops {
			for _, n := range hop.Frames {
				if n >= len(seen.Capture.Packets) || seen.Capture.Points[seen.Capture.Packets[n].Point].Space != hop.Space {
					t.Errorf("frame %d of %s is not in the capture", n, hop.Space)
				}
			}
		}
	}
	closed := probeFrom("ns1", "ns2")
	closed.Proto, closed.Port = measure.TCP, 80
	seen, err = c.Trace(soon(t), closed)
	must(t, err)
	if seen.Story.Fate != measure.Closed || len(seen.Causes) != 1 || seen.Causes[0].Kind != diagnose.NotListening || seen.Story.Legs[0].Part != trace.Request {
		t.Errorf("%+v", seen)
	}
	for _, tt := range []struct {
		to   string
		want control.Missing
	}{{"ns2", control.MissingNode}, {"host", control.MissingAddress}} {
		from := map[control.Missing]string{control.MissingNode: "nobody", control.MissingAddress: "ns1"}[tt.want]
		_, err := c.Trace(soon(t), probeFrom(from, tt.to))
		var l *Lacking
		if !errors.As(err, &l) || l.What != tt.want {
			t.Errorf("%s: %v", tt.to, err)
		}
	}
	if _, _, err := ask(t, c, control.Request{Verb: control.Trace}); err == nil || !strings.Contains(err.Error(), "without a probe") {
		t.Error(err)
	}
}

// Whoever asks for a trace and leaves does not keep the others waiting.
func TestWhoLeavesEndsItsTrace(t *testing.T) {
	h := atHome(t)
	stay(t, h, "left", cable())
	c, _ := enter(t, h, "left")
	other, _ := enter(t, h, "left")
	silence := Program{Node: "ns2", Args: []string{"sysctl", "-q", "-w", "net.ipv4.icmp_echo_ignore_all=1"}}
	code, err := other.Exec(soon(t), silence, streams("", io.Discard, io.Discard, nil))
	if err != nil || code != 0 {
		t.Fatal(code, err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 300*time.Millisecond)
	defer cancel()
	long := probeFrom("ns1", "ns2")
	long.Timeout = time.Minute
	if _, err := c.Trace(ctx, long); err == nil {
		t.Error("a trace that nobody waits for is answered")
	}
	c.Close()
	began := time.Now()
	if _, err := other.Trace(soon(t), probeFrom("ns2", "ns1")); err != nil || time.Since(began) > 10*time.Second {
		t.Errorf("%v after %v", err, time.Since(began))
	}
}
