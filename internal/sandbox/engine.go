package sandbox

import (
	"fmt"
	"os"
	"syscall"

	"golang.org/x/sys/unix"
)

// EnterEngine finishes stage B from inside the engine: the capabilities that
// nobody in a lab may have are given up, and /sys shows the lab's own network.
// It is called once, first, on the main thread.
func EnterEngine() (Ends, error) {
	if err := dropCapabilities(os.Getenv(envReduced) == ""); err != nil {
		return Ends{}, err
	}
	if err := mountKernelFS("sysfs", "/sys", "sysfs", ""); err != nil {
		return Ends{}, fmt.Errorf("mount sysfs: %w", err)
	}
	var ends Ends
	var err error
	if ends.Control, err = inherited(fdControl, "control"); err != nil {
		return ends, err
	}
	if os.Getenv(envStays) != "" {
		_ = os.Unsetenv(envStays)
		ends.Listener, err = inherited(fdEngineListen, "socket")
	}
	return ends, err
}

// Ends are what connects the engine to the outside.
type Ends struct {
	Control  *os.File // the control socket
	Listener *os.File // the socket by which a lab that stays is found; else nil
}

func inherited(fd int, name string) (*os.File, error) {
	syscall.CloseOnExec(fd)
	err := unix.SetNonblock(fd, true)
	return os.NewFile(uintptr(fd), name), err
}

// envStays tells the engine that it has a Listener.
const envStays = "NETLAB_STAYS"

// envReduced tells the engine that there is no user namespace around it.
const envReduced = "NETLAB_REDUCED"

// keptWithoutUserNamespace are the capabilities of a lab whose root is the
// machine's: networks and their namespaces, nothing else (capabilities(7)).
// CAP_SYS_ADMIN is needed by "ip netns add", which mounts.
func keptWithoutUserNamespace() map[uintptr]bool {
	return map[uintptr]bool{
		unix.CAP_NET_ADMIN: true, unix.CAP_NET_RAW: true, unix.CAP_NET_BIND_SERVICE: true, unix.CAP_SYS_ADMIN: true,
	}
}

// dropCapabilities takes CAP_SYS_PTRACE out of the bounding set, and where the
// lab's root is the machine's root, all but a few. A bounding set belongs to a
// thread; where the C library owns the threads, not all of them can be
// reached, so the program executes itself once more: then all start with it.
func dropCapabilities(userNamespace bool) error {
	if has, err := unix.PrctlRetInt(unix.PR_CAPBSET_READ, unix.CAP_SYS_PTRACE, 0, 0, 0); err != nil || has == 0 {
		return err
	}
	reached := true
	kept := keptWithoutUserNamespace()
	for c := uintptr(0); c <= unix.CAP_LAST_CAP; c++ {
		if userNamespace && c != unix.CAP_SYS_PTRACE || kept[c] {
			continue
		}
		_, _, errno := syscall.AllThreadsSyscall(unix.SYS_PRCTL, unix.PR_CAPBSET_DROP, c, 0)
		if errno == unix.ENOTSUP {
			reached = false
			_, _, errno = syscall.Syscall(unix.SYS_PRCTL, unix.PR_CAPBSET_DROP, c, 0)
		}
		if errno != 0 && errno != unix.EINVAL { // EINVAL: the kernel does not know it
			return fmt.Errorf("drop capability %d: %w", c, errno)
		}
	}
	if reached {
		return nil
	}
	return syscall.Exec("/proc/self/exe", os.Args, os.Environ())
}
