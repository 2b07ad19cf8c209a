package netns_test

import (
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/sys/unix"

	"netlab/internal/netns"
)

func TestANameMayNotLeaveTheDirectory(t *testing.T) {
	for _, name := range []string{"", ".", "..", "../run", "a/b", "-n", ".hidden", "a b", "é", "a\n", strings.Repeat("x", 64)} {
		if netns.Valid(name) {
			t.Errorf("Valid(%q)", name)
		}
		if netns.Create(name) == nil {
			t.Errorf("Create(%q) worked", name)
		}
		if netns.Delete(name) == nil {
			t.Errorf("Delete(%q) worked", name)
		}
		if netns.Exists(name) {
			t.Errorf("Exists(%q)", name)
		}
	}
	for _, name := range []string{"a", "ns1", "Node-1.lan_x", strings.Repeat("x", 63)} {
		if !netns.Valid(name) {
			t.Errorf("not Valid(%q)", name)
		}
	}
}

func TestDeleteTouchesNothingOutside(t *testing.T) {
	dir := "/run/victim"
	if err := os.Mkdir(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	if netns.Delete("../victim") == nil {
		t.Error("deleted a name with a slash")
	}
	if _, err := os.Stat(dir); err != nil {
		t.Error(err)
	}
}

func TestCreateListDelete(t *testing.T) {
	made(t, "zz")
	made(t, "aa")
	names, err := netns.List()
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff([]string{"aa", "zz"}, names); d != "" {
		t.Error(d)
	}
	host := inode(t, "/proc/self/ns/net")
	if inode(t, netns.Path("aa")) == host || inode(t, netns.Path("aa")) == inode(t, netns.Path("zz")) {
		t.Error("the namespaces are not different ones")
	}
	if err := netns.Delete("aa"); err != nil {
		t.Fatal(err)
	}
	if netns.Exists("aa") || !netns.Exists("zz") {
		t.Error("the wrong one was deleted")
	}
}

func TestListWithoutTheDirectoryIsEmpty(t *testing.T) {
	_ = unix.Unmount(netns.Dir, unix.MNT_DETACH)
	if err := os.RemoveAll(netns.Dir); err != nil {
		t.Fatal(err)
	}
	names, err := netns.List()
	if err != nil || len(names) != 0 {
		t.Errorf("List() = %v, %v", names, err)
	}
}

func TestErrorsAreInTheWordsOfIP(t *testing.T) {
	made(t, "twice")
	tests := map[string]struct {
		do   func() error
		args []string
	}{
		"a name that is taken":     {func() error { return netns.Create("twice") }, []string{"netns", "add", "twice"}},
		"a name that is not there": {func() error { return netns.Delete("gone") }, []string{"netns", "del", "gone"}},
		"a slash in the name":      {func() error { return netns.Create("a/b") }, []string{"netns", "add", "a/b"}},
		"entering what is not":     {func() error { return netns.Do("gone", func() error { return nil }) }, []string{"-n", "gone", "link"}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			want, err := ip(t, tt.args...)
			if err == nil {
				t.Fatal("the real ip had no objection")
			}
			if err = tt.do(); err == nil {
				t.Fatal("no error")
			}
			if d := cmp.Diff(strings.TrimSpace(want), err.Error()); d != "" {
				t.Error(d)
			}
		})
	}
}

func TestAFailedCreateLeavesTheThreadsWhereTheyWere(t *testing.T) {
	made(t, "here")
	host := inode(t, "/proc/self/ns/net")
	var wg sync.WaitGroup
	for range 100 {
		wg.Go(func() {
			_ = netns.Create("here")
			var st unix.Stat_t
			if err := unix.Stat("/proc/thread-self/ns/net", &st); err != nil || st.Ino != host {
				t.Errorf("a goroutine runs in another namespace (%v)", err)
			}
		})
	}
	wg.Wait()
}

func TestCreatingManyAtOnceMountsTheDirectoryOnce(t *testing.T) {
	var wg sync.WaitGroup
	for _, n := range []string{"m1", "m2", "m3", "m4", "m5", "m6", "m7", "m8"} {
		wg.Go(func() {
			if err := netns.Create(n); err != nil {
				t.Error(err)
			}
		})
		t.Cleanup(func() { _ = netns.Delete(n) })
	}
	wg.Wait()
	mounts, err := os.ReadFile("/proc/self/mountinfo")
	if err != nil {
		t.Fatal(err)
	}
	if n := strings.Count(string(mounts), " "+netns.Dir+" "); n != 1 {
		t.Errorf("%s is mounted %d times:\n%s", netns.Dir, n, mounts)
	}
}

func TestNamespacesGoBothWaysBetweenUsAndIP(t *testing.T) {
	made(t, "ours")
	if out, err := ip(t, "netns", "add", "theirs"); err != nil {
		t.Fatal(out)
	}
	if out, err := ip(t, "-n", "ours", "link", "show", "lo"); err != nil {
		t.Error(out)
	}
	out, _ := ip(t, "netns", "list")
	if !strings.Contains(out, "ours") || !strings.Contains(out, "theirs") {
		t.Errorf("ip netns list: %s", out)
	}
	if err := netns.Do("theirs", func() error { return nil }); err != nil {
		t.Error(err)
	}
	if err := netns.Delete("theirs"); err != nil {
		t.Error(err)
	}
	if out, err := ip(t, "netns", "del", "ours"); err != nil {
		t.Error(out)
	}
	left, _ := filepath.Glob(netns.Dir + "/*")
	if len(left) != 0 {
		t.Errorf("left over: %v", left)
	}
}
