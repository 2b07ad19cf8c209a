package run

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"netlab/internal/diagnose"
	faults "netlab/internal/fault"
	"netlab/internal/kernel"
	"netlab/internal/measure"
	"netlab/internal/probe"
	"netlab/internal/snapshot"
)

// What a probe may take: one that gets through needs a few milliseconds, and
// more only on a machine that is very busy. A TCP connection may lose its
// first packet.
const (
	patientProbe = 3 * time.Second
	hastyProbe   = 200 * time.Millisecond
	askedProbe   = 300 * time.Millisecond // the diagnosis has its own look
)

// broken is a network of the matrix in the test's own sandbox.
type broken struct {
	*bench
	col      column
	topology faults.Topology
	fresh    map[string]string
	whole    []string // the lines that make the network as it was
	service  io.Closer
	running  *faults.Service
	proved   bool // the probe has just got through
}

// do is one share of the matrix, in a sandbox of its own.
func (s share) do(t *testing.T) {
	b := &broken{bench: newBench(t), col: columns()[s.Column]}
	t.Cleanup(func() { b.stop() })
	b.build()
	number := 0
	for _, k := range faults.All() {
		for _, f := range chosen(k.At(b.topology)) {
			if number++; number%s.Parts == s.Part {
				tell(t, b.try(f))
			}
		}
	}
}

// chosen are two places of a kind on each network, the first and the last: the
// others are like them. NETLAB_MATRIX names a part of some places, to try only
// those, and all of them; "@" is in every one.
func chosen(all []faults.Fault) []faults.Fault {
	if part := os.Getenv(partVar); part != "" {
		return slices.DeleteFunc(all, func(f faults.Fault) bool { return !strings.Contains(f.Place(), part) })
	}
	if len(all) > 2 {
		return []faults.Fault{all[0], all[len(all)-1]}
	}
	return all
}

func tell(t *testing.T, c cell) {
	text, err := json.Marshal(c)
	must(t, err)
	_, err = fmt.Fprintln(os.Stdout, shareMarker+string(text))
	must(t, err)
}

// build makes the network anew.
func (b *broken) build() {
	b.t.Helper()
	b.stop()
	b.clear()
	must(b.t, b.kernel.Build(soon(b.t), b.col.scene))
	if b.col.script != "" {
		must(b.t, b.sh(b.col.script))
	}
	b.serve(b.col.service)
	lab, err := b.kernel.Snapshot(soon(b.t))
	must(b.t, err)
	if b.fresh == nil {
		b.fresh, err = b.kernel.FreshSysctls()
		must(b.t, err)
	}
	b.topology = faults.Topology{Name: b.col.name, Lab: lab, Probe: b.col.probe, Service: b.col.service, SNAT: b.col.snat, DNAT: b.col.dnat}
	b.whole = b.lines(lab)
}

// lines are all that somebody has made in a lab, and nothing that it learned.
func (b *broken) lines(lab snapshot.Lab) []string {
	out := lab.Commands(b.fresh)
	for _, s := range lab.Spaces {
		out = append(out, fmt.Sprintf("%s: %d nftables rules, policy %v", s.Name, s.Rules, s.PolicyRules))
	}
	return out
}

func (b *broken) stop() {
	if b.service != nil {
		_ = b.service.Close()
		b.service = nil
	}
}

// serve lets the service run as it should now.
func (b *broken) serve(s *faults.Service) {
	b.t.Helper()
	b.stop()
	if b.running = s; s == nil || s.Off {
		return
	}
	var err error
	b.service, err = serve(*s)
	must(b.t, err)
}

// send sends the probe, and has the lab forget what it learned from it.
func (b *broken) send(within time.Duration) outcome {
	b.t.Helper()
	mark, err := b.kernel.Mark(soon(b.t))
	must(b.t, err)
	defer mark.Close()
	server := b.topology.Probe.From
	if b.col.service != nil {
		server = b.col.service.In
	}
	out, err := sent(soon(b.t), b.topology.Probe, server, within)
	must(b.t, err)
	b.forget(mark)
	return out
}

// try is one cell: whole, broken, diagnosed, mended, whole.
func (b *broken) try(f faults.Fault) cell {
	b.t.Helper()
	c := cell{Column: b.col.name, Kind: f.Kind, Place: f.Place(), Cause: f.Cause.String(), Sign: signProved}
	if !b.proved {
		if out := b.send(patientProbe); !out.ok {
			b.t.Fatalf("%s is broken before %s: %s", b.col.name, f.Place(), out.said)
		}
	}
	b.proved = false
	if f.Race && b.col.replug != "" {
		must(b.t, b.sh(b.col.replug))
	}
	err := b.harm(f)
	if err == nil {
		err = b.proof(f, &c)
	}
	if mended := b.mend(f); err == nil {
		err = mended
	}
	if err != nil {
		c.Sign, c.Trouble = signTrouble, err.Error()
		b.build()
	}
	return c
}

func (b *broken) harm(f faults.Fault) error {
	if f.Service != nil {
		b.serve(f.Service)
	}
	if len(f.Harm) == 0 {
		return nil
	}
	return b.sh(strings.Join(f.Harm, "\n"))
}

// proof sees the probe fail, and hears the diagnosis.
func (b *broken) proof(f faults.Fault, c *cell) error {
	out := b.send(hastyProbe)
	switch {
	case out.ok && f.Race:
		c.Sign = signLost
		return nil
	case out.ok:
		return errors.New("the probe gets through all the same")
	}
	says, err := b.why()
	if err != nil {
		return fmt.Errorf("the diagnosis failed: %w", err)
	}
	c.Sign, c.Named = judged(f.Cause, says)
	return nil
}

// mend puts the network right and sees that it is as it was.
func (b *broken) mend(f faults.Fault) error {
	b.t.Helper()
	if f.Service != nil {
		b.serve(b.col.service)
	}
	if len(f.Mend) > 0 {
		if err := b.sh(strings.Join(f.Mend, "\n")); err != nil {
			return fmt.Errorf("to mend it: %w", err)
		}
	}
	lab, err := b.kernel.Snapshot(soon(b.t))
	must(b.t, err)
	if left := different(b.whole, b.lines(lab)); len(left) > 0 {
		return fmt.Errorf("after it is mended, the network is not as it was:\n%s", strings.Join(left, "\n"))
	}
	if out := b.send(patientProbe); !out.ok {
		return fmt.Errorf("after it is mended, the probe still fails: %s", out.said)
	}
	b.proved = true
	return nil
}

// different are the lines that are only on one side.
func different(before, after []string) []string {
	var out []string
	for _, l := range before {
		if !slices.Contains(after, l) {
			out = append(out, "- "+l)
		}
	}
	for _, l := range after {
		if !slices.Contains(before, l) {
			out = append(out, "+ "+l)
		}
	}
	return out
}

// why asks what "netlab why" would say.
func (b *broken) why() ([]diagnose.Cause, error) {
	b.t.Helper()
	ctx, p := soon(b.t), b.topology.Probe
	mark, err := b.kernel.Mark(ctx)
	must(b.t, err)
	defer mark.Close()
	before, err := b.kernel.Snapshot(ctx)
	must(b.t, err)
	t, after, err := follow(ctx, b.kernel, before, probe.Knock{From: p.From, To: p.To, Proto: measure.Proto(p.Proto), Port: p.Port, Size: p.Size, Timeout: askedProbe})
	b.forget(mark)
	return diagnose.Why(before, after, t), err
}

// forget has the lab forget what it learned since the mark, and be quiet.
func (b *broken) forget(mark *kernel.Mark) {
	b.t.Helper()
	if b.service != nil { // what waits for an answer goes on sending
		b.serve(b.running)
	}
	for range 2 { // a packet that waited for a neighbour which is forgotten makes its router send a word of it
		must(b.t, mark.Forget())
	}
}
