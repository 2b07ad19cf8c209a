package run

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"net/netip"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"netlab/internal/check"
	"netlab/internal/control"
	"netlab/internal/event"
	"netlab/internal/interp"
	"netlab/internal/netns"
	"netlab/internal/op"
	"netlab/internal/scenario"
	"netlab/internal/snapshot"
)

// bench is an engine in the test's own sandbox, whose lab can be built and
// cleared as often as a test likes.
type bench struct {
	*engine
	t    testing.TB
	told *bytes.Buffer     // frames that the engine has sent
	etc  map[string][]byte // files of the host that lessons may change
}

func newBench(t testing.TB) *bench {
	t.Helper()
	b := &bench{t: t, told: &bytes.Buffer{}, etc: map[string][]byte{}}
	b.engine = newEngine(control.New(b.told))
	must(t, b.prepare())
	for _, path := range []string{"/etc/hosts", "/etc/resolv.conf", "/etc/nsswitch.conf"} {
		text, err := os.ReadFile(path)
		must(t, err)
		b.etc[path] = text
	}
	b.clear()
	t.Cleanup(func() {
		b.t = t
		b.clear()
		b.closeShell()
	})
	return b
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// hasty makes claims that are false fail soon. Those of a lesson are true at
// once; only what the kernel does in its own time needs a second try.
func (b *bench) hasty() {
	b.patience = func(c check.Check) (within, echo time.Duration) {
		switch {
		case c.Not && c.Ping != nil:
			return 0, 30 * time.Millisecond
		case c.Resolves != nil, c.DNS != nil: // programs run, and servers ask others
			_, wait := c.Patience()
			return max(60*time.Millisecond, c.Within), wait
		}
		return max(60*time.Millisecond, c.Within), 30 * time.Millisecond
	}
}

// impatient is a lesson whose pings do not wait long for an answer that never
// comes.
func impatient(s scenario.Scenario) scenario.Scenario {
	s.Steps = slices.Clone(s.Steps)
	for i := range s.Steps {
		s.Steps[i].Run = strings.ReplaceAll(s.Steps[i].Run, "-W 1", "-W 0.05")
	}
	return s
}

// clear removes everything that a lesson can have made.
func (b *bench) clear() {
	b.t.Helper()
	b.changed()
	for _, key := range []string{
		"net.ipv4.ip_forward", "net.ipv6.conf.all.disable_ipv6", "net.ipv6.conf.all.forwarding", "net.ipv6.conf.all.keep_addr_on_down",
	} {
		b.remove(op.Line{Op: &op.SysctlSet{Key: key, Value: "0"}})
	}
	lab, err := b.kernel.Snapshot(soon(b.t))
	must(b.t, err)
	if slices.ContainsFunc(lab.Spaces, func(s snapshot.Space) bool { return len(s.Sockets) > 0 }) {
		b.closeShell() // and with it the servers that it has started
	}
	b.clearFiles()
	for _, s := range lab.Spaces {
		for _, l := range s.Links {
			switch {
			case s.Name != netns.Host:
			case l.Kind == "loopback":
				b.wholeLoopback(l.Name)
			default:
				b.remove(op.Line{Op: &op.LinkDel{Dev: l.Name}})
			}
		}
		if s.Name == netns.Host && s.Rules > 0 {
			must(b.t, exec.Command("nft", "flush", "ruleset").Run())
		}
	}
	for _, s := range lab.Spaces {
		if s.Name != netns.Host {
			b.remove(op.Line{Op: &op.NetnsDel{Name: s.Name}})
		}
	}
}

// clearFiles removes the files that a lesson can have written.
func (b *bench) clearFiles() {
	b.t.Helper()
	for _, dir := range []string{"/etc/netns", "/etc/coredns", "/etc/unbound"} {
		all, err := os.ReadDir(dir)
		if !errors.Is(err, os.ErrNotExist) {
			must(b.t, err)
		}
		for _, one := range all {
			must(b.t, os.RemoveAll(filepath.Join(dir, one.Name())))
		}
	}
	for path, text := range b.etc {
		must(b.t, os.WriteFile(path, text, 0o644))
	}
}

// wholeLoopback gives the host's lo back its name and what else it was born
// with.
func (b *bench) wholeLoopback(name string) {
	b.t.Helper()
	up := true
	if name != "lo" {
		must(b.t, b.kernel.Do(op.Line{Op: &op.LinkSet{Dev: name, NewName: "lo"}}))
	}
	must(b.t, b.kernel.Do(op.Line{Op: &op.LinkSet{Dev: "lo", Up: &up}}))
	b.remove(op.Line{Op: &op.AddrFlush{Dev: "lo"}})
	for _, own := range []string{"127.0.0.1/8", "::1/128"} {
		must(b.t, b.kernel.Do(op.Line{Op: &op.AddrAdd{Verb: "add", Prefix: netip.MustParsePrefix(own), Dev: "lo"}}))
	}
}

// remove does not mind when it, or its other end, is gone already.
func (b *bench) remove(l op.Line) {
	b.t.Helper()
	if err := b.kernel.Do(l); err != nil && !gone(err) && !strings.HasPrefix(err.Error(), "Cannot find device") {
		b.t.Fatal(err)
	}
}

// gone says that what was to be removed had gone by itself.
func gone(err error) bool {
	return errors.Is(err, syscall.ENOENT) || errors.Is(err, syscall.ENODEV)
}

// load builds the start of a lesson in a cleared lab.
func (b *bench) load(c scenario.Catalog, s scenario.Scenario) {
	b.t.Helper()
	chain, err := c.Chain(s.Name)
	must(b.t, err)
	for i := range chain {
		chain[i] = impatient(chain[i])
	}
	b.take(s, chain...)
}

// take is load for a lesson of the test's own.
func (b *bench) take(s scenario.Scenario, chain ...scenario.Scenario) {
	b.t.Helper()
	b.clear()
	a, err := b.engine.load(soon(b.t), control.Request{Scenario: &s, Chain: chain})
	must(b.t, err)
	if a.Status != string(event.Pass) {
		b.t.Fatalf("the lesson does not begin: %+v", a)
	}
}

// reach does the steps up to and including number.
func (b *bench) reach(from, number int) (ok bool) {
	b.t.Helper()
	for n := from; n <= number; n++ {
		a, err := b.step(soon(b.t), n, true)
		must(b.t, err)
		switch a.Status {
		case string(event.Skip):
			ok = false
		case string(event.Pass):
			ok = true
		default:
			b.t.Fatalf("step %d: %+v%s", n, a, b.failures())
		}
	}
	return ok
}

// sh does what a learner could type.
func (b *bench) sh(text string) error {
	b.t.Helper()
	if err := b.openShell(soon(b.t)); err != nil {
		return err
	}
	defer b.changed()
	said := ""
	res, err := b.shell.Run(soon(b.t), interp.Snippet{Text: text}, func(ev event.Event) {
		if ev.Kind == event.Output || ev.Kind == event.CommandEnd {
			said += ev.Text
		}
	})
	if err == nil && res.Exit != 0 {
		err = errors.New(res.Line + ": " + said)
	}
	return errors.Join(err, b.kernel.Settle(soon(b.t)))
}

// failures are the commands and checks that failed since events was called last.
func (b *bench) failures() string {
	text := ""
	for _, ev := range b.events() {
		if ev.Status == event.Fail {
			text += fmt.Sprintf("\n%s %s%s: exit %d, %s%s; %s (%.0f ms)", ev.Kind, ev.Line, ev.Check, ev.Exit, ev.Text, ev.Got, ev.Cause, ev.Millis)
		}
	}
	return text
}

// events returns what the engine has told since the last call.
func (b *bench) events() []event.Event {
	b.t.Helper()
	var all []event.Event
	r := control.New(b.told)
	for {
		f, err := r.Receive()
		if errors.Is(err, io.EOF) {
			return all
		}
		must(b.t, err)
		var ev event.Event
		must(b.t, f.Into(&ev))
		all = append(all, ev)
	}
}

func of(all []event.Event, kind event.Kind) []event.Event {
	return slices.DeleteFunc(slices.Clone(all), func(e event.Event) bool { return e.Kind != kind })
}
