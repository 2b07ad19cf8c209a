package main_test

import (
	"bufio"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"syscall"
	"testing"
	"time"

	"netlab/internal/netlabtest/floor"
)

// work is a network that is built, checked and dropped, in so many rounds.
type work struct {
	kind   string
	n      int
	rounds int
	pings  bool     // all of its hosts ping each other
	beside []string // who else does it
	limits limits
}

// limits are what docs/PERFORMANCE.md promises; 0 is no promise.
type limits struct {
	up          float64 // ms
	upToFloor   float64 // at most so many times the floor's
	checkFloor  float64
	ipBatch, mn float64 // at least so many times faster
}

func works() []work {
	all := []string{"floor", "ip-batch", "mininet"}
	return []work{
		{"pair", 2, 15, true, all, limits{mn: 6}},
		{"star", 2, 15, true, all, limits{}},
		{"star", 8, 11, true, all, limits{mn: 10}},
		{"star", 32, 7, true, all, limits{upToFloor: 1.4, checkFloor: 2, ipBatch: 2, mn: 10}},
		{"star", 64, 5, true, nil, limits{}}, // the others overflow the kernel's table of neighbours
		{"star", 100, 5, false, all, limits{upToFloor: 1.4, ipBatch: 2, mn: 10}},
		{"star", 500, 3, false, all[:2], limits{upToFloor: 1.4, ipBatch: 2}},
		{"star", 1000, 3, false, all[:1], limits{up: 3000}},
		{"chain", 2, 15, true, all, limits{}},
		{"chain", 10, 11, true, all, limits{}},
		{"chain", 50, 7, true, all, limits{upToFloor: 1.4}},
	}
}

func (w work) name() string {
	if w.kind == "pair" {
		return w.kind
	}
	return fmt.Sprint(w.kind, "-", w.n)
}

func (w work) plan() *floor.Plan { return floor.New(w.kind, w.n) }

// BenchmarkLabs compares labs that stay with the floor, with ip -batch and with
// Mininet, round by round, and then looks at what has a limit of its own. At the
// end it prints all that as tables. One op is all the rounds.
func BenchmarkLabs(b *testing.B) {
	r := newRig(b)
	var rows []row
	for _, w := range works() {
		b.Run(w.name(), func(b *testing.B) {
			b.ReportMetric(0, "ns/op")
			rows = append(rows, r.compare(b, w))
		})
	}
	var facts []fact
	for _, o := range r.others() {
		b.Run(o.name, func(b *testing.B) {
			var found []fact
			for b.Loop() {
				found = o.find(b)
			}
			b.ReportMetric(0, "ns/op")
			for _, f := range found {
				b.ReportMetric(f.value.v, f.metric)
			}
			facts = append(facts, found...)
		})
	}
	printRows(os.Stdout, rows)
	printFacts(os.Stdout, facts)
}

// rig is what the benchmark works with: a folder that every user can read, and
// a process that knows when the kernel has removed what was dropped.
type rig struct {
	dir   string
	user  who
	peers []peer
	ask   io.Writer
	calm  *bufio.Scanner
}

func newRig(b *testing.B) *rig {
	b.Helper()
	r := &rig{dir: filepath.Join(os.Getenv(envHost), "bench"), user: everyone()[0]}
	if err := os.CopyFS(r.dir, os.DirFS("testdata/bench")); err != nil {
		b.Fatal(err)
	}
	tool := filepath.Join(r.dir, "floor")
	if out, err := exec.Command("go", "build", "-trimpath", "-ldflags=-s -w", "-o", tool, "./testdata/floor").CombinedOutput(); err != nil {
		b.Fatalf("%v\n%s", err, out)
	}
	cmd := exec.CommandContext(b.Context(), tool, "calm")
	ids := []syscall.SysProcIDMap{{Size: 1}}
	cmd.SysProcAttr = &syscall.SysProcAttr{Cloneflags: syscall.CLONE_NEWUSER, UidMappings: ids, GidMappings: ids, Pdeathsig: syscall.SIGKILL}
	cmd.Stderr = os.Stderr
	in, err := cmd.StdinPipe()
	if err != nil {
		b.Fatal(err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		b.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { in.Close(); _ = cmd.Wait() })
	r.ask, r.calm = in, bufio.NewScanner(out)
	r.peers = peers(r)
	return r
}

// settle waits until nobody pays for what another one dropped.
func (r *rig) settle(b *testing.B) {
	b.Helper()
	fmt.Fprintln(r.ask)
	if !r.calm.Scan() {
		b.Fatal("the kernel does not come to rest")
	}
}

// times are the milliseconds of each phase; Mininet has but one.
type times []float64

func (t times) all() (sum float64) {
	for _, ms := range t {
		sum += ms
	}
	return sum
}

// compare lets everybody do the work once a round, each time another one first.
func (r *rig) compare(b *testing.B, w work) row {
	b.Helper()
	found := map[string][]times{}
	who := r.who(w)
	for b.Loop() {
		for round := range w.rounds {
			for i := range who {
				p := who[(i+round)%len(who)]
				r.settle(b)
				found[p.name] = append(found[p.name], p.work(b, w))
			}
		}
	}
	r.settle(b)
	row := newRow(w, found)
	row.report(b)
	return row
}

// who takes part: netlab, and of those that the work names who is there.
func (r *rig) who(w work) []peer {
	var out []peer
	for _, p := range r.peers {
		if p.missing == "" && (p.name == "netlab" || slices.Contains(w.beside, p.name)) {
			out = append(out, p)
		}
	}
	return out
}

func since(start time.Time) float64 { return float64(time.Since(start).Microseconds()) / 1000 }
