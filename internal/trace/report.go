package trace

// usedUp says that a router has reported the end of a packet's time to live.
func (n narrator) usedUp(space string) string {
	for _, s := range n.sights {
		if p := s.Frame.Packet; s.Part == Report && s.Space == space && s.Out() && (p.Source.Is4() && p.Type == exceeded4 || p.Source.Is6() && p.Type == exceeded6) {
			return ": its time to live is used up"
		}
	}
	return ""
}

// reported is what an ICMP error says. Of one that the probe took for no end,
// since it went on with smaller packets, the probe knows nothing.
func (n narrator) reported(p Packet) string {
	const fragment4 = 4 // code of RFC 792
	switch e := n.trace.ICMP; {
	case e != nil && e.From == p.Source && e.Type == p.Type && e.Code == p.Code:
		return e.Text
	case p.Source.Is4() && p.Type == unreachable4 && p.Code == fragment4:
		return "Frag needed and DF set"
	case p.Source.Is6() && p.Type == tooBig6:
		return "Packet too big"
	}
	return ""
}
