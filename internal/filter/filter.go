// Package filter makes programs of the kernel's packet filter (classic BPF)
// from capture filters in words: a part of the syntax of pcap-filter(7), where
// each of its words means what it means to tcpdump. The package is pure.
//
// Why it is our own: of the compilers in pure Go, packetcap/go-pcap has no
// release, takes "icmp and" for a filter, and compiles portranges to something
// else; pgaskin/go-pcapfilter (libpcap itself, by way of WebAssembly) cannot be
// had as a module. What is not understood here is refused, with its place.
package filter

import (
	"fmt"

	"golang.org/x/net/bpf"
)

// Program is one of the kernel's packet filter (SO_ATTACH_FILTER, socket(7)).
type Program = []bpf.RawInstruction

// Link says where frames begin.
type Link int

const (
	// AnyLink: each frame begins as its interface has it, which the kernel tells
	// the program. Only the kernel can run it.
	AnyLink Link = iota
	// Ethernet: all frames begin with an Ethernet header.
	Ethernet
)

// Error says what is wrong with a filter, and where.
type Error struct {
	At   int // first character of what is wrong, from 1
	Text string
	Hint string
}

func (e *Error) Error() string { return fmt.Sprintf("filter, character %d: %s", e.At, e.Text) }

// maxText bounds a filter: the kernel takes programs of 4096 instructions, and
// no two characters make more than ten.
const maxText = 500

// maxProgram is BPF_MAXINSNS of linux/bpf_common.h.
const maxProgram = 4096

// Compile makes a program that keeps the first snap bytes of the frames that
// the filter means, and nothing of others. An empty filter means all. The
// error is an *Error.
func Compile(text string, snap int, from Link) (Program, error) {
	if len(text) > maxText {
		return nil, &Error{At: maxText + 1, Text: fmt.Sprintf("the filter is longer than %d characters", maxText), Hint: "capture more, and look for it in the file"}
	}
	p := parser{words: split(text)}
	var claim expr = everything{}
	if p.peek().text != "" {
		var err error
		if claim, err = p.whole(); err != nil {
			return nil, err
		}
	}
	var c code
	no := c.add(bpf.RetConstant{Val: 0})
	yes := c.add(bpf.RetConstant{Val: uint32(snap)})
	c.enter(claim.emit(&c, yes, no))
	prologue := anyLink()
	if from == Ethernet {
		prologue = ethernet()
	}
	raw, err := bpf.Assemble(append(prologue, c.forward()...))
	if err == nil && len(raw) > maxProgram {
		err = fmt.Errorf("the program has %d instructions, the kernel takes %d", len(raw), maxProgram)
	}
	if err != nil {
		return nil, &Error{At: 1, Text: "the filter cannot be compiled: " + err.Error()}
	}
	return raw, nil
}
