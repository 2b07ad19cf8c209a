package netlabtest

import (
	"io/fs"
	"maps"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/sys/unix"

	"netlab/internal/nss"
)

// oddMachine says to the tests inside which machine they are on.
const oddMachine = "NETLAB_ODD_MACHINE"

// stub is a file of systemd-resolved.
const stub = "/run/systemd/resolve/stub-resolv.conf"

// TestALabHasItsOwnFilesOnAnyMachine: a sandbox with another /etc stands for
// the machine. The lab in it has plain files of its own, and what it does to
// them, or has of others, the machine does not notice.
func TestALabHasItsOwnFilesOnAnyMachine(t *testing.T) {
	_, err := exec.LookPath("getent")
	Require(t, err == nil, "getent")
	const strange = "hosts: resolve [!UNAVAIL=return] mymachines mdns4_minimal [NOTFOUND=return] sss files dns\n"
	usual := map[string]string{"hosts": "1.2.3.4 localhost of-the-machine\n", "nsswitch.conf": strange, "host.conf": "multi off\n", "gai.conf": "precedence ::/0 1\n", "netns/a/hosts": "1.2.3.4 localhost\n"}
	for name, etc := range map[string]map[string]string{
		"resolv.conf is a symlink into /run":    {"resolv.conf": "@" + stub},
		"the symlink is relative":               {"resolv.conf": "@.." + stub},
		"the symlink leads nowhere":             {"resolv.conf": "@/run/nowhere/resolv.conf"},
		"the symlink leads to itself":           {"resolv.conf": "@resolv.conf"},
		"there is no resolv.conf":               {},
		"resolv.conf is a directory":            {"resolv.conf/x": ""},
		"all are symlinks":                      {"resolv.conf": "@" + stub, "hosts": "@/run/hosts", "nsswitch.conf": "@/run/nsswitch.conf", "hostname": "@/run/hostname"},
		"nothing but a resolv.conf":             {"hosts": "-", "nsswitch.conf": "-", "host.conf": "-", "gai.conf": "-", "netns/a/hosts": "-", "resolv.conf": "nameserver 127.0.0.53\n"},
		"the folder of namespaces is a link":    {"netns/a/hosts": "-", "netns": "@/run/netns-files"},
		"the folder of namespaces is no folder": {"netns/a/hosts": "-", "netns": "x"},
	} {
		for _, fallback := range []bool{false, true} {
			kind := map[bool]string{false: "overlay", true: "copy"}[fallback]
			t.Run(name+", "+kind, func(t *testing.T) {
				files := maps.Clone(usual)
				maps.Copy(files, etc)
				asMachine(t, files, fallback)
				asked := fakeDaemon(t)
				before := contents(t, "/etc", "/run/systemd", "/run/netns-files")
				if err := Again("^TestInsideAnOddMachine$", []string{oddMachine + "=" + kind}, os.Stdout); err != nil {
					t.Error(err)
				}
				if d := cmp.Diff(before, contents(t, "/etc", "/run/systemd", "/run/netns-files")); d != "" {
					t.Errorf("the machine has changed: %s", d)
				}
				if n := asked.Load(); n > 0 {
					t.Errorf("the machine's nscd was asked %d times", n)
				}
			})
		}
	}
}

// TestTheFakeDaemonWouldBeAsked by a program of the machine itself: without
// that the test above would prove nothing.
func TestTheFakeDaemonWouldBeAsked(t *testing.T) {
	_, err := exec.LookPath("getent")
	Require(t, err == nil, "getent")
	asked := fakeDaemon(t)
	_ = exec.Command("getent", "ahosts", "localhost").Run()
	Require(t, asked.Load() > 0, "a C library that asks nscd")
}

// TestInsideAnOddMachine runs in the lab of the test above.
func TestInsideAnOddMachine(t *testing.T) {
	kind := os.Getenv(oddMachine)
	if kind == "" {
		return
	}
	var st unix.Statfs_t
	if err := unix.Statfs("/etc", &st); err != nil || (st.Type == unix.OVERLAYFS_SUPER_MAGIC) != (kind == "overlay") {
		t.Errorf("/etc is of the type %#x, want %s: %v", st.Type, kind, err)
	}
	want := map[string]string{"host.conf": "multi on\n", "gai.conf": "", "hostname": "netlab\n"}
	for _, f := range nss.Fresh().Each() {
		want[f.Name] = f.File.Text
	}
	for name, text := range want {
		info, err := os.Lstat("/etc/" + name)
		if err != nil || !info.Mode().IsRegular() {
			t.Errorf("%s: %v, %v", name, info, err)
			continue
		}
		if got, err := os.ReadFile("/etc/" + name); err != nil || string(got) != text {
			t.Errorf("%s says %q, %v", name, got, err)
		}
	}
	if entries, err := os.ReadDir("/etc/netns"); err != nil || len(entries) > 0 {
		t.Errorf("/etc/netns has %v, %v", entries, err)
	}
	if out, err := exec.Command("getent", "ahosts", "localhost").Output(); err != nil || !strings.HasPrefix(string(out), "::1 ") && !strings.HasPrefix(string(out), "127.0.0.1 ") {
		t.Errorf("localhost is %q, %v", out, err)
	}
	script := "echo 10.9.9.9 mine > /etc/hosts; echo nameserver 127.0.0.1 >> /etc/resolv.conf; echo hosts: files > /etc/nsswitch.conf; mkdir /etc/netns/a; echo 10.9.9.8 own > /etc/netns/a/hosts; getent ahosts mine; rm /etc/resolv.conf /etc/gai.conf"
	if out, err := exec.Command("sh", "-ec", script).CombinedOutput(); err != nil || !strings.HasPrefix(string(out), "10.9.9.9 ") {
		t.Errorf("mine is %q, %v", out, err)
	}
}

// asMachine puts an /etc with these files over the sandbox's, and a /run with
// what they lead to. "@to" is a symlink, "-" no file. Where there is to be no
// overlay in the lab, this /etc is one on another one: the kernel has no third.
func asMachine(t *testing.T, files map[string]string, stacked bool) {
	t.Helper()
	mount(t, "tmpfs", "/run", "tmpfs", "size=4m")
	write(t, "/run", map[string]string{strings.TrimPrefix(stub, "/run/"): "nameserver 127.0.0.53\n", "hosts": "1.2.3.4 localhost\n", "nsswitch.conf": "hosts: resolve\n", "hostname": "machine\n", "netns-files/a/hosts": "1.2.3.4 localhost\n"})
	passwd, err := os.ReadFile("/etc/passwd")
	if err != nil {
		t.Fatal(err)
	}
	mount(t, "tmpfs", "/etc", "tmpfs", "size=4m")
	write(t, "/etc", files)
	write(t, "/etc", map[string]string{"passwd": string(passwd)})
	if !stacked {
		return
	}
	for _, dir := range []string{"first", "second"} {
		base := filepath.Join("/run", dir)
		write(t, base, map[string]string{"upper/": "", "work/": ""})
		mount(t, "overlay", "/etc", "overlay", "userxattr,lowerdir=/etc,upperdir="+base+"/upper,workdir="+base+"/work")
	}
}

func mount(t *testing.T, source, at, kind, opts string) {
	t.Helper()
	if err := unix.Mount(source, at, kind, 0, opts); err != nil {
		t.Fatalf("mount %s: %v", at, err)
	}
	t.Cleanup(func() {
		if err := unix.Unmount(at, unix.MNT_DETACH); err != nil {
			t.Errorf("umount %s: %v", at, err)
		}
	})
}

func write(t *testing.T, dir string, files map[string]string) {
	t.Helper()
	for _, name := range slices.Sorted(maps.Keys(files)) {
		path, text := filepath.Join(dir, name), files[name]
		if text == "-" {
			continue
		}
		err := os.MkdirAll(filepath.Dir(path), 0o755)
		switch to, link := strings.CutPrefix(text, "@"); {
		case err != nil:
		case strings.HasSuffix(name, "/"):
			err = os.MkdirAll(path, 0o755)
		case link:
			err = os.Symlink(to, path)
		default:
			err = os.WriteFile(path, []byte(text), 0o644)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
}

// fakeDaemon listens where a C library looks for nscd, and counts who comes.
func fakeDaemon(t *testing.T) *atomic.Int64 {
	t.Helper()
	var asked atomic.Int64
	write(t, "/run", map[string]string{"nscd/": ""})
	if err := os.MkdirAll("/var/run/nscd", 0o755); err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{"/run/nscd/socket", "/var/run/nscd/socket"} {
		l, err := net.Listen("unix", path)
		if err != nil {
			if _, there := os.Stat(path); there == nil {
				continue // both are one
			}
			t.Fatal(err)
		}
		t.Cleanup(func() { l.Close() })
		go func() {
			for {
				conn, err := l.Accept()
				if err != nil {
					return
				}
				asked.Add(1)
				conn.Close()
			}
		}()
	}
	return &asked
}

// contents are all files below some folders: what they say, or lead to.
func contents(t *testing.T, dirs ...string) map[string]string {
	t.Helper()
	all := map[string]string{}
	for _, dir := range dirs {
		err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
			switch {
			case err != nil:
				return err
			case d.IsDir():
				all[path] = "a folder"
			case d.Type()&fs.ModeSymlink != 0:
				all[path], err = os.Readlink(path)
			default:
				var b []byte
				b, err = os.ReadFile(path)
				all[path] = string(b)
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	return all
}
