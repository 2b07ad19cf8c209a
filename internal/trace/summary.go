package trace

import (
	"fmt"
	"net/netip"
	"strings"

	"github.com/gopacket/gopacket/layers"

	"netlab/internal/measure"
)

// Summary says in a few words what a frame is, as tcpdump does.
func (f Frame) Summary() string {
	text := f.inner()
	if f.Outer != nil {
		return fmt.Sprintf("VXLAN %d, %s > %s: %s", f.Tunnel, f.Outer.Source, f.Outer.Dest, text)
	}
	return text
}

func (f Frame) inner() string {
	switch {
	case f.Ask != nil:
		return f.Ask.summary(f.Source.IsValid())
	case !f.Source.IsValid():
		return f.unread()
	}
	return f.Packet.ends() + " " + f.content() + fmt.Sprintf(" ttl %d", f.TTL)
}

func (a Ask) summary(six bool) string {
	by := "ARP"
	if six {
		by = "ICMPv6"
	}
	switch {
	case a.Answer:
		return fmt.Sprintf("%s %s is at %s", by, a.For, a.MAC)
	case a.By == a.For:
		return fmt.Sprintf("%s announcement of %s", by, a.For)
	case a.By.IsUnspecified() && six:
		return fmt.Sprintf("%s has anybody %s?", by, a.For)
	}
	return fmt.Sprintf("%s who has %s? tell %s", by, a.For, a.By)
}

// ends are the two of a packet, with their ports.
func (p Packet) ends() string {
	end := func(a netip.Addr, port uint16) string {
		if p.Piece > 0 || p.Proto != measure.TCP && p.Proto != measure.UDP {
			return a.String()
		}
		return netip.AddrPortFrom(a, port).String()
	}
	return end(p.Source, p.SourcePort) + " > " + end(p.Dest, p.DestPort)
}

// content says what an IP packet carries.
func (f Frame) content() string {
	var text string
	switch {
	case f.Piece > 0:
		return "the rest of a packet, a fragment"
	case f.Proto == measure.TCP:
		text = "TCP " + strings.TrimSpace(f.Flags.words()+data(len(f.Data)))
	case f.Proto == measure.UDP:
		text = strings.TrimSpace("UDP" + data(len(f.Data)))
	case f.Proto == measure.ICMP:
		text = f.message()
	default:
		text = f.unread()
	}
	if f.More {
		text += ", the first fragment"
	}
	return text
}

func data(n int) string {
	switch n {
	case 0:
		return ""
	case 1:
		return " 1 byte"
	}
	return fmt.Sprintf(" %d bytes", n)
}

func (f Flags) words() string {
	var out []string
	for _, w := range []struct {
		set  bool
		name string
	}{{f.SYN, "SYN"}, {f.FIN, "FIN"}, {f.RST, "RST"}, {f.ACK, "ACK"}} {
		if w.set {
			out = append(out, w.name)
		}
	}
	return strings.Join(out, " ")
}

// message says what an ICMP message means.
func (f Frame) message() string {
	name, words := "ICMP", icmpWords()
	if !f.Source.Is4() {
		name, words = "ICMPv6", icmp6Words()
	}
	if seq, ok := f.echo(); ok {
		kind := "echo request"
		if f.Type == echoReply4 || f.Type == echoReply6 {
			kind = "echo reply"
		}
		return fmt.Sprintf("%s %s seq %d", name, kind, seq)
	}
	text, ok := words[[2]int{f.Type, f.Code}]
	if !ok {
		text, ok = words[[2]int{f.Type, anyCode}]
	}
	if !ok {
		text = fmt.Sprintf("type %d, code %d", f.Type, f.Code)
	}
	if f.Quoted != nil {
		text += " (about " + f.Quoted.ends() + ")"
	}
	return name + " " + text
}

// echo returns the number of an echo request or reply.
func (f Frame) echo() (seq uint16, ok bool) {
	for _, l := range f.layers {
		switch l := l.(type) {
		case *layers.ICMPv4:
			seq, ok = l.Seq, f.Type == echo4 || f.Type == echoReply4
		case *layers.ICMPv6Echo:
			seq, ok = l.SeqNumber, true
		}
	}
	return seq, ok
}

const anyCode = -1

// icmpWords are those of RFC 792, RFC 1812 and RFC 1191.
func icmpWords() map[[2]int]string {
	return map[[2]int]string{
		{unreachable4, 0}: "network unreachable", {unreachable4, 1}: "host unreachable", {unreachable4, 2}: "protocol unreachable",
		{unreachable4, 3}: "port unreachable", {unreachable4, 4}: "too big, and may not be cut (fragmentation needed)",
		{unreachable4, 9}: "prohibited", {unreachable4, 10}: "prohibited", {unreachable4, 13}: "prohibited",
		{unreachable4, anyCode}: "unreachable", {5, anyCode}: "redirect", {exceeded4, 0}: "time to live exceeded",
		{exceeded4, 1}: "a fragment is missing", {problem4, anyCode}: "parameter problem",
	}
}

// icmp6Words are those of RFC 4443, RFC 4861 and RFC 3810.
func icmp6Words() map[[2]int]string {
	return map[[2]int]string{
		{unreachable6, 0}: "no route", {unreachable6, 1}: "prohibited", {unreachable6, 3}: "address unreachable", {unreachable6, 4}: "port unreachable",
		{unreachable6, anyCode}: "unreachable", {tooBig6, anyCode}: "packet too big", {exceeded6, 0}: "hop limit exceeded",
		{exceeded6, 1}: "a fragment is missing", {problem6, anyCode}: "parameter problem", {131, anyCode}: "group report", {132, anyCode}: "group left",
		{130, anyCode}: "group question", {133, anyCode}: "router solicitation", {134, anyCode}: "router advertisement", {137, anyCode}: "redirect",
		{143, anyCode}: "group report",
	}
}

// unread names what is not looked into.
func (f Frame) unread() string {
	if len(f.layers) == 0 {
		return "a frame that cannot be read"
	}
	switch l := f.layers[len(f.layers)-1].(type) {
	case *layers.Ethernet:
		return f.From + " > " + f.To + " " + l.EthernetType.String()
	case *layers.IPv4:
		return l.Protocol.String()
	case *layers.IPv6:
		return l.NextHeader.String()
	default:
		return l.LayerType().String()
	}
}

// UsualTunnels are the UDP ports of VXLAN for whom nothing is known of a lab:
// IANA's, and the one that Linux took before.
func UsualTunnels() []uint16 { return []uint16{4789, 8472} }
