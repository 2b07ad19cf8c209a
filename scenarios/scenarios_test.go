package scenarios_test

import (
	"bytes"
	"context"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"netlab/internal/netlabtest"
	"netlab/internal/scenario"
	"netlab/internal/service"
	"netlab/scenarios"
)

// The sandbox needs a process whose first thread stays its own.
func init() { runtime.LockOSThread() }

func TestMain(m *testing.M) {
	if filepath.Base(os.Args[0]) == "coredns" { // the server of the lessons
		os.Exit(service.CoreDNS())
	}
	os.Exit(netlabtest.Main(m))
}

func catalog(t *testing.T) scenario.Catalog { return loaded(t, scenario.Load) }

func loaded(t *testing.T, load func(fs.FS) (scenario.Catalog, error)) scenario.Catalog {
	t.Helper()
	c, err := load(scenarios.Files())
	if err != nil {
		t.Fatal(err)
	}
	if len(c.All()) == 0 {
		t.Fatal("there are no lessons")
	}
	return c
}

// scripts are the lessons and their IPv6 variants as scripts, by their labels.
func scripts(t *testing.T) map[string]string {
	t.Helper()
	all := map[string]string{}
	for _, c := range []scenario.Catalog{catalog(t), loaded(t, scenario.LoadIPv6)} {
		for _, s := range c.All() {
			all[s.Label()] = script(t, c, s.Name)
		}
	}
	return all
}

func script(t *testing.T, c scenario.Catalog, name string) string {
	t.Helper()
	s, err := c.Find(name)
	if err != nil {
		t.Fatal(err)
	}
	before, err := c.Chain(name)
	if err != nil {
		t.Fatal(err)
	}
	return scenario.Script(s, before)
}

// bash runs a script from standard input in namespaces of its own, where
// nothing but coredns is netlab's.
func bash(t *testing.T, text string) (output string, err error) {
	t.Helper()
	dir := t.TempDir()
	if err := os.Symlink(fmt.Sprintf("/proc/%d/exe", os.Getpid()), filepath.Join(dir, "coredns")); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
	defer cancel()
	cmd := exec.CommandContext(ctx, "bash", "-c", `mount -t sysfs none /sys && mount -t tmpfs none /run && mkdir /run/etc /run/work &&
		mount -t overlay -o lowerdir=/etc,upperdir=/run/etc,workdir=/run/work,userxattr none /etc && bash`)
	cmd.Env = append(os.Environ(), "PATH="+dir+":"+os.Getenv("PATH"))
	cmd.SysProcAttr = &syscall.SysProcAttr{Cloneflags: syscall.CLONE_NEWNET | syscall.CLONE_NEWNS}
	cmd.Stdin = strings.NewReader(text)
	var out bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &out
	cmd.WaitDelay = time.Second
	err = cmd.Run()
	return out.String(), err
}

func needPrograms(t *testing.T, names ...string) {
	t.Helper()
	for _, name := range names {
		_, err := exec.LookPath(name)
		netlabtest.Require(t, err == nil, name)
	}
}

func TestScriptsPassWithTheRealPrograms(t *testing.T) {
	needPrograms(t, "bash", "ip", "ping", "bridge", "sysctl")
	for label, text := range scripts(t) {
		t.Run(label, func(t *testing.T) {
			t.Parallel() // it mostly waits
			for _, name := range []string{"dig", "getent", "unbound"} {
				if strings.Contains(text, name+" ") {
					needPrograms(t, name)
				}
			}
			out, err := bash(t, text)
			if err != nil {
				t.Errorf("%v\n%s", err, out)
			}
			if !strings.HasSuffix(out, "\nall checks of "+label+" hold\n") {
				t.Errorf("the script does not reach its end:\n%s", out)
			}
		})
	}
}

func TestScriptsFailWhenAClaimIsFalse(t *testing.T) {
	needPrograms(t, "bash", "ip", "ping")
	text := script(t, catalog(t), "veth-pair")
	breakings := map[string][2]string{
		"a wrong address":             {"ip addr add 10.1.1.2/24 dev veth_ns2", "ip addr add 10.1.1.3/24 dev veth_ns2"},
		"a link that stays down":      {"ip netns exec ns2 ip link set veth_ns2 up", "true"},
		"a failure that succeeds":     {"if\nip netns exec ns1 ping 10.1.1.2", "if\ntrue"},
		"a command that fails":        {"ip netns add ns2", "ip netns add ns1"},
		"a namespace that is missing": {"ip netns add ns2", "true"},
	}
	for name, b := range breakings {
		t.Run(name, func(t *testing.T) {
			broken := strings.Replace(text, b[0], b[1], 1)
			if broken == text {
				t.Fatalf("the script has no %q", b[0])
			}
			out, err := bash(t, broken)
			if err == nil {
				t.Errorf("the script passes:\n%s", out)
			}
		})
	}
}

func TestScriptsAreCleanForShellcheck(t *testing.T) {
	needPrograms(t, "shellcheck")
	for label, text := range scripts(t) {
		cmd := exec.Command("shellcheck", "-")
		cmd.Stdin = strings.NewReader(text)
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Errorf("%s: %v\n%s", label, err, out)
		}
	}
}

// Each variant is of a lesson that there is, and has its name and its place.
func TestVariantsAreOfLessons(t *testing.T) {
	all := catalog(t)
	for _, s := range loaded(t, scenario.LoadIPv6).All() {
		of, err := all.Find(s.Name)
		if err != nil || of.Order != s.Order || of.IPv6 || !s.IPv6 {
			t.Errorf("%s: %v", s.Label(), err)
		}
		if of.Title == s.Title || of.Summary == s.Summary {
			t.Errorf("%s has the title and the summary of the lesson", s.Label())
		}
		if !slices.Contains(s.Requires, "ipv6") {
			t.Errorf("%s does not require ipv6", s.Label())
		}
	}
}
