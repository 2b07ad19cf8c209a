//go:build linux

package probe

import (
	"errors"
	"fmt"
	"os/exec"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"netlab/internal/measure"
)

// looks writes what was seen, the MAC addresses by the interfaces that have
// them.
func looks(t *testing.T, s measure.Seen) string {
	t.Helper()
	text := ""
	for _, f := range s.Frames {
		kind := "request"
		if f.Reply {
			kind = "reply"
		}
		text += fmt.Sprintf("%s %s > %s ttl %d, %s > %s\n", kind, f.Source, f.Dest, f.TTL, owner(t, f.From), owner(t, f.To))
	}
	return text
}

// owner asks the real ip whose address it is.
func owner(t *testing.T, mac string) string {
	t.Helper()
	for _, space := range spaces(t) {
		out, err := exec.Command("ip", "-n", space, "-br", "link").Output()
		if err != nil {
			t.Fatal(err)
		}
		for line := range strings.Lines(string(out)) {
			if strings.Contains(line, mac) {
				dev, _, _ := strings.Cut(strings.Fields(line)[0], "@")
				return space + " " + dev
			}
		}
	}
	return "nobody"
}

func TestWhatComesByOnTheWayOverARouter(t *testing.T) {
	build(t, router)
	settle(t, "a", "r", "b")
	patient(t, Request{From: "a", To: addr("fd00:2::3"), Timeout: 50 * time.Millisecond}, measure.Answered)
	tests := []struct {
		name string
		w    Watch
		want string
	}{
		{"where it leaves", Watch{To: addr("192.168.2.3"), In: "a", Dev: "eth0"},
			"request 192.168.1.1 > 192.168.2.3 ttl 64, a eth0 > r eth0\nreply 192.168.2.3 > 192.168.1.1 ttl 63, r eth0 > a eth0\n"},
		{"where the router sends it on", Watch{To: addr("192.168.2.3"), In: "r", Dev: "eth1"},
			"request 192.168.1.1 > 192.168.2.3 ttl 63, r eth1 > b eth0\nreply 192.168.2.3 > 192.168.1.1 ttl 64, b eth0 > r eth1\n"},
		{"the reply", Watch{To: addr("192.168.2.3"), In: "b", Dev: "eth0", Reply: true},
			"request 192.168.1.1 > 192.168.2.3 ttl 63, r eth1 > b eth0\nreply 192.168.2.3 > 192.168.1.1 ttl 64, b eth0 > r eth1\n"},
		{"by IPv6", Watch{To: addr("fd00:2::3"), In: "b", Dev: "eth0"},
			"request fd00:1::1 > fd00:2::3 ttl 63, r eth1 > b eth0\nreply fd00:2::3 > fd00:1::1 ttl 64, b eth0 > r eth1\n"},
		{"nothing on the other side", Watch{To: addr("192.168.1.5"), In: "r", Dev: "eth1"}, ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			tt.w.From, tt.w.Timeout = "a", 5*time.Second
			got, err := Seen(soon(t), tt.w)
			if err != nil || !got.Left || got.Ping.Fate != measure.Answered {
				t.Fatalf("%+v, %v", got, err)
			}
			if text := looks(t, got); text != tt.want {
				t.Errorf("got\n%swant\n%s", text, tt.want)
			}
		})
	}
}

func TestASwitchThatHasNotLearnedIsSeenByAll(t *testing.T) {
	buildStar(t, 3)
	w := Watch{From: "h0", To: hostAddr(2), In: "h1", Dev: "eth0", Timeout: 5 * time.Second}
	// The switch learns h2 from its reply to the ARP question, before the echo
	// comes: only what was forgotten since is sent to all.
	first, err := Seen(soon(t), w)
	if err != nil || looks(t, first) != "" {
		t.Errorf("after ARP: %s, %v", looks(t, first), err)
	}
	build(t, "-n sw link set br0 type bridge ageing_time 0\n")
	got, err := Seen(soon(t), w)
	if err != nil || !strings.HasPrefix(looks(t, got), "request 10.20.0.1 > 10.20.0.3 ttl 64, h0 eth0 > h2 eth0\n") {
		t.Errorf("%s, %v", looks(t, got), err)
	}
}

func TestAnEchoThatDoesNotLeave(t *testing.T) {
	build(t, pair)
	settle(t, "ns1", "ns2")
	w := Watch{From: "ns1", To: addr("10.1.1.9"), In: "ns2", Dev: "veth_ns2", Timeout: 100 * time.Millisecond}
	got, err := Seen(soon(t), w)
	if err != nil || got.Left || got.Ping.Fate != measure.Silent || len(got.Frames) > 0 {
		t.Errorf("nobody has the address: %+v, %v", got, err)
	}
	w.To = addr("203.0.113.1")
	if got, err = Seen(soon(t), w); err != nil || got.Left || got.Ping.Errno != "ENETUNREACH" {
		t.Errorf("no route: %+v, %v", got, err)
	}
	w.Dev = "eth7"
	if _, err = Seen(soon(t), w); !errors.Is(err, unix.ENODEV) {
		t.Errorf("no interface: %v", err)
	}
	w.In = "ns9"
	if _, err = Seen(soon(t), w); !errors.Is(err, ErrNoNamespace) {
		t.Errorf("no namespace: %v", err)
	}
}

// Of two echoes at the same time each sees its own.
func TestStrangersEchoesAreNotSeen(t *testing.T) {
	build(t, pair)
	settle(t, "ns1", "ns2")
	stop := make(chan struct{})
	ended := make(chan error)
	go func() {
		var err error
		for err == nil {
			select {
			case <-stop:
				ended <- nil
				return
			default:
				_, err = Ping(soon(t), Request{From: "ns1", To: addr("10.1.1.2")})
			}
		}
		ended <- err
	}()
	for range 20 {
		got, err := Seen(soon(t), Watch{From: "ns1", To: addr("10.1.1.2"), In: "ns2", Dev: "veth_ns2", Timeout: 5 * time.Second})
		if err != nil || len(got.Frames) != 2 {
			t.Errorf("%d frames, %v", len(got.Frames), err)
		}
	}
	close(stop)
	if err := <-ended; err != nil {
		t.Error(err)
	}
}

func FuzzFrame(f *testing.F) {
	c := cookie{1, 2, 3, 4, 5, 6, 7, 8}
	head4 := append(make([]byte, hardwareHeader), 0x45, 0, 0, 36, 0, 0, 0, 0, 63, unix.IPPROTO_ICMP, 0, 0, 10, 0, 0, 1, 10, 0, 0, 2)
	head6 := append(make([]byte, hardwareHeader), 0x60, 0, 0, 0, 0, 16, unix.IPPROTO_ICMPV6, 63)
	head6 = append(head6, make([]byte, 32)...)
	for _, head := range [][]byte{head4, head6} {
		for _, kind := range []byte{echo4, echoReply4, echo6, echoReply6, 3} {
			f.Add(append(append(head, kind, 0, 0, 0, 0, 0, 0, 0), c[:]...), uint16(unix.ARPHRD_ETHER))
		}
	}
	f.Add([]byte{}, uint16(unix.ARPHRD_NONE))
	f.Fuzz(func(t *testing.T, b []byte, kind uint16) {
		got, ok := c.frame(b, &unix.SockaddrLinklayer{Hatype: kind})
		if ok && (!got.Source.IsValid() || got.TTL > 255) {
			t.Errorf("%+v", got)
		}
	})
}
