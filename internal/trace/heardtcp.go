package trace

import (
	"encoding/binary"
	"fmt"
	"slices"
	"time"

	"netlab/internal/measure"
)

// maxStream is how many bytes of one direction of a connection are kept.
const maxStream = 1 << 20

// stream is one direction of a TCP connection, put together from the segments
// as they left the sender. Offsets count from the first byte of data.
type stream struct {
	passage
	base  uint32 // number of the first byte
	data  []byte // without a gap
	late  []segment
	left  []stage // when how much had left
	came  []span  // what has arrived
	taker string
}

type segment struct {
	at   int
	data []byte
}

type stage struct {
	end int
	at  time.Duration
}

type span struct{ from, to int }

func (e *ear) segment(s Sight) {
	p := s.Frame.Packet
	st := e.streams[flowOf(p)]
	if st != nil && p.Flags.SYN && p.Seq+1 != st.base {
		st = nil // the ports are used once more
	}
	if st == nil {
		st = e.turned(s)
	}
	if st == nil {
		st = &stream{passage: e.begin(s), base: p.Seq}
		if p.Flags.SYN {
			st.base++
		}
		e.order = append(e.order, st)
	}
	e.streams[flowOf(p)] = st
	st.pass(s)
	at := int(int32(p.Seq - st.base))
	if st.atFirst(s) {
		st.add(at, p.Data, s.At)
	}
	if e.arrives(s) && len(p.Data) > 0 {
		st.taker = s.Space
		st.came = append(st.came, span{at, at + len(p.Data)})
	}
}

// turned is the stream whose addresses NAT has changed to those of a segment.
func (e *ear) turned(s Sight) *stream {
	for _, st := range slices.Backward(e.order) {
		if n := s.Frame.Seq - st.base; st.turns(s) && int(int32(n)) >= -1 && int(int32(n)) <= len(st.data) {
			return st
		}
	}
	return nil
}

// add puts a segment where it belongs. What is sent once more is there already.
func (s *stream) add(at int, data []byte, when time.Duration) {
	if len(data) == 0 || at < 0 || at+len(data) > maxStream {
		return
	}
	s.late = append(s.late, segment{at, data})
	for again := true; again; {
		again = false
		for i, l := range s.late {
			if l.at > len(s.data) {
				continue
			}
			if end := l.at + len(l.data); end > len(s.data) {
				s.data = append(s.data, l.data[len(s.data)-l.at:]...)
				s.left = append(s.left, stage{end, when})
			}
			s.late = slices.Delete(s.late, i, i+1)
			again = true
			break
		}
	}
}

// messages are those in the stream, each with its length before it (RFC 1035,
// section 4.2.2).
func (s *stream) messages() []measure.Heard {
	const head = 2
	var out []measure.Heard
	for at := 0; at < len(s.data); {
		rest := s.data[at:]
		size := head
		if len(rest) >= head {
			size += int(binary.BigEndian.Uint16(rest))
		}
		end := min(at+size, len(s.data))
		h := s.told(s.leftAt(end), true)
		if slices.ContainsFunc(s.came, func(c span) bool { return c.from < end && end <= c.to }) {
			h.Taker = s.taker
		}
		if len(rest) < size {
			h.Wrong = fmt.Sprintf("only %d bytes of the message were seen, and it says that it has %d", max(0, len(rest)-head), size-head)
			return append(out, h)
		}
		out = append(out, understood(h, rest[head:size]))
		at = end
	}
	return out
}

// leftAt is when the byte before an offset had left.
func (s *stream) leftAt(end int) time.Duration {
	for _, l := range s.left {
		if l.end >= end {
			return l.at
		}
	}
	return s.first.At
}
