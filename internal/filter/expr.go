package filter

import "golang.org/x/net/bpf"

// expr is a claim about a frame. Emit writes the instructions that go to yes
// if it holds, else to no, and returns where they begin. There are everything,
// both, either, not, and the comparisons below.
type expr interface {
	emit(c *code, yes, no label) label
}

type everything struct{}

func (everything) emit(_ *code, yes, _ label) label { return yes }

type both struct{ a, b expr }

func (e both) emit(c *code, yes, no label) label { return e.a.emit(c, e.b.emit(c, yes, no), no) }

type either struct{ a, b expr }

func (e either) emit(c *code, yes, no label) label { return e.a.emit(c, yes, e.b.emit(c, yes, no)) }

type not struct{ a expr }

func (e not) emit(c *code, yes, no label) label { return e.a.emit(c, no, yes) }

func all(of ...expr) expr { return fold(of, func(a, b expr) expr { return both{a, b} }) }

func anyOf(of ...expr) expr { return fold(of, func(a, b expr) expr { return either{a, b} }) }

func fold(of []expr, join func(a, b expr) expr) expr {
	out := of[len(of)-1]
	for i := len(of) - 2; i >= 0; i-- {
		out = join(of[i], out)
	}
	return out
}

// carries compares what a frame carries (EtherType).
type carries uint32

func (e carries) emit(c *code, yes, no label) label {
	c.branch(bpf.JumpEqual, uint32(e), yes, no)
	return c.add(bpf.LoadScratch{Dst: bpf.RegA, N: carried})
}

// framed: the frame begins with an Ethernet header.
type framed struct{}

func (framed) emit(c *code, yes, no label) label {
	c.branch(bpf.JumpEqual, etherHeader, yes, no)
	return c.add(bpf.LoadScratch{Dst: bpf.RegA, N: netAt})
}

// layer is where a field is counted from.
type layer int

const (
	ofFrame     layer = iota
	ofNetwork         // the IP or ARP header
	ofTransport       // what follows an IPv4 header, which has no fixed length
)

// field compares some bytes of a header; mask 0 means all their bits.
type field struct {
	of         layer
	off        uint32
	size       int
	mask, want uint32
}

func (e field) emit(c *code, yes, no label) label {
	c.branch(bpf.JumpEqual, e.want, yes, no)
	if e.mask != 0 {
		c.add(bpf.ALUOpConstant{Op: bpf.ALUOpAnd, Val: e.mask})
	}
	if e.of == ofFrame {
		return c.add(bpf.LoadAbsolute{Off: e.off, Size: e.size})
	}
	c.add(bpf.LoadIndirect{Off: e.off, Size: e.size})
	if e.of == ofTransport { // its length, in words of four bytes, is half of the first byte
		c.add(bpf.TAX{})
		c.add(bpf.ALUOpX{Op: bpf.ALUOpAdd})
		c.add(bpf.ALUOpConstant{Op: bpf.ALUOpShiftLeft, Val: 2})
		c.add(bpf.ALUOpConstant{Op: bpf.ALUOpAnd, Val: 0x0f})
		c.add(bpf.LoadIndirect{Off: 0, Size: 1})
	}
	return c.add(bpf.LoadScratch{Dst: bpf.RegX, N: netAt})
}
