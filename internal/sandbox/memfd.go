package sandbox

import (
	"errors"
	"fmt"
	"os"
	"sync"
	"sync/atomic"

	"golang.org/x/sys/unix"
)

// image is the copy of this program that engines execute.
type image struct {
	file  *os.File // nobody closes it
	early atomic.Bool
	whole chan struct{}
	err   error // when whole is closed: why it is not
}

// program makes the image, once in a process.
var program = sync.OnceValues(newImage)

// Prepare begins, in the background, what Start has to wait for once in a
// process.
func Prepare() { go func() { _, _ = program() }() }

// newImage begins to copy this program into a sealed file in memory that
// everybody may execute. A lab's root is another user than the one who built
// netlab, so a private build directory would refuse it; and it must not be able
// to write to the file that the host runs (memfd_create(2), fcntl(2) F_ADD_SEALS).
func newImage() (*image, error) {
	fd, err := unix.MemfdCreate("netlab", unix.MFD_CLOEXEC|unix.MFD_ALLOW_SEALING|unix.MFD_EXEC)
	if errors.Is(err, unix.EINVAL) { // MFD_EXEC is known since Linux 6.3
		fd, err = unix.MemfdCreate("netlab", unix.MFD_CLOEXEC|unix.MFD_ALLOW_SEALING)
	}
	if err != nil {
		return nil, refuse("memfd_create", err)
	}
	mem := os.NewFile(uintptr(fd), "netlab")
	// While a descriptor that can write is open, the kernel refuses to execute the
	// file (ETXTBSY): labs get one that can only read.
	file, err := os.Open(fmt.Sprintf("/proc/self/fd/%d", fd))
	if err != nil {
		mem.Close()
		return nil, err
	}
	img := &image{file: file, whole: make(chan struct{})}
	go func() {
		defer close(img.whole)
		defer mem.Close()
		if err := fill(mem); err != nil {
			img.err = fmt.Errorf("cannot copy netlab's program into memory: %w", err)
		}
	}()
	return img, nil
}

// wait returns when the image is whole.
func (img *image) wait() error {
	<-img.whole
	return img.err
}

// admit lets one process be forked before the image is whole, and all others
// only then: one that has not executed its own program yet holds the
// descriptor that writes, and so would keep an engine from being executed.
func (img *image) admit() error {
	if img.early.CompareAndSwap(false, true) {
		return nil
	}
	return img.wait()
}

// fill copies this program, for everybody, and seals the copy.
func fill(mem *os.File) error {
	self, err := os.Open("/proc/self/exe")
	if err != nil {
		return err
	}
	defer self.Close()
	if err := Copy(mem, self); err != nil {
		return err
	}
	if err := mem.Chmod(0o755); err != nil {
		return err
	}
	seals := unix.F_SEAL_SEAL | unix.F_SEAL_SHRINK | unix.F_SEAL_GROW | unix.F_SEAL_WRITE
	if _, err := unix.FcntlInt(mem.Fd(), unix.F_ADD_SEALS, seals); err != nil {
		return fmt.Errorf("seal it: %w", err)
	}
	return nil
}

// Copy copies a file within the kernel (sendfile(2)), which takes half the
// time of reading and writing it.
func Copy(to, from *os.File) error {
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
