package sandbox

import (
	"bufio"
	"bytes"
	"encoding/binary"
	"io"
	"net"
	"path/filepath"
	"strings"
	"testing"

	"github.com/godbus/dbus/v5"
	"golang.org/x/sys/unix"
)

// fakeBus is a message bus with a systemd behind it that starts nothing.
type fakeBus struct {
	stranger bool       // it knows this process by another number
	silent   string     // to what it does not answer: a member, or AUTH
	refuses  string     // to what it answers with an error
	result   string     // how the job of the scope ends
	cut      int        // bytes of its first message after which it hangs up; 0: it does not
	units    chan []any // what was asked of systemd
	stopped  chan []any
}

// open starts the bus and returns its socket.
func (f *fakeBus) open(t *testing.T) string {
	t.Helper()
	f.units, f.stopped = make(chan []any, 16), make(chan []any, 16)
	path := filepath.Join(t.TempDir(), "bus")
	l, err := net.Listen("unix", path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	go func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			go f.serve(conn)
		}
	}()
	return path
}

// serve speaks the D-Bus specification's "Authentication Protocol", then messages.
func (f *fakeBus) serve(conn net.Conn) {
	defer conn.Close()
	in := bufio.NewReader(conn)
	for {
		line, err := in.ReadString('\n')
		if err != nil {
			return
		}
		answer := "OK 0123456789abcdef0123456789abcdef\r\n"
		switch line = strings.Trim(line, "\x00\r\n"); {
		case line == "BEGIN":
			f.answerAll(conn, in, caller(conn))
			return
		case f.silent == "AUTH":
			continue
		case line == "AUTH", f.refuses == "AUTH":
			answer = "REJECTED EXTERNAL\r\n"
		}
		if _, err := io.WriteString(conn, answer); err != nil {
			return
		}
	}
}

// caller is the process on the other side (unix(7), SO_PEERCRED).
func caller(conn net.Conn) (pid int32) {
	raw, err := conn.(*net.UnixConn).SyscallConn()
	if err != nil {
		return 0
	}
	_ = raw.Control(func(fd uintptr) {
		if cred, err := unix.GetsockoptUcred(int(fd), unix.SOL_SOCKET, unix.SO_PEERCRED); err == nil {
			pid = cred.Pid
		}
	})
	return pid
}

func (f *fakeBus) answerAll(conn io.Writer, in io.Reader, caller int32) {
	for {
		call, err := dbus.DecodeMessage(in)
		if err != nil {
			return
		}
		member, _ := call.Headers[dbus.FieldMember].Value().(string)
		switch member {
		case f.silent:
			continue
		case f.refuses:
			transmit(conn, dbus.TypeError, map[dbus.HeaderField]any{
				dbus.FieldReplySerial: call.Serial(), dbus.FieldErrorName: "org.freedesktop.DBus.Error.AccessDenied",
			}, "not you")
			continue
		}
		if member == "StopUnit" { // before the answer, after which the test looks
			f.stopped <- call.Body
		}
		if f.cut > 0 {
			var whole bytes.Buffer
			transmit(&whole, dbus.TypeMethodReply, map[dbus.HeaderField]any{dbus.FieldReplySerial: call.Serial()}, f.answer(member, caller)...)
			_, _ = conn.Write(whole.Bytes()[:min(f.cut, whole.Len())])
			return
		}
		transmit(conn, dbus.TypeMethodReply, map[dbus.HeaderField]any{dbus.FieldReplySerial: call.Serial()}, f.answer(member, caller)...)
		if member == "StartTransientUnit" {
			f.units <- call.Body
			f.finish(conn, "another.scope", "failed")
			f.finish(conn, call.Body[0].(string), f.result)
		}
	}
}

func (f *fakeBus) answer(member string, caller int32) []any {
	switch member {
	case "Hello":
		return []any{":1.1"}
	case "GetConnectionUnixProcessID":
		if f.stranger {
			caller = 1
		}
		return []any{uint32(caller)}
	case "StartTransientUnit":
		return []any{dbus.ObjectPath("/job/7")}
	}
	return nil
}

// finish tells that the job of a unit has ended; "": it never does.
func (f *fakeBus) finish(conn io.Writer, unit, result string) {
	if result == "" {
		return
	}
	transmit(conn, dbus.TypeSignal, map[dbus.HeaderField]any{
		dbus.FieldPath: dbus.ObjectPath(systemdPath), dbus.FieldInterface: managerIface, dbus.FieldMember: "JobRemoved",
	}, uint32(7), dbus.ObjectPath("/job/7"), unit, result)
}

func transmit(to io.Writer, kind dbus.Type, headers map[dbus.HeaderField]any, body ...any) {
	m := &dbus.Message{Type: kind, Headers: map[dbus.HeaderField]dbus.Variant{}, Body: body}
	for field, value := range headers {
		m.Headers[field] = dbus.MakeVariant(value)
	}
	if len(body) > 0 {
		m.Headers[dbus.FieldSignature] = dbus.MakeVariant(dbus.SignatureOf(body...))
	}
	_ = m.EncodeTo(to, binary.LittleEndian) // who asked may be gone
}
