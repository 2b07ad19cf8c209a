package kernel

import (
	"fmt"
	"os"
	"runtime"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"netlab/internal/netns"
	"netlab/internal/scene"
)

// BenchmarkBuild builds scenes by turns with Build and with the floor, and
// tells how many times the floor's time Build takes ("x-floor").
func BenchmarkBuild(b *testing.B) {
	works := []struct {
		name  string
		scene scene.Scene
		floor func(testing.TB) (drop func())
	}{
		{"star-32", starScene(32), func(t testing.TB) func() { return floorStar(t, 32) }},
		{"star-100", starScene(100), func(t testing.TB) func() { return floorStar(t, 100) }},
		{"star-500", starScene(500), func(t testing.TB) func() { return floorStar(t, 500) }},
		{"chain-50", chainScene(50), func(t testing.TB) func() { return floorChain(t, 50) }},
	}
	calm := newCalm(b)
	for _, w := range works {
		b.Run(w.name, func(b *testing.B) {
			ours, floors := time.Hour, time.Hour // the best of each: what else the machine does is in the others
			for b.Loop() {
				b.StopTimer()
				calm.wait()
				start := time.Now()
				done := w.floor(b)
				floors = min(floors, time.Since(start))
				done()
				calm.wait()
				b.StartTimer()
				start = time.Now()
				err := New().Build(b.Context(), w.scene)
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

// The floor: exactly what the kernel has to do, without names, plans, checks
// of the input, or words for errors.

// floorSpaces makes n namespaces on two threads, pinned under /run/netns.
func floorSpaces(t testing.TB, n, routers int) ([]*conn, func()) {
	all := make([]*conn, n)
	var next atomic.Int64
	var running sync.WaitGroup
	buf := make([]byte, bufferSize)
	for range 2 {
		running.Add(1)
		go func() {
			runtime.LockOSThread()
			defer running.Done()
			for i := int(next.Add(1)) - 1; i < n; i = int(next.Add(1)) - 1 {
				must(t, unix.Unshare(unix.CLONE_NEWNET))
				c, err := dial(unix.NETLINK_ROUTE, buf)
				must(t, err)
				all[i] = c
				if i > 0 && i <= routers {
					must(t, writeSysctl("net.ipv4.ip_forward", "1"))
				}
				path := netns.Path(fmt.Sprint("floor", i))
				fd, err := unix.Open(path, unix.O_CREAT|unix.O_EXCL|unix.O_CLOEXEC, 0)
				must(t, err)
				unix.Close(fd)
				must(t, unix.Mount("/proc/thread-self/ns/net", path, "none", unix.MS_BIND, ""))
			}
		}()
	}
	running.Wait()
	return all, func() {
		for i, c := range all {
			c.close()
			must(t, netns.Delete(fmt.Sprint("floor", i)))
		}
	}
}

func must(t testing.TB, err error) {
	if err != nil {
		t.Error(err)
	}
}

// floorNode turns a socket into what the writers of messages want.
func floorNode(c *conn, kind scene.Kind) *buildNode {
	return &buildNode{Node: scene.Node{Kind: kind}, conn: c}
}

func floorCable(t testing.TB, near, far buildEnd) {
	fd, err := far.in.conn.space()
	must(t, err)
	near.in.todo.cable(buildCable{near, far}, fd)
	must(t, near.in.flush(1))
	unix.Close(fd)
}

func floorStar(t testing.TB, n int) func() {
	all, drop := floorSpaces(t, n+1, 0)
	sw := floorNode(all[0], scene.Switch)
	sw.todo.bridge("br0")
	must(t, sw.flush(1))
	for i := 1; i <= n; i++ {
		h := floorNode(all[i], scene.Host)
		end := buildEnd{End: scene.End{Dev: "eth0"}, index: 2, in: h}
		floorCable(t, buildEnd{End: scene.End{Dev: fmt.Sprint("p", i)}, index: 1000 + i, in: sw}, end)
		h.todo.up(1, 0, "")
		h.todo.up(2, 0, "")
		h.todo.address(end, prefixes(fmt.Sprintf("10.0.%d.%d/16", i>>8, i&255))[0])
		must(t, h.flush(1))
	}
	sw.todo.up(bridgeIndex, 0, "")
	must(t, sw.flush(1))
	for i := 1; i <= n; i++ {
		must(t, sw.settle(1000+i))
	}
	must(t, sw.settle(bridgeIndex))
	return drop
}

// floorChain has addresses and routes as chainScene.
func floorChain(t testing.TB, n int) func() {
	all, drop := floorSpaces(t, n+2, n)
	nodes := make([]*buildNode, len(all))
	for i, c := range all {
		nodes[i] = floorNode(c, scene.Host)
	}
	for i := range nodes[1:] {
		floorCable(t, buildEnd{End: scene.End{Dev: "right"}, index: 3, in: nodes[i]}, buildEnd{End: scene.End{Dev: "left"}, index: 2, in: nodes[i+1]})
	}
	plan := chainScene(n)
	byName := map[string]*buildNode{"h1": nodes[0], "h2": nodes[n+1]}
	for i := 1; i <= n; i++ {
		byName[fmt.Sprint("r", i)] = nodes[i]
	}
	for _, c := range plan.Cables {
		floorAddress(byName, c.A, c.B)
		floorAddress(byName, c.B, c.A)
	}
	for _, p := range plan.Nodes {
		for _, r := range p.Routes {
			byName[p.Name].todo.route("", r)
		}
	}
	for _, node := range nodes {
		must(t, node.flush(1))
	}
	for _, node := range nodes[:n+1] {
		must(t, node.settle(3))
	}
	return drop
}

// floorAddress puts the address of an end on the left or the right interface:
// those towards h1 are left.
func floorAddress(byName map[string]*buildNode, e, other scene.End) {
	index := 3
	if before(other.Node, e.Node) {
		index = 2
	}
	n := byName[e.Node]
	n.todo.up(index, 0, "")
	n.todo.up(1, 0, "")
	n.todo.address(buildEnd{index: index, in: n}, e.Addrs[0])
}

// before is the order of the chain: h1, r1, r2 … h2.
func before(a, b string) bool {
	place := func(name string) int {
		switch name {
		case "h1":
			return 0
		case "h2":
			return 1 << 20
		}
		i, _ := strconv.Atoi(name[1:])
		return i
	}
	return place(a) < place(b)
}
