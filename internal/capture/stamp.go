//go:build linux

package capture

import (
	"time"

	"golang.org/x/sys/unix"
)

// The kernel begins to note the times of packets some moments after somebody
// has asked for it (net_enable_timestamp in net/core/dev.c), and gives a packet
// that came before the time at which it is read: two frames could change places.
const (
	stampTries = 100
	stampPause = 100 * time.Microsecond
)

// awaitStamps waits until the kernel notes the times of packets. It tries with
// datagrams to itself; where it cannot, it waits a moment.
func awaitStamps() {
	fd, to, err := echoSocket()
	if err != nil {
		<-time.After(stampTries * stampPause)
		return
	}
	defer unix.Close(fd)
	var oob [64]byte
	for range stampTries {
		if unix.Sendto(fd, []byte{0}, 0, to) != nil {
			return
		}
		<-time.After(stampPause)
		read := time.Now()
		_, n, _, _, err := unix.Recvmsg(fd, make([]byte, 1), oob[:], unix.MSG_DONTWAIT)
		if err == nil && stamp(oob[:n]).Before(read) {
			return
		}
	}
}

// echoSocket is one that sends to itself, in the namespace of the caller.
func echoSocket() (int, unix.Sockaddr, error) {
	fd, err := unix.Socket(unix.AF_INET, unix.SOCK_DGRAM|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		return -1, nil, err
	}
	err = unix.SetsockoptInt(fd, unix.SOL_SOCKET, unix.SO_TIMESTAMPNS, 1)
	if err == nil {
		err = unix.Bind(fd, &unix.SockaddrInet4{Addr: [4]byte{127, 0, 0, 1}})
	}
	to, err2 := unix.Getsockname(fd)
	if err != nil || err2 != nil {
		_ = unix.Close(fd)
		return -1, nil, unix.EADDRNOTAVAIL
	}
	return fd, to, nil
}
