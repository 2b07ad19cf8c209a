package filter

import (
	"slices"

	"golang.org/x/net/bpf"
)

// What the program keeps in its scratch memory.
const (
	netAt   = iota // where the header of the network layer begins
	carried        // what the frame carries, as in an Ethernet header
)

const etherHeader = 14 // bytes

// Kinds of interfaces whose frames begin with an Ethernet header
// (linux/if_arp.h).
const (
	arphrdEther    = 1
	arphrdLoopback = 772
)

// anyLink asks the kernel what kind of interface a frame came by.
func anyLink() []bpf.Instruction {
	return []bpf.Instruction{
		bpf.LoadExtension{Num: bpf.ExtLinkLayerType},
		bpf.JumpIf{Cond: bpf.JumpEqual, Val: arphrdEther, SkipTrue: 3},
		bpf.JumpIf{Cond: bpf.JumpEqual, Val: arphrdLoopback, SkipTrue: 2},
		bpf.LoadConstant{Dst: bpf.RegA, Val: 0},
		bpf.Jump{Skip: 1},
		bpf.LoadConstant{Dst: bpf.RegA, Val: etherHeader},
		bpf.StoreScratch{Src: bpf.RegA, N: netAt},
		bpf.LoadExtension{Num: bpf.ExtProto},
		bpf.StoreScratch{Src: bpf.RegA, N: carried},
	}
}

func ethernet() []bpf.Instruction {
	return []bpf.Instruction{
		bpf.LoadConstant{Dst: bpf.RegA, Val: etherHeader},
		bpf.StoreScratch{Src: bpf.RegA, N: netAt},
		bpf.LoadAbsolute{Off: 12, Size: 2},
		bpf.StoreScratch{Src: bpf.RegA, N: carried},
	}
}

// code is a program that is written from its end to its beginning: jumps only
// go forward, so where they go to is known when they are written.
type code struct{ backward []bpf.Instruction }

// label is an instruction, by its distance from the end of the program.
type label int

func (c *code) add(i bpf.Instruction) label {
	c.backward = append(c.backward, i)
	return label(len(c.backward) - 1)
}

// skip is how many instructions lie between the one that is added next and
// another.
func (c *code) skip(to label) uint32 { return uint32(len(c.backward) - 1 - int(to)) }

// near is a label that a conditional jump, which is added next but one, can
// reach: it has a byte for the way.
func (c *code) near(to label) label {
	const reach = 250
	if c.skip(to) <= reach {
		return to
	}
	return c.add(bpf.Jump{Skip: c.skip(to)})
}

// branch goes to yes if the accumulator compares so, else to no.
func (c *code) branch(cond bpf.JumpTest, val uint32, yes, no label) {
	yes = c.near(yes)
	no = c.near(no)
	c.add(bpf.JumpIf{Cond: cond, Val: val, SkipTrue: uint8(c.skip(yes)), SkipFalse: uint8(c.skip(no))})
}

// enter makes the program begin at a label.
func (c *code) enter(at label) {
	if c.skip(at) > 0 {
		c.add(bpf.Jump{Skip: c.skip(at)})
	}
}

func (c *code) forward() []bpf.Instruction {
	out := slices.Clone(c.backward)
	slices.Reverse(out)
	return out
}
