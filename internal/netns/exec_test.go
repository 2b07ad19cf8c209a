package netns_test

import (
	"os"
	"os/exec"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/sys/unix"
)

// execIn runs argv by Exec in a fresh process and returns what it printed.
func execIn(name string, argv ...string) (string, int) {
	cmd := exec.Command("/proc/self/exe", argv...)
	cmd.Env = append(os.Environ(), helper+"="+name)
	out, _ := cmd.CombinedOutput()
	return string(out), cmd.ProcessState.ExitCode()
}

// privateEtc puts a writable /etc over the machine's for this test.
func privateEtc(t *testing.T) {
	t.Helper()
	if err := unix.Mount("tmpfs", "/etc", "tmpfs", 0, "size=1m"); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = unix.Unmount("/etc", unix.MNT_DETACH) })
	for path, text := range map[string]string{"/etc/hosts": "outside\n", "/etc/netns/ex/hosts": "inside\n", "/etc/netns/ex/missing": "x\n"} {
		if err := os.MkdirAll("/etc/netns/ex", 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

func TestExecDoesWhatIPNetnsExecDoes(t *testing.T) {
	made(t, "ex")
	privateEtc(t)
	if out, err := ip(t, "-n", "ex", "link", "add", "onlyhere", "type", "bridge"); err != nil {
		t.Fatal(out)
	}
	tests := map[string][]string{
		"the files of /etc/netns/NAME cover those of /etc": {"cat", "/etc/hosts"},
		"/sys shows the namespace":                         {"ls", "/sys/class/net"},
		"the network namespace is entered":                 {"readlink", "/proc/self/ns/net"},
		"the exit code is the program's":                   {"sh", "-c", "exit 7"},
		"a program that is not there":                      {"no-such-program"},
		"a program that is a folder":                       {"/etc"},
		"a file that may not be run":                       {"/etc/hosts"},
	}
	for name, argv := range tests {
		t.Run(name, func(t *testing.T) {
			cmd := exec.Command("ip", append([]string{"netns", "exec", "ex"}, argv...)...)
			want, _ := cmd.CombinedOutput()
			got, code := execIn("ex", argv...)
			if d := cmp.Diff(string(want), got); d != "" {
				t.Error(d)
			}
			if code != cmd.ProcessState.ExitCode() {
				t.Errorf("exit code %d, ip's was %d", code, cmd.ProcessState.ExitCode())
			}
		})
	}
	if hosts, _ := os.ReadFile("/etc/hosts"); string(hosts) != "outside\n" {
		t.Errorf("/etc/hosts outside is %q now", hosts)
	}
}

func TestExecInAMissingNamespaceSaysSo(t *testing.T) {
	out, _ := execIn("nowhere", "true")
	want, _ := ip(t, "netns", "exec", "nowhere", "true")
	if d := cmp.Diff(strings.TrimSpace(want), strings.TrimSpace(out)); d != "" {
		t.Error(d)
	}
}
