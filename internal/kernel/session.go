package kernel

import (
	"cmp"
	"context"
	"errors"
	"os"
	"runtime"
	"sync"
	"sync/atomic"

	"github.com/vishvananda/netlink/nl"
	"golang.org/x/sys/unix"

	"netlab/internal/netns"
	"netlab/internal/snapshot"
)

// skipStats keeps the counters out of the messages about links
// (RTEXT_FILTER_SKIP_STATS in linux/rtnetlink.h).
const skipStats = 1 << 3

// maxSettle bounds how often links are looked at: a link that changed may make
// another one change, such as a port its bridge.
const maxSettle = 8

// space is one namespace while a session is open.
type space struct {
	snap  snapshot.Space
	file  *os.File
	route *conn
	flows *flows   // of a mark; nil: not looked at
	links [][]byte // the last word on each link
	names map[int]string
	nsids map[string]int // the numbers this namespace has for others

	nft    *nftables // nil: not looked at, or this kernel has none
	legacy legacyTables
	cookie uint64 // the kernel's number for the namespace, never used twice; 0: it has none
}

// session is the lab's namespaces, each with a socket: host first, then the
// named ones.
type session struct{ spaces []*space }

// openSession opens all namespaces there are, on one thread; visit runs inside
// each.
func openSession(visit func(sp *space, buf []byte)) (*session, error) {
	named, err := netns.List()
	if err != nil {
		return nil, err
	}
	s, buf := &session{}, make([]byte, bufferSize)
	err = netns.Each(append([]string{netns.Host}, named...), func(name string) error {
		sp := &space{snap: snapshot.Space{Name: name}}
		s.spaces = append(s.spaces, sp)
		var err error
		if sp.file, err = os.Open("/proc/thread-self/ns/net"); err != nil {
			return err
		}
		if sp.route, err = dial(unix.NETLINK_ROUTE, buf); err != nil {
			return err
		}
		visit(sp, buf)
		return nil
	})
	if err != nil {
		s.close()
		return nil, err
	}
	return s, nil
}

func (s *session) close() {
	for _, sp := range s.spaces {
		if sp.file != nil {
			sp.file.Close()
		}
		if sp.route != nil {
			sp.route.close()
		}
		sp.flows.close()
	}
}

// crowded is from how many namespaces on several threads read a lab: below it
// the first would be done before the second begins.
const crowded = 8

// each visits all namespaces, several at a time where there are many. Those that
// one thread visits share a buffer. The error is the first of each thread.
func (s *session) each(visit func(i int, sp *space) error) error {
	nl.NativeEndian() // finds it out at its first call, which no two threads may do at once
	workers := min(runtime.GOMAXPROCS(0), 1+len(s.spaces)/crowded)
	errs := make([]error, workers)
	var wg sync.WaitGroup
	for w := range workers {
		wg.Go(func() {
			buf := make([]byte, bufferSize)
			for i := w; i < len(s.spaces); i += workers {
				s.spaces[i].readInto(buf)
				errs[w] = cmp.Or(errs[w], visit(i, s.spaces[i]))
			}
		})
	}
	wg.Wait()
	return errors.Join(errs...)
}

func (sp *space) readInto(buf []byte) {
	sp.route.buf = buf
	if sp.flows != nil {
		sp.flows.conn.buf = buf
	}
}

// settle asks for each link that is up by a message of its own: that, and not
// a dump, makes the kernel catch up with the link's carrier. It looks again
// until nothing changes any more.
func (s *session) settle(ctx context.Context) error {
	for range maxSettle {
		var changed atomic.Bool
		err := s.each(func(_ int, sp *space) error {
			if err := ctx.Err(); err != nil {
				return err
			}
			c, err := sp.readLinks()
			if c {
				changed.Store(true)
			}
			return err
		})
		if err != nil || !changed.Load() {
			return err
		}
	}
	return nil
}

// readLinks reads all links, and says whether the kernel had to catch up.
func (sp *space) readLinks() (changed bool, err error) {
	sp.links, err = sp.route.dump(func() *nl.NetlinkRequest { return linkRequest(0) })
	for i, b := range sp.links {
		head := linkHead(b)
		if head == nil || head.Flags&unix.IFF_UP == 0 || head.Flags&unix.IFF_LOOPBACK != 0 {
			continue
		}
		now, err := sp.route.get(linkRequest(int(head.Index)))
		if err != nil {
			// It went away meanwhile.
			continue
		}
		if linkHead(now) != nil {
			changed = changed || state(now) != state(b)
			sp.links[i] = now
		}
	}
	return changed, err
}

func linkRequest(index int) *nl.NetlinkRequest {
	req := nl.NewNetlinkRequest(unix.RTM_GETLINK, 0)
	head := nl.NewIfInfomsg(unix.AF_UNSPEC)
	head.Index = int32(index)
	req.AddData(head)
	req.AddData(attr32(unix.IFLA_EXT_MASK, skipStats))
	return req
}

// linkHead is the fixed part of a message about a link; nil if it is cut off.
func linkHead(b []byte) *nl.IfInfomsg {
	if len(b) < unix.SizeofIfInfomsg {
		return nil
	}
	return nl.DeserializeIfInfomsg(b)
}

// linkState is what the kernel may still have to catch up with.
type linkState struct {
	flags uint32
	oper  uint8
}

func state(b []byte) linkState {
	s := linkState{flags: linkHead(b).Flags}
	for kind, v := range attrs(b[unix.SizeofIfInfomsg:]) {
		if kind == unix.IFLA_OPERSTATE {
			s.oper = u8(v)
		}
	}
	return s
}
