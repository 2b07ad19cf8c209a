package interp

import (
	"errors"
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/sys/unix"

	"netlab/internal/event"
	"netlab/internal/kernel"
)

func TestWhatCannotBeRunIsToldAsAShellTellsIt(t *testing.T) {
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "text"), nil, 0o644); err != nil {
		t.Fatal(err)
	}
	tests := map[string]struct {
		exit int
		text string
	}{
		"nosuch":   {127, "nosuch: command not found"},
		"./nosuch": {127, "./nosuch: No such file or directory"},
		"./text":   {126, "./text: Permission denied"},
		"/usr":     {126, "/usr: Is a directory"},
	}
	for name, tt := range tests {
		if exit, text := notFound(dir, name); exit != tt.exit || text != tt.text {
			t.Errorf("%s: %d %q", name, exit, text)
		}
	}
}

func TestMissingProgramsAreNamedWithTheirPackage(t *testing.T) {
	for name, want := range map[string]string{
		"ip": "iproute2", "ping": "iputils-ping", "sysctl": "procps", "nft": "nftables", "ip6tables": "iptables",
		"dig": "bind9-dnsutils", "tcpdump": "tcpdump", "nc": "netcat-openbsd", "my-own": "",
	} {
		if got := debianPackage(name); got != want {
			t.Errorf("%s is in %q", name, got)
		}
		if text := missing(name); strings.Contains(text, "Debian") != (want != "") {
			t.Error(text)
		}
	}
	if hint := installHint("my-own"); hint != "" {
		t.Error(hint)
	}
}

func TestErrnosAreNamedAsLimits(t *testing.T) {
	for err, want := range map[error]string{
		unix.EAGAIN: LimitProcesses, unix.EMFILE: LimitProcesses, unix.ENOMEM: LimitMemory, unix.ENOENT: "",
	} {
		if got := limitOf(&os.PathError{Op: "fork/exec", Path: "x", Err: err}); got != want {
			t.Errorf("%v is the limit %q", err, got)
		}
	}
}

func TestRefusalsKeepTheWordsOfTheTool(t *testing.T) {
	if refused(nil) != nil {
		t.Error("a success is refused")
	}
	r := refused(&kernel.Error{Text: "RTNETLINK answers: File exists", Exit: 2, Hint: "look"})
	if *r != (refusal{2, "RTNETLINK answers: File exists", "look"}) {
		t.Errorf("%+v", r)
	}
	if r := refused(errors.New("other")); *r != (refusal{1, "other", ""}) {
		t.Errorf("%+v", r)
	}
}

func TestConnectAsksTheRoutingTableOfTheNamespace(t *testing.T) {
	s, _ := lab(t, Options{})
	do(t, s, "ip -n ns1 addr add fd00::1/64 dev veth_ns1 nodad")
	for _, tt := range []struct {
		to   string
		want error
	}{
		{"10.1.1.2", nil}, {"192.0.2.1", unix.ENETUNREACH}, {"10.1.1.255", unix.EACCES},
		{"fd00::2", nil}, {"fd01::2", unix.ENETUNREACH}, {"fe80::1%veth_ns1", nil}, {"fe80::1", unix.EINVAL},
	} {
		if err := connect("ns1", netip.MustParseAddr(tt.to)); !errors.Is(err, tt.want) {
			t.Errorf("%s: %v", tt.to, err)
		}
	}
	if err := connect("gone", netip.MustParseAddr("10.1.1.2")); !errors.Is(err, unix.ENOENT) {
		t.Errorf("a namespace that is not there: %v", err)
	}
}

func TestHowAProgramEnded(t *testing.T) {
	s := open(t, small())
	tests := map[string]struct {
		run, text, hint string
		exit            int
	}{
		"by itself":             {"sh -c 'exit 3'", "", "", 3},
		"by a signal":           {"sh -c 'kill -TERM $$'", "ended by the signal terminated", "", 143},
		"killed":                {"sh -c 'kill -KILL $$'", "ended by the signal killed", "when nobody sent that signal, the kernel did, because the memory of the lab was used up", 137},
		"by its file's size":    {"head -c 2000000 /dev/zero >/tmp/x", "ended: a file may not become larger than 1 MiB here", "", 153},
		"a name without a file": {"nosuch 2>/dev/null", "nosuch: command not found", "", 127},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			ends := do(t, s, tt.run).of(event.CommandEnd)
			if len(ends) != 1 || ends[0].Exit != tt.exit || ends[0].Text != tt.text || ends[0].Hint != tt.hint {
				t.Errorf("%+v", ends)
			}
		})
	}
	do(t, s, "rm /tmp/x")
}

func TestOutputFindsItsWay(t *testing.T) {
	s := open(t, Options{})
	tests := map[string]struct{ run, stdout, stderr string }{
		"both":                         {"sh -c 'echo a; echo b >&2'", "a\n", "b\n"},
		"error to output":              {"sh -c 'echo a; echo b >&2' 2>&1", "a\nb\n", ""},
		"output to error":              {"sh -c 'echo a; echo b >&2' >&2", "", "a\nb\n"},
		"away":                         {"sh -c 'echo a; echo b >&2' >/dev/null 2>&1", "", ""},
		"closed":                       {"sh -c 'echo a' >&- 2>&- || true", "", ""},
		"into a variable":              {"x=$(sh -c 'echo a; echo b >&2'); echo \"<$x>\"", "<a>\n", "b\n"},
		"of a job inside a variable":   {"x=$(sh -c 'sleep 0.2; echo late &'); echo \"<$x>\"", "<late>\n", ""},
		"without an end of the line":   {"printf a; printf b; printf 'c\\n'", "abc\n", ""},
		"of a function through a pipe": {"f() { echo 2; echo 1; }; f | sort", "1\n2\n", ""},
		"a list in a group":            {"{ echo a; sh -c 'echo b'; } | cat", "a\nb\n", ""},
		"process substitution":         {"cat <(echo a) <(echo b)", "a\nb\n", ""},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			k := do(t, s, tt.run)
			if k.output("stdout") != tt.stdout || k.output("stderr") != tt.stderr || k.Exit != 0 {
				t.Errorf("%+v\n%s", k.Result, k.story())
			}
		})
	}
}
