// Package nlmsg reads netlink messages: the bytes that a program and the
// kernel send each other when a network is changed. It gives every field and
// every attribute its name, and leaves no byte out. The names are those of the
// kernel's headers (linux/netlink.h, rtnetlink.h, if_link.h, if_addr.h,
// neighbour.h, if_bridge.h, veth.h); netlink(7) and rtnetlink(7) describe them.
package nlmsg

import (
	"encoding/binary"
	"encoding/hex"
	"fmt"
)

// Exchange is one request and what the kernel answered.
type Exchange struct {
	Protocol string    `json:"protocol"` // NETLINK_ROUTE
	Request  Message   `json:"request"`
	Answers  []Message `json:"answers"`
	More     int       `json:"more,omitempty"` // answers that are not told
}

// Message is one netlink message.
type Message struct {
	Type  string `json:"type"` // RTM_NEWLINK
	Size  int    `json:"size"` // bytes, with its header and without padding
	Flags string `json:"flags"`
	Seq   uint32 `json:"seq"`
	Port  uint32 `json:"port"`            // nlmsg_pid
	Says  string `json:"says,omitempty"`  // of an answer: what it means
	Parts []Part `json:"parts,omitempty"` // what stands behind the header
}

// Part is a piece of a message: a struct with its fields, or an attribute with
// a value or with parts of its own.
type Part struct {
	Name   string  `json:"name"` // ifinfomsg, IFLA_IFNAME
	At     int     `json:"at"`   // where it begins in the message, in bytes
	Size   int     `json:"size"` // bytes, with its header and its padding
	Value  string  `json:"value,omitempty"`
	Fields []Field `json:"fields,omitempty"`
	Parts  []Part  `json:"parts,omitempty"`
}

// Field is one field of a struct.
type Field struct {
	Name  string `json:"name"`
	Value string `json:"value"`
}

// headerSize is that of struct nlmsghdr, attrSize that of struct rtattr.
const (
	headerSize = 16
	attrSize   = 4
	alignment  = 4
)

// Unread is the name of bytes that belong to nothing that is known.
const Unread = "bytes"

// maxAnswers is how many answers of an exchange are told: a table may have
// thousands of rows.
const maxAnswers = 16

// Read decodes a request of NETLINK_ROUTE and the datagrams with the answers.
func Read(sent []byte, received [][]byte) Exchange {
	x := Exchange{Protocol: "NETLINK_ROUTE", Answers: []Message{}}
	if all := Decode(sent); len(all) > 0 {
		x.Request = all[0]
	}
	for _, datagram := range received {
		for _, m := range Decode(datagram) {
			if len(x.Answers) == maxAnswers {
				x.More++
				continue
			}
			x.Answers = append(x.Answers, m)
		}
	}
	return x
}

// Decode reads all messages of a datagram. What is no message comes as one of
// the type Unread.
func Decode(b []byte) []Message {
	var all []Message
	for len(b) > 0 {
		size := 0
		if len(b) >= headerSize {
			size = int(native32(b))
		}
		if size < headerSize || size > len(b) {
			return append(all, Message{Type: Unread, Size: len(b), Parts: []Part{unread(b, 0)}})
		}
		all = append(all, message(b[:size]))
		b = b[min(align(size), len(b)):]
	}
	return all
}

// message reads one message of the right length.
func message(b []byte) Message {
	kind := native16(b[4:])
	m := Message{
		Type: typeName(kind), Size: len(b), Flags: flagNames(kind, native16(b[6:])),
		Seq: native32(b[8:]), Port: native32(b[12:]),
	}
	d := &decoder{b: b, at: headerSize}
	switch {
	case kind == typeError || kind == typeDone:
		m.Parts, m.Says = d.verdict(kind, native16(b[6:]))
	case kind >= firstRoute:
		m.Parts = d.route(kind)
	default:
		m.Parts = d.rest(nil)
	}
	return m
}

// decoder walks over the bytes of a message. It never reads behind its end.
type decoder struct {
	b    []byte // the message up to where the reading ends
	at   int
	kind string // of the link that is spoken of: veth, bridge …
	// bridge says that the family of the message is AF_BRIDGE, in which some
	// attributes mean something else.
	bridge bool
}

func (d *decoder) left() int { return len(d.b) - d.at }

// take returns the next n bytes, or what is left.
func (d *decoder) take(n int) []byte {
	n = min(n, d.left())
	b := d.b[d.at : d.at+n]
	d.at += n
	return b
}

// rest adds what is left as bytes that nobody knows.
func (d *decoder) rest(parts []Part) []Part {
	if d.left() == 0 {
		return parts
	}
	at := d.at
	return append(parts, unread(d.take(d.left()), at))
}

func unread(b []byte, at int) Part {
	return Part{Name: Unread, At: at, Size: len(b), Value: hexed(b)}
}

// hexed is how bytes are shown that have no better form.
func hexed(b []byte) string {
	if len(b) == 0 {
		return "empty"
	}
	return "0x" + hex.EncodeToString(b)
}

func align(n int) int { return (n + alignment - 1) &^ (alignment - 1) }

// Netlink uses the byte order of the machine.

func native16(b []byte) uint16 { return binary.NativeEndian.Uint16(b) }
func native32(b []byte) uint32 { return binary.NativeEndian.Uint32(b) }

// numbered is the name of a number, or the number where it has none.
func numbered(name string, n uint32) string {
	if name == "" {
		return fmt.Sprint(n)
	}
	return name
}
