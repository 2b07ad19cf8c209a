package kernel

import (
	"errors"
	"os"
	"runtime"
	"strconv"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"netlab/internal/netlabtest/floor"
	"netlab/internal/scene"
)

// BenchmarkBuild builds scenes by turns with Build and with the floor, and
// tells how many times the floor's time Build takes ("x-floor").
func BenchmarkBuild(b *testing.B) {
	works := []struct {
		name  string
		scene scene.Scene
		floor *floor.Plan
	}{
		{"star-32", starScene(32), floor.New("star", 32)},
		{"star-100", starScene(100), floor.New("star", 100)},
		{"star-500", starScene(500), floor.New("star", 500)},
		{"chain-50", chainScene(50), floor.New("chain", 50)},
	}
	calm := newCalm(b)
	for _, w := range works {
		b.Run(w.name, func(b *testing.B) {
			ours, floors := time.Hour, time.Hour // the best of each: what else the machine does is in the others
			for b.Loop() {
				b.StopTimer()
				calm.wait()
				start := time.Now()
				err := floor.Up(floorDir, w.floor)
				floors = min(floors, time.Since(start))
				if err = errors.Join(err, floor.Down(floorDir)); err != nil {
					b.Fatal(err)
				}
				calm.wait()
				b.StartTimer()
				start = time.Now()
				err = New().Build(b.Context(), w.scene)
				ours = min(ours, time.Since(start))
				b.StopTimer()
				if err != nil {
					b.Fatal(err)
				}
				drop(b, w.scene)
				b.StartTimer()
			}
			b.ReportMetric(ours.Seconds()/floors.Seconds(), "x-floor")
			b.ReportMetric(ours.Seconds()*1000, "best-ms")
			b.ReportMetric(floors.Seconds()*1000, "floor-ms")
		})
	}
}

const floorDir = "/run/floor"

// calm waits until the kernel has removed what was dropped: meanwhile it holds
// the lock that building needs. It counts on the limit of namespaces, which is
// free again when the last of them is truly gone.
type calm struct {
	t     testing.TB
	limit string
	base  int // namespaces that stay
}

const namespaceLimit = "/proc/sys/user/max_net_namespaces"

func newCalm(t testing.TB) *calm {
	c := &calm{t: t}
	old, err := os.ReadFile(namespaceLimit)
	if err != nil {
		t.Fatal(err)
	}
	c.limit = string(old)
	t.Cleanup(func() { c.set(c.limit) })
	for c.base = 0; ; c.base++ {
		c.set(strconv.Itoa(c.base + 1))
		if c.fits() {
			break
		}
	}
	return c
}

func (c *calm) set(limit string) {
	if err := os.WriteFile(namespaceLimit, []byte(limit), 0o644); err != nil {
		c.t.Fatal(err)
	}
}

func (c *calm) fits() bool {
	err := make(chan error)
	go func() {
		runtime.LockOSThread()
		err <- unix.Unshare(unix.CLONE_NEWNET)
	}()
	return <-err == nil
}

func (c *calm) wait() {
	c.set(strconv.Itoa(c.base + 1))
	for !c.fits() {
		<-time.After(5 * time.Millisecond)
	}
	c.set(c.limit)
	<-time.After(100 * time.Millisecond) // for the namespace of the last try
}
