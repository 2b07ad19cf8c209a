package run

import (
	"fmt"
	"net/netip"
	"strings"
	"testing"
	"time"

	"netlab/internal/diagnose"
	"netlab/internal/measure"
	"netlab/internal/probe"
	"netlab/internal/trace"
)

// BenchmarkTrace follows an echo across ten routers; what the probe itself takes
// is reported beside it. The limit is 300 ms besides the probe.
func BenchmarkTrace(b *testing.B) {
	x := newBench(b)
	must(b, x.kernel.Build(soon(b), tenRouters().scene))
	to := netip.MustParseAddr("10.0.11.2")
	var waited time.Duration
	for b.Loop() {
		lab, err := x.kernel.Snapshot(soon(b))
		must(b, err)
		t, after, err := follow(soon(b), x.kernel, lab, probe.Knock{From: "A", To: to, Proto: measure.ICMP, Timeout: time.Second})
		must(b, err)
		if t.Fate != measure.Answered || len(trace.Tell(lab, t).Legs) != 2 || diagnose.Why(lab, after, t) != nil {
			b.Fatalf("it was %s: %+v", t.Fate, trace.Tell(lab, t))
		}
		waited += t.RTT
	}
	b.ReportMetric(float64(waited.Microseconds())/1000/float64(b.N), "probe-ms")
	b.ReportMetric(float64(b.Elapsed().Microseconds())/1000/float64(b.N), "trace-ms")
}

// tenRouters is a chain of them between two hosts.
func tenRouters() column {
	var nodes, links, routes strings.Builder
	const routers = 10
	name := func(i int) string {
		switch i {
		case 0:
			return "A"
		case routers + 1:
			return "B"
		}
		return fmt.Sprint("r", i)
	}
	for i := range routers + 2 {
		kind := "r"
		if i == 0 || i == routers+1 {
			kind = "h"
		}
		fmt.Fprintf(&nodes, "%s:%s ", kind, name(i))
		if i <= routers {
			fmt.Fprintf(&links, "%s %s 10.0.%d.1/24\n%[2]s %[1]s 10.0.%[3]d.2/24\n", name(i), name(i+1), i+1)
			if i < routers {
				fmt.Fprintf(&routes, "%s 10.0.%d.0/24 10.0.%d.2\n", name(i), routers+1, i+1)
			}
		}
		if i > 1 {
			fmt.Fprintf(&routes, "%s 10.0.1.0/24 10.0.%d.1\n", name(i), i)
		}
	}
	return column{scene: hardware(nodes.String(), links.String(), routes.String())}
}
