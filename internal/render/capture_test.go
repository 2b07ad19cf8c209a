package render

import (
	"encoding/hex"
	"encoding/json"
	"errors"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"netlab/internal/measure"
	"netlab/internal/netlabtest/golden"
	"netlab/internal/term"
)

var errNoRoom = errors.New("no room")

// capturedSample is a ping with what it needs, at interfaces of which one has
// a name that tries to act, and one a long one.
func capturedSample(t testing.TB) (begin time.Time, points []measure.Point, batches [][]Captured) {
	t.Helper()
	begin = time.Unix(1700000000, 0)
	points = []measure.Point{
		{Space: "ns1", Link: "veth_ns1", Ether: true}, {Space: "evil", Link: "a\x1b[31m", Ether: true}, {Space: "a-very-long-name-of-a-node", Link: "tun0"},
	}
	frame := func(s string) []byte {
		b, err := hex.DecodeString(s)
		if err != nil {
			t.Fatal(err)
		}
		return b
	}
	const head = "020000000002020000000001"
	const ping = "450000540000400040010000c0a80101c0a80203" + "0800000000010007" + "0011"
	arp := frame("ffffffffffff020000000001" + "0806" + "0001080006040001" + "020000000001" + "c0a80101" + "000000000000" + "c0a80105")
	echo := frame(head + "0800" + ping)
	at := func(ms float64, point int, who measure.For, data []byte, size int, notes ...string) Captured {
		return Captured{measure.Packet{Point: point, Time: begin.Add(time.Duration(ms * 1e6)), For: who, Len: size, Data: data}, notes}
	}
	batches = [][]Captured{
		{
			at(1.5, 0, measure.ForOutgoing, arp, len(arp), "step 3 of routing: A way out\x1b[0m of the network, with a title that is longer than a line is in a narrow terminal", "command: ping 192.168.2.3"),
			at(1.6, 1, measure.ForAll, arp, len(arp)),
		},
		{
			at(12, 0, measure.ForOutgoing, echo, len(echo)),
			at(123456.7, 1, measure.ForOther, echo[:42], 98),
			at(123456.8, 2, measure.ForHost, frame(ping), len(ping)/2),
		},
	}
	return begin, points, batches
}

// capturePage is what is written of the sample.
func capturePage(t testing.TB, to interface {
	Point(measure.Point) error
	Packets([]Captured) error
	End(time.Time, map[string]int) error
}) {
	t.Helper()
	begin, points, batches := capturedSample(t)
	for i, p := range points {
		if err := to.Point(p); err != nil {
			t.Fatal(err)
		}
		if i == 1 {
			if err := to.Packets(batches[0]); err != nil {
				t.Fatal(err)
			}
		}
	}
	if err := errors.Join(to.Packets(batches[1]), to.End(begin, nil)); err != nil {
		t.Fatal(err)
	}
}

func TestCaptureLines(t *testing.T) {
	for _, l := range []look{{width: 80}, {width: 60}, {width: 60, colour: true, ascii: true}} {
		t.Run(l.String(), func(t *testing.T) {
			tm, bufs := term.Test(strings.NewReader(""), l.width)
			tm.OutColour, tm.UTF8 = l.colour, !l.ascii
			begin, _, _ := capturedSample(t)
			capturePage(t, NewCaptureLines(tm, begin))
			golden.Equal(t, filepath.Join("testdata", "capture", "lines."+l.String()), bufs.Out.String())
			if strings.Contains(bufs.Out.String(), "evil:a\x1b") {
				t.Error("a name acts on the terminal")
			}
		})
	}
}

func TestCaptureJSON(t *testing.T) {
	tm, bufs := term.Test(strings.NewReader(""), 80)
	capturePage(t, NewCaptureJSON(tm))
	var got []string
	for line := range strings.Lines(bufs.Out.String()) {
		var p packetJSON
		if err := json.Unmarshal([]byte(line), &p); err != nil {
			t.Fatal(err)
		}
		got = append(got, strings.Join([]string{p.Time.Format("05.000"), p.Node, p.Interface, p.Direction, string(p.For), p.Text, hex.EncodeToString(p.Data[:2])}, "|"))
		if len(p.Notes) != map[int]int{1: 2}[len(got)] {
			t.Errorf("packet %d has notes %q", len(got), p.Notes)
		}
	}
	want := []string{
		"20.001|ns1|veth_ns1|out|out|ARP who has 192.168.1.5? tell 192.168.1.1|ffff",
		"20.001|evil|a\x1b[31m|in|broadcast|ARP who has 192.168.1.5? tell 192.168.1.1|ffff",
		"20.012|ns1|veth_ns1|out|out|192.168.1.1 > 192.168.2.3 ICMP echo request seq 7 ttl 64|0200",
		"23.456|evil|a\x1b[31m|in|other|192.168.1.1 > 192.168.2.3 ICMP echo request seq 7 ttl 64 (42 of 98 bytes)|0200",
		"23.456|a-very-long-name-of-a-node|tun0|in|host|192.168.1.1 > 192.168.2.3 ICMP echo request seq 7 ttl 64|4500",
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
	if strings.Contains(bufs.Out.String(), "\x1b") {
		t.Error("a name acts on the terminal")
	}
}

type noRoom struct{}

func (noRoom) Write([]byte) (int, error) { return 0, errNoRoom }

func TestACaptureThatCannotBeWritten(t *testing.T) {
	begin, points, batches := capturedSample(t)
	lines, jsons := NewCaptureLines(term.TestTo(nil, 80, noRoom{}), begin), NewCaptureJSON(term.TestTo(nil, 80, noRoom{}))
	if err := errors.Join(lines.Point(points[0]), lines.Point(points[1]), jsons.Point(points[0]), jsons.Point(points[1])); err != nil {
		t.Fatal(err)
	}
	if err := lines.Packets(batches[0]); !errors.Is(err, errNoRoom) {
		t.Errorf("lines: %v", err)
	}
	if err := jsons.Packets(batches[0]); !errors.Is(err, errNoRoom) {
		t.Errorf("JSON: %v", err)
	}
}
