package kernel

import (
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"netlab/internal/netlabtest"
	"netlab/internal/op"
	"netlab/internal/scenario"
	"netlab/scenarios"
)

// minConfirmed is how many lines the law of truth is tried on, at least.
const minConfirmed = 120

// TestConfirm is the law of truth: whatever is typed, the kernel room and the
// real tools leave the same network, the same exit code, the same words and
// the same errno. Each script is run three times, in sandboxes of its own: by
// Kernel.Do, by the real tools as it was typed, and by the real tools as op
// prints it.
func TestConfirm(t *testing.T) {
	_, err := exec.LookPath("ip")
	netlabtest.Require(t, err == nil, "ip (iproute2)")
	scripts, err := filepath.Glob("testdata/confirm/*.txt")
	if err != nil || len(scripts) == 0 {
		t.Fatalf("no scripts: %v", err)
	}
	total := &tally{}
	t.Run("all", func(t *testing.T) { confirmAll(t, scripts, total) })
	t.Logf("%d lines confirmed, %d of them refused by the kernel or by ip, %d errnos compared", total.lines, total.refused, total.errnos)
	for _, l := range total.foreign {
		t.Logf("left to the real tool: %s", l)
	}
	if total.lines < minConfirmed {
		t.Errorf("only %d lines were confirmed, want %d", total.lines, minConfirmed)
	}
}

// confirmAll returns when all scripts are through.
func confirmAll(t *testing.T, scripts []string, total *tally) {
	for _, path := range scripts {
		t.Run(strings.TrimSuffix(filepath.Base(path), ".txt"), func(t *testing.T) {
			t.Parallel()
			confirm(t, readScript(t, path), total)
		})
	}
	for name, lines := range lessonLines(t) {
		t.Run("the lesson "+name, func(t *testing.T) {
			t.Parallel()
			confirm(t, lines, total)
		})
	}
	t.Run("the lines of package op", func(t *testing.T) {
		t.Parallel()
		confirm(t, goodLines(t), total)
	})
}

// tally counts what was confirmed.
type tally struct {
	sync.Mutex
	lines, refused, errnos int
	foreign                []string
}

func readScript(t *testing.T, path string) []string {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return scriptLines(string(b))
}

// goodLines are the lines that package op says it understands. Most of them
// are about links that are not there; the words for that count, too.
func goodLines(t *testing.T) []string {
	t.Helper()
	var lines []string
	for _, l := range readScript(t, "../op/testdata/lines.txt") {
		if good, ok := strings.CutPrefix(l, "ok\t"); ok {
			lines = append(lines, good)
		}
	}
	return lines
}

// lessonLines are the ops of each lesson in their order, behind those of the
// lessons at whose end it starts.
func lessonLines(t *testing.T) map[string][]string {
	t.Helper()
	out := map[string][]string{}
	for _, load := range []func(fs.FS) (scenario.Catalog, error){scenario.Load, scenario.LoadIPv6} {
		all, err := load(scenarios.Files())
		if err != nil {
			t.Fatal(err)
		}
		for _, s := range all.All() {
			chain, err := all.Before(s)
			if err != nil {
				t.Fatal(err)
			}
			for _, part := range append(slices.Clone(chain), s) {
				for _, l := range part.Scene.Ops() {
					out[s.Label()] = append(out[s.Label()], l.String())
				}
			}
			for _, part := range append(chain, s) {
				out[s.Label()] = append(out[s.Label()], ops(part)...)
			}
			if len(out[s.Label()]) == 0 {
				t.Fatalf("the lesson %s has no line that changes anything", s.Label())
			}
		}
	}
	return out
}

func ops(s scenario.Scenario) []string {
	var out []string
	for _, step := range s.Steps {
		for _, l := range scriptLines(step.Run) {
			if _, err := op.ParseLine(l); err == nil {
				out = append(out, l)
			}
		}
	}
	return out
}

// scriptLines are the lines of a script without comments.
func scriptLines(text string) []string {
	var lines []string
	for l := range strings.Lines(text) {
		if l = strings.TrimSpace(l); l != "" && !strings.HasPrefix(l, "#") {
			lines = append(lines, l)
		}
	}
	return lines
}

func confirm(t *testing.T, lines []string, total *tally) {
	native, typed, printed := startRunner(t, asNative), startRunner(t, asTyped), startRunner(t, asPrinted)
	for _, line := range lines {
		_, err := op.ParseLine(line)
		var got, want, again outcome
		together(func() { got = native.do(t, line) }, func() { want = typed.do(t, line) }, func() { again = printed.do(t, line) })
		total.count(line, err == nil, got, want)
		compare(t, line, got, want)
		compare(t, line+" (as printed)", got, again)
		same := sameLab(t, line, native, typed) && sameLab(t, line+" (as printed)", native, printed)
		if !same {
			t.Fatal("the networks differ: the rest of the script would only repeat that")
		}
	}
}

func together(work ...func()) {
	var wg sync.WaitGroup
	for _, w := range work {
		wg.Go(w)
	}
	wg.Wait()
}

func (c *tally) count(line string, understood bool, got, want outcome) {
	c.Lock()
	defer c.Unlock()
	c.lines++
	if !understood {
		c.foreign = append(c.foreign, line)
	}
	if want.Exit != 0 {
		c.refused++
	}
	if got.Errno != "" && want.Errno != "" {
		c.errnos++
	}
}

func compare(t *testing.T, line string, got, want outcome) {
	t.Helper()
	if got.Exit != want.Exit {
		t.Errorf("%s: exit code %d, the real one is %d", line, got.Exit, want.Exit)
	}
	if d := cmp.Diff(want.Stderr, got.Stderr); d != "" {
		t.Errorf("%s: stderr (- real, + ours):\n%s", line, d)
	}
	if got.Errno != "" && want.Errno != "" && got.Errno != want.Errno {
		t.Errorf("%s: errno %s, the real one is %s", line, got.Errno, want.Errno)
	}
}

// sameLab waits until both networks are the same: what the kernel does later
// by itself, such as removing a deleted namespace, takes its time in both.
func sameLab(t *testing.T, line string, a, b *runner) bool {
	t.Helper()
	var diff string
	for deadline := time.Now().Add(2 * time.Second); ; {
		diff = cmp.Diff(b.lab(t), a.lab(t))
		if diff == "" {
			return true
		}
		if time.Now().After(deadline) {
			break
		}
	}
	t.Errorf("%s: the networks differ (- real, + ours):\n%s", line, diff)
	return false
}

func TestEveryOpCanBeDone(t *testing.T) {
	k := New()
	for _, o := range op.All() {
		err := k.Do(op.Line{Op: o})
		if err != nil && strings.Contains(err.Error(), "cannot be done") {
			t.Errorf("%s: %v", fmt.Sprintf("%T", o), err)
		}
	}
	clean(t, k)
}
