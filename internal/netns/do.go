package netns

import (
	"errors"
	"os"
	"runtime"

	"github.com/vishvananda/netns"
	"golang.org/x/sys/unix"
)

// Open opens the namespace called name. The caller closes the file; while it
// is open, the namespace lives on even if its name is deleted.
func Open(name string) (*os.File, error) {
	if isHost(name) {
		return openFile("/proc/self/ns/net", Host)
	}
	return OpenNamed(name)
}

// OpenNamed is Open for a name under Dir only: ip has no namespace called
// host.
func OpenNamed(name string) (*os.File, error) {
	if !Valid(name) || name == Host {
		return nil, failed(unix.ENOENT, "Cannot open network namespace \"%s\"", name)
	}
	return openFile(Path(name), name)
}

func openFile(path, name string) (*os.File, error) {
	f, err := os.OpenFile(path, os.O_RDONLY|unix.O_CLOEXEC, 0)
	if err != nil {
		return nil, failed(err, "Cannot open network namespace \"%s\"", name)
	}
	return f, nil
}

// Do runs f inside the namespace called name, on a thread of its own which
// ends afterwards. Goroutines that f starts do not inherit the namespace:
// sockets must be made in f itself.
func Do(name string, f func() error) error {
	if isHost(name) {
		return onThread(f)
	}
	return onThread(func() error {
		if err := enter(name); err != nil {
			return err
		}
		return f()
	})
}

// Each runs f once inside each of the named namespaces, in order, all on one
// thread. A namespace that is gone meanwhile is left out; the first error of f
// ends the walk. Host, if named, must come first: the thread cannot go back.
func Each(names []string, f func(name string) error) error {
	return onThread(func() error {
		for _, name := range names {
			if !isHost(name) {
				err := enter(name)
				if errors.Is(err, unix.ENOENT) || errors.Is(err, unix.EINVAL) {
					continue
				}
				if err != nil {
					return err
				}
			}
			if err := f(name); err != nil {
				return err
			}
		}
		return nil
	})
}

// Socket makes something that belongs to the namespace called name, such as a
// socket: what f makes stays there, and may be used from any thread.
func Socket[T any](name string, f func() (T, error)) (T, error) {
	var made T
	err := Do(name, func() (err error) {
		made, err = f()
		return err
	})
	return made, err
}

func isHost(name string) bool { return name == "" || name == Host }

// enter moves the calling thread, which must be locked and must not be
// unlocked again, into the namespace called name.
func enter(name string) error {
	f, err := Open(name)
	if err != nil {
		return err
	}
	defer f.Close()
	if err := netns.Set(netns.NsHandle(f.Fd())); err != nil {
		return failed(err, "setting the network namespace \"%s\" failed", name)
	}
	return nil
}

// onThread runs f on a thread that ends with it. It is never the main thread:
// that one cannot end, and would stay in the namespace f moved it to.
func onThread(f func() error) error {
	done := make(chan error, 1)
	go func() {
		runtime.LockOSThread()
		if unix.Gettid() == unix.Getpid() {
			done <- onThread(f)
			runtime.UnlockOSThread()
			return
		}
		err := errors.New("the goroutine ended early")
		defer func() { done <- err }()
		err = f()
	}()
	return <-done
}
