package kernel

import (
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/sys/unix"

	"netlab/internal/netlabtest"
	"netlab/internal/nss"
	"netlab/internal/snapshot"
)

// privateEtc gives the test an /etc that it may spoil, as a new lab has it.
func privateEtc(t testing.TB) {
	t.Helper()
	if err := unix.Mount("tmpfs", "/etc", "tmpfs", 0, "size=4m"); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = unix.Unmount("/etc", unix.MNT_DETACH) })
	for _, f := range nss.Fresh().Each() {
		sh(t, "mkdir -p /etc/netns")
		if err := os.WriteFile("/etc/"+f.Name, []byte(f.File.Text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

func sh(t testing.TB, script string) {
	t.Helper()
	if out, err := exec.Command("sh", "-ec", script).CombinedOutput(); err != nil {
		t.Fatalf("%s: %v: %s", script, err, out)
	}
}

func namesOf(t testing.TB, k *Kernel, space string) nss.Files {
	t.Helper()
	s, ok := snap(t, k).Space(space)
	if !ok {
		t.Fatalf("no namespace %s", space)
	}
	return s.Names
}

// TestASnapshotHasTheFilesThatAProgramSees: what ip shows a program in the
// namespace, and where that is for the whole lab.
func TestASnapshotHasTheFilesThatAProgramSees(t *testing.T) {
	_, err := exec.LookPath("ip")
	netlabtest.Require(t, err == nil, "ip")
	for name, script := range map[string]string{
		"nothing of its own":             "",
		"an empty folder":                "mkdir /etc/netns/a",
		"a folder that is none":          "echo x > /etc/netns/a",
		"no folder of folders":           "rmdir /etc/netns",
		"a folder of somebody else":      "mkdir /etc/netns/b; echo 10.0.0.1 web > /etc/netns/b/hosts",
		"hosts":                          "mkdir /etc/netns/a; echo 10.0.0.1 web > /etc/netns/a/hosts",
		"all three":                      "mkdir /etc/netns/a; for f in hosts resolv.conf nsswitch.conf; do echo own > /etc/netns/a/$f; done",
		"an empty one":                   "mkdir /etc/netns/a; : > /etc/netns/a/hosts",
		"another file":                   "mkdir /etc/netns/a; echo x > /etc/netns/a/services",
		"no newline at the end":          "mkdir /etc/netns/a; printf %s 'hosts: dns' > /etc/netns/a/nsswitch.conf",
		"a symlink":                      "mkdir /etc/netns/a; echo 10.0.0.1 web > /etc/netns/shared; ln -s ../shared /etc/netns/a/hosts",
		"a symlink to the lab's":         "mkdir /etc/netns/a; ln -s /etc/hosts /etc/netns/a/hosts",
		"a symlink that leads nowhere":   "mkdir /etc/netns/a; ln -s /run/nowhere /etc/netns/a/resolv.conf",
		"a symlink to /dev/null":         "mkdir /etc/netns/a; ln -s /dev/null /etc/netns/a/hosts",
		"a directory":                    "mkdir -p /etc/netns/a/hosts",
		"a folder that is a symlink":     "mkdir /etc/netns/x; echo 10.0.0.1 web > /etc/netns/x/hosts; ln -s x /etc/netns/a",
		"nothing below":                  "rm /etc/resolv.conf; mkdir /etc/netns/a; echo nameserver 10.0.0.1 > /etc/netns/a/resolv.conf",
		"nothing at all":                 "rm /etc/resolv.conf /etc/hosts /etc/nsswitch.conf",
		"a symlink below":                "mv /etc/resolv.conf /etc/real; ln -s real /etc/resolv.conf; mkdir /etc/netns/a; echo nameserver 10.0.0.1 > /etc/netns/a/resolv.conf",
		"a symlink below leads nowhere":  "rm /etc/resolv.conf; ln -s /run/nowhere /etc/resolv.conf; mkdir /etc/netns/a; echo nameserver 10.0.0.1 > /etc/netns/a/resolv.conf",
		"the lab's is a symlink":         "mv /etc/resolv.conf /etc/real; echo nameserver 10.0.0.9 > /etc/real; ln -s real /etc/resolv.conf",
		"a directory below":              "rm /etc/hosts; mkdir /etc/hosts /etc/netns/a; echo 10.0.0.1 web > /etc/netns/a/hosts",
		"a directory over a directory":   "rm /etc/hosts; mkdir -p /etc/hosts /etc/netns/a/hosts",
		"the lab's is a directory":       "rm /etc/hosts; mkdir /etc/hosts",
		"the lab's is not to be read":    "chmod 0 /etc/hosts",
		"the lab's is a symlink in turn": "rm /etc/hosts; ln -s hosts /etc/hosts",
	} {
		t.Run(name, func(t *testing.T) {
			k := New()
			t.Cleanup(func() { clean(t, k) })
			privateEtc(t)
			do(t, k, "ip netns add a")
			sh(t, script)
			for _, space := range []string{"a", snapshot.Host} {
				names := namesOf(t, k, space)
				for _, f := range names.Each() {
					words := []string{"cat", "/etc/" + f.Name}
					if space != snapshot.Host {
						words = append([]string{"ip", "netns", "exec", space}, words...)
					}
					text, _ := exec.Command(words[0], words[1:]...).Output()
					if d := cmp.Diff(string(text), f.File.Text); d != "" {
						t.Errorf("%s in %s: - what cat shows, + the snapshot\n%s", f.Name, space, d)
					}
					there, _ := os.ReadFile(f.File.Path)
					if f.File.Path == "" && len(text) > 0 || string(there) != string(text) {
						t.Errorf("%s in %s is not %q", f.Name, space, f.File.Path)
					}
				}
			}
		})
	}
}

func TestASnapshotIsNotHeldUpByFiles(t *testing.T) {
	k := New()
	t.Cleanup(func() { clean(t, k) })
	privateEtc(t)
	do(t, k, "ip netns add a")
	line := strings.Repeat("x", 99) + "\n"
	large := "yes " + strings.TrimSpace(line) + " | head -c "
	for name, row := range map[string]struct {
		script, want string
		flaw         nss.Flaw
	}{
		"a pipe":                       {"mkfifo /etc/netns/a/hosts", "", nss.Pipe},
		"a symlink to a pipe":          {"mkfifo /etc/pipe; ln -s /etc/pipe /etc/netns/a/hosts", "", nss.Pipe},
		"a device":                     {"ln -s /dev/zero /etc/netns/a/hosts", "", nss.Device},
		"a terminal":                   {"ln -s /dev/ptmx /etc/netns/a/hosts", "", nss.Device},
		"the device that says nothing": {"ln -s /dev/null /etc/netns/a/hosts", "", ""},
		"what changes with its reader": {"ln -s /proc/self/cmdline /etc/netns/a/hosts", "", nss.Kernel},
		"a large file":                 {large + "3000000 > /etc/netns/a/hosts", strings.Repeat(line, nss.MaxFile/len(line)), nss.Large},
		"a file that just fits":        {large + "65500 > /etc/netns/a/hosts", strings.Repeat(line, 655), ""},
		"a file without an end":        {"head -c 3000000 /dev/zero > /etc/netns/a/hosts", "", nss.Large},
	} {
		t.Run(name, func(t *testing.T) {
			sh(t, "rm -rf /etc/netns/a /etc/pipe; mkdir /etc/netns/a; "+row.script)
			done := make(chan nss.File, 1)
			go func() { done <- namesOf(t, k, "a").Hosts }()
			select {
			case got := <-done:
				if d := cmp.Diff(nss.File{Path: "/etc/netns/a/hosts", Text: row.want, Flaw: row.flaw}, got); d != "" {
					t.Error(d)
				}
			case <-time.After(10 * time.Second):
				t.Fatal("the snapshot hangs")
			}
		})
	}
}

// TestALookupReadsMoreThanASnapshot: netlab's own dig and getent read the files
// as other programs do.
func TestALookupReadsMoreThanASnapshot(t *testing.T) {
	k := New()
	t.Cleanup(func() { clean(t, k) })
	privateEtc(t)
	do(t, k, "ip netns add a")
	sh(t, "mkdir /etc/netns/a; { echo '#'; seq 1 100000; echo last; } > /etc/netns/a/hosts; { printf '#%0100000d\n'; echo nameserver 10.0.0.1; } > /etc/netns/a/resolv.conf")
	f := NameFiles("a")
	if !strings.HasSuffix(f.Hosts.Text, "\nlast\n") || !strings.HasSuffix(f.Resolv.Text, "0\nnameserver 10.0.0.1\n") || f.Hosts.Flaw+f.Resolv.Flaw != "" {
		t.Errorf("%d bytes, %q; %d bytes, %q", len(f.Hosts.Text), f.Hosts.Flaw, len(f.Resolv.Text), f.Resolv.Flaw)
	}
}

// TestCommandsWriteTheFilesAnew: run in a new lab, they leave the same files.
func TestCommandsWriteTheFilesAnew(t *testing.T) {
	k := New()
	t.Cleanup(func() { clean(t, k) })
	privateEtc(t)
	do(t, k, "ip netns add a", "ip netns add b")
	was := func() snapshot.Lab {
		sh(t, `mkdir /etc/netns/a /etc/netns/b
			printf 'nameserver 10.0.0.1\n\n#it'"'"'s %%s $HOME \\ \t "x"\r\n' > /etc/netns/a/resolv.conf
			seq 1 100 > /etc/netns/a/hosts; printf last >> /etc/netns/a/hosts
			: > /etc/netns/b/hosts; printf alone > /etc/netns/b/nsswitch.conf
			printf 'hosts: dns\n' > /etc/nsswitch.conf`)
		return snap(t, k)
	}()
	fresh, err := k.FreshSysctls()
	if err != nil {
		t.Fatal(err)
	}
	var commands []string // what other tests have left in host is none of our business
	for _, l := range was.Commands(fresh) {
		if strings.Contains(l, "/etc/") || strings.HasPrefix(l, "ip netns add") {
			commands = append(commands, l)
		}
	}
	clean(t, k)
	privateEtc(t)
	sh(t, strings.Join(commands, "\n"))
	now := snap(t, k)
	if d := cmp.Diff(was.Lines(), now.Lines()); d != "" || strings.Count(strings.Join(was.Lines(), "\n"), "/etc/") < 100 {
		t.Errorf("(- was, + is): %s", d)
	}
	for i := range was.Spaces {
		if d := cmp.Diff(was.Spaces[i].Names.Each()[2], now.Spaces[i].Names.Each()[2]); d != "" {
			t.Error(d)
		}
	}
}
