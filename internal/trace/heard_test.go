package trace

import (
	"encoding/binary"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/gopacket/gopacket"
	"github.com/gopacket/gopacket/layers"

	"netlab/internal/measure"
)

// said is a DNS message about the name web: a question, or the answer that
// there is no such name.
func said(id uint16, answer bool) string {
	b := binary.BigEndian.AppendUint16(nil, id)
	if answer {
		b = append(b, 0x81, 0x83)
	} else {
		b = append(b, 0x01, 0x00)
	}
	b = append(b, 0, 1, 0, 0, 0, 0, 0, 0)
	return string(append(b, "\x03web\x00\x00\x01\x00\x01"...))
}

// framed is a message as TCP carries it.
func framed(message string) string {
	return string(binary.BigEndian.AppendUint16(nil, uint16(len(message)))) + message
}

// dataOf is a segment of TCP with data.
func dataOf(from, to uint16, seq uint32, data string) []gopacket.SerializableLayer {
	return []gopacket.SerializableLayer{
		&layers.TCP{SrcPort: layers.TCPPort(from), DstPort: layers.TCPPort(to), Seq: seq, ACK: true, Window: 100}, gopacket.Payload(data),
	}
}

// heardText is one message in short: who says it to whom, and what.
func heardText(h measure.Heard) string {
	how := "udp"
	what, _, _ := strings.Cut(h.Wrong, ": ") // what is wrong with the bytes is the business of package dns
	if h.TCP {
		how = "tcp"
	}
	if m := h.Message; m != nil && m.Response {
		what = fmt.Sprint("answer ", m.ID)
	} else if m != nil {
		what = fmt.Sprint("question ", m.ID)
	}
	return fmt.Sprintf("%s: %s(%s) to %s(%s), %s %s", h.At, h.Sender, h.From, h.Taker, h.To, how, what)
}

// scene is a film of a land, and what is heard in it.
type scene struct {
	name, land string
	film       *film
	want       []string
}

func hears(t *testing.T, tests []scene) {
	t.Helper()
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var got []string
			for _, h := range Heard(land(t, tt.land), tt.film.trace.Capture) {
				got = append(got, heardText(h))
			}
			if d := cmp.Diff(tt.want, got); d != "" {
				t.Error(d)
			}
		})
	}
}

// routedLand is a behind the router r, and b beyond it.
const routedLand = "a eth0 - r eth0\nr eth1 - b eth0\na eth0 10.0.1.1/24\nr eth0 10.0.1.9/24\nr eth1 10.0.2.9/24\nb eth0 10.0.2.2/24"

func TestHeard(t *testing.T) {
	const a, b, r = "10.0.0.1", "10.0.0.2", "10.0.2.9"
	ask := func(id uint16) []byte { return packet(macA, macB, a, b, 64, udpOf(4000, 53, said(id, false))...) }
	answer := func(id uint16) []byte { return packet(macB, macA, b, a, 64, udpOf(53, 4000, said(id, true))...) }
	far := func(fromMAC, toMAC, from, to string, ttl uint8, l ...gopacket.SerializableLayer) []byte {
		return packet(fromMAC, toMAC, from, to, ttl, l...)
	}
	q := udpOf(4000, 53, said(7, false))
	hears(t, []scene{
		{"a question and its answer are told once each", pairLand,
			new(film).hop("a", "eth0", "b", "eth0", in, ask(7)).hop("b", "eth0", "a", "eth0", in, answer(7)),
			[]string{"0s: a(10.0.0.1:4000) to b(10.0.0.2:53), udp question 7", "2µs: b(10.0.0.2:53) to a(10.0.0.1:4000), udp answer 7"}},
		{"a question that is sent once more is another one", pairLand,
			new(film).hop("a", "eth0", "b", "eth0", in, ask(7)).hop("a", "eth0", "b", "eth0", in, ask(7)),
			[]string{"0s: a(10.0.0.1:4000) to b(10.0.0.2:53), udp question 7", "2µs: a(10.0.0.1:4000) to b(10.0.0.2:53), udp question 7"}},
		{"a question that is lost on its way has no taker", routedLand,
			new(film).hop("a", "eth0", "r", "eth0", in, far(macA, macR, "10.0.1.1", "10.0.2.2", 64, q...)),
			[]string{"0s: a(10.0.1.1:4000) to (10.0.2.2:53), udp question 7"}},
		{"a router that passes a question on sends none itself", routedLand,
			new(film).hop("a", "eth0", "r", "eth0", in, far(macA, macR, "10.0.1.1", "10.0.2.2", 64, q...)).
				hop("r", "eth1", "b", "eth0", in, far(macS, macB, "10.0.1.1", "10.0.2.2", 63, q...)),
			[]string{"0s: a(10.0.1.1:4000) to b(10.0.2.2:53), udp question 7"}},
		{"NAT on the way makes no second question", routedLand,
			new(film).hop("a", "eth0", "r", "eth0", in, far(macA, macR, "10.0.1.1", "10.0.2.2", 64, q...)).
				hop("r", "eth1", "b", "eth0", in, far(macS, macB, r, "10.0.2.2", 63, q...)),
			[]string{"0s: a(10.0.1.1:4000) to b(10.0.2.2:53), udp question 7"}},
		{"a question to an address that NAT turns to another machine arrives there", routedLand,
			new(film).hop("a", "eth0", "r", "eth0", in, far(macA, macR, "10.0.1.1", "10.0.1.9", 64, q...)).
				hop("r", "eth1", "b", "eth0", in, far(macS, macB, "10.0.1.1", "10.0.2.2", 63, q...)),
			[]string{"0s: a(10.0.1.1:4000) to b(10.0.1.9:53), udp question 7"}},
		{"a server that asks further with the same number asks itself", routedLand,
			new(film).hop("a", "eth0", "r", "eth0", in, far(macA, macR, "10.0.1.1", "10.0.1.9", 64, q...)).
				hop("r", "eth1", "b", "eth0", in, far(macS, macB, r, "10.0.2.2", 64, udpOf(5000, 53, said(7, false))...)),
			[]string{"0s: a(10.0.1.1:4000) to r(10.0.1.9:53), udp question 7", "2µs: r(10.0.2.9:5000) to b(10.0.2.2:53), udp question 7"}},
		{"who asks itself is heard at lo", pairLand,
			new(film).hop("a", "lo", "a", "lo", in, packet(macA, macA, "127.0.0.1", "127.0.0.1", 64, q...)),
			[]string{"0s: a(127.0.0.1:4000) to a(127.0.0.1:53), udp question 7"}},
		{"a switch that sends to all ports is no taker", "a eth0 - s pa\ns pb - b eth0\ns pc - c eth0\ns br0 bridge pa pb pc\na eth0 10.0.0.1/24\nb eth0 10.0.0.2/24\nc eth0 10.0.0.3/24",
			new(film).hop("a", "eth0", "s", "pa", other, ask(7)).hop("s", "pc", "c", "eth0", other, ask(7)).hop("s", "pb", "b", "eth0", in, ask(7)),
			[]string{"0s: a(10.0.0.1:4000) to b(10.0.0.2:53), udp question 7"}},
		{"by IPv6", "a eth0 - b eth0\na eth0 fd00::1/64\nb eth0 fd00::2/64",
			new(film).hop("a", "eth0", "b", "eth0", in, packet(macA, macB, "fd00::1", "fd00::2", 64, q...)),
			[]string{"0s: a([fd00::1]:4000) to b([fd00::2]:53), udp question 7"}},
		{"what is not seen leaving has the sender that owns its address", pairLand,
			new(film).at("b", "eth0", in, ask(7)),
			[]string{"0s: a(10.0.0.1:4000) to b(10.0.0.2:53), udp question 7"}},
		{"nobody has the address of the sender", "a eth0 - b eth0\nb eth0 10.0.0.2/24",
			new(film).at("b", "eth0", in, ask(7)),
			[]string{"0s: (10.0.0.1:4000) to b(10.0.0.2:53), udp question 7"}},
		{"what is no DNS is told with the reason", pairLand,
			new(film).hop("a", "eth0", "b", "eth0", in, packet(macA, macB, a, b, 64, udpOf(4000, 53, "rubbish")...)),
			[]string{"0s: a(10.0.0.1:4000) to b(10.0.0.2:53), udp it is no DNS message"}},
		{"what goes to another port is nothing", pairLand,
			new(film).hop("a", "eth0", "b", "eth0", in, packet(macA, macB, a, b, 64, udpOf(4000, 5353, said(7, false))...)), nil},
	})
}

func TestHeardByTCP(t *testing.T) {
	const a, b = "10.0.0.1", "10.0.0.2"
	seg := func(seq uint32, data string) []byte {
		return packet(macA, macB, a, b, 64, dataOf(4000, 53, seq, data)...)
	}
	open := packet(macA, macB, a, b, 64, syn(4000, 53, 1000))
	two := framed(said(7, false)) + framed(said(8, false))
	long := syn(4000, 53, 0xfffffff0)
	hears(t, []scene{
		{"one message, with its length before it", pairLand,
			new(film).hop("a", "eth0", "b", "eth0", in, open).hop("a", "eth0", "b", "eth0", in, seg(1001, framed(said(7, false)))),
			[]string{"2µs: a(10.0.0.1:4000) to b(10.0.0.2:53), tcp question 7"}},
		{"the length may come in a segment of its own", pairLand,
			new(film).hop("a", "eth0", "b", "eth0", in, open).hop("a", "eth0", "b", "eth0", in, seg(1001, two[:2])).hop("a", "eth0", "b", "eth0", in, seg(1003, two[2:23])),
			[]string{"4µs: a(10.0.0.1:4000) to b(10.0.0.2:53), tcp question 7"}},
		{"several messages in one segment", pairLand,
			new(film).hop("a", "eth0", "b", "eth0", in, open).hop("a", "eth0", "b", "eth0", in, seg(1001, two)),
			[]string{"2µs: a(10.0.0.1:4000) to b(10.0.0.2:53), tcp question 7", "2µs: a(10.0.0.1:4000) to b(10.0.0.2:53), tcp question 8"}},
		{"segments that are lost and come once more", pairLand,
			new(film).at("a", "eth0", out, open).at("a", "eth0", out, seg(1001, two[:10])).at("a", "eth0", out, seg(1011, two[10:])).
				hop("a", "eth0", "b", "eth0", in, seg(1001, two[:10])).at("b", "eth0", in, seg(1011, two[10:])),
			[]string{"2µs: a(10.0.0.1:4000) to b(10.0.0.2:53), tcp question 7", "2µs: a(10.0.0.1:4000) to b(10.0.0.2:53), tcp question 8"}},
		{"segments out of order", pairLand,
			new(film).at("a", "eth0", out, open).at("a", "eth0", out, seg(1011, two[10:])).at("a", "eth0", out, seg(1001, two[:10])),
			[]string{"2µs: a(10.0.0.1:4000) to (10.0.0.2:53), tcp question 7", "2µs: a(10.0.0.1:4000) to (10.0.0.2:53), tcp question 8"}},
		{"the numbers of TCP begin again at zero", pairLand,
			new(film).at("a", "eth0", out, packet(macA, macB, a, b, 64, long)).at("a", "eth0", out, seg(0xfffffff1, two[:20])).at("a", "eth0", out, seg(5, two[20:])),
			[]string{"2µs: a(10.0.0.1:4000) to (10.0.0.2:53), tcp question 7", "2µs: a(10.0.0.1:4000) to (10.0.0.2:53), tcp question 8"}},
		{"a message that is cut off", pairLand,
			new(film).at("a", "eth0", out, open).at("a", "eth0", out, seg(1001, two[:30])),
			[]string{"1µs: a(10.0.0.1:4000) to (10.0.0.2:53), tcp question 7",
				"1µs: a(10.0.0.1:4000) to (10.0.0.2:53), tcp only 5 bytes of the message were seen, and it says that it has 21"}},
		{"the same ports are used for another connection", pairLand,
			new(film).at("a", "eth0", out, open).at("a", "eth0", out, seg(1001, framed(said(7, false)))).
				at("a", "eth0", out, packet(macA, macB, a, b, 64, syn(4000, 53, 7000))).at("a", "eth0", out, seg(7001, framed(said(9, false)))),
			[]string{"1µs: a(10.0.0.1:4000) to (10.0.0.2:53), tcp question 7", "3µs: a(10.0.0.1:4000) to (10.0.0.2:53), tcp question 9"}},
		{"NAT makes no second connection", routedLand,
			new(film).hop("a", "eth0", "r", "eth0", in, packet(macA, macR, "10.0.1.1", "10.0.2.2", 64, syn(4000, 53, 1000))).
				hop("r", "eth1", "b", "eth0", in, packet(macS, macB, "10.0.2.9", "10.0.2.2", 63, syn(4000, 53, 1000))).
				hop("a", "eth0", "r", "eth0", in, packet(macA, macR, "10.0.1.1", "10.0.2.2", 64, dataOf(4000, 53, 1001, framed(said(7, false)))...)).
				hop("r", "eth1", "b", "eth0", in, packet(macS, macB, "10.0.2.9", "10.0.2.2", 63, dataOf(4000, 53, 1001, framed(said(7, false)))...)),
			[]string{"4µs: a(10.0.1.1:4000) to b(10.0.2.2:53), tcp question 7"}},
	})
}

func FuzzHeard(f *testing.F) {
	f.Add(packet(macA, macB, "10.0.0.1", "10.0.0.2", 64, udpOf(4000, 53, said(7, false))...), uint32(0))
	f.Add(packet(macA, macB, "10.0.0.1", "10.0.0.2", 64, dataOf(4000, 53, 1, framed(said(7, false)))...), uint32(40))
	f.Add([]byte(strings.Repeat("\x00", 80)), uint32(1<<31))
	f.Fuzz(func(t *testing.T, frame []byte, seq uint32) {
		lab := land(t, pairLand)
		flm := new(film).hop("a", "eth0", "b", "eth0", in, frame).
			at("a", "eth0", out, packet(macA, macB, "10.0.0.1", "10.0.0.2", 64, dataOf(4000, 53, seq, string(frame))...)).
			at("a", "eth0", out, packet(macA, macB, "10.0.0.1", "10.0.0.2", 64, dataOf(4000, 53, seq/2, framed(said(7, false)))...))
		for _, h := range Heard(lab, flm.trace.Capture) {
			if (h.Message == nil) == (h.Wrong == "") {
				t.Errorf("neither a message nor a reason: %+v", h)
			}
		}
	})
}
