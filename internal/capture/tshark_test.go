package capture

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/gopacket/gopacket/layers"

	"netlab/internal/measure"
	"netlab/internal/netlabtest"
	"netlab/internal/trace"
)

// routed is a - switch - router - b.
const routed = `
netns add a
netns add sw
netns add r
netns add b
link add eth0 netns a type veth peer name pa netns sw
link add pr netns sw type veth peer name eth0 netns r
link add eth1 netns r type veth peer name eth0 netns b
-n sw link add br0 type bridge
-n sw link set pa master br0
-n sw link set pr master br0
-n a addr add 10.1.0.2/24 dev eth0
-n r addr add 10.1.0.1/24 dev eth0
-n r addr add 10.2.0.1/24 dev eth1
-n b addr add 10.2.0.2/24 dev eth0
-n sw link set pa up
-n sw link set pr up
-n sw link set br0 up
-n a link set eth0 up
-n r link set eth0 up
-n r link set eth1 up
-n b link set eth0 up
netns exec r sysctl -qw net.ipv4.ip_forward=1
-n a route add default via 10.1.0.1
-n b route add default via 10.2.0.1
`

// fields are what tshark is asked for, and row the same of our own reading.
func fields() []string {
	return []string{"frame.number", "frame.interface_name", "frame.time_epoch", "frame.packet_flags_direction", "frame.packet_flags_reception_type", "frame.len", "eth.src", "eth.dst",
		"ip.src", "ip.dst", "ip.ttl", "icmp.type", "udp.dstport", "arp.opcode", "arp.dst.proto_ipv4"}
}

func row(n int, p measure.Packet, at measure.Point) string {
	f := trace.Read(p.Data, at.Ether, nil)
	direction := 1
	if p.Out() {
		direction = 2
	}
	out := []string{fmt.Sprint(n), at.Space + ":" + at.Link, fmt.Sprintf("%d.%09d", p.Time.Unix(), p.Time.Nanosecond()),
		fmt.Sprintf("0x%08x", direction),
		fmt.Sprint(map[measure.For]int{measure.ForHost: 1, measure.ForGroup: 2, measure.ForAll: 3, measure.ForOther: 4}[p.For]),
		fmt.Sprint(p.Len), f.From, f.To, "", "", "", "", "", "", ""}
	if f.Source.IsValid() && f.Source.Is4() {
		out[8], out[9], out[10] = f.Source.String(), f.Dest.String(), fmt.Sprint(f.TTL)
		switch f.Proto {
		case measure.ICMP:
			out[11] = fmt.Sprint(f.Type)
		case measure.UDP:
			out[12] = fmt.Sprint(f.DestPort)
		}
		if f.Quoted != nil { // tshark tells of the packet in the message, too
			out[8], out[9] = out[8]+","+f.Quoted.Source.String(), out[9]+","+f.Quoted.Dest.String()
			out[10], out[12] = out[10]+","+fmt.Sprint(f.Quoted.TTL), fmt.Sprint(f.Quoted.DestPort)
		}
	}
	if f.Ask != nil && !f.Source.IsValid() {
		out[13], out[14] = fmt.Sprint(layers.ARPRequest), f.Ask.For.String()
		if f.Ask.Answer {
			out[13], out[14] = fmt.Sprint(layers.ARPReply), f.Ask.By.String()
		}
	}
	return strings.Join(out, "|")
}

// TestAsTshark: tshark finds in the file of a capture the same frames in the
// same order, with the same fields, as we do in the bytes.
func TestAsTshark(t *testing.T) {
	_, err := exec.LookPath("tshark")
	netlabtest.Require(t, err == nil, "tshark")
	_, err = exec.LookPath("ping")
	netlabtest.Require(t, err == nil, "ping")
	build(t, routed)
	s := tuned(t, Options{})
	c := gather(t, s, func() {
		if out, err := exec.Command("ip", "netns", "exec", "a", "ping", "-c3", "-i0.01", "10.2.0.2").CombinedOutput(); err != nil {
			t.Fatalf("%v\n%s", err, out)
		}
		send(t, "b", "10.1.0.2:33333", "hello") // nobody is there, which ICMP tells
	})
	name := filepath.Join(t.TempDir(), "lab.pcapng")
	write(t, name, c, s.Lost())
	var want []string
	kinds := map[string]int{}
	for i, p := range c.Packets {
		want = append(want, row(i+1, p, c.Points[p.Point]))
		kinds[strings.Fields(trace.Read(p.Data, true, nil).Summary())[0]]++
	}
	args := []string{"-n", "-r", name, "-T", "fields", "-E", "separator=|"}
	for _, f := range fields() {
		args = append(args, "-e", f)
	}
	got := tshark(t, args...)
	if d := cmp.Diff(want, strings.Split(strings.TrimSuffix(got, "\n"), "\n")); d != "" {
		t.Error(d)
	}
	for what, sights := range map[string]int{"|10.1.0.2|10.2.0.2|64|8|": 3 * 4, "|10.1.0.2|10.2.0.2|63|8|": 3 * 2, "|10.2.0.2|10.1.0.2|63|0|": 3 * 4, "|33333|": 2 * 6} {
		if n := strings.Count(got, what); n != sights {
			t.Errorf("%s is there %d times, want %d:\n%s", what, n, sights, got)
		}
	}
	if kinds["ARP"] < 8 {
		t.Errorf("there are too few frames of ARP: %v", kinds)
	}
	if experts := tshark(t, "-n", "-r", name, "-q", "-z", "expert,warn"); strings.Contains(experts, "Malformed") || strings.Contains(experts, "Errors") {
		t.Error(experts)
	}
	if sorted := tshark(t, "-n", "-r", name, "-Y", "frame.time_delta < 0"); sorted != "" {
		t.Errorf("out of order:\n%s", sorted)
	}
}

func write(t *testing.T, name string, c measure.Capture, lost map[string]int) {
	t.Helper()
	f, err := os.Create(name)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	w := trace.NewPcapng(f, trace.Section{Program: "test"})
	for _, p := range c.Points {
		if err := w.Interface(p); err != nil {
			t.Fatal(err)
		}
	}
	for _, p := range c.Packets {
		if err := w.Packet(p); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.End(time.Now(), time.Now(), lost); err != nil {
		t.Fatal(err)
	}
}

func tshark(t *testing.T, args ...string) string {
	t.Helper()
	var said bytes.Buffer
	cmd := exec.Command("tshark", args...)
	cmd.Stderr = &said
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("tshark %v: %v\n%s", args, err, &said)
	}
	for line := range strings.Lines(said.String()) {
		if strings.Contains(line, "appears to have been cut short") || strings.Contains(line, "isn't a capture file") {
			t.Errorf("tshark says: %s", line)
		}
	}
	return string(out)
}
