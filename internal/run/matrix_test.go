package run

import (
	"bufio"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"slices"
	"strings"
	"sync"
	"testing"

	"netlab/internal/diagnose"
	faults "netlab/internal/fault"
	"netlab/internal/kernel"
	"netlab/internal/machine"
	"netlab/internal/netlabtest"
)

// cell is what became of one fault.
type cell struct {
	Column, Kind, Place string
	Cause, Named        string
	Sign                string // see signs
	Trouble             string // the fault is none, or its mend does not mend it
}

// The signs of the matrix.
const (
	signRight   = "✓"
	signUnsure  = "?"
	signWrong   = "✗"
	signProved  = "+" // it breaks the network and is mended; nobody was asked for the cause
	signTrouble = "!"
	signLost    = "·" // the right one of two machines was the first to answer
)

// judged compares the first cause that a diagnosis names with the true one.
func judged(is faults.Cause, all []diagnose.Cause) (sign, says string) {
	if len(all) == 0 {
		return signUnsure, "nothing"
	}
	first := all[0]
	says = faults.Cause{Kind: string(first.Kind), In: first.Space, Link: first.Link}.String() + " (" + first.Text + ")"
	switch {
	case is.Is(string(first.Kind), first.Space, first.Link):
		return signRight, says
	case first.Sure:
		return signWrong, says
	}
	return signUnsure, says
}

// share says which part of the matrix a process works on.
type share struct{ Column, Part, Parts int }

const (
	shareVar    = "NETLAB_MATRIX_SHARE"
	partVar     = "NETLAB_MATRIX"
	shareMarker = "matrix: "
)

// TestFaultMatrix puts every fault at each of its places on every network: the
// probe gets through, then it does not, a diagnosis names the cause, the fault
// is mended, and the probe gets through again. Several networks are broken at
// once, each in a sandbox of its own.
func TestFaultMatrix(t *testing.T) {
	if text := os.Getenv(shareVar); text != "" {
		var s share
		must(t, json.Unmarshal([]byte(text), &s))
		s.do(t)
		return
	}
	for _, lacks := range machine.Missing(kernel.New(), []string{"veth", "bridge", "vxlan", "ipv6", "nft", "nft-nat", "conntrack", "ip"}) {
		netlabtest.Require(t, false, lacks.Name)
	}
	_, err := exec.LookPath("bridge") // for what netlab leaves to it
	netlabtest.Require(t, err == nil, "bridge")
	var names []string
	for _, c := range columns() {
		names = append(names, c.name)
	}
	report(t, newMatrix(shared(t, "TestFaultMatrix", names, 3), names, ofNetworks()))
}

// shared has the work on the columns of a matrix done by processes, several at
// once: parts of them for each column.
func shared(t *testing.T, test string, columns []string, parts int) []cell {
	t.Helper()
	const atOnce = 16
	var shares []share
	for i := range slices.Backward(columns) { // the last ones take longest
		for part := range parts {
			shares = append(shares, share{i, part, parts})
		}
	}
	var mu sync.Mutex
	var cells []cell
	var wg sync.WaitGroup
	free := make(chan struct{}, atOnce)
	for _, s := range shares {
		free <- struct{}{}
		wg.Go(func() {
			defer func() { <-free }()
			done, err := work(test, s)
			mu.Lock()
			defer mu.Unlock()
			cells = append(cells, done...)
			if err != nil {
				t.Errorf("%s, part %d: %v", columns[s.Column], s.Part, err)
			}
		})
	}
	wg.Wait()
	return cells
}

func report(t *testing.T, m matrix) {
	t.Helper()
	t.Log("\n" + m.table())
	for _, unsure := range m.unsure() {
		t.Log(unsure)
	}
	for _, trouble := range m.troubles() {
		t.Error(trouble)
	}
}

// work does a share in a sandbox of its own.
func work(test string, s share) ([]cell, error) {
	what, err := json.Marshal(s)
	if err != nil {
		return nil, err
	}
	r, w, err := os.Pipe()
	if err != nil {
		return nil, err
	}
	defer r.Close()
	ended := make(chan error, 1)
	go func() {
		defer w.Close()
		ended <- netlabtest.Again("^"+test+"$", []string{shareVar + "=" + string(what)}, w)
	}()
	var out []cell
	var other strings.Builder
	lines := bufio.NewScanner(r)
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		text, ok := strings.CutPrefix(lines.Text(), shareMarker)
		var c cell
		if !ok {
			other.WriteString(lines.Text() + "\n")
			continue
		}
		if err := json.Unmarshal([]byte(text), &c); err != nil {
			return out, err
		}
		out = append(out, c)
	}
	if err := <-ended; err != nil {
		return out, fmt.Errorf("%w\n%s", err, other.String())
	}
	return out, lines.Err()
}
