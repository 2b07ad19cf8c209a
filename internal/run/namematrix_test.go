package run

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/netip"
	"os"
	"os/exec"
	"slices"
	"strings"
	"testing"
	"time"

	"netlab/internal/diagnose"
	faults "netlab/internal/fault"
	"netlab/internal/kernel"
	"netlab/internal/machine"
	"netlab/internal/netlabtest"
	"netlab/internal/nss"
	"netlab/internal/snapshot"
)

// TestNameFaultMatrix is TestFaultMatrix for names: each fault is put at its
// places on each network, the name is found, then it is not, or not as it
// should be, a diagnosis names the cause, the fault is mended, and the name is
// found again.
func TestNameFaultMatrix(t *testing.T) {
	if text := os.Getenv(shareVar); text != "" {
		var s share
		must(t, json.Unmarshal([]byte(text), &s))
		s.doNames(t)
		return
	}
	for _, lacks := range machine.Missing(kernel.New(), []string{"veth", "bridge", "nft", "ip"}) {
		netlabtest.Require(t, false, lacks.Name)
	}
	_, err := exec.LookPath("getent")
	netlabtest.Require(t, err == nil, "getent")
	var names []string
	for _, c := range nameColumns() {
		names = append(names, c.name)
	}
	report(t, newMatrix(shared(t, "TestNameFaultMatrix", names, 6), names, append(faults.OfNames(), behindNames()...)))
}

// behindNames are the kinds of network faults that are tried on the way to name
// servers.
func behindNames() []faults.Kind {
	var out []faults.Kind
	for _, c := range nameColumns() {
		for _, name := range c.needs {
			k, _ := faults.Named(name)
			if !slices.ContainsFunc(out, func(o faults.Kind) bool { return o.Name == k.Name }) {
				out = append(out, k)
			}
		}
	}
	return out
}

// misnamed is a network of the matrix of names in the test's own sandbox.
type misnamed struct {
	*broken
	col     nameColumn
	running map[string]*exec.Cmd
	ways    []faults.Topology // on the way to the servers
}

func newMisnamed(t testing.TB, col nameColumn) *misnamed {
	b := &misnamed{broken: &broken{bench: newBench(t), col: column{name: col.name, scene: col.scene}}, col: col, running: map[string]*exec.Cmd{}}
	t.Cleanup(b.end)
	b.build()
	return b
}

func (s share) doNames(t *testing.T) {
	b := newMisnamed(t, nameColumns()[s.Column])
	if b.col.real != "" {
		_, err := os.Stat(b.col.real)
		netlabtest.Require(t, err == nil, b.col.real)
	}
	for i, f := range b.chosen(b.faults()) {
		if i%s.Parts == s.Part {
			tell(t, b.try(f))
		}
	}
}

// faults are those of names, at all their places, and some of the network on
// the way to the servers.
func (b *misnamed) faults() []faults.Fault {
	b.t.Helper()
	var out []faults.Fault
	for _, k := range faults.OfNames() {
		out = append(out, k.At(b.topology)...)
	}
	for _, name := range b.col.needs {
		k, ok := faults.Named(name)
		if !ok {
			b.t.Fatal("there is no kind " + name)
		}
		for _, way := range b.ways {
			for _, f := range k.At(way) {
				if !slices.ContainsFunc(out, func(o faults.Fault) bool { return o.Place() == f.Place() }) {
					out = append(out, f)
				}
			}
		}
	}
	return out
}

// chosen are the faults that are tried on this network, or those that
// NETLAB_MATRIX names.
func (b *misnamed) chosen(all []faults.Fault) []faults.Fault {
	part := os.Getenv(partVar)
	return slices.DeleteFunc(all, func(f faults.Fault) bool {
		switch {
		case part != "":
			return !strings.Contains(f.Place(), part)
		case b.col.only != nil:
			return !slices.Contains(b.col.only, f.Kind)
		}
		return b.col.servers && f.Cause.In == "A" && f.Kind != "first-nameserver-dead"
	})
}

// build makes the network, its files and its servers anew.
func (b *misnamed) build() {
	b.t.Helper()
	b.end()
	b.broken.build()
	for _, node := range strings.Fields(b.col.clients) {
		for _, f := range []nss.File{file("hosts", b.col.hosts), file("resolv.conf", b.col.resolv), file("nsswitch.conf", b.col.sources)} {
			b.write(file("/etc/netns/"+node+"/"+f.Path, f.Text))
		}
	}
	for _, s := range b.col.names.Servers {
		b.write(s.Config)
		b.write(s.Hints)
		for _, z := range s.Zones {
			b.write(z.File)
		}
	}
	for _, s := range b.col.names.Servers {
		b.start(s)
	}
	lab, err := b.kernel.Snapshot(soon(b.t))
	must(b.t, err)
	found := b.col.names.Found
	b.topology = faults.Topology{Name: b.col.name, Lab: lab, Probe: faults.Probe{From: "A", To: found, Proto: faults.ICMP}, Names: &b.col.names}
	b.ways = nil
	for i, s := range b.col.names.Servers {
		from := "A"
		if i > 0 {
			from = b.col.names.Servers[0].In
		}
		b.ways = append(b.ways, faults.Topology{Name: b.col.name, Lab: lab, Probe: faults.Probe{From: from, To: s.Addr, Proto: faults.UDP, Port: 53}})
	}
	b.whole = b.lines(lab)
	b.proved = false
}

// try is one cell: whole, broken, diagnosed, mended, whole.
func (b *misnamed) try(f faults.Fault) cell {
	b.t.Helper()
	c := cell{Column: b.col.name, Kind: f.Kind, Place: f.Place(), Cause: f.Cause.String(), Sign: signProved}
	if !b.proved {
		if says := b.patiently(b.col.names.Found); says != "" {
			b.t.Fatalf("%s is broken before %s: %s", b.col.name, f.Place(), says)
		}
	}
	b.proved = false
	err := b.harmNames(f)
	if err == nil {
		err = b.proofNames(f, &c)
	}
	if mended := b.mendNames(f); err == nil {
		err = mended
	}
	if err != nil {
		c.Sign, c.Trouble = signTrouble, err.Error()
		b.build()
	}
	return c
}

func (b *misnamed) harmNames(f faults.Fault) error {
	if len(f.Harm) > 0 {
		if err := b.sh(strings.Join(f.Harm, "\n")); err != nil {
			return err
		}
	}
	b.serveNames(f.Servers)
	if len(f.Servers) == 0 && b.caching() {
		b.serveNames(b.caches())
	}
	if f.Service != nil {
		b.serve(f.Service)
	}
	return nil
}

// patiently is finds where nothing should be wrong: a busy machine has more than
// one try, and more time.
func (b *misnamed) patiently(want netip.Addr) string {
	b.t.Helper()
	says := ""
	for range 3 {
		if says = b.within(nameWait, want); says == "" {
			break
		}
	}
	return says
}

// finds looks the name up, and says what is wrong with what was found: also that
// it took long.
func (b *misnamed) finds(want netip.Addr) string {
	b.t.Helper()
	const silence = 900 * time.Millisecond // of one server, which is waited for a second
	return b.within(silence, want)
}

func (b *misnamed) within(most time.Duration, want netip.Addr) string {
	b.t.Helper()
	mark, err := b.kernel.Mark(soon(b.t))
	must(b.t, err)
	defer mark.Close()
	r, err := prober{mark: mark, state: b.kernel.Snapshot}.lookUp(soon(b.t), lookup{"A", b.col.names.Name, 4, nameWait})
	must(b.t, err)
	b.forget(mark)
	switch {
	case !slices.Contains(r.Addrs, want):
		return fmt.Sprintf("it has the addresses %v, exit %d: %s", r.Addrs, r.Exit, r.Text)
	case r.Took > most:
		return fmt.Sprintf("it takes %v", r.Took)
	}
	return ""
}

// proofNames sees the name not found, or not as it should be, and hears the
// diagnosis.
func (b *misnamed) proofNames(f faults.Fault, c *cell) error {
	if b.finds(b.wants(f)) == "" {
		return errors.New("the name is found all the same")
	}
	says, err := b.whyName()
	if err != nil {
		return fmt.Errorf("the diagnosis failed: %w", err)
	}
	c.Sign, c.Named = judged(f.Cause, says)
	return nil
}

// wants is the address that the name should have.
func (b *misnamed) wants(f faults.Fault) netip.Addr {
	if f.Moved.IsValid() {
		return f.Moved
	}
	return b.col.names.Found
}

// whyName asks what "netlab why" would say.
func (b *misnamed) whyName() ([]diagnose.Cause, error) {
	b.t.Helper()
	lab, t, err := b.inquired()
	if err != nil {
		return nil, err
	}
	return diagnose.WhyName(lab, t), nil
}

func (b *misnamed) inquired() (snapshot.Lab, diagnose.NameTrace, error) {
	ctx := soon(b.t)
	mark, err := b.kernel.Mark(ctx)
	must(b.t, err)
	defer mark.Close()
	lab, err := b.kernel.Snapshot(ctx)
	must(b.t, err)
	r, err := lookName(ctx, b.kernel, lookup{"A", b.col.names.Name, 4, nameWait})
	must(b.t, err)
	t, err := inquire(ctx, b.kernel, lab, diagnose.NameTrace{Resolved: r})
	b.forget(mark)
	return lab, t, err
}

func (b *misnamed) mendNames(f faults.Fault) error {
	b.t.Helper()
	b.stop()
	if len(f.Mend) > 0 {
		if err := b.sh(strings.Join(f.Mend, "\n")); err != nil {
			return fmt.Errorf("to mend it: %w", err)
		}
	}
	again := slices.Clone(f.Servers)
	for i := range again {
		again[i].Off = false
	}
	for _, s := range b.caches() {
		if !slices.ContainsFunc(again, func(o faults.Server) bool { return o.In == s.In }) {
			again = append(again, s)
		}
	}
	b.serveNames(again)
	lab, err := b.kernel.Snapshot(soon(b.t))
	must(b.t, err)
	if left := different(b.whole, b.lines(lab)); len(left) > 0 {
		return fmt.Errorf("after it is mended, the network is not as it was:\n%s", strings.Join(left, "\n"))
	}
	if says := b.patiently(b.col.names.Found); says != "" {
		return fmt.Errorf("after it is mended, the name is still not found: %s", says)
	}
	b.proved = true
	return nil
}
