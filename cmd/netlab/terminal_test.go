package main_test

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"regexp"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// terminal is the far side of a pseudo terminal: what a person sees and types.
type terminal struct {
	master *os.File
	slave  string // its name
	shown  chan struct{}

	mu   sync.Mutex
	text strings.Builder
}

// onTerminal starts a program that has a new terminal as its only one.
func onTerminal(cmd *exec.Cmd, cols, rows int) (*terminal, error) {
	master, slave, err := newPTY()
	if err != nil {
		return nil, err
	}
	defer slave.Close()
	t := &terminal{master: master, slave: slave.Name(), shown: make(chan struct{})}
	if err := t.resize(cols, rows); err != nil {
		return nil, err
	}
	cmd.Stdin, cmd.Stdout, cmd.Stderr = slave, slave, slave
	if cmd.SysProcAttr == nil {
		cmd.SysProcAttr = &syscall.SysProcAttr{}
	}
	cmd.SysProcAttr.Setsid, cmd.SysProcAttr.Setctty = true, true
	if err := cmd.Start(); err != nil {
		return nil, err
	}
	go t.watch()
	return t, nil
}

func newPTY() (master, slave *os.File, err error) {
	master, err = os.OpenFile("/dev/ptmx", os.O_RDWR|unix.O_NOCTTY, 0)
	if err != nil {
		return nil, nil, err
	}
	var n int
	err = control(master, func(fd int) error {
		if n, err = unix.IoctlGetInt(fd, unix.TIOCGPTN); err != nil {
			return err
		}
		return unix.IoctlSetPointerInt(fd, unix.TIOCSPTLCK, 0)
	})
	if err != nil {
		return nil, nil, err
	}
	slave, err = os.OpenFile(fmt.Sprintf("/dev/pts/%d", n), os.O_RDWR|unix.O_NOCTTY, 0)
	return master, slave, err
}

// watch reads until nobody has the terminal open any more.
func (t *terminal) watch() {
	defer close(t.shown)
	buf := make([]byte, 4096)
	for {
		n, err := t.master.Read(buf)
		t.mu.Lock()
		t.text.Write(buf[:n])
		t.mu.Unlock()
		if err != nil {
			return
		}
	}
}

// end waits until all is shown, and returns it.
func (t *terminal) end() string {
	select {
	case <-t.shown:
	case <-time.After(5 * time.Second): // something still holds the terminal
	}
	t.master.Close()
	return t.seen()
}

func (t *terminal) seen() string {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.text.String()
}

func (t *terminal) resize(cols, rows int) error {
	return control(t.master, func(fd int) error {
		return unix.IoctlSetWinsize(fd, unix.TIOCSWINSZ, &unix.Winsize{Col: uint16(cols), Row: uint16(rows)})
	})
}

// control calls f with a file's descriptor. With os.File.Fd the file would
// become a blocking one, which cannot be closed while somebody reads it.
func control(file *os.File, f func(fd int) error) error {
	conn, err := file.SyscallConn()
	if err != nil {
		return err
	}
	ctlErr := conn.Control(func(fd uintptr) { err = f(int(fd)) })
	return errors.Join(ctlErr, err)
}

// session is a person in front of a terminal.
type session struct {
	*terminal
	t    *testing.T
	read int // bytes of the colourless text that expect has passed
}

// expect waits until a text is shown, after what was expected before.
func (s *session) expect(text string) {
	s.t.Helper()
	tick := time.NewTicker(2 * time.Millisecond)
	defer tick.Stop()
	for deadline := time.Now().Add(90 * time.Second); time.Now().Before(deadline); <-tick.C {
		if i := strings.Index(colourless(s.seen())[s.read:], text); i >= 0 {
			s.read += i + len(text)
			return
		}
	}
	s.t.Fatalf("%q is not shown in:\n%s", text, unpainted(colourless(s.seen())[s.read:]))
}

func (s *session) press(keys string) {
	s.t.Helper()
	if _, err := s.master.WriteString(keys); err != nil {
		s.t.Fatal(err)
	}
}

func colourless(s string) string {
	return regexp.MustCompile(`\x1b\[[0-9;]*m`).ReplaceAllString(s, "")
}

// unpainted is a text without colour and without erased lines.
func unpainted(s string) string {
	return regexp.MustCompile(`\x1b\[[0-9;]*[A-Za-z]`).ReplaceAllString(s, "")
}
