package run

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net/netip"
	"os"
	"os/exec"
	"slices"
	"strings"
	"syscall"
	"time"

	"netlab/internal/check"
	"netlab/internal/interp"
	"netlab/internal/measure"
	"netlab/internal/snapshot"
)

// maxSaid is how much of what getent says is kept: a name has a few dozen
// addresses at most, which each take three lines.
const maxSaid = 64 << 10

// lookup is a name that is looked up in a node, and how long that may take.
type lookup struct {
	node, name string
	family     int // 4 or 6
	wait       time.Duration
}

// lookUp finds the addresses of a name as programs in the node do: by the
// resolver library of the machine, which reads the files of the node.
func (p prober) lookUp(ctx context.Context, l lookup) (measure.Resolved, error) {
	if path, ok := glibcGetent(ctx); ok {
		return getent(ctx, path, l)
	}
	return p.ownLookUp(ctx, l)
}

func getent(ctx context.Context, path string, l lookup) (measure.Resolved, error) {
	found := measure.Resolved{From: l.node, Name: l.name, Family: l.family, By: check.ByGetent}
	ctx, cancel := context.WithTimeout(ctx, l.wait)
	defer cancel()
	cmd, err := getentIn(ctx, l.node, path, "--", fmt.Sprintf("ahostsv%d", l.family), l.name)
	if err != nil {
		return found, err
	}
	var out, said bounded
	cmd.Stdout, cmd.Stderr = &out, &said
	begun := time.Now()
	err = cmd.Run()
	found.Took = time.Since(begun)
	found.Text = strings.TrimSpace(said.String())
	var exit *exec.ExitError
	switch {
	case ctx.Err() != nil && found.Took >= l.wait:
		found.Slow, found.Exit = true, -1
		return found, nil
	case errors.As(err, &exit):
		found.Exit = exitCode(exit)
	case err != nil:
		return found, err
	}
	found.Addrs, found.Canon = readAhosts(out.String(), l.family)
	return found, nil
}

// getentIn is getent in a node, with the limits of any command of a lab, and
// without an environment that could tell the library what to do (RES_OPTIONS,
// LOCALDOMAIN). It is ended when ctx ends, with all that it has started.
func getentIn(ctx context.Context, node, path string, words ...string) (*exec.Cmd, error) {
	argv := append([]string{"getent"}, words...)
	if node != snapshot.Host {
		path, argv = "/proc/self/exe", slices.Concat([]string{interp.StageNetnsExec, node}, argv)
	}
	args, err := interp.ScriptArgs(interp.ScriptOptions(0), path, argv)
	if err != nil {
		return nil, err
	}
	cmd := exec.CommandContext(ctx, "/proc/self/exe")
	cmd.Args = args
	cmd.Env = []string{"PATH=" + os.Getenv("PATH"), "LC_ALL=C"}
	cmd.Dir = "/"
	cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true}
	cmd.Cancel = func() error { return syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) }
	cmd.WaitDelay = drainTime
	return cmd, nil
}

// glibcGetent finds the program getent, if it is that of glibc: others do not
// know ahostsv4.
func glibcGetent(ctx context.Context) (path string, ok bool) {
	path, err := exec.LookPath("getent")
	if err != nil {
		return "", false
	}
	ctx, cancel := context.WithTimeout(ctx, time.Second)
	defer cancel()
	out, _ := exec.CommandContext(ctx, path, "--version").Output()
	first, _, _ := bytes.Cut(bytes.ToLower(out), []byte("\n"))
	return path, bytes.Contains(first, []byte("glibc")) || bytes.Contains(first, []byte("gnu libc"))
}

// readAhosts reads what getent ahostsv4 or ahostsv6 prints: an address, a kind
// of socket, and on the first line the canonical name. Of a name that has only
// IPv4 addresses ahostsv6 prints these as IPv6 addresses (AI_V4MAPPED in
// getaddrinfo(3)): they are none.
func readAhosts(text string, family int) (addrs []netip.Addr, canon string) {
	for line := range strings.Lines(text) {
		words := strings.Fields(line)
		if len(words) < 2 {
			continue
		}
		a, err := netip.ParseAddr(words[0])
		if err != nil || a.Is4() != (family == 4) || a.Is4In6() || slices.Contains(addrs, a) {
			continue
		}
		addrs = append(addrs, a)
		if len(words) > 2 && canon == "" {
			canon = words[2]
		}
	}
	return addrs, canon
}

// bounded keeps the beginning of what is written.
type bounded struct{ bytes.Buffer }

func (b *bounded) Write(p []byte) (int, error) {
	b.Buffer.Write(p[:min(len(p), max(0, maxSaid-b.Len()))])
	return len(p), nil
}
