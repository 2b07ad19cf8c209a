package service

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"net/netip"
	"os"

	"github.com/miekg/dns"
)

// udpSize is the largest answer by UDP that is asked for, as unbound and the
// DNS flag day of 2020 have it: more may not get through everywhere.
const udpSize = 1232

// sender sends the questions of a resolver.
type sender struct {
	port     uint16 // of name servers
	udp, tcp bool
}

// send asks a server, by TCP if it says that its answer is too long for UDP, and
// returns an answer that is one to this question.
func (s sender) send(ctx context.Context, q ask) (*dns.Msg, error) {
	ctx, cancel := context.WithTimeout(ctx, q.patience)
	defer cancel()
	m := question(q)
	answer, err := s.either(ctx, q.to, m)
	if err == nil && (answer.Rcode == dns.RcodeFormatError || answer.Rcode == dns.RcodeNotImplemented) {
		m.Extra = nil // it may be older than EDNS, RFC 6891 section 6.2.2
		answer, err = s.either(ctx, q.to, m)
	}
	return answer, err
}

// either asks by UDP and, where the answer is cut off, by TCP.
func (s sender) either(ctx context.Context, to netip.Addr, m *dns.Msg) (*dns.Msg, error) {
	if s.udp {
		answer, err := s.exchange(ctx, "udp", to, m)
		if err != nil || !answer.Truncated {
			return answer, err
		}
	}
	if !s.tcp {
		return nil, errors.New("its answer is too long for UDP, and do-tcp is no")
	}
	return s.exchange(ctx, "tcp", to, m)
}

// question is as unbound asks it: the server shall not ask others (no rd), and
// shall give what it has, checked or not (cd).
func question(q ask) *dns.Msg {
	m := &dns.Msg{Question: []dns.Question{{Name: q.name, Qtype: q.rtype, Qclass: dns.ClassINET}}}
	m.Id = uint16(rand.Uint32()) // nobody can foresee it, math/rand/v2
	m.CheckingDisabled = true
	return m.SetEdns0(udpSize, true)
}

// exchange sends a question from a port of its own, which the kernel chooses by
// chance, and waits for its answer. What is none is not listened to.
func (s sender) exchange(ctx context.Context, network string, to netip.Addr, m *dns.Msg) (*dns.Msg, error) {
	conn, err := (&net.Dialer{}).DialContext(ctx, network, netip.AddrPortFrom(to, s.port).String())
	if err != nil {
		return nil, bareNet(err)
	}
	defer conn.Close()
	end, _ := ctx.Deadline()
	if err := conn.SetDeadline(end); err != nil {
		return nil, err
	}
	out, err := m.Pack()
	if err != nil {
		return nil, err
	}
	if network == "tcp" {
		out = append(binary.BigEndian.AppendUint16(nil, uint16(len(out))), out...)
	}
	if _, err := conn.Write(out); err != nil {
		return nil, bareNet(err)
	}
	buf := make([]byte, 1<<16)
	for junk := 0; ; junk++ {
		n, err := readMessage(conn, network, buf)
		if err != nil {
			return nil, noAnswer(err, junk)
		}
		answer := new(dns.Msg)
		if answer.Unpack(buf[:n]) == nil && answers(m, answer) {
			return answer, nil
		}
	}
}

func readMessage(conn net.Conn, network string, buf []byte) (int, error) {
	if network == "udp" {
		return conn.Read(buf)
	}
	if _, err := io.ReadFull(conn, buf[:2]); err != nil {
		return 0, err
	}
	return io.ReadFull(conn, buf[:binary.BigEndian.Uint16(buf)])
}

// answers says whether a message is the answer to a question (RFC 5452 section 9.1).
func answers(q, a *dns.Msg) bool {
	return a.Response && a.Id == q.Id && a.Opcode == dns.OpcodeQuery && len(a.Question) == 1 &&
		a.Question[0].Qtype == q.Question[0].Qtype && a.Question[0].Qclass == q.Question[0].Qclass &&
		dns.CanonicalName(a.Question[0].Name) == dns.CanonicalName(q.Question[0].Name)
}

func noAnswer(err error, junk int) error {
	var late net.Error
	if !errors.As(err, &late) || !late.Timeout() {
		return bareNet(err)
	}
	if junk > 0 {
		return fmt.Errorf("what it sends is no answer to this question (%d times)", junk)
	}
	return errors.New("no answer")
}

// bareNet is an error of the network without the addresses in it.
func bareNet(err error) error {
	var op *net.OpError
	if errors.As(err, &op) {
		err = op.Err
	}
	var call *os.SyscallError
	if errors.As(err, &call) {
		err = call.Err
	}
	return err
}
