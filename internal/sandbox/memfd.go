package sandbox

import (
	"fmt"
	"io"
	"os"

	"golang.org/x/sys/unix"
)

// programCopy returns this program as a sealed file in memory that everybody
// may execute. A lab's root is another user than the one who built netlab, so
// a private build directory would refuse it; and it must not be able to write
// to the file that the host runs (memfd_create(2), fcntl(2) F_ADD_SEALS).
func programCopy() (*os.File, error) {
	self, err := os.Open("/proc/self/exe")
	if err != nil {
		return nil, fmt.Errorf("cannot read netlab's own program: %w", err)
	}
	defer self.Close()
	fd, err := unix.MemfdCreate("netlab", unix.MFD_CLOEXEC|unix.MFD_ALLOW_SEALING|unix.MFD_EXEC)
	if err == unix.EINVAL { // MFD_EXEC is known since Linux 6.3
		fd, err = unix.MemfdCreate("netlab", unix.MFD_CLOEXEC|unix.MFD_ALLOW_SEALING)
	}
	if err != nil {
		return nil, refuse("memfd_create", err)
	}
	mem := os.NewFile(uintptr(fd), "netlab")
	if _, err := io.Copy(mem, self); err != nil {
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

// reopenForExec replaces the writable descriptor, with which the kernel would
// refuse to execute the file (ETXTBSY), by one that can only read.
func reopenForExec(mem *os.File) (*os.File, error) {
	defer mem.Close()
	return os.Open(fmt.Sprintf("/proc/self/fd/%d", mem.Fd()))
}
