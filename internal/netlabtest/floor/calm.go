package floor

import (
	"bufio"
	"fmt"
	"io"
	"runtime"
	"time"

	"golang.org/x/sys/unix"
)

// Calm answers each line that it reads with a line, as soon as the kernel has
// removed all network namespaces that were dropped before. The kernel does so
// later and in order, holding a lock that building needs.
//
// Calm must be root of a user namespace of its own: it limits that one to one
// network namespace, drops its own, and waits until it may have another.
func Calm(in io.Reader, out io.Writer) error {
	if err := write("/proc/sys/user/max_net_namespaces", "1"); err != nil {
		return err
	}
	drop := hold()
	for lines := bufio.NewScanner(in); lines.Scan(); {
		close(drop)
		drop = hold()
		if _, err := fmt.Fprintln(out, "calm"); err != nil {
			return err
		}
	}
	return nil
}

// hold takes the one namespace that is allowed, on a thread that ends when
// drop is closed.
func hold() (drop chan struct{}) {
	drop = make(chan struct{})
	have := make(chan struct{})
	go func() {
		runtime.LockOSThread()
		for unix.Unshare(unix.CLONE_NEWNET) != nil {
			<-time.After(2 * time.Millisecond)
		}
		close(have)
		<-drop
	}()
	<-have
	return drop
}
