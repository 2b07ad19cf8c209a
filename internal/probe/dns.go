//go:build linux

package probe

import (
	"cmp"
	"context"
	"crypto/rand"
	"encoding/binary"
	"errors"
	"fmt"
	"net/netip"
	"os"
	"time"

	"golang.org/x/sys/unix"

	"netlab/internal/dns"
	"netlab/internal/measure"
	"netlab/internal/netns"
)

// DNSRequest is one question to one name server.
type DNSRequest struct {
	From   string         // namespace; empty means host
	Server netip.AddrPort // port 0 means dns.Port; a link-local address needs its zone, the name of an interface of From
	Source netip.AddrPort // what to send from; not valid: the kernel chooses
	Query  dns.Query      // an id of 0 is replaced
	TCP    bool
	// Whole says that an answer that was cut short is taken as it is; else it is
	// asked for again by TCP.
	Whole   bool
	Tries   int           // how often it is sent as long as nothing comes; 0 means once
	Timeout time.Duration // of each try; 0 means DefaultTimeout
}

// maxOdd bounds how many messages are told that are no answer.
const maxOdd = 8

// DNS asks a name server, from inside a namespace. No resolver library has a
// part in it, neither the machine's nor Go's: it sends the octets of the
// question, and takes what comes back. Messages that are no answer to it are
// told, and waiting goes on.
//
// What the network and the server do is in the result. The error is that the
// question cannot be sent at all (its name, its type), ErrNoNamespace, ctx's,
// or trouble of the machine.
func DNS(ctx context.Context, req DNSRequest) (measure.DNS, error) {
	if req.Query.ID == 0 {
		req.Query.ID = newID()
	}
	if req.Server.Port() == 0 {
		req.Server = netip.AddrPortFrom(req.Server.Addr(), dns.Port)
	}
	out := measure.DNS{From: cmp.Or(req.From, netns.Host), Server: req.Server, TCP: req.TCP, Question: req.Query.Question, Fate: measure.Silent}
	octets, err := req.Query.Pack()
	switch {
	case err != nil:
		return out, err
	case !req.Server.IsValid():
		return out, errors.New("a question needs the address of a server")
	case req.Source.IsValid() && is6(req.Source.Addr()) != is6(req.Server.Addr()):
		return out, fmt.Errorf("from %s nothing can be sent to %s: the addresses are of two families", req.Source.Addr(), req.Server.Addr())
	}
	a := &asker{req: req, octets: octets, out: &out}
	err = a.ask(ctx, req.TCP)
	if err == nil && !req.TCP && !req.Whole && out.Answer != nil && out.Answer.Truncated {
		out.Fallback, out.Answer, out.Fate, out.RTT = true, nil, measure.Silent, 0
		err = a.ask(ctx, true)
	}
	return out, errors.Join(err, ctx.Err())
}

func newID() uint16 {
	var id [2]byte
	_, _ = rand.Read(id[:]) // never fails (crypto/rand)
	return max(binary.BigEndian.Uint16(id[:]), 1)
}

// asker asks one question.
type asker struct {
	req    DNSRequest
	octets []byte
	out    *measure.DNS
	stood  bool // the connection of this try
}

// ask asks by UDP or TCP until something comes of it, or all tries are over. A
// datagram is repeated from the same port, so that a late answer to the first
// counts; a connection is made anew.
func (a *asker) ask(ctx context.Context, tcp bool) error {
	d, err := a.open(tcp)
	if err != nil {
		return err
	}
	defer func() { d.file.Close() }()
	for n := range max(a.req.Tries, 1) {
		if n > 0 && tcp {
			again, err := a.open(tcp)
			if err != nil {
				return err
			}
			d.file.Close()
			d = again
		}
		began := time.Now()
		err := a.once(ctx, d, tcp, began)
		a.judge(d, tcp, err, time.Since(began))
		if a.out.Fate != measure.Silent || ctx.Err() != nil {
			break
		}
	}
	return nil
}

func (a *asker) open(tcp bool) (*door, error) {
	k := Knock{From: a.req.From, To: a.req.Server.Addr(), Proto: measure.UDP}
	if tcp {
		k.Proto = measure.TCP
	}
	return k.open()
}

// once sends the question and waits for its answer; nil when it has come.
func (a *asker) once(ctx context.Context, d *door, tcp bool, began time.Time) error {
	stop := context.AfterFunc(ctx, func() { _ = d.file.SetDeadline(time.Unix(1, 0)) })
	defer stop()
	_ = d.file.SetDeadline(began.Add(cmp.Or(a.req.Timeout, DefaultTimeout)))
	if ctx.Err() != nil { // it may have ended just before
		return os.ErrDeadlineExceeded
	}
	a.stood = false
	if err := d.bind(a.req.Source); err != nil {
		return err
	}
	if err := d.connect(a.req.Server.Addr(), a.req.Server.Port()); err != nil {
		return err
	}
	if !tcp {
		return a.datagrams(d)
	}
	a.stood = true
	return a.stream(d)
}

func (a *asker) datagrams(d *door) error {
	if err := d.send(a.octets); err != nil {
		return err
	}
	buf := make([]byte, 1<<16)
	for {
		n, err := d.receive(buf)
		if err != nil {
			return err
		}
		if a.take(buf[:n]) {
			return nil
		}
	}
}

// take keeps a message that is the answer, and notes any other.
func (a *asker) take(b []byte) bool {
	m, err := a.req.Query.Answer(b)
	if err == nil {
		a.out.Answer = &m
		return true
	}
	if len(a.out.Odd) < maxOdd {
		a.out.Odd = append(a.out.Odd, err.Error())
	}
	return false
}

// judge says what became of a try, as it is said of any other probe.
func (a *asker) judge(d *door, tcp bool, err error, took time.Duration) {
	out := a.out
	var end errCut
	if errors.As(err, &end) {
		out.Fate, out.Text = measure.Silent, end.Error()
		return
	}
	t := measure.Trace{To: a.req.Server.Addr(), Proto: measure.UDP}
	if tcp {
		t.Proto = measure.TCP
	}
	d.judge(&t, err)
	out.Fate, out.Errno, out.Text, out.ICMP = t.Fate, t.Errno, t.Text, t.ICMP
	switch t.Fate {
	case measure.Answered:
		out.RTT = took
	case measure.Closed:
		out.Fate, out.Closed = measure.Reported, true
	case measure.Silent:
		if a.stood {
			out.Text = "the server took the connection, and said nothing"
		}
	}
}

// receive waits for a datagram, or for an error that was reported.
func (d *door) receive(b []byte) (n int, err error) {
	ctl := d.conn.Read(func(fd uintptr) bool {
		n, err = unix.Read(int(fd), b)
		return !errors.Is(err, unix.EAGAIN)
	})
	return max(n, 0), errors.Join(ctl, err)
}

// bind chooses what to send from.
func (d *door) bind(from netip.AddrPort) error {
	if !from.IsValid() || d.own().Port() != 0 {
		return nil
	}
	sa, err := d.address(from.Addr(), from.Port())
	if err != nil {
		return err
	}
	ctl := d.conn.Control(func(fd uintptr) { err = unix.Bind(int(fd), sa) })
	return errors.Join(ctl, err)
}
