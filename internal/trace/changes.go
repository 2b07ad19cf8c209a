package trace

import (
	"fmt"
	"net/netip"
)

// changes says what a namespace made of a packet.
func (n narrator) changes(v Visit, in Sight, entered bool, outs []Sight) []string {
	var out []string
	first, final := v.Sights[0].Frame, v.Last().Frame
	if entered {
		first = in.Frame
	}
	if len(outs) > 0 {
		final = outs[len(outs)-1].Frame
	}
	switch {
	case first.Outer == nil && final.Outer != nil:
		out = append(out, fmt.Sprintf("wraps it: VXLAN %d, in a UDP packet from %s to %s", final.Tunnel, final.Outer.Source, final.Outer.Dest))
	case first.Outer != nil && final.Outer == nil:
		out = append(out, fmt.Sprintf("unwraps it: it came in VXLAN %d from %s", first.Tunnel, first.Outer.Source))
	}
	return append(out, translated(first.Packet, final.Packet)...)
}

// translated says which addresses have changed on the way through.
func translated(before, after Packet) []string {
	var out []string
	if !before.Source.IsValid() || !after.Source.IsValid() {
		return nil
	}
	if before.Source != after.Source || before.SourcePort != after.SourcePort {
		out = append(out, "changes the source from "+ending(before.Source, before.SourcePort)+" to "+ending(after.Source, after.SourcePort)+" (NAT)")
	}
	if before.Dest != after.Dest || before.DestPort != after.DestPort {
		out = append(out, "changes the destination from "+ending(before.Dest, before.DestPort)+" to "+ending(after.Dest, after.DestPort)+" (NAT)")
	}
	return out
}

func ending(a netip.Addr, port uint16) string {
	if port == 0 {
		return a.String()
	}
	return netip.AddrPortFrom(a, port).String()
}
