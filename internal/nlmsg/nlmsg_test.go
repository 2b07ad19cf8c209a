package nlmsg

import (
	"encoding/hex"
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"netlab/internal/netlabtest/golden"
)

// recording is what a line sent to the kernel once, and what came back.
type recording struct {
	line     string
	sent     []byte
	received [][]byte
}

// recordings are exchanges with a real kernel (Linux 6.18). They were made by
//
//	go test ./internal/kernel -run TestRecordNetlink -v -args -record netlink
func recordings(t testing.TB) []recording {
	t.Helper()
	b, err := os.ReadFile("testdata/recorded.txt")
	if err != nil {
		t.Fatal(err)
	}
	var all []recording
	for text := range strings.Lines(string(b)) {
		line, rest, _ := strings.Cut(strings.TrimSpace(text), "\t")
		r := recording{line: line}
		for i, word := range strings.Fields(rest) {
			b, err := hex.DecodeString(word)
			if err != nil {
				t.Fatalf("%s: %v", line, err)
			}
			if i == 0 {
				r.sent = b
				continue
			}
			r.received = append(r.received, b)
		}
		all = append(all, r)
	}
	const fewest = 40
	if len(all) < fewest {
		t.Fatalf("only %d recordings", len(all))
	}
	return all
}

// show writes an exchange with all that was read.
func show(x Exchange) string {
	var b strings.Builder
	for i, m := range append([]Message{x.Request}, x.Answers...) {
		arrow := "->"
		if i > 0 {
			arrow = "<-"
		}
		fmt.Fprintf(&b, "%s %s %d bytes %s %s\n", arrow, m.Type, m.Size, m.Flags, m.Says)
		showParts(&b, m.Parts, "   ")
	}
	return b.String()
}

func showParts(b *strings.Builder, parts []Part, indent string) {
	for _, p := range parts {
		fmt.Fprintf(b, "%s%d+%d %s %s", indent, p.At, p.Size, p.Name, p.Value)
		for _, f := range p.Fields {
			fmt.Fprintf(b, " %s=%s", f.Name, f.Value)
		}
		b.WriteString("\n")
		showParts(b, p.Parts, indent+"  ")
	}
}

func TestRecordedMessagesAreRead(t *testing.T) {
	var got strings.Builder
	for _, r := range recordings(t) {
		got.WriteString("# " + r.line + "\n" + show(Read(r.sent, r.received)))
	}
	golden.Equal(t, "testdata/recorded.golden", got.String())
}

func TestNoByteOfARecordedMessageIsLeftOut(t *testing.T) {
	for _, r := range recordings(t) {
		for _, b := range append([][]byte{r.sent}, r.received...) {
			accounted(t, b)
		}
	}
}

// accounted sees that the parts of all messages cover a datagram, one behind
// the other.
func accounted(t testing.TB, b []byte) {
	t.Helper()
	at := 0
	for _, m := range Decode(b) {
		at = align(at)
		start := headerSize
		if m.Type == Unread {
			start = 0
		}
		if end := covered(t, m.Parts, start); end != m.Size {
			t.Errorf("%s: %d bytes of %d are read", m.Type, end, m.Size)
		}
		at += m.Size
	}
	if at > len(b) || align(at) < len(b) {
		t.Errorf("the messages have %d bytes of %d", at, len(b))
	}
}

// covered is where the last part ends, if each begins where the one before it
// ended; parts inside an attribute fill it but for its padding.
func covered(t testing.TB, parts []Part, at int) int {
	t.Helper()
	for _, p := range parts {
		if p.At != at && p.At != align(at) {
			t.Errorf("%s begins at %d, want %d", p.Name, p.At, at)
		}
		at = p.At + p.Size
		if len(p.Parts) > 0 {
			start := p.At + attrSize
			if len(p.Fields) > 0 { // struct rtnexthop
				start = p.At + nextHopSize
			}
			if end := covered(t, p.Parts, start); end > at || at-end >= alignment {
				t.Errorf("the parts of %s end at %d, and it at %d", p.Name, end, at)
			}
		}
	}
	return at
}

func FuzzDecode(f *testing.F) {
	for _, r := range recordings(f) {
		f.Add(r.sent)
		for _, b := range r.received {
			f.Add(b)
		}
	}
	f.Fuzz(func(t *testing.T, b []byte) { accounted(t, b) })
}

// message writes a message by hand.
func written(kind, flags uint16, body ...byte) []byte {
	b := append(le32(uint32(headerSize+len(body))), append(le16(kind), le16(flags)...)...)
	return append(append(b, make([]byte, 8)...), body...)
}

// attribute writes an attribute with its padding.
func attribute(kind uint16, value ...byte) []byte {
	b := append(append(le16(uint16(attrSize+len(value))), le16(kind)...), value...)
	return append(b, make([]byte, align(len(b))-len(b))...)
}

func TestWhatIsNotKnownIsShownAsBytes(t *testing.T) {
	head := make([]byte, 16)
	for name, tt := range map[string]struct {
		b    []byte
		want string
	}{
		"nothing":                          {nil, "->  0 bytes  \n"},
		"less than a header":               {[]byte{1, 2, 3}, "-> bytes 3 bytes  \n   0+3 bytes 0x010203\n"},
		"a length behind the end":          {append(le32(99), make([]byte, 12)...), "-> bytes 16 bytes  \n   0+16 bytes 0x63000000000000000000000000000000\n"},
		"an unknown type":                  {written(9999, 0x1, 7), "-> type 9999 17 bytes NLM_F_REQUEST \n   16+1 bytes 0x07\n"},
		"a short header":                   {written(16, 0, 7, 0), "-> RTM_NEWLINK 18 bytes 0 \n   16+2 ifinfomsg  ifi_family=AF_BRIDGE\n"},
		"an unknown attribute":             {written(16, 0, append(head, attribute(500, 1, 2)...)...), "-> RTM_NEWLINK 40 bytes 0 \n   16+16 ifinfomsg  ifi_family=AF_UNSPEC ifi_type=0 ifi_index=0 ifi_flags=0 ifi_change=0\n   32+8 attribute 500 0x0102\n"},
		"a number of the wrong size":       {written(16, 0, append(head, attribute(4, 1, 2)...)...), "-> RTM_NEWLINK 40 bytes 0 \n   16+16 ifinfomsg  ifi_family=AF_UNSPEC ifi_type=0 ifi_index=0 ifi_flags=0 ifi_change=0\n   32+8 IFLA_MTU 0x0102\n"},
		"an attribute longer than its end": {written(16, 0, append(head, append(le16(99), le16(3)...)...)...), "-> RTM_NEWLINK 36 bytes 0 \n   16+16 ifinfomsg  ifi_family=AF_UNSPEC ifi_type=0 ifi_index=0 ifi_flags=0 ifi_change=0\n   32+4 bytes 0x63000300\n"},
		"unknown flags":                    {written(16, 0x8001, head...), "-> RTM_NEWLINK 32 bytes NLM_F_REQUEST|0x8000 \n   16+16 ifinfomsg  ifi_family=AF_UNSPEC ifi_type=0 ifi_index=0 ifi_flags=0 ifi_change=0\n"},
		"text behind the end of a text":    {written(16, 0, append(head, attribute(3, 'a', 0, 'b')...)...), "-> RTM_NEWLINK 40 bytes 0 \n   16+16 ifinfomsg  ifi_family=AF_UNSPEC ifi_type=0 ifi_index=0 ifi_flags=0 ifi_change=0\n   32+8 IFLA_IFNAME 0x610062\n"},
		"a name that acts on a terminal":   {written(16, 0, append(head, attribute(3, 27, '[', 0)...)...), "-> RTM_NEWLINK 40 bytes 0 \n   16+16 ifinfomsg  ifi_family=AF_UNSPEC ifi_type=0 ifi_index=0 ifi_flags=0 ifi_change=0\n   32+8 IFLA_IFNAME \"\\x1b[\"\n"},
	} {
		t.Run(name, func(t *testing.T) {
			accounted(t, tt.b)
			if d := cmp.Diff(tt.want, show(Read(tt.b, nil))); d != "" {
				t.Error(d)
			}
		})
	}
}
