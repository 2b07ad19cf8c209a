package trace

import (
	"net/netip"
)

// details are what the headers and the tables say besides.
func (n narrator) details(h Hop, in Sight, entered bool, outs []Sight) []string {
	var out []string
	last := in.Frame
	if len(outs) > 0 {
		last = outs[0].Frame
	}
	if unwrapped := entered && in.Frame.Outer != nil && last.Outer == nil; (h.Does == Sends || h.Does == Routes || h.Does == Stops) && !unwrapped {
		out = append(out, n.route(h.Space, last.carried().Dest)...)
	}
	switch {
	case h.Does == Routes && len(outs) > 0 && in.Frame.From != "" && last.From != "":
		out = append(out, "MAC addresses in: "+hardware(in.Frame), "MAC addresses out: "+hardware(last))
	case last.From != "":
		out = append(out, "MAC addresses: "+hardware(last))
	}
	return out
}

func hardware(f Frame) string {
	if f.Outer != nil {
		return f.Sender + " → " + f.Carrier
	}
	return f.From + " → " + f.To
}

// carried is the packet by whose addresses a frame is routed: of a tunnel the
// outer one.
func (f Frame) carried() Packet {
	if f.Outer != nil {
		return *f.Outer
	}
	return f.Packet
}

// route says which way the kernel has chosen.
func (n narrator) route(space string, to netip.Addr) []string {
	l, ok := n.lookup(space, to)
	switch {
	case !ok && l.Errno != "":
		return []string{"route to " + to.String() + ": " + l.Text}
	case !ok || l.Local:
		return nil
	case l.Via.IsValid():
		return []string{"route to " + to.String() + ": via " + l.Via.String() + " dev " + l.Dev}
	}
	return []string{"route to " + to.String() + ": dev " + l.Dev}
}
