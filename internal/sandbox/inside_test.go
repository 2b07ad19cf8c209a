package sandbox

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// engineCall runs a part of a test as the lab's root, where it is not the
// work of a script.
func engineCall(name string, control *os.File) error {
	switch name {
	case "echo":
		_, err := io.Copy(control, control)
		return err
	case "crash":
		return errors.New("the last words")
	case "killed":
		return syscall.Kill(os.Getpid(), syscall.SIGKILL)
	case "pty":
		return tryPty()
	case "copyEtc":
		return tryCopyEtc()
	case "own program":
		return tryOwnProgram()
	}
	return errors.New("nobody knows it")
}

func TestInsideALab(t *testing.T) {
	for _, call := range []string{"pty", "copyEtc", "own program"} {
		t.Run(call, func(t *testing.T) {
			lab := opened(t, Options{Env: []string{envCall + "=" + call}})
			if code := lab.Wait(); code != 0 {
				t.Errorf("exit %d: %s", code, lab.Crash())
			}
		})
	}
}

func tryPty() error {
	master, slave, err := OpenPty()
	if err != nil {
		return err
	}
	defer slave.Close()
	if !strings.HasPrefix(slave.Name(), "/dev/pts/") {
		return fmt.Errorf("the terminal is %s", slave.Name())
	}
	for _, want := range [][2]int{{24, 80}, {1, 1}, {50, 300}} {
		if err := ResizePty(master, want[0], want[1]); err != nil {
			return err
		}
		size, err := unix.IoctlGetWinsize(int(slave.Fd()), unix.TIOCGWINSZ)
		if err != nil || int(size.Row) != want[0] || int(size.Col) != want[1] {
			return fmt.Errorf("%v is %+v %v", want, size, err)
		}
	}
	if err := master.SetReadDeadline(time.Now().Add(10 * time.Millisecond)); err != nil {
		return err
	}
	buf := make([]byte, 100)
	if _, err := master.Read(buf); !errors.Is(err, os.ErrDeadlineExceeded) {
		return fmt.Errorf("a read that has a deadline: %w", err)
	}
	if err := master.SetReadDeadline(time.Now().Add(10 * time.Second)); err != nil {
		return err
	}
	cmd := exec.Command("/bin/sh", "-c", "stty size; tty")
	cmd.Stdin, cmd.Stdout, cmd.Stderr = slave, slave, slave
	cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true, Setctty: true}
	if err := cmd.Run(); err != nil {
		return err
	}
	want := "50 300\r\n" + slave.Name() + "\r\n"
	n, err := io.ReadFull(master, buf[:len(want)]) // two programs wrote: it may come in two parts
	if err != nil || string(buf[:n]) != want {
		return fmt.Errorf("the program wrote %q, not %q (%v)", buf[:n], want, err)
	}
	master.Close()
	if err := ResizePty(master, 1, 1); err == nil {
		return errors.New("a closed terminal has a size")
	}
	other, second, err := OpenPty() // a number may be used again
	if err != nil {
		return err
	}
	return errors.Join(other.Close(), second.Close())
}

// tryCopyEtc does what is done where the kernel has no overlay.
func tryCopyEtc() error {
	upper, etc := "/tmp/upper", "/tmp/etc"
	if err := errors.Join(os.Mkdir(upper, 0o755), os.Mkdir(etc, 0o755), copyDirs("/etc", upper)); err != nil {
		return err
	}
	if err := copyEtc(upper, etc, syscall.EIO); !errors.Is(err, syscall.EIO) {
		return fmt.Errorf("a real error of the overlay is lost: %w", err)
	}
	if entries, err := os.ReadDir(etc); err != nil || len(entries) > 0 {
		return fmt.Errorf("then something is there: %v %w", entries, err)
	}
	hideFiles("/etc", upper, "unbound")
	for _, overlay := range []error{syscall.ENODEV, syscall.EPERM, syscall.EINVAL} {
		if err := copyEtc(upper, etc, overlay); err != nil {
			return fmt.Errorf("%w: %w", overlay, err)
		}
	}
	want, err := os.ReadFile("/etc/passwd")
	if err != nil {
		return err
	}
	if got, err := os.ReadFile(etc + "/passwd"); err != nil || !bytes.Equal(got, want) {
		return fmt.Errorf("passwd is %q: %w", got, err)
	}
	if entries, err := os.ReadDir(etc + "/unbound"); err != nil || len(entries) > 0 {
		return fmt.Errorf("the host's settings of a server: %v %w", entries, err)
	}
	if st, err := os.Stat(etc + "/netns"); err != nil || !st.IsDir() {
		return fmt.Errorf("no place for a namespace's files: %w", err)
	}
	if b, err := os.ReadFile(etc + "/hostname"); err != nil || string(b) != "netlab\n" {
		return fmt.Errorf("hostname is %q: %w", b, err)
	}
	return os.WriteFile(etc+"/hosts", []byte("10.0.0.1 x\n"), 0o644)
}

// tryOwnProgram tries to write to the file that the host runs, too.
func tryOwnProgram() error {
	for _, flag := range []int{os.O_WRONLY, os.O_RDWR, os.O_WRONLY | os.O_TRUNC, os.O_WRONLY | os.O_APPEND} {
		f, err := os.OpenFile("/proc/self/exe", flag, 0)
		if err != nil {
			continue
		}
		_, err = f.WriteAt([]byte("x"), 0)
		if flag&os.O_APPEND != 0 {
			_, err = f.Write([]byte("x"))
		}
		f.Close()
		if err == nil {
			return errors.New("it was written to")
		}
	}
	for _, err := range []error{os.Truncate("/proc/self/exe", 0), os.Truncate("/proc/self/exe", 1<<30)} {
		if err == nil {
			return errors.New("its length was changed")
		}
	}
	return nil
}

func TestDirectoriesAreRepeated(t *testing.T) {
	from, to := t.TempDir(), t.TempDir()
	build(t, from, map[string]string{"a/b/c/": "", "a/file": "x", "hidden/inner/": "", "empty/": "", "link": "@a"})
	if err := os.Chmod(filepath.Join(from, "hidden"), 0); err != nil {
		t.Fatal(err)
	}
	defer os.Chmod(filepath.Join(from, "hidden"), 0o755)
	if err := copyDirs(from, to); err != nil {
		t.Fatal(err)
	}
	want := "a/ a/b/ a/b/c/ empty/"
	if os.Geteuid() == 0 {
		want += " hidden/ hidden/inner/" // nothing is hidden from root
	}
	if got := listing(t, to); got != want {
		t.Errorf("%s; want %s", got, want)
	}
	if err := copyDirs(filepath.Join(from, "nope"), to); err != nil {
		t.Errorf("a folder that is not there: %v", err)
	}
}

func TestFilesAreCopiedWhereTheyAreSmall(t *testing.T) {
	from, to := t.TempDir(), t.TempDir()
	build(t, from, map[string]string{"d/small": "text", "d/to": "@small", "lost": "@/nope", "large": strings.Repeat("x", 256<<10+1), "full": strings.Repeat("x", 256<<10), "old": "new",
		"unbound/unbound.conf": "of a server", "d/unbound/x": "of nobody"})
	build(t, to, map[string]string{"d/unbound/": "", "old": "old"})
	if err := unix.Mkfifo(filepath.Join(from, "pipe"), 0o644); err != nil {
		t.Fatal(err)
	}
	if err := copyFiles(from, to); err != nil {
		t.Fatal(err)
	}
	if got, want := listing(t, to), "d/ d/small d/to@small d/unbound/ d/unbound/x full lost@/nope old"; got != want {
		t.Errorf("%s; want %s", got, want)
	}
	for name, want := range map[string]string{"d/small": "text", "old": "new"} {
		if b, err := os.ReadFile(filepath.Join(to, name)); err != nil || string(b) != want {
			t.Errorf("%s holds %q, %v", name, b, err)
		}
	}
}

func TestOnlyWhatIsHiddenOrGoneIsSkipped(t *testing.T) {
	for err, skipped := range map[error]bool{
		syscall.EACCES: true, syscall.EPERM: true, syscall.ENOENT: true, syscall.EIO: false, syscall.ENOSPC: false, syscall.ELOOP: false,
	} {
		got := skipUnreadable(&os.PathError{Op: "open", Path: "x", Err: err})
		if errors.Is(got, filepath.SkipDir) != skipped || !skipped && !errors.Is(got, err) {
			t.Errorf("%v becomes %v", err, got)
		}
	}
}

func TestTheNameServiceIsTheLabsOwn(t *testing.T) {
	dir := t.TempDir()
	build(t, dir, map[string]string{"hosts": "1.2.3.4 of-the-host\n"})
	if err := writeEdited(dir); err != nil {
		t.Fatal(err)
	}
	if got, want := listing(t, dir), "coredns/ gai.conf host.conf hostname hosts netns/ nsswitch.conf resolv.conf unbound/"; got != want {
		t.Errorf("%s; want %s", got, want)
	}
	for name, want := range map[string]string{"hosts": "127.0.1.1\tnetlab", "nsswitch.conf": "hosts: files dns\n", "resolv.conf": ""} {
		b, err := os.ReadFile(filepath.Join(dir, name))
		if err != nil || !strings.Contains(string(b), want) || strings.Contains(string(b), "of-the-host") {
			t.Errorf("%s: %q %v", name, b, err)
		}
	}
	if err := writeEdited(filepath.Join(dir, "nope")); err == nil {
		t.Error("a folder that is not there can be written to")
	}
}

// build makes files: "dir/" is a directory, "@to" a symlink.
func build(t *testing.T, dir string, files map[string]string) {
	t.Helper()
	for name, text := range files {
		path := filepath.Join(dir, name)
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

// listing names what is in a directory, in the language of build.
func listing(t *testing.T, dir string) string {
	t.Helper()
	var out []string
	err := filepath.WalkDir(dir, func(path string, d os.DirEntry, err error) error {
		if err != nil || path == dir {
			return err
		}
		name := strings.TrimPrefix(path, dir+"/")
		if d.IsDir() {
			name += "/"
		} else if to, err := os.Readlink(path); err == nil {
			name += "@" + to
		}
		out = append(out, name)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return strings.Join(out, " ")
}
