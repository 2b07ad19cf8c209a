package main_test

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"syscall"
	"testing"
	"time"
)

// shellScript is the lesson veth-pair as a plain script of ip calls and two
// pings, in namespaces of its own.
const shellScript = `mount -t tmpfs tmpfs /run
ip link set lo up
ip netns add ns1
ip netns add ns2
ip link add veth_ns1 type veth peer name veth_ns2
ip addr add 10.1.1.1/24 dev veth_ns1
ip link set veth_ns1 netns ns1
ip link set veth_ns2 netns ns2
ip netns exec ns1 ip link set veth_ns1 up
ip netns exec ns2 ip link set veth_ns2 up
ip netns exec ns1 ip addr add 10.1.1.1/24 dev veth_ns1
ip netns exec ns2 ip addr add 10.1.1.2/24 dev veth_ns2
ip netns exec ns1 ping -c1 10.1.1.2
ip netns exec ns2 ping -c1 10.1.1.1
`

// BenchmarkVerifyBesideShell runs the whole of netlab verify veth-pair, with
// sandbox, checks and teardown, and the shell script, one after the other. The
// ratio is the median of the rounds' ratios; 1.5 is the limit.
func BenchmarkVerifyBesideShell(b *testing.B) {
	for _, w := range everyone() {
		b.Run(w.name, func(b *testing.B) {
			var ratios, ours, theirs []float64
			for b.Loop() {
				mine := timed(b, w.netlab(b, "verify", "veth-pair"))
				shell := timed(b, plainShell(b))
				ours, theirs = append(ours, mine), append(theirs, shell)
				ratios = append(ratios, mine/shell)
			}
			b.ReportMetric(median(ratios), "ratio")
			b.ReportMetric(median(ours), "netlab-ms")
			b.ReportMetric(median(theirs), "shell-ms")
		})
	}
}

func plainShell(b *testing.B) *exec.Cmd {
	b.Helper()
	cmd := exec.CommandContext(b.Context(), "sh", "-e", "-c", shellScript)
	cmd.SysProcAttr = &syscall.SysProcAttr{Unshareflags: syscall.CLONE_NEWNET | syscall.CLONE_NEWNS}
	return cmd
}

// timed runs a command to its end and returns the milliseconds.
func timed(b *testing.B, cmd *exec.Cmd) float64 {
	b.Helper()
	start := time.Now()
	if out, err := cmd.CombinedOutput(); err != nil {
		b.Fatalf("%v\n%s", err, out)
	}
	return float64(time.Since(start).Microseconds()) / 1000
}

func median(list []float64) float64 {
	sorted := slices.Sorted(slices.Values(list))
	return sorted[len(sorted)/2]
}

// BenchmarkFirstLine is the time from the start of the program to its first
// words on the screen; 50 ms is the limit.
func BenchmarkFirstLine(b *testing.B) {
	var all []float64
	for b.Loop() {
		all = append(all, firstByte(b))
	}
	b.ReportMetric(median(all), "first-line-ms")
}

func firstByte(b *testing.B) float64 {
	b.Helper()
	ctx, cancel := context.WithCancel(b.Context())
	defer cancel()
	cmd := exec.CommandContext(ctx, filepath.Join(os.Getenv(envHost), "netlab"), "run", "--auto", "veth-pair")
	out, err := cmd.StdoutPipe()
	if err != nil {
		b.Fatal(err)
	}
	start := time.Now()
	if err := cmd.Start(); err != nil {
		b.Fatal(err)
	}
	if _, err := out.Read(make([]byte, 1)); err != nil {
		b.Fatal(err)
	}
	took := time.Since(start)
	cancel()
	_ = cmd.Wait()
	return float64(took.Microseconds()) / 1000
}

// BenchmarkVersion is the smallest call there is, and the size of the program;
// 20 MB is the limit.
func BenchmarkVersion(b *testing.B) {
	st, err := os.Stat(filepath.Join(os.Getenv(envHost), "netlab"))
	if err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		timed(b, exec.CommandContext(b.Context(), filepath.Join(os.Getenv(envHost), "netlab"), "version"))
	}
	b.ReportMetric(float64(st.Size())/1e6, "MB")
}
