package run

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/netip"
	"sync"
	"time"

	faults "netlab/internal/fault"
	"netlab/internal/measure"
	"netlab/internal/netns"
	"netlab/internal/probe"
)

// serve is a small server in a namespace. It says the name of the namespace,
// and gives back what it is sent. The caller closes it.
func serve(s faults.Service) (io.Closer, error) {
	family := "4"
	if s.Addr.Is6() {
		family = "6" // and no IPv4: Go sets IPV6_V6ONLY
	}
	at := netip.AddrPortFrom(s.Addr, s.Port).String()
	if s.Proto == faults.UDP {
		c, err := netns.Socket(s.In, func() (net.PacketConn, error) { return net.ListenPacket("udp"+family, at) })
		if err == nil {
			go serveUDP(c, s)
		}
		return c, err
	}
	inner, err := netns.Socket(s.In, func() (net.Listener, error) { return net.Listen("tcp"+family, at) })
	if err != nil {
		return nil, err
	}
	l := &listener{Listener: inner}
	go serveTCP(l, s.In)
	return l, nil
}

func serveUDP(c net.PacketConn, s faults.Service) {
	buf := make([]byte, 1<<16)
	for {
		n, from, err := c.ReadFrom(buf)
		if errors.Is(err, net.ErrClosed) {
			return
		}
		switch {
		case err != nil:
		case s.Speaks == faults.OtherID && n > 2:
			buf[0], buf[2] = buf[0]+1, buf[2]|0x80 // the id; that it is an answer (RFC 1035, 4.1.1)
			_, _ = c.WriteTo(buf[:n], from)
		default:
			_, _ = c.WriteTo(append([]byte(s.In+"\n"), buf[:n]...), from)
		}
	}
}

// listener closes its connections with it, and without another packet: what
// the kernel goes on to send would be learned by the lab.
type listener struct {
	net.Listener
	mu    sync.Mutex
	conns []net.Conn
}

func (l *listener) add(c net.Conn) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.conns = append(l.conns, c)
}

// Close closes the connections, then the listener.
func (l *listener) Close() error {
	err := l.Listener.Close()
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, c := range l.conns {
		abort(c)
	}
	return err
}

// abort closes a connection at once: it sends one packet at most (RST), and
// nothing later.
func abort(c net.Conn) {
	if t, ok := c.(*net.TCPConn); ok {
		_ = t.SetLinger(0)
	}
	_ = c.Close()
}

func serveTCP(l *listener, name string) {
	for {
		c, err := l.Accept()
		if err != nil {
			return
		}
		l.add(c)
		go func() {
			_, _ = io.WriteString(c, name+"\n")
			_, _ = io.Copy(c, c)
		}()
	}
}

// outcome is what became of a probe.
type outcome struct {
	ok   bool
	said string // what came instead of an answer
}

// sent sends a probe, which the namespace called server must answer.
func sent(ctx context.Context, p faults.Probe, server string, timeout time.Duration) (outcome, error) {
	if p.Proto != faults.ICMP {
		err := asked(p, server, timeout)
		if err != nil {
			return outcome{said: err.Error()}, nil
		}
		return outcome{ok: true}, nil
	}
	size := p.Size
	got, err := probe.Ping(ctx, probe.Request{From: p.From, To: p.To, Timeout: timeout, Size: size})
	return outcome{got.Fate == measure.Answered, fmt.Sprint(got.Fate, " ", got.Errno, " ", got.Text)}, err
}

// asked sends some data to a service and waits until all of it has come back.
func asked(p faults.Probe, server string, timeout time.Duration) error {
	until := time.Now().Add(timeout)
	d := net.Dialer{Deadline: until, FallbackDelay: -1}
	c, err := netns.Socket(p.From, func() (net.Conn, error) { return d.Dial(p.Proto, netip.AddrPortFrom(p.To, p.Port).String()) })
	if err != nil {
		return err
	}
	defer abort(c)
	if err := c.SetDeadline(until); err != nil {
		return err
	}
	data := bytes.Repeat([]byte("x"), p.Size+1)
	if _, err := c.Write(data); err != nil {
		return err
	}
	want := server + "\n" + string(data)
	got := make([]byte, len(want))
	if n, err := io.ReadFull(&whole{c, p.Proto}, got); err != nil {
		return fmt.Errorf("after %d bytes of %d: %w", n, len(want), err)
	}
	if string(got) != want {
		return fmt.Errorf("another one has answered, not %s: %.20q", server, got)
	}
	return nil
}

// whole reads a datagram as a whole.
type whole struct {
	net.Conn
	proto string
}

func (w *whole) Read(b []byte) (int, error) {
	if w.proto == faults.UDP {
		buf := make([]byte, 1<<16)
		n, err := w.Conn.Read(buf)
		return copy(b, buf[:n]), err
	}
	return w.Conn.Read(b)
}
