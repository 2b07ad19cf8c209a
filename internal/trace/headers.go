package trace

import (
	"fmt"
	"strings"

	"github.com/gopacket/gopacket"
	"github.com/gopacket/gopacket/layers"
)

// Header is one header of a frame, for people.
type Header struct {
	Name   string  `json:"name"`
	Bytes  []byte  `json:"bytes"`
	Fields []Field `json:"fields"`
}

// Field is one field of a header.
type Field struct {
	Name  string `json:"name"`
	Value string `json:"value"`
}

// Headers are the headers of a frame, the outermost first.
func (f Frame) Headers() []Header {
	var out []Header
	for _, l := range f.layers {
		name, fields := describe(l)
		if name == "" {
			name = l.LayerType().String()
		}
		out = append(out, Header{Name: name, Bytes: l.LayerContents(), Fields: fields})
	}
	if n := len(f.Data); n > 0 {
		out = append(out, Header{Name: "data", Bytes: f.Data})
	}
	return out
}

func describe(l gopacket.Layer) (string, []Field) {
	switch l := l.(type) {
	case *layers.Ethernet:
		return "Ethernet", fields("from", l.SrcMAC, "to", l.DstMAC, "type", l.EthernetType)
	case *layers.ARP:
		return "ARP", fields("operation", operation(l.Operation), "sender", pair(l.SourceHwAddress, l.SourceProtAddress), "target", pair(l.DstHwAddress, l.DstProtAddress))
	case *layers.IPv4:
		return "IPv4", fields("from", l.SrcIP, "to", l.DstIP, "time to live", l.TTL, "carries", l.Protocol, "length", l.Length, "id", l.Id, "flags", l.Flags, "offset", l.FragOffset, "service", l.TOS)
	case *layers.IPv6:
		return "IPv6", fields("from", l.SrcIP, "to", l.DstIP, "hop limit", l.HopLimit, "carries", l.NextHeader, "length", l.Length, "class", l.TrafficClass, "flow", l.FlowLabel)
	case *layers.ICMPv4:
		return "ICMP", fields("type", l.TypeCode, "id", l.Id, "sequence", l.Seq)
	case *layers.ICMPv6:
		return "ICMPv6", fields("type", l.TypeCode)
	case *layers.ICMPv6Echo:
		return "echo", fields("id", l.Identifier, "sequence", l.SeqNumber)
	case *layers.ICMPv6NeighborSolicitation:
		return "neighbour solicitation", fields("target", l.TargetAddress)
	case *layers.ICMPv6NeighborAdvertisement:
		return "neighbour advertisement", fields("target", l.TargetAddress, "router", l.Router(), "solicited", l.Solicited(), "override", l.Override())
	case *layers.TCP:
		return "TCP", fields("from port", uint16(l.SrcPort), "to port", uint16(l.DstPort), "flags", flagsOf(l), "sequence", l.Seq, "acknowledges", l.Ack, "window", l.Window)
	case *layers.UDP:
		return "UDP", fields("from port", uint16(l.SrcPort), "to port", uint16(l.DstPort), "length", l.Length)
	case *layers.VXLAN:
		return "VXLAN", fields("network", l.VNI)
	}
	return "", nil
}

// fields pairs names with values. What is empty or zero and says nothing by
// that is left out.
func fields(of ...any) []Field {
	var out []Field
	for i := 0; i+1 < len(of); i += 2 {
		if v := fmt.Sprint(of[i+1]); v != "" {
			out = append(out, Field{Name: fmt.Sprint(of[i]), Value: v})
		}
	}
	return out
}

func operation(n uint16) string {
	switch n {
	case layers.ARPRequest:
		return "request (who has the target?)"
	case layers.ARPReply:
		return "reply (the sender has it)"
	}
	return fmt.Sprint(n)
}

func pair(hw, ip []byte) string { return addr(ip).String() + " at " + mac(hw) }

func flagsOf(l *layers.TCP) string {
	var out []string
	for _, f := range []struct {
		set  bool
		name string
	}{{l.SYN, "SYN"}, {l.ACK, "ACK"}, {l.FIN, "FIN"}, {l.RST, "RST"}, {l.PSH, "PSH"}, {l.URG, "URG"}, {l.ECE, "ECE"}, {l.CWR, "CWR"}} {
		if f.set {
			out = append(out, f.name)
		}
	}
	return strings.Join(out, " ")
}
