package scenario

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// shell runs text in bash with all functions of exported scripts, and with
// the given programs in place of the machine's.
func shell(t *testing.T, programs map[string]string, text string) (output string, ok bool) {
	t.Helper()
	bash, err := exec.LookPath("bash")
	if err != nil {
		t.Skip("needs bash (program missing)")
	}
	dir := t.TempDir()
	for name, body := range programs {
		if err := os.WriteFile(filepath.Join(dir, name), []byte("#!/bin/bash\n"+body+"\n"), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	cmd := exec.Command(bash, "-c", "set -eu\n"+helpers+"\n"+text)
	cmd.Env = []string{"PATH=" + dir + ":" + os.Getenv("PATH"), "TMPDIR=" + dir}
	var out bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &out
	err = cmd.Run()
	left, globErr := filepath.Glob(dir + "/tmp.*")
	if globErr != nil || len(left) > 0 {
		t.Errorf("left behind: %v %v", left, globErr)
	}
	return strings.TrimSpace(out.String()), err == nil
}

// fakeIP prints a cable v1 in the host to v2 in ns2, with equal numbers in
// both, and a cable a to b inside of the host.
const fakeIP = `case "$*" in
"-o link show dev v1") echo '7: v1@if7: <UP,LOWER_UP> mtu 1500 \    link/ether 02:00:00:00:00:01 brd ff:ff:ff:ff:ff:ff link-netns ns2' ;;
"-n ns2 -o link show dev v2") echo '7: v2@if7: <UP> mtu 1500 \    link/ether 02:00:00:00:00:02 brd ff:ff:ff:ff:ff:ff' ;;
"-o link show dev a") echo '8: a@b: <UP> mtu 1500' ;;
"-o link show dev b") echo '9: b@a: <UP> mtu 1500' ;;
"-n ns2 -o link show dev b") echo '9: b@if12: <UP> mtu 1500' ;;
*) echo "Device does not exist." >&2; exit 1 ;;
esac`

func TestShellFunctionsSayYesAndNo(t *testing.T) {
	programs := map[string]string{
		"ip":     fakeIP,
		"nft":    `[ "$1" = -j ] && echo '{"nftables": [{"metainfo": {}}, {"rule": {"family": "ip"}}, {"rule":{"family": "ip"}}]}'`,
		"ping":   `case $1 in good) echo "64 bytes ttl=64 time" ;; *) echo "ping: connect: Network is unreachable" >&2; exit 2 ;; esac`,
		"failed": "echo right; exit 1",
	}
	tests := []struct {
		name, text string
		ok         bool
	}{
		{"shows a line", "shows '^b$' printf 'a\\nb\\n'", true},
		{"shows no such line", "shows '^c$' printf 'a\\nb\\n'", false},
		{"shows nothing when the command fails", "shows right failed", false},
		{"lacks a line", "lacks '^c$' printf 'a\\nb\\n'", true},
		{"lacks a line that is there", "lacks '^b$' printf 'a\\nb\\n'", false},
		{"lacks nothing when the command fails", "lacks wrong failed", false},
		{"one before the other: both hold", "shows a lacks c echo ab", true},
		{"one before the other: the outer fails", "shows c lacks d echo ab", false},
		{"one before the other: the inner fails", "shows a lacks b echo ab", false},
		{"a pattern that begins like an option", "shows -x echo -x", true},
		{"fails turns round", "fails false", true},
		{"fails turns round, the other way", "fails true", false},
		{"unanswered with its reason", "unanswered 'Network is unreachable' ping bad", true},
		{"unanswered for another reason", "unanswered 'Permission denied' ping bad", false},
		{"unanswered, but it is answered", "unanswered ttl ping good", false},
		{"a cable between namespaces", "paired host v1 ns2 v2", true},
		{"a cable seen from its other end", "paired ns2 v2 host v1", true},
		{"a cable in one namespace", "paired host a host b", true},
		{"no cable", "paired host a host v1", false},
		{"the same name in another namespace", "paired host a ns2 b", false},
		{"the other end is missing", "paired host v1 ns2 v3", false},
		{"a cable and a command that fails", "paired host a host b false", false},
		{"two rules", "counts 2 nft -j list ruleset", true},
		{"another number of rules", "counts 1 nft -j list ruleset", false},
		{"no program to count rules with", "counts 0 nothing-of-this-name", false},
		{"the hardware address", `[ "$(mac ns2 v2)" = 02:00:00:00:00:02 ]`, true},
		{"a program that is here", "have ip", true},
		{"a program that is not", "have ip nothing-of-this-name", false},
		{"need goes on", "need ip", true},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if out, ok := shell(t, programs, tt.text); ok != tt.ok {
				t.Errorf("%s: ok is %v, want %v\n%s", tt.text, ok, tt.ok, out)
			}
		})
	}
}

func TestCheckTriesAgain(t *testing.T) {
	programs := map[string]string{"third": `n=$(cat "$TMPDIR/n" 2>/dev/null || echo 0); echo $((n + 1)) >"$TMPDIR/n"; [ "$n" -ge 2 ]`}
	out, ok := shell(t, programs, "check 'it comes' third")
	if !ok || out != "ok: it comes" {
		t.Errorf("%v: %s", ok, out)
	}
	out, ok = shell(t, programs, "within=0 check 'it comes' third")
	if ok || out != "FAILED: it comes (third)" {
		t.Errorf("%v: %s", ok, out)
	}
}

func TestNeedEndsTheScript(t *testing.T) {
	out, ok := shell(t, nil, "need nothing-of-this-name; say on")
	if ok || out != "this machine lacks one of: nothing-of-this-name" {
		t.Errorf("%v: %s", ok, out)
	}
}

func TestPingOfTheAuthorAlwaysEnds(t *testing.T) {
	programs := map[string]string{"ping": `echo "$*"`}
	tests := []struct{ line, want string }{
		{"ping 10.1.1.1", "-c 1 -w 3 10.1.1.1"},
		{"ping -W 1 10.1.1.1", "-c 1 -w 3 -W 1 10.1.1.1"},
		{"ping -I v_c 10.1.1.1", "-c 1 -w 3 -I v_c 10.1.1.1"},
		{"ping -c 3 10.1.1.1", "-c 3 10.1.1.1"},
		{"ping -c3 10.1.1.1", "-c3 10.1.1.1"},
		{"ping -qc3 10.1.1.1", "-qc3 10.1.1.1"},
		{"ping -nqc 3 10.1.1.1", "-nqc 3 10.1.1.1"},
		{"ping -w 3 10.1.1.1", "-w 3 10.1.1.1"},
		{"env ping 'a b'", "-c 1 -w 3 a b"},
	}
	for _, tt := range tests {
		t.Run(tt.line, func(t *testing.T) {
			if out, ok := shell(t, programs, wrappers("ping x")+tt.line); !ok || out != tt.want {
				t.Errorf("got %q, want %q", out, tt.want)
			}
		})
	}
}

func TestSudoOfTheAuthorIsDropped(t *testing.T) {
	out, ok := shell(t, map[string]string{"sudo": "echo asked"}, wrappers("sudo x\nping y")+"sudo echo 'a b'")
	if !ok || out != "a b" {
		t.Errorf("%v: %q", ok, out)
	}
}

func TestHelpersHaveOneFunctionABlock(t *testing.T) {
	names := map[string]bool{}
	for _, block := range strings.Split(strings.TrimSpace(helpers), "\n\n") {
		name := functionName(block)
		if name == "" || strings.ContainsAny(name, " \n{") || names[name] {
			t.Errorf("no function, or one that is there twice:\n%s", block)
		}
		names[name] = true
	}
}
