package run

import (
	"cmp"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"time"

	faults "netlab/internal/fault"
	"netlab/internal/interp"
	"netlab/internal/nss"
	"netlab/internal/snapshot"
)

func (b *misnamed) write(f nss.File) {
	b.t.Helper()
	if f.Path == "" {
		return
	}
	must(b.t, os.MkdirAll(filepath.Dir(f.Path), 0o755))
	must(b.t, os.WriteFile(f.Path, []byte(f.Text), 0o644))
}

// start starts a name server and waits until it listens.
func (b *misnamed) start(s faults.NameServer) {
	b.t.Helper()
	args := []string{"/run/coredns", "-conf", s.Config.Path}
	if s.Hints.Path != "" {
		args = []string{cmp.Or(b.col.real, "/run/unbound"), "-d", "-c", s.Config.Path}
	}
	if strings.HasPrefix(args[0], "/run/") {
		_ = os.Symlink("/proc/self/exe", args[0]) // there it may be already
	}
	cmd := &exec.Cmd{Path: "/proc/self/exe", Args: append([]string{interp.StageNetnsExec, s.In}, args...), Env: os.Environ()}
	log, err := os.Create("/tmp/" + s.In + ".log")
	must(b.t, err)
	defer log.Close()
	cmd.Stdout, cmd.Stderr = log, log
	must(b.t, cmd.Start())
	b.running[s.In] = cmd
	ended := make(chan struct{})
	go func() { _ = cmd.Wait(); close(ended) }()
	for until := time.Now().Add(10 * time.Second); ; {
		lab, err := b.kernel.Snapshot(soon(b.t))
		must(b.t, err)
		space, _ := lab.Space(s.In)
		waits := func(proto string) bool {
			return slices.ContainsFunc(space.Sockets, func(k snapshot.Socket) bool { return k.Proto == proto })
		}
		if waits("udp") && waits("tcp") {
			return
		}
		select {
		case <-ended:
			said, _ := os.ReadFile(log.Name())
			b.t.Logf("%s in %s has ended: %s", args[0], s.In, said)
			return
		case <-time.After(3 * time.Millisecond):
		}
		if time.Now().After(until) {
			b.t.Fatalf("%s in %s does not listen", args[0], s.In)
		}
	}
}

func (b *misnamed) kill(in string) {
	cmd := b.running[in]
	if cmd == nil {
		return
	}
	delete(b.running, in)
	_ = cmd.Process.Kill()
	for until := time.Now().Add(10 * time.Second); time.Now().Before(until); <-time.After(time.Millisecond) {
		lab, err := b.kernel.Snapshot(soon(b.t))
		must(b.t, err)
		space, _ := lab.Space(in)
		if len(space.Sockets) == 0 {
			return
		}
	}
}

func (b *misnamed) end() {
	for in := range b.running {
		b.kill(in)
	}
	b.stop()
}

// serveNames ends servers and starts them again, as a fault says.
func (b *misnamed) serveNames(all []faults.Server) {
	b.t.Helper()
	for _, s := range all {
		b.kill(s.In)
	}
	for _, s := range all {
		i := slices.IndexFunc(b.col.names.Servers, func(n faults.NameServer) bool { return n.In == s.In })
		if !s.Off {
			b.start(b.col.names.Servers[i])
		}
	}
}

// caches are the servers that keep answers: a fault of the network shows only
// when they have forgotten.
func (b *misnamed) caches() []faults.Server {
	var out []faults.Server
	for _, s := range b.col.names.Servers {
		if s.Caches {
			out = append(out, faults.Server{In: s.In})
		}
	}
	return out
}

func (b *misnamed) caching() bool { return len(b.caches()) > 0 }
