package netns_test

import (
	"errors"
	"io"
	"net"
	"os"
	"os/exec"
	"runtime"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/sys/unix"

	"netlab/internal/netns"
)

func here() (uint64, error) {
	var st unix.Stat_t
	err := unix.Stat("/proc/thread-self/ns/net", &st)
	return st.Ino, err
}

func TestDoRunsInside(t *testing.T) {
	made(t, "in")
	var got uint64
	err := netns.Do("in", func() (err error) { got, err = here(); return err })
	if err != nil || got != inode(t, netns.Path("in")) {
		t.Errorf("ran in %d (%v)", got, err)
	}
	for _, name := range []string{"", netns.Host} {
		err := netns.Do(name, func() (err error) { got, err = here(); return err })
		if err != nil || got != inode(t, "/proc/self/ns/net") {
			t.Errorf("%q ran in %d (%v)", name, got, err)
		}
	}
	want := errors.New("of f")
	if err := netns.Do("in", func() error { return want }); !errors.Is(err, want) {
		t.Errorf("the error of f is lost: %v", err)
	}
}

func TestTheMainThreadStaysAtHome(t *testing.T) {
	made(t, "away")
	home := inode(t, "/proc/self/ns/net")
	var wg sync.WaitGroup
	for range 200 {
		wg.Go(func() { _ = netns.Do("away", func() error { runtime.Gosched(); return nil }) })
	}
	wg.Wait()
	// /proc/self is the main thread.
	if inode(t, "/proc/self/ns/net") != home {
		t.Error("the main thread is in another namespace")
	}
}

func TestAGoroutineThatEndsEarlyDoesNotHang(t *testing.T) {
	if netns.Do("", func() error { runtime.Goexit(); return nil }) == nil {
		t.Error("no error")
	}
}

func TestEachWalksInOrderAndLeavesOutWhatIsGone(t *testing.T) {
	made(t, "e1")
	made(t, "e2")
	var names []string
	var inodes []uint64
	err := netns.Each([]string{netns.Host, "e1", "gone", "e2"}, func(name string) error {
		ino, err := here()
		names, inodes = append(names, name), append(inodes, ino)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff([]string{netns.Host, "e1", "e2"}, names); d != "" {
		t.Error(d)
	}
	want := []uint64{inode(t, "/proc/self/ns/net"), inode(t, netns.Path("e1")), inode(t, netns.Path("e2"))}
	if d := cmp.Diff(want, inodes); d != "" {
		t.Error(d)
	}
}

func TestEachLeavesOutADeadFile(t *testing.T) {
	made(t, "alive")
	dead := netns.Path("dead")
	if err := os.WriteFile(dead, nil, 0); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = netns.Delete("dead") })
	var names []string
	err := netns.Each([]string{"dead", "alive"}, func(name string) error {
		names = append(names, name)
		return nil
	})
	if d := cmp.Diff([]string{"alive"}, names); err != nil || d != "" {
		t.Errorf("%v %s", err, d)
	}
}

func TestHostIsNoNamespaceToBeMade(t *testing.T) {
	if netns.Create(netns.Host) == nil {
		t.Error("a namespace was made that could not be told from host")
	}
	if _, err := netns.OpenNamed(netns.Host); !errors.Is(err, unix.ENOENT) {
		t.Errorf("OpenNamed: %v", err)
	}
	f, err := netns.Open(netns.Host)
	if err != nil {
		t.Fatal(err)
	}
	f.Close()
}

func TestASocketKeepsItsNamespace(t *testing.T) {
	made(t, "sock")
	if out, err := ip(t, "-n", "sock", "link", "set", "lo", "up"); err != nil {
		t.Fatal(out)
	}
	ln, err := netns.Socket("sock", func() (net.Listener, error) { return net.Listen("tcp4", "127.0.0.1:0") })
	if err != nil {
		t.Fatal(err)
	}
	defer ln.Close()
	go func() {
		if c, err := ln.Accept(); err == nil {
			_, _ = io.WriteString(c, "from inside")
			c.Close()
		}
	}()
	dial := func() (net.Conn, error) { return net.Dial("tcp4", ln.Addr().String()) }
	if c, err := dial(); err == nil {
		c.Close()
		t.Error("the socket is reached from outside")
	}
	c, err := netns.Socket("sock", dial)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	got, _ := io.ReadAll(c)
	if string(got) != "from inside" {
		t.Errorf("read %q", got)
	}
}

func TestAChildWithADeathSignalLives(t *testing.T) {
	made(t, "kid")
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command("sh", "-c", "read line; readlink /proc/self/ns/net; echo $line")
	cmd.Stdin = r
	cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	var out strings.Builder
	cmd.Stdout = &out
	if err := netns.Start("kid", cmd); err != nil {
		t.Fatal(err)
	}
	r.Close()
	runtime.GC() // threads that could end do so now
	_ = w.SetWriteDeadline(time.Now().Add(5 * time.Second))
	_, _ = io.WriteString(w, "alive\n")
	w.Close()
	if err := cmd.Wait(); err != nil {
		t.Fatalf("%v, after %q", err, out.String())
	}
	if lines := strings.Fields(out.String()); len(lines) != 2 || lines[1] != "alive" || lines[0] == readlink(t) {
		t.Errorf("the child said %q", out.String())
	}
}

func readlink(t *testing.T) string {
	t.Helper()
	s, err := os.Readlink("/proc/self/ns/net")
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestStartTellsWhatIsMissing(t *testing.T) {
	if err := netns.Run("nowhere", exec.Command("true")); !errors.Is(err, unix.ENOENT) {
		t.Errorf("a missing namespace: %v", err)
	}
	if err := netns.Run("", exec.Command("/no/such/program")); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("a missing program: %v", err)
	}
	if err := netns.Run("", exec.Command("true")); err != nil {
		t.Error(err)
	}
}
