package scene

import (
	"fmt"
	"net/netip"
)

// Shifted is the prefix with its address n further on, and whether there is
// one. The length stays.
func Shifted(p netip.Prefix, n int) (netip.Prefix, bool) {
	a, ok := ShiftedAddr(p.Addr(), n)
	if !ok {
		return p, false
	}
	return netip.PrefixFrom(a, p.Bits()), true
}

// ShiftedAddr is the address n further on, and whether there is one. n may be
// negative.
func ShiftedAddr(a netip.Addr, n int) (netip.Addr, bool) {
	b := a.AsSlice()
	carry := n
	for i := len(b) - 1; i >= 0 && carry != 0; i-- {
		carry += int(b[i])
		b[i] = byte(carry & 0xff)
		carry >>= 8 // arithmetic: what is borrowed stays negative
	}
	out, _ := netip.AddrFromSlice(b)
	return out.WithZone(a.Zone()), carry == 0
}

// networks: an address is one machine's. Interfaces that hear each other, over
// one cable or through switches, are on one network.
func (v *validator) networks() {
	joined := groups{}
	for i, c := range v.scene.Cables {
		cable := fmt.Sprint(i)
		for _, e := range []End{c.A, c.B} {
			if v.isSwitch(e.Node) {
				joined.join(cable, "switch "+e.Node)
			}
		}
	}
	type place struct {
		network string
		addr    netip.Addr
	}
	owner := map[place]End{}
	for i, c := range v.scene.Cables {
		network := joined.of(fmt.Sprint(i))
		for _, e := range []End{c.A, c.B} {
			for _, a := range e.Addrs {
				at := place{network, a.Addr()}
				if other, twice := owner[at]; twice {
					v.atEnd(e, "addr", fmt.Sprintf("%s has the address %s, which %s has on the same network", e.Node, a.Addr(), other.Node), "each machine of a network needs an address of its own")
				}
				owner[at] = e
			}
		}
	}
}
