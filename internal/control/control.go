// Package control is the protocol between netlab's outer process and the
// engine of a lab: requests one way, events and answers the other way, and
// the bytes of a terminal both ways, as frames on one stream. The same is
// spoken by whoever comes later to a lab that stays. The package is pure: it
// works on any reader and writer.
package control

import (
	"bufio"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"io"
	"sync"
)

// Kind says what a frame carries.
type Kind byte

// The kinds of frames.
const (
	KindRequest Kind = 'q' // outer to engine: a Request as JSON
	KindEvent   Kind = 'e' // engine to outer: an event as JSON
	KindAnswer  Kind = 'a' // engine to outer: an Answer as JSON, the last frame of a request
	KindBytes   Kind = 'b' // both ways, while a program runs: its input; its output, or that of its terminal
	KindErrors  Kind = 'r' // engine to outer: what a program without a terminal writes to its standard error
	KindEnd     Kind = 'z' // outer to engine: the end of a program's input
	KindTaken   Kind = 'k' // engine to outer: a program has taken one more frame of its input
	KindSpace   Kind = 's' // engine to outer: a namespace's snapshot as JSON
	KindPoint   Kind = 'i' // engine to outer: an interface of a capture as JSON, numbered in order
	KindPackets Kind = 'p' // engine to outer: captured packets, as measure.AppendPacket has them
	KindMoment  Kind = 'm' // engine to outer: a Moment of a capture as JSON
	KindDug     Kind = 'd' // engine to outer: what came of a question to a name server, as JSON of Dug
	KindLost    Kind = 'l' // engine to outer: how many frames a capture has lost so far, by namespace, as JSON
)

// MaxInput is how many bytes of input may be on their way to a program that
// has not taken them yet.
const MaxInput = 256 << 10

// MaxFrame bounds a frame. Nobody in a lab can make the outer process hold
// more than this at once.
const MaxFrame = 4 << 20

// Frame is one message.
type Frame struct {
	Kind    Kind
	Payload []byte
}

// Into decodes a JSON payload.
func (f Frame) Into(v any) error {
	if err := json.Unmarshal(f.Payload, v); err != nil {
		return fmt.Errorf("control frame %q: %w", f.Kind, err)
	}
	return nil
}

// Conn sends and receives frames. Send and SendBytes may be called from many
// goroutines, Receive from one.
type Conn struct {
	mu sync.Mutex
	w  io.Writer
	r  *bufio.Reader
}

// New makes a Conn on a stream, which stays the caller's to close.
func New(rw io.ReadWriter) *Conn {
	return &Conn{w: rw, r: bufio.NewReader(rw)}
}

// Send sends a value as JSON.
func (c *Conn) Send(k Kind, v any) error {
	b, err := json.Marshal(v)
	if err != nil {
		return err
	}
	return c.SendBytes(k, b)
}

// SendBytes sends a payload as it is.
func (c *Conn) SendBytes(k Kind, payload []byte) error {
	if len(payload) > MaxFrame {
		return fmt.Errorf("control frame of %d bytes: the limit is %d", len(payload), MaxFrame)
	}
	head := make([]byte, 5, 5+len(payload))
	binary.BigEndian.PutUint32(head, uint32(len(payload)))
	head[4] = byte(k)
	c.mu.Lock()
	defer c.mu.Unlock()
	_, err := c.w.Write(append(head, payload...))
	return err
}

// Receive returns the next frame; io.EOF when the other side has closed.
func (c *Conn) Receive() (Frame, error) {
	var head [5]byte
	if _, err := io.ReadFull(c.r, head[:]); err != nil {
		return Frame{}, err
	}
	n := binary.BigEndian.Uint32(head[:4])
	if n > MaxFrame {
		return Frame{}, fmt.Errorf("control frame of %d bytes: the limit is %d", n, MaxFrame)
	}
	f := Frame{Kind: Kind(head[4]), Payload: make([]byte, n)}
	if _, err := io.ReadFull(c.r, f.Payload); err != nil {
		return Frame{}, io.ErrUnexpectedEOF
	}
	return f, nil
}
