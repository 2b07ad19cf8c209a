package term

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// openPTY gives the two sides of a terminal of our own.
func openPTY(t *testing.T) (master, slave *os.File) {
	t.Helper()
	master, err := os.OpenFile("/dev/ptmx", os.O_RDWR|unix.O_NOCTTY, 0)
	if err != nil {
		t.Skipf("needs a pseudo terminal: %v", err)
	}
	t.Cleanup(func() { master.Close() })
	fd := int(master.Fd())
	n, err := unix.IoctlGetInt(fd, unix.TIOCGPTN)
	if err != nil {
		t.Fatal(err)
	}
	if err := unix.IoctlSetPointerInt(fd, unix.TIOCSPTLCK, 0); err != nil {
		t.Fatal(err)
	}
	slave, err = os.OpenFile(fmt.Sprintf("/dev/pts/%d", n), os.O_RDWR|unix.O_NOCTTY, 0)
	if err != nil {
		t.Skipf("needs a pseudo terminal: %v", err)
	}
	t.Cleanup(func() { slave.Close() })
	return master, slave
}

// onPTY is what System would make of a terminal.
func onPTY(t *testing.T) (*Term, *os.File) {
	t.Helper()
	master, slave := openPTY(t)
	tm := &Term{In: slave, InTTY: true, OutTTY: true, in: slave, out: slave}
	tm.settings = tm.keyMode
	return tm, master
}

func local(t *testing.T, f *os.File) uint32 {
	t.Helper()
	mode, err := unix.IoctlGetTermios(int(f.Fd()), unix.TCGETS)
	if err != nil {
		t.Fatal(err)
	}
	return mode.Lflag
}

// eventually asks again until it is so or a deadline has passed.
func eventually(t *testing.T, what string, so func() bool) {
	t.Helper()
	for end := time.Now().Add(5 * time.Second); !so(); {
		if time.Now().After(end) {
			t.Fatalf("not in 5 s: %s", what)
		}
	}
}

func TestReadKeyOnATerminal(t *testing.T) {
	tm, master := onPTY(t)
	before := local(t, tm.in)
	for _, tt := range []struct {
		typed string
		want  Key
	}{{"s", "s"}, {"\x03", CtrlC}, {"\x1b[A", Up}, {"\x1b", Escape}, {"\x04", CtrlD}, {"\r", Enter}} {
		t.Run(fmt.Sprintf("%q", tt.typed), func(t *testing.T) {
			go func() {
				for local(t, tm.in)&unix.ICANON != 0 {
				}
				_, _ = master.WriteString(tt.typed)
			}()
			if k, err := tm.ReadKey(t.Context()); k != tt.want || err != nil {
				t.Errorf("ReadKey = %q, %v, want %q", k, err, tt.want)
			}
			if local(t, tm.in) != before {
				t.Error("the terminal is not as it was")
			}
		})
	}
}

func TestReadKeyLeavesWhatIsTypedAhead(t *testing.T) {
	tm, master := onPTY(t)
	if _, err := master.WriteString("ls\n"); err != nil {
		t.Fatal(err)
	}
	for _, want := range []Key{"l", "s", Enter} {
		if k, err := tm.ReadKey(t.Context()); k != want || err != nil {
			t.Fatalf("ReadKey = %q, %v, want %q", k, err, want)
		}
	}
}

func TestReadKeyGivenUpStealsNothing(t *testing.T) {
	tm, master := onPTY(t)
	before := local(t, tm.in)
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() {
		_, err := tm.ReadKey(ctx)
		ended <- err
	}()
	eventually(t, "the terminal gives single keys", func() bool { return local(t, tm.in)&unix.ICANON == 0 })
	cancel()
	if err := <-ended; !errors.Is(err, context.Canceled) {
		t.Fatalf("ReadKey = %v, want the context's error", err)
	}
	if local(t, tm.in) != before {
		t.Error("the terminal is not as it was")
	}
	if _, err := master.WriteString("exit\n"); err != nil {
		t.Fatal(err)
	}
	var line [16]byte
	n, err := tm.in.Read(line[:])
	if got := string(line[:n]); got != "exit\n" || err != nil {
		t.Errorf("the next reader got %q, %v, want the whole line", got, err)
	}
}

func TestReadTakesWhatThereIs(t *testing.T) {
	tm, master := onPTY(t)
	restore, err := tm.Raw()
	if err != nil {
		t.Fatal(err)
	}
	defer restore()
	if _, err := master.WriteString("ls\x1b[A"); err != nil {
		t.Fatal(err)
	}
	got := ""
	for len(got) < 5 {
		var b [3]byte
		n, err := tm.Read(t.Context(), b[:])
		if err != nil || n == 0 {
			t.Fatalf("Read = %d, %v after %q", n, err, got)
		}
		got += string(b[:n])
	}
	if got != "ls\x1b[A" {
		t.Errorf("read %q", got)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if n, err := tm.Read(ctx, make([]byte, 3)); n != 0 || !errors.Is(err, context.Canceled) {
		t.Errorf("Read = %d, %v, want the context's error", n, err)
	}
	master.Close()
	if n, err := tm.Read(t.Context(), make([]byte, 3)); n != 0 || !errors.Is(err, io.EOF) {
		t.Errorf("Read of a closed window = %d, %v, want the end", n, err)
	}
}

func TestReadWithoutATerminal(t *testing.T) {
	tm, _ := Test(strings.NewReader("ab"), 80)
	var b [8]byte
	for _, want := range []string{"a", "b"} {
		if n, err := tm.Read(t.Context(), b[:]); string(b[:n]) != want || err != nil {
			t.Fatalf("Read = %q, %v, want %q", b[:n], err, want)
		}
	}
	if n, err := tm.Read(t.Context(), b[:]); n != 0 || !errors.Is(err, io.EOF) {
		t.Errorf("Read = %d, %v, want the end", n, err)
	}
}

func TestReadKeyWhenTheWindowCloses(t *testing.T) {
	tm, master := onPTY(t)
	tm.settings = nil
	master.Close()
	if k, err := tm.ReadKey(t.Context()); k != EOF || err != nil {
		t.Errorf("ReadKey = %q, %v, want %q", k, err, EOF)
	}
}

func TestRaw(t *testing.T) {
	tm, _ := onPTY(t)
	before := local(t, tm.in)
	restore, err := tm.Raw()
	if err != nil {
		t.Fatal(err)
	}
	if local(t, tm.in)&(unix.ICANON|unix.ECHO|unix.ISIG) != 0 {
		t.Error("the terminal still edits, echoes or makes signals")
	}
	restore()
	restore()
	if local(t, tm.in) != before {
		t.Error("the terminal is not as it was")
	}
}

func TestRawNeedsATerminal(t *testing.T) {
	tm, _ := Test(strings.NewReader(""), 80)
	restore, err := tm.Raw()
	if !errors.Is(err, ErrNoTerminal) {
		t.Errorf("Raw = %v, want ErrNoTerminal", err)
	}
	restore()
}

func TestWidthOfATerminal(t *testing.T) {
	tests := []struct {
		name       string
		cols, rows uint16
		columns    int
		want       int
		known      bool
	}{
		{"what the terminal says", 100, 30, 0, 100, true},
		{"a tiny one is taken as 40", 17, 30, 0, MinWidth, true},
		{"one that does not say", 0, 0, 0, DefaultWidth, false},
		{"COLUMNS outranks it", 100, 30, 64, 64, true},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			tm, master := onPTY(t)
			tm.columns = tt.columns
			if err := unix.IoctlSetWinsize(int(master.Fd()), unix.TIOCSWINSZ, &unix.Winsize{Row: tt.rows, Col: tt.cols}); err != nil {
				t.Fatal(err)
			}
			if got := tm.Width(); got != tt.want {
				t.Errorf("Width = %d, want %d", got, tt.want)
			}
			if _, _, ok := tm.Size(); ok != tt.known {
				t.Errorf("Size is known: %v, want %v", ok, tt.known)
			}
		})
	}
}

func TestResizes(t *testing.T) {
	tm, _ := Test(strings.NewReader(""), 80)
	changes := tm.Resizes(t.Context())
	if err := syscall.Kill(os.Getpid(), syscall.SIGWINCH); err != nil {
		t.Fatal(err)
	}
	select {
	case <-changes:
	case <-time.After(5 * time.Second):
		t.Error("no notice of the change within 5 s")
	}
}

func TestInteractive(t *testing.T) {
	tm, _ := Test(strings.NewReader(""), 80)
	if tm.Interactive() {
		t.Error("buffers are interactive")
	}
	tm.InTTY, tm.OutTTY = true, true
	if !tm.Interactive() {
		t.Error("two terminals are not interactive")
	}
}
