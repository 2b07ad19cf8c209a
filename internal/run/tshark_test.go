package run

import (
	"encoding/binary"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"netlab/internal/measure"
	"netlab/internal/netlabtest"
	"netlab/internal/probe"
	"netlab/internal/trace"
)

// What a trace captures is read by tshark, too: both see the same frames in the
// same order, and the same in each.
func TestTsharkReadsTheSame(t *testing.T) {
	_, err := exec.LookPath("tshark")
	netlabtest.Require(t, err == nil, "tshark")
	tests := []struct {
		column column
		harm   string // makes a router report something
		must   string // a field that some frame has
	}{
		{pairColumn(), "", "arp.opcode"},
		{pair6Column(), "", "icmpv6.nd.ns.target_address"},
		{selfColumn(), "", "tcp.seq"},
		{switched6Column(), "", "udp.dstport"},
		{routedColumn(), "ip netns exec A sysctl -q -w net.ipv4.ip_default_ttl=1", "icmp.type"},
		{routed6Column(), "ip -n F -6 addr flush dev eth0", "icmpv6.type"},
		{gatewayColumn(), "", "tcp.ack"},
		{forwardColumn(), "ip -n B link set eth0 down", "tcp.seq"},
		{overlayColumn(), "", "vxlan.vni"},
		{chainColumn(), "ip -n r2 route del 10.4.0.0/24; ip -n r2 route add prohibit 10.4.0.0/24", "icmp.type"},
		{twoWaysColumn(), "", "udp.srcport"},
	}
	for _, tt := range tests {
		t.Run(tt.column.name, func(t *testing.T) {
			b := &broken{bench: newBench(t), col: tt.column}
			t.Cleanup(func() { b.stop() })
			b.build()
			if tt.harm != "" {
				must(t, b.sh(tt.harm))
			}
			lab, err := b.kernel.Snapshot(soon(t))
			must(t, err)
			p := b.topology.Probe
			got, _, err := follow(soon(t), b.kernel, lab, probe.Knock{From: p.From, To: p.To, Proto: measure.Proto(p.Proto), Port: p.Port, Size: p.Size, Timeout: 200 * time.Millisecond})
			must(t, err)
			sameAsTshark(t, got, trace.Tunnels(lab), tt.must)
			sameProbe(t, got, trace.Sights(lab, got))
		})
	}
}

// pcap writes a capture as the oldest of formats, with nanoseconds
// (pcap-savefile(5)).
func pcap(t *testing.T, c measure.Capture) string {
	t.Helper()
	const magic, ethernet, snap = 0xa1b23c4d, 1, 65535
	le := binary.LittleEndian
	out := le.AppendUint32(nil, magic)
	out = le.AppendUint32(out, 2|4<<16) // version 2.4
	out = le.AppendUint64(out, 0)
	out = le.AppendUint32(le.AppendUint32(out, snap), ethernet)
	for _, p := range c.Packets {
		for _, n := range []int{int(p.Time.Unix()), p.Time.Nanosecond(), len(p.Data), p.Len} {
			out = le.AppendUint32(out, uint32(n))
		}
		out = append(out, p.Data...)
	}
	path := filepath.Join(t.TempDir(), "trace.pcap")
	must(t, os.WriteFile(path, out, 0o644))
	return path
}

func tsharkFields() []string {
	return []string{
		"frame.time_epoch", "eth.src", "eth.dst", "ip.src", "ip.dst", "ip.ttl", "ipv6.src", "ipv6.dst", "ipv6.hlim", "icmp.type", "icmp.code", "icmpv6.type", "icmpv6.code",
		"arp.opcode", "arp.src.proto_ipv4", "arp.dst.proto_ipv4", "arp.src.hw_mac", "icmpv6.nd.ns.target_address", "icmpv6.nd.na.target_address",
		"tcp.flags", "tcp.seq", "tcp.ack", "tcp.srcport", "tcp.dstport", "udp.srcport", "udp.dstport", "vxlan.vni",
	}
}

// tshark reads a file, one line a frame.
func tshark(t *testing.T, file string, args ...string) []string {
	t.Helper()
	cmd := exec.Command("tshark", append([]string{"-n", "-r", file, "-o", "tcp.relative_sequence_numbers:FALSE", "-o", "ip.defragment:FALSE", "-o", "ipv6.defragment:FALSE"}, args...)...)
	cmd.Env = append(os.Environ(), "HOME="+t.TempDir(), "LC_ALL=C")
	var says strings.Builder
	cmd.Stderr = &says
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("tshark: %v\n%s", err, says.String())
	}
	text := strings.TrimSuffix(string(out), "\n")
	if text == "" {
		return nil
	}
	return strings.Split(text, "\n")
}

func sameAsTshark(t *testing.T, got measure.Trace, tunnels []uint16, needs string) {
	t.Helper()
	args := []string{"-T", "fields", "-E", "separator=;", "-E", "occurrence=a"}
	for _, f := range tsharkFields() {
		args = append(args, "-e", f)
	}
	lines := tshark(t, pcap(t, got.Capture), args...)
	if len(lines) != len(got.Capture.Packets) || len(lines) == 0 {
		t.Fatalf("tshark sees %d frames, and there are %d", len(lines), len(got.Capture.Packets))
	}
	seen := false
	for i, p := range got.Capture.Packets {
		theirs := map[string]string{}
		for j, v := range strings.Split(lines[i], ";") {
			if name := tsharkFields()[j]; v != "" {
				theirs[name] = plainly(name, v)
				seen = seen || name == needs
			}
		}
		ours := fieldsOf(trace.Read(p.Data, got.Capture.Points[p.Point].Ether, tunnels))
		ours["frame.time_epoch"] = fmt.Sprintf("%d.%09d", p.Time.Unix(), p.Time.Nanosecond())
		if i > 0 && p.Time.Before(got.Capture.Packets[i-1].Time) {
			t.Errorf("frame %d is older than the one before", i)
		}
		if diff := cmp.Diff(theirs, ours); diff != "" {
			at := got.Capture.Points[p.Point]
			t.Errorf("frame %d, at %s in %s (-tshark +netlab):\n%s\n%x", i, at.Link, at.Space, diff, p.Data)
		}
	}
	if !seen {
		t.Errorf("no frame has %s", needs)
	}
}

// plainly writes a field of tshark as the others are written.
func plainly(name, v string) string {
	all := strings.Split(v, ",")
	for i, one := range all {
		if n, err := strconv.ParseUint(one, 0, 64); err == nil && name == "tcp.flags" {
			all[i] = fmt.Sprint(n & (fin | syn | rst | ack)) // those that trace knows
		}
	}
	return strings.Join(all, ",")
}

// Flags of TCP (RFC 9293, 3.1).
const fin, syn, rst, ack = 1, 2, 4, 16

// fieldsOf are the fields of a frame by tshark's names, the outermost first.
func fieldsOf(f trace.Frame) map[string]string {
	out := map[string]string{}
	put := func(name string, v any) {
		if s := fmt.Sprint(v); out[name] == "" {
			out[name] = s
		} else {
			out[name] += "," + s
		}
	}
	if f.Outer != nil {
		put("eth.src", f.Sender)
		put("eth.dst", f.Carrier)
		packetFields(put, *f.Outer)
		put("vxlan.vni", f.Tunnel)
	}
	put("eth.src", f.From)
	put("eth.dst", f.To)
	packetFields(put, f.Packet)
	if f.Quoted != nil {
		packetFields(put, *f.Quoted)
	}
	switch a := f.Ask; {
	case a == nil:
	case f.Source.IsValid() && a.Answer:
		put("icmpv6.nd.na.target_address", a.For)
	case f.Source.IsValid():
		put("icmpv6.nd.ns.target_address", a.For)
	case a.Answer:
		put("arp.opcode", 2)
		put("arp.src.proto_ipv4", a.For)
		put("arp.dst.proto_ipv4", a.By)
		put("arp.src.hw_mac", a.MAC)
	default:
		put("arp.opcode", 1)
		put("arp.src.proto_ipv4", a.By)
		put("arp.dst.proto_ipv4", a.For)
		put("arp.src.hw_mac", f.From)
	}
	return out
}

func packetFields(put func(string, any), p trace.Packet) {
	six := p.Source.Is6()
	name := func(four, sixth string) string {
		if six {
			return sixth
		}
		return four
	}
	if !p.Source.IsValid() {
		return
	}
	put(name("ip.src", "ipv6.src"), p.Source)
	put(name("ip.dst", "ipv6.dst"), p.Dest)
	put(name("ip.ttl", "ipv6.hlim"), p.TTL)
	switch p.Proto {
	case measure.ICMP:
		put(name("icmp.type", "icmpv6.type"), p.Type)
		put(name("icmp.code", "icmpv6.code"), p.Code)
	case measure.TCP:
		flags := 0
		for bit, set := range map[int]bool{fin: p.Flags.FIN, syn: p.Flags.SYN, rst: p.Flags.RST, ack: p.Flags.ACK} {
			if set {
				flags |= bit
			}
		}
		put("tcp.flags", flags)
		put("tcp.seq", p.Seq)
		put("tcp.ack", p.Ack)
		put("tcp.srcport", p.SourcePort)
		put("tcp.dstport", p.DestPort)
	case measure.UDP:
		put("udp.srcport", p.SourcePort)
		put("udp.dstport", p.DestPort)
	}
}

// sameProbe asks tshark which frames have the data of the probe: they are the
// ones of which the story tells, before the probe is sent a second time.
func sameProbe(t *testing.T, got measure.Trace, sights []trace.Sight) {
	t.Helper()
	if len(got.Token) == 0 || got.Size > 1400 {
		return // a connection has no data, and of a fragment only the first has the token
	}
	var token []string
	for _, c := range got.Token {
		token = append(token, fmt.Sprintf("%02x", c))
	}
	var ours []string
	theirs := tshark(t, pcap(t, got.Capture), "-Y", "frame contains "+strings.Join(token, ":"), "-T", "fields", "-e", "frame.number")
	for _, s := range sights {
		if p := s.Part; (p == trace.Request || p == trace.Reply || p == trace.Report) && s.Frame.Piece == 0 {
			ours = append(ours, fmt.Sprint(s.Index+1))
		}
	}
	if diff := cmp.Diff(theirs, ours); diff != "" && !slices.Equal(theirs, ours) {
		t.Errorf("frames of the probe (-tshark +netlab):\n%s", diff)
	}
}
