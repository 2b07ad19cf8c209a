//go:build linux

package probe

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"

	"golang.org/x/sys/unix"
)

// errCut says that a connection ended before the answer was whole.
type errCut struct{ got, want int }

func (e errCut) Error() string {
	if e.got == 0 {
		return "the server closed the connection without an answer"
	}
	return fmt.Sprintf("the server closed the connection in the middle of a message: %d of %d octets had come", e.got, e.want)
}

// stream speaks as RFC 1035 section 4.2.2 has it: the length of each message
// stands before it in two octets.
func (a *asker) stream(d *door) error {
	question := append(binary.BigEndian.AppendUint16(nil, uint16(len(a.octets))), a.octets...)
	for len(question) > 0 {
		n, err := d.file.Write(question)
		if err != nil {
			return gone(err, errCut{})
		}
		question = question[n:]
	}
	for {
		var head [2]byte
		if err := fill(d, head[:], 0, len(head)); err != nil {
			return err
		}
		message := make([]byte, binary.BigEndian.Uint16(head[:]))
		if err := fill(d, message, len(head), len(head)+len(message)); err != nil {
			return err
		}
		if a.take(message) {
			return nil
		}
	}
}

// fill reads all of b; before is what of the message has come already, whole is
// how long it is.
func fill(d *door, b []byte, before, whole int) error {
	n, err := io.ReadFull(d.file, b)
	return gone(err, errCut{before + n, whole})
}

// gone is how, if the error says that the other side has closed or dropped the
// connection, else the error.
func gone(err error, how errCut) error {
	for _, e := range []error{io.EOF, io.ErrUnexpectedEOF, unix.ECONNRESET, unix.EPIPE} {
		if errors.Is(err, e) {
			return how
		}
	}
	return err
}
