package trace

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/gopacket/gopacket/pcapgo"

	"netlab/internal/measure"
	"netlab/internal/netlabtest"
)

var errFull = errors.New("full")

// full takes some bytes and then no more.
type full struct{ room int }

func (f *full) Write(b []byte) (int, error) {
	if f.room -= len(b); f.room < 0 {
		return 0, errFull
	}
	return len(b), nil
}

// sample writes a file that has something of everything.
func sample(t *testing.T, to io.Writer) error {
	t.Helper()
	at := time.Unix(1700000000, 123456789)
	ping := hexBytes(t, v4("01", "40", "08000000000100070011"))
	p := NewPcapng(to, Section{Program: "netlab v1", Comment: "lab one, lesson routing", Filter: "icmp", Snap: 100})
	err := errors.Join(
		p.Interface(measure.Point{Space: "ns1", Link: "eth0", Ether: true}),
		p.Interface(measure.Point{Space: "ns1", Link: "lo", Ether: true}),
		p.Packet(measure.Packet{Point: 0, Time: at, For: measure.ForOutgoing, Len: len(ping), Data: ping}, "step 1 of routing: One", "command: ping"),
		p.Flush())
	if err != nil {
		return err
	}
	return errors.Join(
		p.Interface(measure.Point{Space: "late", Link: "tun0"}), // a block that comes later
		p.Packet(measure.Packet{Point: 2, Time: at.Add(1), For: measure.ForHost, Len: 2000, Data: ping[14:]}),
		p.Packet(measure.Packet{Point: 1, Time: at.Add(2), For: measure.ForOther, Len: len(ping), Data: ping}, strings.Repeat("ö", 700)),
		p.End(at.Add(-time.Second), at.Add(time.Second), map[string]int{"ns1": 3}))
}

func TestPcapngIsReadBack(t *testing.T) {
	var file bytes.Buffer
	if err := sample(t, &file); err != nil {
		t.Fatal(err)
	}
	r, err := pcapgo.NewNgReader(&file, pcapgo.NgReaderOptions{WantMixedLinkType: true})
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for {
		_, ci, opts, err := r.ReadPacketDataWithOptions()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		in, err := r.Interface(ci.InterfaceIndex)
		if err != nil {
			t.Fatal(err)
		}
		comments := strings.Join(opts.Comments, "|")
		if len(comments) > 60 {
			comments = fmt.Sprint(len(comments), " bytes")
		}
		got = append(got, fmt.Sprintf("%s %v %d of %d %d %v %02b %s", in.Name, in.LinkType, ci.CaptureLength, ci.Length, in.SnapLength,
			ci.Timestamp.UnixNano(), opts.Flags.ToUint32(), comments))
	}
	want := []string{
		"ns1:eth0 Ethernet 44 of 44 100 1700000000123456789 10 step 1 of routing: One|command: ping",
		"late:tun0 Raw 30 of 2000 100 1700000000123456790 101 ",
		"ns1:lo Ethernet 44 of 44 100 1700000000123456791 10001 1003 bytes",
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
	s := r.SectionInfo()
	if d := cmp.Diff([]string{"netlab v1", "lab one, lesson routing", "Linux"}, []string{s.Application, s.Comment, s.OS}); d != "" {
		t.Error(d)
	}
	for i, want := range []string{"4 3", "1 0", "1 0"} {
		in, _ := r.Interface(i)
		if got := fmt.Sprint(in.Statistics.PacketsReceived, in.Statistics.PacketsDropped); got != want || in.Filter != "icmp" {
			t.Errorf("interface %d: received and dropped %s, want %s; filter %q", i, got, want, in.Filter)
		}
	}
}

func TestPcapngRefuses(t *testing.T) {
	p := NewPcapng(io.Discard, Section{})
	if err := errors.Join(p.Flush(), p.End(time.Now(), time.Now(), nil)); err != nil {
		t.Errorf("an empty file: %v", err)
	}
	for _, n := range []int{0, -1, 7} {
		if err := p.Packet(measure.Packet{Point: n}); err == nil {
			t.Errorf("a packet of interface %d was taken", n)
		}
	}
	for room := 0; room < 1200; room += 100 {
		if err := sample(t, &full{room: room}); !errors.Is(err, errFull) {
			t.Errorf("room for %d bytes: %v", room, err)
		}
	}
}

// Tshark reads such a file without a word of complaint, and finds in it what
// was put there.
func TestTsharkReadsPcapng(t *testing.T) {
	_, err := exec.LookPath("tshark")
	netlabtest.Require(t, err == nil, "tshark")
	var file bytes.Buffer
	if err := sample(t, &file); err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command("tshark", "-n", "-r", "-", "-T", "fields", "-E", "separator=|", "-e", "frame.interface_name", "-e", "frame.time_epoch",
		"-e", "frame.packet_flags_direction", "-e", "frame.len", "-e", "ip.ttl", "-e", "icmp.type", "-e", "frame.comment")
	cmd.Stdin = &file
	var said bytes.Buffer
	cmd.Stderr = &said
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("%v: %s", err, &said)
	}
	want := "ns1:eth0|1700000000.123456789|0x00000002|44|64|8|step 1 of routing: One,command: ping\n" +
		"late:tun0|1700000000.123456790|0x00000001|2000|64|8|\n" +
		"ns1:lo|1700000000.123456791|0x00000001|44|64|8|" + strings.Repeat("ö", 500) + "…\n"
	if d := cmp.Diff(want, string(out)); d != "" {
		t.Error(d)
	}
	for line := range strings.Lines(said.String()) {
		if !strings.Contains(line, "Running as user") {
			t.Errorf("tshark says: %s", line)
		}
	}
}
