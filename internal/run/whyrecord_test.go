package run

import (
	"encoding/json"
	"flag"
	"os"
	"slices"
	"testing"

	faults "netlab/internal/fault"
	"netlab/internal/measure"
	"netlab/internal/probe"
	"netlab/internal/snapshot"
)

var recordWhy = flag.Bool("record-why", false, "print recordings of faults, for package diagnose")

// whyCase is a probe on a network, broken or not, with all that a diagnosis
// may look at.
type whyCase struct {
	Name   string        `json:"name"`
	Says   string        `json:"says,omitempty"`   // what is wrong, in words; empty: nothing
	Causes []string      `json:"causes,omitempty"` // the true cause, in each way in which it may be named: KIND@SPACE:LINK
	Before snapshot.Lab  `json:"before"`
	After  snapshot.Lab  `json:"after"`
	Trace  measure.Trace `json:"trace"`
}

// TestRecordWhy prints, with -record-why, what package diagnose is tested on,
// one case a line: each network as it is, and each kind of fault on the first
// and on the last network that has a place for it:
//
//	go test ./internal/run -run TestRecordWhy -v -args -record-why | grep '^{' | gzip -9n >internal/diagnose/testdata/why.jsonl.gz
func TestRecordWhy(t *testing.T) {
	if !*recordWhy {
		t.Skip("nothing to be recorded")
	}
	there := columns()
	back := slices.Clone(there)
	slices.Reverse(back)
	first := recordKinds(t, there, nil)
	recordKinds(t, back, first)
	for _, col := range there {
		b := &broken{bench: newBench(t), col: col}
		b.build()
		keep(t, b.recorded("nothing."+col.name, faults.Fault{}))
		b.stop()
	}
}

// recordKinds prints a case of each kind of fault, on the first network that
// has a place for it, and gives the name of that. What was printed before is
// left out.
func recordKinds(t *testing.T, all []column, before map[string]string) map[string]string {
	t.Helper()
	done := map[string]string{}
	for _, col := range all {
		b := &broken{bench: newBench(t), col: col}
		b.build()
		for _, k := range faults.All() {
			for _, f := range k.At(b.topology) {
				if done[k.Name] != "" || before[k.Name] == col.name {
					break
				}
				if c, ok := b.broke(f); ok {
					keep(t, c)
					done[k.Name] = col.name
				}
			}
		}
		b.stop()
	}
	return done
}

// keep prints a recording.
func keep(t *testing.T, recorded any) {
	t.Helper()
	must(t, json.NewEncoder(os.Stdout).Encode(recorded))
}

// trueCauses are the names of the cause of a fault; none: nothing is wrong.
func trueCauses(f faults.Fault) []string {
	if f.Kind == "" {
		return nil
	}
	var out []string
	for _, is := range append([]faults.Cause{f.Cause}, f.Cause.Also...) {
		out = append(out, is.String())
	}
	return out
}

// broke records a fault, and mends it. It is false where the probe gets
// through all the same, to one of two machines.
func (b *broken) broke(f faults.Fault) (whyCase, bool) {
	b.t.Helper()
	if f.Race && b.col.replug != "" {
		must(b.t, b.sh(b.col.replug))
	}
	must(b.t, b.harm(f))
	if out := b.send(hastyProbe); out.ok && !f.Race {
		b.t.Fatalf("%s does not stop the probe", f.Place())
	} else if out.ok {
		must(b.t, b.mend(f))
		return whyCase{}, false
	}
	c := b.recorded(f.Kind+"."+b.col.name, f)
	if err := b.mend(f); err != nil {
		b.t.Log(f.Place(), err)
		b.build()
	}
	return c, true
}

// recorded follows one probe, as "netlab why" does.
func (b *broken) recorded(name string, f faults.Fault) whyCase {
	b.t.Helper()
	ctx, p := soon(b.t), b.topology.Probe
	mark, err := b.kernel.Mark(ctx)
	must(b.t, err)
	defer mark.Close()
	c := whyCase{Name: name, Says: f.Says, Causes: trueCauses(f)}
	c.Before, err = b.kernel.Snapshot(ctx)
	must(b.t, err)
	c.Trace, c.After, err = follow(ctx, b.kernel, c.Before, probe.Knock{From: p.From, To: p.To, Proto: measure.Proto(p.Proto), Port: p.Port, Size: p.Size, Timeout: askedProbe})
	must(b.t, err)
	b.forget(mark)
	return c
}
