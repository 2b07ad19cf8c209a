package run

import (
	"flag"
	"slices"
	"testing"

	"netlab/internal/diagnose"
	faults "netlab/internal/fault"
	"netlab/internal/snapshot"
)

var recordNames = flag.Bool("record-names", false, "print recordings of faults of names, for package diagnose")

// nameCase is a name that was looked up on a network, broken or not, with all
// that a diagnosis may look at.
type nameCase struct {
	Name   string             `json:"name"`
	Says   string             `json:"says,omitempty"`   // what is wrong, in words; empty: nothing
	Causes []string           `json:"causes,omitempty"` // as in whyCase
	Lab    snapshot.Lab       `json:"lab"`
	Trace  diagnose.NameTrace `json:"trace"`
}

// TestRecordNames prints, with -record-names, what package diagnose is tested on
// for names, one case a line: each network as it is, and each kind of fault on
// the first and on the last network that has a place for it:
//
//	go test ./internal/run -run TestRecordNames -v -args -record-names | grep '^{' | gzip -9n >internal/diagnose/testdata/names.jsonl.gz
func TestRecordNames(t *testing.T) {
	if !*recordNames {
		t.Skip("nothing to be recorded")
	}
	there := nameColumns()
	back := slices.Clone(there)
	slices.Reverse(back)
	first := recordNameKinds(t, there, nil)
	recordNameKinds(t, back, first)
	for _, col := range there {
		b := newMisnamed(t, col)
		keep(t, b.recordedName("nothing."+col.name, faults.Fault{}))
		b.end()
	}
}

// recordNameKinds prints a case of each kind of fault, on the first network that
// has a place for it, and gives the name of that. What was printed before is
// left out.
func recordNameKinds(t *testing.T, all []nameColumn, before map[string]string) map[string]string {
	t.Helper()
	done := map[string]string{}
	for _, col := range all {
		b := newMisnamed(t, col)
		for _, f := range b.faults() {
			if done[f.Kind] != "" || before[f.Kind] == col.name {
				continue
			}
			if says := b.patiently(b.col.names.Found); says != "" { // and who keeps answers has it now
				t.Fatalf("%s is broken before %s: %s", col.name, f.Place(), says)
			}
			must(t, b.harmNames(f))
			if b.finds(b.wants(f)) == "" {
				t.Fatalf("%s does not keep the name from being found", f.Place())
			}
			keep(t, b.recordedName(f.Kind+"."+col.name, f))
			if err := b.mendNames(f); err != nil {
				t.Log(f.Place(), err)
				b.build()
			}
			done[f.Kind] = col.name
		}
		b.end()
	}
	return done
}

// recordedName looks the name up and inquires, as "netlab why" does.
func (b *misnamed) recordedName(name string, f faults.Fault) nameCase {
	b.t.Helper()
	c := nameCase{Name: name, Says: f.Says, Causes: trueCauses(f)}
	var err error
	c.Lab, c.Trace, err = b.inquired()
	must(b.t, err)
	return c
}
