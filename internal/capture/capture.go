//go:build linux

// Package capture listens at all interfaces of many namespaces at once: with
// one packet socket in each, made inside and read from outside, and without
// any program of the machine (packet(7)).
//
// What a socket sees is what the kernel hands to an interface or takes from
// it. A frame that passes a bridge is seen where it comes in and where it goes
// out; one that a rule of the firewall drops is seen where it came in.
package capture

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"math"
	"slices"
	"sync"

	"golang.org/x/sys/unix"

	"netlab/internal/filter"
	"netlab/internal/measure"
	"netlab/internal/netns"
)

// snap is how much of a frame is kept: all of it on any ordinary link.
const snap = 2048

// room is the receive buffer that is asked for; the kernel gives what
// net.core.rmem_max of the machine allows.
const room = 4 << 20

// most is how many frames are kept: a lab with as many for one probe is busy
// with something else.
const most = 20000

// Taps are sockets that hold what comes by until it is taken. They belong to
// one goroutine.
type Taps struct {
	taps []tap
	snap int
}

// tap is the socket of one namespace.
type tap struct {
	space string
	fd    int
}

// Open begins to listen at all interfaces of the namespaces, to frames of the
// given protocols (numbers of linux/if_ether.h; none: all). The caller closes
// the taps. A namespace that is gone meanwhile is left out.
func Open(spaces []string, protocols ...uint16) (*Taps, error) {
	return open(spaces, snap, only(protocols))
}

// MaxFrame is the longest frame: lo and virtual cables carry packets of 64 KiB,
// which the kernel cuts only for a real cable.
const MaxFrame = 1<<16 + 64

// OpenFor is Open for the frames that a program keeps, and as much of each as it
// keeps.
func OpenFor(spaces []string, program filter.Program) (*Taps, error) {
	return open(spaces, MaxFrame, program)
}

func open(spaces []string, snap int, program filter.Program) (*Taps, error) {
	t := &Taps{snap: snap}
	err := netns.Each(hostFirst(spaces), func(name string) error {
		fd, err := listen(program)
		if err != nil {
			return fmt.Errorf("cannot watch the interfaces in %q: %w", name, err)
		}
		t.taps = append(t.taps, tap{name, fd})
		return nil
	})
	if err != nil {
		t.Close()
		return nil, err
	}
	awaitStamps()
	return t, nil
}

// hostFirst: the thread that walks cannot come back to the lab's own namespace.
func hostFirst(spaces []string) []string {
	out := slices.Clone(spaces)
	slices.SortStableFunc(out, func(a, b string) int { return rank(a) - rank(b) })
	return out
}

func rank(name string) int {
	if name == netns.Host {
		return 0
	}
	return 1
}

func listen(program filter.Program) (int, error) {
	fd, err := unix.Socket(unix.AF_PACKET, unix.SOCK_RAW|unix.SOCK_CLOEXEC|unix.SOCK_NONBLOCK, 0)
	if err != nil {
		return -1, err
	}
	err = errors.Join(
		unix.SetsockoptInt(fd, unix.SOL_SOCKET, unix.SO_TIMESTAMPNS, 1),
		unix.SetsockoptInt(fd, unix.SOL_SOCKET, unix.SO_RCVBUF, room),
		attach(fd, program),
		unix.Bind(fd, &unix.SockaddrLinklayer{Protocol: everything()}))
	if err != nil {
		_ = unix.Close(fd)
		return -1, err
	}
	return fd, nil
}

// only is the program that keeps the frames of some protocols (BPF;
// SKF_AD_PROTOCOL of linux/filter.h is the protocol of a frame, whatever header
// it has).
func only(protocols []uint16) filter.Program {
	if len(protocols) == 0 {
		return nil
	}
	const ancillary = 0xfffff000 // SKF_AD_OFF, and SKF_AD_PROTOCOL is 0
	code := filter.Program{{Op: unix.BPF_LD | unix.BPF_H | unix.BPF_ABS, K: ancillary}}
	for i, p := range protocols {
		code = append(code, filter.Program{{Op: unix.BPF_JMP | unix.BPF_JEQ | unix.BPF_K, Jt: uint8(len(protocols) - i), K: uint32(p)}}...)
	}
	return append(code, filter.Program{{Op: unix.BPF_RET | unix.BPF_K, K: 0}, {Op: unix.BPF_RET | unix.BPF_K, K: math.MaxUint16}}...)
}

// everything is ETH_P_ALL in the order of bytes that the kernel wants.
func everything() uint16 {
	return binary.BigEndian.Uint16(binary.NativeEndian.AppendUint16(nil, unix.ETH_P_ALL))
}

// closers is how many sockets are closed at once: for each the kernel waits
// until all its processors have let go of it, some 10 ms, and that for many
// together takes no longer.
const closers = 64

// Close ends the listening.
func (t *Taps) Close() {
	slots := make(chan struct{}, closers)
	var running sync.WaitGroup
	for _, tap := range t.taps {
		slots <- struct{}{}
		running.Go(func() {
			_ = unix.Close(tap.fd)
			<-slots
		})
	}
	running.Wait()
	t.taps = nil
}

// Take gives what has come since the taps were opened, or since the last Take,
// in the order of time. Links tells the name of an interface by its number;
// what came by one that it does not know is left out, and so is what keep does
// not want.
func (t *Taps) Take(ctx context.Context, links func(space string, index int) (name string, ok bool), keep func(frame []byte, ether bool) bool) (measure.Capture, error) {
	c := collector{links: links, keep: keep, numbers: map[place]int{}, buf: make([]byte, t.snap)}
	for _, tap := range t.taps {
		if err := errors.Join(ctx.Err(), c.drain(tap)); err != nil {
			return c.out, err
		}
	}
	slices.SortStableFunc(c.out.Packets, func(a, b measure.Packet) int { return a.Time.Compare(b.Time) })
	return c.out, nil
}
