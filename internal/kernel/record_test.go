package kernel

import (
	"encoding/json"
	"flag"
	"os"
	"os/exec"
	"testing"

	"netlab/internal/netns"
	"netlab/internal/op"
	"netlab/internal/snapshot"
)

var record = flag.String("record", "", "print a recording of testdata/record/NAME.txt, for package snapshot")

// recorded is a line and the lab after it. The first has no line.
type recorded struct {
	Line string       `json:"line"`
	Lab  snapshot.Lab `json:"lab"`
}

// TestRecord prints, with -record NAME, what package snapshot tests its diff
// on: go test ./internal/kernel -run TestRecord -v -args -record veth-pair
func TestRecord(t *testing.T) {
	if *record == "" || *record == "netlink" {
		t.Skip("nothing to be recorded")
	}
	k := New()
	t.Cleanup(func() { clean(t, k) })
	out := json.NewEncoder(os.Stdout)
	write := func(line string) {
		if err := out.Encode(recorded{line, snap(t, k)}); err != nil {
			t.Fatal(err)
		}
	}
	write("")
	for _, line := range readScript(t, "testdata/record/"+*record+".txt") {
		step(t, k, line)
		write(line)
	}
}

// step does an op, or runs a program in a namespace.
func step(t *testing.T, k *Kernel, line string) {
	t.Helper()
	args, err := op.Split(line)
	if err != nil {
		t.Fatal(err)
	}
	if l, err := op.Parse(args); err == nil {
		if err := k.Do(l); err != nil {
			t.Fatal(line, err)
		}
		return
	}
	ns, argv, ok := op.ParseExec(args)
	if !ok {
		ns, argv = "", args
	}
	_ = netns.Run(ns, exec.Command(argv[0], argv[1:]...))
}
