package sandbox

import (
	"errors"
	"fmt"
	"os"
	"sync"

	"golang.org/x/sys/unix"
)

// program is programCopy, once. Nobody closes it.
var program = sync.OnceValues(programCopy)

// Prepare begins, in the background, what Start has to wait for once in a
// process.
func Prepare() { go func() { _, _ = program() }() }

// programCopy returns this program as a sealed file in memory that everybody
// may execute. A lab's root is another user than the one who built netlab, so
// a private build directory would refuse it; and it must not be able to write
// to the file that the host runs (memfd_create(2), fcntl(2) F_ADD_SEALS).
//
// There is one copy for all labs of a process, made before the first: while
// one lab were forked, the copy for another would be open for writing in the
// child, and could not be executed (ETXTBSY).
func programCopy() (*os.File, error) {
	self, err := os.Open("/proc/self/exe")
	if err != nil {
		return nil, fmt.Errorf("cannot read netlab's own program: %w", err)
	}
	defer self.Close()
	fd, err := unix.MemfdCreate("netlab", unix.MFD_CLOEXEC|unix.MFD_ALLOW_SEALING|unix.MFD_EXEC)
	if errors.Is(err, unix.EINVAL) { // MFD_EXEC is known since Linux 6.3
		fd, err = unix.MemfdCreate("netlab", unix.MFD_CLOEXEC|unix.MFD_ALLOW_SEALING)
	}
	if err != nil {
		return nil, refuse("memfd_create", err)
	}
	mem := os.NewFile(uintptr(fd), "netlab")
	if err := send(mem, self); err != nil {
		mem.Close()
		return nil, fmt.Errorf("cannot copy netlab's program into memory: %w", err)
	}
	if err := mem.Chmod(0o755); err != nil {
		mem.Close()
		return nil, err
	}
	seals := unix.F_SEAL_SEAL | unix.F_SEAL_SHRINK | unix.F_SEAL_GROW | unix.F_SEAL_WRITE
	if _, err := unix.FcntlInt(mem.Fd(), unix.F_ADD_SEALS, seals); err != nil {
		mem.Close()
		return nil, fmt.Errorf("cannot seal netlab's program in memory: %w", err)
	}
	return reopenForExec(mem)
}

// send copies a file within the kernel (sendfile(2)), which takes half the
// time of reading and writing it.
func send(to, from *os.File) error {
	for {
		n, err := unix.Sendfile(int(to.Fd()), int(from.Fd()), nil, maxSend)
		switch {
		case errors.Is(err, unix.EINTR):
		case err != nil:
			return err
		case n == 0:
			return nil
		}
	}
}

// maxSend is the most that sendfile(2) copies at once.
const maxSend = 0x7ffff000

// reopenForExec replaces the writable descriptor, with which the kernel would
// refuse to execute the file (ETXTBSY), by one that can only read. Its number
// is none of those that init starts with: they are put in place before the
// program is executed by its number.
func reopenForExec(mem *os.File) (*os.File, error) {
	defer mem.Close()
	low, err := os.Open(fmt.Sprintf("/proc/self/fd/%d", mem.Fd()))
	if err != nil {
		return nil, err
	}
	defer low.Close()
	fd, err := unix.FcntlInt(low.Fd(), unix.F_DUPFD_CLOEXEC, fdStatus+1)
	if err != nil {
		return nil, fmt.Errorf("cannot keep netlab's program in memory: %w", err)
	}
	return os.NewFile(uintptr(fd), "netlab"), nil
}
