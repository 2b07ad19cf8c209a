package sandbox

import (
	"fmt"
	"os"
	"syscall"

	"golang.org/x/sys/unix"
)

// EnterEngine finishes stage B from inside the engine: the capabilities that
// nobody in a lab may have are given up, and /sys shows the lab's own network.
// It returns the control socket. It is called once, first, on the main thread.
func EnterEngine() (*os.File, error) {
	if err := dropCapabilities(os.Getenv(envReduced) == ""); err != nil {
		return nil, err
	}
	syscall.CloseOnExec(fdControl)
	if err := mountKernelFS("sysfs", "/sys", "sysfs", ""); err != nil {
		return nil, fmt.Errorf("mount sysfs: %w", err)
	}
	if err := unix.SetNonblock(fdControl, true); err != nil {
		return nil, err
	}
	return os.NewFile(fdControl, "control"), nil
}

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
