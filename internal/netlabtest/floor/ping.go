package floor

import (
	"encoding/binary"
	"errors"
	"fmt"
	"path/filepath"
	"runtime"
	"sync"

	"golang.org/x/sys/unix"
)

// RFC 792, and icmp(7) for the filter.
const (
	icmpFilter  = 1 // ICMP_FILTER in linux/icmp.h: the types that are not heard
	echoReply   = 0
	echoRequest = 8
	pingSize    = 64 // 8 bytes of header and 56 of data, as ping sends
	sequence    = 6  // where the number of the request is
)

// Check lets all hosts of a network that is up ping each other once, two at a
// time: each sends all its requests, and then reads the answers. A lost ping is
// an error, after two seconds.
func Check(dir string, p *Plan) error {
	errs := make([]error, 2)
	var running sync.WaitGroup
	for w := range errs {
		running.Go(func() {
			runtime.LockOSThread() // for good: the thread ends with it
			for i := w; i < len(p.Among) && errs[w] == nil; i += len(errs) {
				errs[w] = pingAll(filepath.Join(dir, p.Nodes[p.Among[i].Node].Name), p.Among, i)
			}
		})
	}
	running.Wait()
	return errors.Join(errs...)
}

func pingAll(space string, hosts []Host, from int) error {
	socket, err := pinging(space)
	if err != nil {
		return err
	}
	defer unix.Close(socket)
	for i, h := range hosts {
		if i == from {
			continue
		}
		if err := unix.Sendto(socket, request(i), 0, &unix.SockaddrInet4{Addr: h.Addr.As4()}); err != nil {
			return err
		}
	}
	answered := map[uint16]bool{}
	buf := make([]byte, 2048)
	for len(answered) < len(hosts)-1 {
		n, err := unix.Read(socket, buf)
		switch {
		case errors.Is(err, unix.EINTR):
			continue
		case err != nil:
			return fmt.Errorf("%s: %d of %d answered: %w", space, len(answered), len(hosts)-1, err)
		}
		if head := int(buf[0]&15) * 4; n >= head+pingSize { // behind the IP header
			answered[binary.BigEndian.Uint16(buf[head+sequence:])] = true
		}
	}
	return nil
}

// pinging takes the thread into a namespace and returns a socket there that
// hears only answers.
func pinging(space string) (socket int, err error) {
	fd, err := unix.Open(space, unix.O_RDONLY|unix.O_CLOEXEC, 0)
	if err != nil {
		return 0, err
	}
	defer unix.Close(fd)
	if err := unix.Setns(fd, unix.CLONE_NEWNET); err != nil {
		return 0, err
	}
	if socket, err = unix.Socket(unix.AF_INET, unix.SOCK_RAW|unix.SOCK_CLOEXEC, unix.IPPROTO_ICMP); err != nil {
		return 0, err
	}
	return socket, errors.Join(
		unix.SetsockoptInt(socket, unix.SOL_RAW, icmpFilter, ^(1<<echoReply)),
		unix.SetsockoptTimeval(socket, unix.SOL_SOCKET, unix.SO_RCVTIMEO, &unix.Timeval{Sec: 2}),
		unix.SetsockoptInt(socket, unix.SOL_SOCKET, unix.SO_RCVBUF, 4<<20))
}

func request(seq int) []byte {
	b := make([]byte, pingSize)
	b[0] = echoRequest
	binary.BigEndian.PutUint16(b[sequence:], uint16(seq))
	sum := uint32(echoRequest)<<8 + uint32(seq)
	binary.BigEndian.PutUint16(b[2:], ^uint16(sum>>16+sum))
	return b
}
