package filter

import (
	"encoding/hex"
	"strings"
)

type named struct {
	name string
	data []byte
}

// frames are those that the tables of the tests are about, byte by byte: no
// library had a hand in them.
func frames() []named {
	const (
		one, two, all = "020000000001", "020000000002", "ffffffffffff"
		there, back   = two + one, one + two // receiver first
		a, b          = "0a000001", "0a000002"
		a6            = "fd000000000000000000000000000001"
		b6            = "fd000000000000000000000000000002"
		group6        = "ff0200000000000000000001ff000002"
		ping          = "0800000000010001" + "00112233"
		tcp80, tcp81  = "9c400050", "00509c40" // 40000 to 80, and back
		rest          = "0000000100000000" + "50020000" + "00000000"
	)
	v4 := func(proto, from, to, body string) string {
		return "0800" + "450000540000400040" + proto + "0000" + from + to + body
	}
	six := func(next, to, body string) string { return "86dd" + "600000000010" + next + "40" + a6 + to + body }
	arp := func(op, fromMAC, from, toMAC, to string) string {
		return "0806" + "00010800060400" + op + fromMAC + from + toMAC + to + strings.Repeat("00", 18)
	}
	out := make([]named, 0, 17)
	for _, f := range [][2]string{
		{"ping", there + v4("01", a, b, ping)},
		{"pong", back + v4("01", b, a, "00"+ping[2:])},
		{"arp-ask", all + one + arp("01", one, a, "000000000000", b)},
		{"arp-reply", one + two + arp("02", two, b, one, a)},
		{"syn", there + v4("06", a, b, tcp80+rest)},
		{"synack", back + v4("06", b, a, tcp81+rest)},
		{"udp", there + v4("11", a, b, "0fa00fa0"+"00100000"+"00000000")},
		{"dns", there + v4("11", "0a000007", b, "9c400035"+"00100000"+"00000000")},
		{"options", there + "0800" + "460000540000400040060000" + a + b + "01010101" + tcp80 + rest},
		{"fragment", there + "0800" + "450000540001200540110000" + a + b + "00500035" + "0011223344556677"},
		{"ping6", there + six("3a", b6, "8000"+ping[4:])},
		{"syn6", there + six("06", b6, tcp80+rest)},
		{"udp6", there + six("11", b6, "9c400035"+"00100000"+"00000000")},
		{"solicit", "3333ff000002" + one + six("3a", group6, "8700000000000000"+b6)},
		{"fragment6", there + six("2c", b6, "1100"+"0010"+"00000001"+"0050003500112233")},
		{"stp", "0180c2000000" + one + "0026" + "424203" + strings.Repeat("00", 40)},
		{"many", "01005e000005" + one + v4("11", a, "e0000005", "0fa10fa2"+"00100000"+"00000000")},
	} {
		data, err := hex.DecodeString(f[1])
		if err != nil {
			panic(f[0] + ": " + err.Error())
		}
		out = append(out, named{f[0], data})
	}
	return out
}
