package netns_test

import (
	"os"
	"os/exec"
	"slices"
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

// TestExecBindsFilesAsIPDoes: whatever stands in /etc and in /etc/netns/NAME,
// the program sees the same, and the same is complained of.
func TestExecBindsFilesAsIPDoes(t *testing.T) {
	made(t, "ex")
	for name, script := range map[string]string{
		"the usual":                           "",
		"no folder":                           "rm -r /etc/netns/ex",
		"no folder of folders":                "rm -r /etc/netns",
		"an empty folder":                     "rm /etc/netns/ex/*",
		"the folder is a file":                "rm -r /etc/netns/ex; touch /etc/netns/ex",
		"the folder is a symlink":             "mv /etc/netns/ex /etc/netns/x; ln -s x /etc/netns/ex",
		"nothing below":                       "echo own > /etc/netns/ex/resolv.conf",
		"a symlink below":                     "echo below > /run/below; ln -s /run/below /etc/resolv.conf; echo own > /etc/netns/ex/resolv.conf",
		"a symlink below that leads nowhere":  "ln -s /run/nowhere /etc/resolv.conf; echo own > /etc/netns/ex/resolv.conf",
		"two names below for one file":        "ln -s hosts /etc/resolv.conf; echo own > /etc/netns/ex/resolv.conf",
		"a symlink":                           "echo linked > /run/linked; ln -sf /run/linked /etc/netns/ex/hosts",
		"a relative symlink":                  "echo linked > /etc/netns/linked; ln -sf ../linked /etc/netns/ex/hosts",
		"a symlink that leads nowhere":        "ln -sf /run/nowhere /etc/netns/ex/hosts",
		"a symlink to what is below":          "ln -sf /etc/hosts /etc/netns/ex/hosts",
		"a symlink to /dev/null":              "ln -sf /dev/null /etc/netns/ex/hosts",
		"a directory over a file":             "rm /etc/netns/ex/hosts; mkdir /etc/netns/ex/hosts",
		"a file over a directory":             "rm /etc/hosts; mkdir /etc/hosts",
		"a directory over a directory":        "mkdir /etc/dir /etc/netns/ex/dir; echo below > /etc/dir/f; echo own > /etc/netns/ex/dir/f",
		"a file in a directory of the folder": "mkdir -p /etc/dir /etc/netns/ex/dir; echo own > /etc/netns/ex/dir/new",
		"a hidden file":                       "echo below > /etc/.x; echo own > /etc/netns/ex/.x",
		"a name with blanks":                  "echo below > '/etc/a b'; echo own > '/etc/netns/ex/a b'",
		"a file that nobody may read":         "chmod 0 /etc/netns/ex/hosts",
	} {
		t.Run(name, func(t *testing.T) {
			privateEtc(t)
			if out, err := exec.Command("sh", "-ec", script).CombinedOutput(); err != nil {
				t.Fatalf("%v: %s", err, out)
			}
			argv := []string{"sh", "-c", "cd /etc; find . -path ./netns -prune -o -print | sort; cat hosts resolv.conf dir/* .x 'a b'; echo $?"}
			want, _ := ip(t, append([]string{"netns", "exec", "ex"}, argv...)...)
			got, _ := execIn("ex", argv...)
			// ip reads the folder in no order.
			if d := cmp.Diff(sortedLines(want), sortedLines(got)); d != "" {
				t.Errorf("- ip, + Exec: %s", d)
			}
		})
	}
}

func sortedLines(text string) []string {
	all := strings.Split(strings.TrimSpace(text), "\n")
	slices.Sort(all)
	return all
}

func TestExecInAMissingNamespaceSaysSo(t *testing.T) {
	out, _ := execIn("nowhere", "true")
	want, _ := ip(t, "netns", "exec", "nowhere", "true")
	if d := cmp.Diff(strings.TrimSpace(want), strings.TrimSpace(out)); d != "" {
		t.Error(d)
	}
}
