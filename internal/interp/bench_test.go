package interp

import (
	"os/exec"
	"strings"
	"testing"
)

// BenchmarkStart is the price of a child: its start, one snippet, its end.
func BenchmarkStart(b *testing.B) {
	for b.Loop() {
		s := open(b, Options{})
		if k := do(b, s, "true"); k.Exit != 0 {
			b.Fatalf("%+v", k.Result)
		}
		s.Close()
	}
}

// BenchmarkLoop is a loop of a thousand steps in the shell alone.
func BenchmarkLoop(b *testing.B) {
	s := open(b, Options{})
	for b.Loop() {
		if k := do(b, s, "i=0; while [ $i -lt 1000 ]; do i=$((i+1)); done; echo $i"); k.output("stdout") != "1000\n" {
			b.Fatalf("%+v", k.Result)
		}
	}
}

// BenchmarkProgram is one program of the machine.
func BenchmarkProgram(b *testing.B) {
	s := open(b, Options{})
	for b.Loop() {
		do(b, s, "/bin/true")
	}
}

// BenchmarkNetnsExec is one program of the machine in a namespace.
func BenchmarkNetnsExec(b *testing.B) {
	s, _ := lab(b, Options{})
	for b.Loop() {
		do(b, s, "ip netns exec ns1 /bin/true")
	}
}

// BenchmarkPair is the lesson veth-pair: nine ops, and the end of it.
func BenchmarkPair(b *testing.B) {
	s := open(b, Options{})
	for b.Loop() {
		if k := do(b, s, pair+"ip netns del ns1; ip netns del ns2"); k.Exit != 0 {
			b.Fatalf("%+v", k.Result)
		}
	}
}

// BenchmarkPairByBash is the same by bash and the real ip, to compare with.
func BenchmarkPairByBash(b *testing.B) {
	need(b, "ip")
	for b.Loop() {
		text := strings.ReplaceAll(pair, "sudo ", "") + "ip netns del ns1; ip netns del ns2"
		if out, err := exec.Command("bash", "-ec", text).CombinedOutput(); err != nil {
			b.Fatalf("%v: %s", err, out)
		}
	}
}
