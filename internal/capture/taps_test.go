package capture

import (
	"context"
	"slices"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"netlab/internal/filter"
	"netlab/internal/measure"
	"netlab/internal/netns"
)

func everywhere(string, int) (string, bool) { return "some", true }

func anything([]byte, bool) bool { return true }

// sendSome sends datagrams from ns1 to ns2, whose addresses are known already.
func sendSome(t testing.TB, n int) {
	t.Helper()
	c := sender(t, "ns1", "10.1.1.1:4000", "10.1.1.2:4000")
	for range n {
		_, _ = c.Write([]byte("sixteen bytes ..")) // a port that nobody has opened may be reported
	}
	_ = c.Close()
}

func taken(t testing.TB, taps *Taps, links func(string, int) (string, bool), keep func([]byte, bool) bool) measure.Capture {
	t.Helper()
	got, err := taps.Take(context.Background(), links, keep)
	if err != nil {
		t.Fatal(err)
	}
	return got
}

func TestTapsSeeAFrameLeaveAndArrive(t *testing.T) {
	build(t, pair)
	taps, err := Open([]string{"ns2", netns.Host, "ns1", "gone"}, unix.ETH_P_IP)
	if err != nil {
		t.Fatal(err)
	}
	defer taps.Close()
	sendSome(t, 1)
	got := taken(t, taps, everywhere, anything)
	if len(got.Packets) < 2 || got.Lost != 0 {
		t.Fatalf("%d packets, %d lost", len(got.Packets), got.Lost)
	}
	first, second := got.Packets[0], got.Packets[1]
	if !first.Out() || got.Points[first.Point].Space != "ns1" || second.Out() || got.Points[second.Point].Space != "ns2" {
		t.Errorf("the first left %+v as %s, the second came to %+v as %s", got.Points[first.Point], first.For, got.Points[second.Point], second.For)
	}
	if first.Time.IsZero() || second.Time.Before(first.Time) || !slices.Equal(first.Data, second.Data) || first.Len != len(first.Data) {
		t.Errorf("%v and %v, of %d bytes", first.Time, second.Time, first.Len)
	}
	if again := taken(t, taps, everywhere, anything); len(again.Packets) != 0 {
		t.Errorf("what was taken is taken again: %d", len(again.Packets))
	}
}

func TestTapsTakeOnlyWhatIsWanted(t *testing.T) {
	build(t, pair)
	tests := []struct {
		name      string
		protocols []uint16
		links     func(string, int) (string, bool)
		keep      func([]byte, bool) bool
		some      bool
	}{
		{"everything", nil, everywhere, anything, true},
		{"its protocol", []uint16{unix.ETH_P_ARP, unix.ETH_P_IP}, everywhere, anything, true},
		{"another protocol", []uint16{unix.ETH_P_ARP}, everywhere, anything, false},
		{"no interface is known", nil, func(string, int) (string, bool) { return "", false }, anything, false},
		{"none is kept", nil, everywhere, func([]byte, bool) bool { return false }, false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			taps, err := Open([]string{"ns1", "ns2"}, tt.protocols...)
			if err != nil {
				t.Fatal(err)
			}
			defer taps.Close()
			sendSome(t, 3)
			if got := taken(t, taps, tt.links, tt.keep); len(got.Packets) > 0 != tt.some {
				t.Errorf("%d packets", len(got.Packets))
			}
		})
	}
}

// What there is no room for is counted, by the kernel or by the taps.
func TestTapsCountWhatTheyLose(t *testing.T) {
	build(t, pair)
	taps, err := Open([]string{"ns1", "ns2"}, unix.ETH_P_IP)
	if err != nil {
		t.Fatal(err)
	}
	defer taps.Close()
	sendSome(t, 2*most)
	got := taken(t, taps, everywhere, anything)
	if got.Lost == 0 || len(got.Packets) > most {
		t.Errorf("%d packets, %d lost", len(got.Packets), got.Lost)
	}
	sendSome(t, 1)
	if again := taken(t, taps, everywhere, anything); again.Lost != 0 || len(again.Packets) < 2 {
		t.Errorf("afterwards %d packets, %d lost", len(again.Packets), again.Lost)
	}
}

func TestTakingEndsWithItsContext(t *testing.T) {
	build(t, pair)
	taps, err := Open([]string{"ns1"})
	if err != nil {
		t.Fatal(err)
	}
	defer taps.Close()
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := taps.Take(ctx, everywhere, anything); err == nil {
		t.Error("it goes on")
	}
}

// Right after nobody has asked for the times of packets, the first frame has
// the time at which it came, and not at which it is read.
func TestTheFirstFrameHasItsTime(t *testing.T) {
	build(t, pair)
	for range 20 {
		taps, err := Open([]string{"ns2", "ns1"}, unix.ETH_P_IP)
		if err != nil {
			t.Fatal(err)
		}
		sendSome(t, 1)
		<-time.After(time.Millisecond)
		read := time.Now()
		for _, p := range taken(t, taps, everywhere, anything).Packets {
			if !p.Time.Before(read) {
				t.Errorf("it has a time %v after that", p.Time.Sub(read))
			}
		}
		taps.Close()
	}
}

func TestTapsForAProgramKeepLongFramesWhole(t *testing.T) {
	build(t, pair)
	program, err := filter.Compile("port 4000", MaxFrame, filter.AnyLink)
	if err != nil {
		t.Fatal(err)
	}
	taps, err := OpenFor([]string{netns.Host, "ns1", "ns2"}, program)
	if err != nil {
		t.Fatal(err)
	}
	defer taps.Close()
	sendSome(t, 1)
	const long = 30_000
	for _, to := range []string{"127.0.0.1:4000", "127.0.0.1:4001"} { // lo carries packets of 64 KiB
		c := sender(t, "ns1", "127.0.0.1:5000", to)
		_, _ = c.Write(make([]byte, long))
		_ = c.Close()
	}
	var sizes []int
	for _, p := range taken(t, taps, everywhere, anything).Packets {
		if p.Len != len(p.Data) {
			t.Errorf("%d bytes of %d", len(p.Data), p.Len)
		}
		sizes = append(sizes, p.Len)
	}
	const headers = 14 + 20 + 8
	want := []int{headers + 16, headers + 16, headers + long, headers + long}
	if !slices.Equal(sizes, want) {
		t.Errorf("frames of %v bytes, not of %v", sizes, want)
	}
}
