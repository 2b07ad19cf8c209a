//go:build linux

package capture

import (
	"encoding/binary"
	"errors"
	"os"
	"sync"
	"sync/atomic"
	"time"
	"unsafe"

	"golang.org/x/sys/unix"

	"netlab/internal/filter"
	"netlab/internal/measure"
)

// A ring is a packet socket that writes into memory which it shares with us
// (PACKET_RX_RING, TPACKET_V3: the kernel's packet_mmap.rst). The receive buffer
// of an ordinary socket holds no more than net.core.rmem_max of the machine
// allows, which nobody in a user namespace can raise: a burst is too much for it.
//
// The ring is our own and not gopacket's afpacket: that one does not tell
// whether a frame came or went (sll_pkttype), and holds an operating system's
// thread in poll(2) for each socket. Ours waits in Go's netpoller.
type ring struct {
	file  *os.File // the socket
	mem   []byte
	shape shape

	mu     sync.Mutex
	next   int // block
	frames []frame
	held   int // bytes of the frames
	lost   int
}

// frame is one that was taken out of a ring.
type frame struct {
	at    time.Time
	index int // of the interface
	kind  uint16
	who   measure.For
	size  int // on the wire
	data  []byte
}

// shape is how the memory of a ring is divided. The kernel hands over a block
// when it is full or some time old; the larger the blocks, the longer frames
// fit (a segment that the network card of a real machine would cut up has up to
// 64 KiB), the more of them, the longer we may take.
type shape struct{ block, blocks int }

const (
	budget   = 64 << 20 // of memory for all rings of a stream
	minRing  = 128 << 10
	maxRing  = 16 << 20
	minBlock = 16 << 10
	maxBlock = 128 << 10
)

// retire is how old a block becomes until it is handed over.
const retire = 20 * time.Millisecond

// shapeFor divides the budget among n rings.
func shapeFor(n int) shape {
	size := min(max(budget/max(n, 1), minRing), maxRing)
	block := minBlock
	for block < maxBlock && block*32 <= size {
		block *= 2
	}
	return shape{block: block, blocks: size / block}
}

// frameSize has no meaning in the third version but that it must fit.
const frameSize = 2048

// newRing makes a ring of a packet socket that receives nothing yet. The
// socket is the ring's, which is closed if it fails. It takes the kernel some
// 10 ms.
func newRing(fd int, s shape, program filter.Program, index int) (*ring, error) {
	req := unix.TpacketReq3{
		Block_size: uint32(s.block), Block_nr: uint32(s.blocks), Frame_size: frameSize, Frame_nr: uint32(s.block / frameSize * s.blocks),
		Retire_blk_tov: uint32(retire.Milliseconds()),
	}
	err := errors.Join(
		attach(fd, program),
		unix.SetsockoptInt(fd, unix.SOL_PACKET, unix.PACKET_VERSION, unix.TPACKET_V3),
		unix.SetsockoptTpacketReq3(fd, unix.SOL_PACKET, unix.PACKET_RX_RING, &req))
	var mem []byte
	if err == nil {
		mem, err = unix.Mmap(fd, 0, s.block*s.blocks, unix.PROT_READ|unix.PROT_WRITE, unix.MAP_SHARED)
	}
	if err == nil {
		err = unix.Bind(fd, &unix.SockaddrLinklayer{Protocol: everything(), Ifindex: index})
	}
	if err != nil {
		_ = unix.Close(fd)
		return nil, errors.Join(err, unmap(mem))
	}
	r := &ring{file: os.NewFile(uintptr(fd), "packets"), mem: mem, shape: s}
	go r.wait()
	return r, nil
}

func attach(fd int, program filter.Program) error {
	if len(program) == 0 {
		return nil
	}
	raw := make([]unix.SockFilter, len(program))
	for i, p := range program {
		raw[i] = unix.SockFilter{Code: p.Op, Jt: p.Jt, Jf: p.Jf, K: p.K}
	}
	return unix.SetsockoptSockFprog(fd, unix.SOL_SOCKET, unix.SO_ATTACH_FILTER, &unix.SockFprog{Len: uint16(len(raw)), Filter: &raw[0]})
}

func unmap(mem []byte) error {
	if mem == nil {
		return nil
	}
	return unix.Munmap(mem)
}

// wait takes blocks as they are handed over, until the ring is closed.
func (r *ring) wait() {
	raw, err := r.file.SyscallConn()
	if err != nil {
		return
	}
	_ = raw.Read(func(uintptr) bool {
		r.drain()
		return false // wait for the next
	})
}

// drain takes all blocks that were handed over, as long as no more is held
// than would fit into the ring once more: who does not fetch frames loses them
// in the kernel, which counts them.
func (r *ring) drain() {
	r.mu.Lock()
	defer r.mu.Unlock()
	for r.mem != nil && r.held < len(r.mem) {
		block := r.mem[r.next*r.shape.block:][:r.shape.block]
		status := (*uint32)(unsafe.Pointer(&block[blockStatus]))
		if atomic.LoadUint32(status)&unix.TP_STATUS_USER == 0 {
			return
		}
		r.take(block)
		atomic.StoreUint32(status, unix.TP_STATUS_KERNEL)
		r.next = (r.next + 1) % r.shape.blocks
	}
}

// Where things are in a block: struct tpacket_block_desc, struct tpacket3_hdr
// and the sockaddr_ll behind it, of linux/if_packet.h.
const (
	blockStatus, blockPackets, blockFirst, blockLength = 8, 12, 16, 20
	headNext, headSec, headNsec, headKept, headSize    = 0, 4, 8, 12, 16
	headStatus, headMAC, headTag, headTagProto         = 20, 24, 32, 36
	linkAddr                                           = 48
	linkIndex, linkKind, linkWho                       = linkAddr + 4, linkAddr + 8, linkAddr + 10
	tagLength, addresses                               = 4, 12 // of 802.1Q, and what stands before it
)

// take copies the frames of a block.
func (r *ring) take(block []byte) {
	u32 := func(at int) int { return int(binary.NativeEndian.Uint32(block[at:])) }
	at, n := u32(blockFirst), u32(blockPackets)
	kept := make([]byte, 0, u32(blockLength)+tagLength*n)
	for ; n > 0; n-- {
		head := block[at:]
		start := len(kept)
		kept = appendData(kept, head)
		f := frame{
			at:    time.Unix(int64(binary.NativeEndian.Uint32(head[headSec:])), int64(binary.NativeEndian.Uint32(head[headNsec:]))),
			index: int(binary.NativeEndian.Uint32(head[linkIndex:])), kind: binary.NativeEndian.Uint16(head[linkKind:]),
			who: purpose(head[linkWho]), data: kept[start:len(kept):len(kept)],
		}
		f.size = int(binary.NativeEndian.Uint32(head[headSize:])) + len(f.data) - int(binary.NativeEndian.Uint32(head[headKept:]))
		if f.kind != unix.ARPHRD_LOOPBACK || f.who != measure.ForOutgoing { // which comes by again at once, as incoming
			r.frames = append(r.frames, f)
		}
		at += u32(at + headNext)
	}
	r.held += len(kept)
}

// appendData copies the bytes of a frame. A VLAN tag that the kernel keeps
// beside them is put back where it was on the wire.
func appendData(to, head []byte) []byte {
	mac, n := int(binary.NativeEndian.Uint16(head[headMAC:])), int(binary.NativeEndian.Uint32(head[headKept:]))
	data := head[mac:][:n]
	if binary.NativeEndian.Uint32(head[headStatus:])&unix.TP_STATUS_VLAN_VALID == 0 || n < addresses {
		return append(to, data...)
	}
	to = append(to, data[:addresses]...)
	to = binary.BigEndian.AppendUint16(to, binary.NativeEndian.Uint16(head[headTagProto:]))
	to = binary.BigEndian.AppendUint16(to, uint16(binary.NativeEndian.Uint32(head[headTag:])))
	return append(to, data[addresses:]...)
}

// fetch returns the frames that have come, and drops them here. All says that
// none of those which the kernel has handed over is left.
func (r *ring) fetch() (out []frame, all bool) {
	r.drain()
	r.mu.Lock()
	out = r.frames
	r.frames, r.held = nil, 0
	r.mu.Unlock()
	if len(out) == 0 {
		return nil, true
	}
	r.drain() // it may have been full
	r.mu.Lock()
	defer r.mu.Unlock()
	return out, len(r.frames) == 0
}

// losses is how many frames found no room so far.
func (r *ring) losses() int {
	r.control(func(fd int) {
		if st, err := unix.GetsockoptTpacketStatsV3(fd, unix.SOL_PACKET, unix.PACKET_STATISTICS); err == nil {
			r.lost += int(st.Drops) // the kernel counts from the last question
		}
	})
	return r.lost
}

// control uses the socket, unless it is closed.
func (r *ring) control(f func(fd int)) {
	if raw, err := r.file.SyscallConn(); err == nil {
		_ = raw.Control(func(fd uintptr) { f(int(fd)) })
	}
}

// close ends the ring. It takes the kernel some 10 ms, for which the socket
// must be the last to go: the memory holds it, and unix.Munmap has a lock.
func (r *ring) close() {
	r.mu.Lock()
	_ = unmap(r.mem)
	r.mem = nil
	r.mu.Unlock()
	_ = r.file.Close()
}
