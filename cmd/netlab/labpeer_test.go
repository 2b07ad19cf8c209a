package main_test

import (
	"encoding/json"
	"fmt"
	"net/netip"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"netlab/internal/netlabtest/floor"
)

// peer is one that can do the works.
type peer struct {
	name    string
	missing string // what it needs and this machine lacks
	does    func(testing.TB, work) []phase
}

// A phase is some stages, one after the other; a stage is commands of which
// two run at a time.
type (
	phase []stage
	stage []*exec.Cmd
)

func peers(r *rig) []peer {
	return []peer{
		{"netlab", "", r.netlab},
		{"floor", "", r.floor},
		{"ip-batch", "", r.ipBatch},
		{"mininet", lacking("mn"), r.mininet},
	}
}

func lacking(program string) string {
	if _, err := exec.LookPath(program); err != nil {
		return program
	}
	return ""
}

// work does a work and returns what each phase took.
func (p peer) work(b testing.TB, w work) times {
	b.Helper()
	var out times
	for _, phase := range p.does(b, w) {
		start := time.Now()
		for _, s := range phase {
			s.run(b)
		}
		out = append(out, since(start))
	}
	return out
}

func (s stage) run(b testing.TB) {
	b.Helper()
	todo := make(chan *exec.Cmd)
	var running sync.WaitGroup
	for range min(2, len(s)) {
		running.Go(func() {
			for cmd := range todo {
				if cmd.Env == nil { // sysctl is in a directory that not every user has on the path
					cmd.Env = append(os.Environ(), "PATH=/usr/local/bin:/usr/bin:/bin:/usr/local/sbin:/usr/sbin:/sbin")
				}
				if out, err := cmd.CombinedOutput(); err != nil {
					b.Errorf("%.200q: %v\n%s", cmd.Args, err, out)
				}
			}
		})
	}
	for _, cmd := range s {
		todo <- cmd
	}
	close(todo)
	running.Wait()
	if b.Failed() {
		b.FailNow() // what went wrong has no time worth telling
	}
}

func only(cmd *exec.Cmd) phase { return phase{{cmd}} }

// netlab is an ordinary user's three commands.
func (r *rig) netlab(b testing.TB, w work) []phase {
	lab := w.kind
	if lab == "star" && !w.pings {
		lab = "crowd" // which may be bigger than all pairs of it
	}
	up := []string{"up", filepath.Join(r.dir, lab+".yaml")}
	switch w.kind {
	case "star":
		up = append(up, "--set", fmt.Sprint("hosts=", w.n))
	case "chain":
		up = append(up, "--set", fmt.Sprint("routers=", w.n))
	}
	out := []phase{only(r.user.staying(b, up...)), nil, only(r.user.staying(b, "down", lab))}
	if w.pings {
		out[checkAt] = only(r.user.staying(b, "check", lab))
	}
	return out
}

func (r *rig) floor(b testing.TB, w work) []phase {
	do := func(verb string) phase {
		return only(exec.CommandContext(b.Context(), filepath.Join(r.dir, "floor"), verb, "/run/floor", w.kind, strconv.Itoa(w.n)))
	}
	out := []phase{do("up"), nil, do("down")}
	if w.pings {
		out[checkAt] = do("check")
	}
	return out
}

// mininet does everything in one process, with switches in the root namespace.
func (r *rig) mininet(b testing.TB, w work) []phase {
	plan, err := json.Marshal(w.plan())
	if err != nil {
		b.Fatal(err)
	}
	// Debian installs it for its own Python.
	return []phase{only(exec.CommandContext(b.Context(), "/usr/bin/python3", filepath.Join(r.dir, "withmininet.py"), string(plan), strconv.FormatBool(w.pings)))}
}

// ipBatch is the fastest that can be had of iproute2: one process for all
// namespaces and cables, each cable made where it belongs; then one for each
// namespace.
func (r *rig) ipBatch(b testing.TB, w work) []phase {
	b.Helper()
	p := w.plan()
	var first, last []string
	for _, n := range p.Nodes {
		first, last = append(first, "netns add "+n.Name), append(last, "netns del "+n.Name)
	}
	inside := make([][]string, len(p.Nodes))
	for i, n := range p.Nodes {
		if n.Switch {
			first = append(first, "link add br0 netns "+n.Name+" type bridge")
		}
		inside[i] = append(inside[i], "link set lo up")
	}
	for _, c := range p.Cables {
		first = append(first, fmt.Sprintf("link add %s netns %s type veth peer name %s netns %s",
			c.Near.Dev, p.Nodes[c.Near.Node].Name, c.Far.Dev, p.Nodes[c.Far.Node].Name))
		for _, e := range []floor.End{c.Near, c.Far} {
			inside[e.Node] = append(inside[e.Node], ipEnd(e)...)
		}
	}
	up := phase{{ipLines(b, "", first)}, nil, nil}
	for i, n := range p.Nodes {
		up[1] = append(up[1], ipLines(b, n.Name, append(inside[i], ipLast(n)...)))
		if n.Router {
			up[2] = append(up[2], exec.CommandContext(b.Context(), "ip", "netns", "exec", n.Name, "sysctl", "-qw", "net.ipv4.ip_forward=1"))
		}
	}
	return []phase{up, pings(b, w), only(ipLines(b, "", last))}
}

func ipEnd(e floor.End) []string {
	if !e.Addr.IsValid() {
		return []string{"link set " + e.Dev + " up master br0"}
	}
	return []string{"addr add " + e.Addr.String() + " dev " + e.Dev, "link set " + e.Dev + " up"}
}

func ipLast(n floor.Node) (out []string) {
	if n.Switch {
		out = append(out, "link set br0 up") // before its ports it would flood
	}
	for _, r := range n.Routes {
		out = append(out, "route add "+r.To.String()+" via "+r.Via.String())
	}
	return out
}

func ipLines(b testing.TB, space string, lines []string) *exec.Cmd {
	args := []string{"-batch", "-"}
	if space != "" {
		args = append([]string{"-n", space}, args...)
	}
	cmd := exec.CommandContext(b.Context(), "ip", args...)
	cmd.Stdin = strings.NewReader(strings.Join(lines, "\n") + "\n")
	return cmd
}

// pings are those of the shell: fping where there is one, else one ping after
// the other in each namespace.
func pings(b testing.TB, w work) phase {
	if !w.pings {
		return nil
	}
	// The first packet is lost if the kernel does not let a carrier count yet.
	line := `for to; do ping -q -c1 -W2 $to || ping -q -c1 -W2 $to || exit 1; done`
	if lacking("fping") == "" {
		line = `fping -q -c1 -t2000 -i1 "$@"`
	}
	p := w.plan()
	var s stage
	for _, from := range p.Among {
		args := []string{"netns", "exec", p.Nodes[from.Node].Name, "sh", "-c", "exec 2>&1; " + line, "sh"}
		s = append(s, exec.CommandContext(b.Context(), "ip", append(args, others(p.Among, from.Addr)...)...))
	}
	return phase{s}
}

func others(hosts []floor.Host, but netip.Addr) (out []string) {
	for _, h := range hosts {
		if h.Addr != but {
			out = append(out, h.Addr.String())
		}
	}
	return out
}

// The plan of ip -batch and of the floor is that of the scenes: in each of the
// networks everybody answers.
func TestThePeersBuildWhatTheScenesAre(t *testing.T) {
	r := &rig{dir: t.TempDir()}
	for _, w := range []work{{kind: "pair", n: 2, pings: true}, {kind: "star", n: 3, pings: true}, {kind: "chain", n: 3, pings: true}} {
		t.Run(w.name(), func(t *testing.T) {
			t.Cleanup(func() { _ = exec.Command("ip", "-all", "netns", "delete").Run() }) // of one that failed
			if d := took(peer{does: r.ipBatch}.work(t, w)); d != 3 {
				t.Errorf("%d phases", d)
			}
			if left, _ := os.ReadDir("/run/netns"); len(left) > 0 {
				t.Errorf("left behind: %v", left)
			}
		})
	}
}

func took(t times) int { return len(t) }
