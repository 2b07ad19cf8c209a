package main_test

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"netlab/internal/check"
	"netlab/internal/event"
)

// other is what has a limit of its own.
type other struct {
	name string
	find func(*testing.B) []fact
}

func (r *rig) others() []other {
	return []other{
		{"down/pair", r.down(work{kind: "pair", n: 2})},
		{"down/star-100", r.down(work{kind: "star", n: 100})},
		{"down/star-500", r.down(work{kind: "star", n: 500})},
		{"memory", r.memory}, {"small", r.small},
		{"again/pair", r.again(work{kind: "pair", n: 2, pings: true})},
		{"again/star-2", r.again(work{kind: "star", n: 2, pings: true})},
		{"again/chain-2", r.again(work{kind: "chain", n: 2, pings: true})},
	}
}

// often does something so many times and returns the milliseconds of each.
func often(n int, do func()) (out []float64) {
	for range n {
		start := time.Now()
		do()
		out = append(out, since(start))
	}
	return out
}

// down is what netlab down takes longer than netlab version: the start of the
// program is no part of the limit.
func (r *rig) down(w work) func(*testing.B) []fact {
	return func(b *testing.B) []fact {
		var list []float64
		for range 7 {
			r.settle(b)
			phases := r.netlab(b, w)
			phases[upAt][0].run(b)
			start := often(1, func() { r.user.does(b, "version") })[0]
			list = append(list, often(1, func() { phases[downAt][0].run(b) })[0]-start)
		}
		limit := 5 + 0.02*float64(len(w.plan().Nodes))
		return []fact{{"down of " + w.name() + ", besides the start of the program", "ms", "down-ms", middle(list).atMost(limit)}}
	}
}

// small are the smallest calls there are.
func (r *rig) small(b *testing.B) []fact {
	r.settle(b)
	r.user.does(b, "up", filepath.Join(r.dir, "pair.yaml"))
	defer r.user.does(b, "down", "pair")
	call := func(args ...string) value { return middle(often(41, func() { r.user.does(b, args...) })) }
	return []fact{
		{"netlab version", "ms", "version-ms", call("version").atMost(20)},
		{"netlab --help", "ms", "help-ms", call("--help").atMost(20)},
		{"netlab exec of true", "ms", "exec-ms", call("exec", "a", "--", "true").atMost(30)},
	}
}

// memory is the most that all processes of netlab have had together.
func (r *rig) memory(b *testing.B) []fact {
	r.settle(b)
	stop, most := make(chan struct{}), make(chan float64)
	go func() { most <- mostMemory(stop) }()
	for _, phase := range r.netlab(b, work{kind: "star", n: 500}) {
		for _, s := range phase {
			s.run(b)
		}
	}
	close(stop)
	return []fact{{"memory of all processes at 500 hosts", "MB", "peak-MB", middle([]float64{<-most}).atMost(40)}}
}

// mostMemory looks every millisecond until stop is closed.
func mostMemory(stop chan struct{}) (most float64) {
	tick := time.NewTicker(time.Millisecond)
	defer tick.Stop()
	for {
		select {
		case <-stop:
			return most
		case <-tick.C:
		}
		sum := 0.0
		for _, path := range glob("/proc/[0-9]*/status") {
			pid, _ := strconv.Atoi(filepath.Base(filepath.Dir(path)))
			if line := commandLine(pid); strings.HasPrefix(filepath.Base(line), "netlab-") || strings.HasPrefix(line, os.Getenv(envHost)+"/netlab ") {
				sum += highWater(path)
			}
		}
		most = max(most, sum)
	}
}

// highWater is the most memory that a process has had, in MB (VmHWM in
// proc_pid_status(5)).
func highWater(status string) float64 {
	text, _ := os.ReadFile(status)
	_, after, _ := strings.Cut(string(text), "VmHWM:")
	var kb float64
	_, _ = fmt.Sscan(after, &kb)
	return kb * 1024 / 1e6
}

// again is up, check and down 200 times without a rest in between: the kernel
// still removes one network when the next is built. A lost ping fails.
func (r *rig) again(w work) func(*testing.B) []fact {
	const times = 200
	return func(b *testing.B) []fact {
		var list []float64
		lost := 0
		for range times {
			phases := r.netlab(b, w)
			phases[upAt][0].run(b)
			list = append(list, often(1, func() {
				if r.judged(b, w) >= check.EchoWait {
					lost++
				}
			})[0])
			phases[downAt][0].run(b)
		}
		slices.Sort(list)
		if lost > 0 {
			b.Errorf("%d first pings of %d were lost", lost, times)
		}
		name := fmt.Sprintf("%d times %s: ", times, w.name())
		return []fact{
			{name + "checks in which a ping was lost", "", "lost", value{v: float64(lost), have: true}},
			{name + "99 of 100 checks", "ms", "p99-check-ms", value{v: list[times*99/100], have: true}},
			{name + "the slowest check", "ms", "slowest-check-ms", value{v: list[times-1], have: true}.atMost(100)},
		}
	}
}

// judged is how long the lab itself took for the check: when an echo is lost,
// it waits that long before it tries again.
func (r *rig) judged(b *testing.B, w work) (took time.Duration) {
	for line := range strings.Lines(r.user.does(b, "check", "--json", w.kind)) {
		var e event.Event
		if err := json.Unmarshal([]byte(line), &e); err != nil {
			b.Fatal(err)
		}
		if e.Kind == event.Check {
			took = max(took, time.Duration(e.Millis*float64(time.Millisecond)))
		}
	}
	if took == 0 {
		b.Fatal("no check was judged")
	}
	return took
}
