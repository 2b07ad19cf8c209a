package run

import (
	"context"
	"fmt"
	"net/netip"
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	miekg "github.com/miekg/dns"

	"netlab/internal/check"
	"netlab/internal/dns"
	"netlab/internal/measure"
	"netlab/internal/netlabtest"
	"netlab/internal/probe"
)

// heardBy lists who said what to whom, each thing once and in order.
func heardBy(heard []measure.Heard) []string {
	var out []string
	for _, h := range heard {
		what := h.Wrong
		if h.Message != nil {
			what = "asks for " + h.Message.Questions[0].Name
			if h.Message.Response {
				what = "says " + h.Message.Status
			}
		}
		if h.TCP {
			what += " by TCP"
		}
		out = append(out, fmt.Sprintf("%s %s: %s", h.Sender, what, h.Taker))
	}
	return out
}

func TestEveryMessageIsHeardOnce(t *testing.T) {
	_, err := exec.LookPath("nft")
	netlabtest.Require(t, err == nil, "nft")
	b := newBench(t)
	b.routed()
	f := startServer(t, "F", "192.168.2.3")
	startServer(t, "F", "fd00:2::3").says("web.lan. A", zoneOf("web.lan. 300 A 10.0.0.7"))
	startServer(t, "A", "127.0.0.1").says("web.lan. A", zoneOf("web.lan. 300 A 10.0.0.7"))
	f.says("web.lan. A", zoneOf("web.lan. 300 A 10.0.0.7"))
	long := make([]string, 200)
	for i := range long {
		long[i] = fmt.Sprintf("long.lan. 300 TXT %q", strings.Repeat(string(rune('a'+i%26)), 250))
	}
	f.says("long.lan. TXT", zoneOf(long...))
	f.says("cut.lan. A", func(q *miekg.Msg) *miekg.Msg {
		m := zoneOf("cut.lan. 300 A 10.0.0.7")(q)
		m.Truncated = true
		return m
	})
	nft := exe("R") + "nft "
	masquerade := nft + "add table ip x\n" + nft + "add chain ip x post '{ type nat hook postrouting priority 100 ; }'\n" + nft + "add rule ip x post masquerade"
	drop := nft + "add table ip x\n" + nft + "add chain ip x c '{ type filter hook forward priority 0 ; }'\n" + nft + "add rule ip x c drop"
	clear := nft + "delete table ip x"
	four, six, own := netip.MustParseAddr("192.168.2.3"), netip.MustParseAddr("fd00:2::3"), netip.MustParseAddr("127.0.0.1")
	ask := func(to netip.Addr, tcp bool, name, kind string) func(context.Context) error {
		return func(ctx context.Context) error {
			_, err := probe.DNS(ctx, probe.DNSRequest{From: "A", Server: netip.AddrPortFrom(to, dns.Port), Query: dns.Ask(name, kind), TCP: tcp, Timeout: 500 * time.Millisecond})
			return err
		}
	}
	if out := b.now(check.Check{Ping: &check.Ping{In: "A", To: six}}, 10*time.Second); !out.OK { // its addresses are tentative for a while
		t.Fatalf("%+v", out)
	}
	both := []string{"A asks for web.lan.: F", "F says NOERROR: A"}
	for _, tt := range []struct {
		name, before, after string
		during              func(context.Context) error
		want                []string
	}{
		{"over a router", "", "", ask(four, false, "web.lan", "A"), both},
		{"by IPv6", "", "", ask(six, false, "web.lan", "A"), both},
		{"by TCP", "", "", ask(four, true, "web.lan", "A"), []string{"A asks for web.lan. by TCP: F", "F says NOERROR by TCP: A"}},
		{"many segments of TCP", "", "", ask(four, true, "long.lan", "TXT"), []string{"A asks for long.lan. by TCP: F", "F says NOERROR by TCP: A"}},
		{"many segments of TCP over NAT", masquerade, clear, ask(four, true, "long.lan", "TXT"), []string{"A asks for long.lan. by TCP: F", "F says NOERROR by TCP: A"}},
		{"UDP, and TCP after it", "", "", ask(four, false, "cut.lan", "A"),
			[]string{"A asks for cut.lan.: F", "F says NOERROR: A", "A asks for cut.lan. by TCP: F", "F says NOERROR by TCP: A"}},
		{"over NAT", masquerade, clear, ask(four, false, "web.lan", "A"), both},
		{"lost on the way", drop, clear, ask(four, false, "web.lan", "A"), []string{"A asks for web.lan.: "}},
		{"to itself", "", "", ask(own, false, "web.lan", "A"), []string{"A asks for web.lan.: A", "A says NOERROR: A"}},
		{"to itself by TCP", "", "", ask(own, true, "web.lan", "A"), []string{"A asks for web.lan. by TCP: A", "A says NOERROR by TCP: A"}},
		{"nothing at all", "", "", func(context.Context) error { return nil }, nil},
	} {
		t.Run(tt.name, func(t *testing.T) {
			must(t, b.sh(tt.before))
			lab, err := b.kernel.Snapshot(soon(t))
			must(t, err)
			begun := time.Now()
			heard, missed, err := listenNames(soon(t), lab, tt.during)
			must(t, err)
			must(t, b.sh(tt.after))
			if d := cmp.Diff(tt.want, heardBy(heard)); d != "" || missed != 0 {
				t.Errorf("%d missed\n%s", missed, d)
			}
			for _, h := range heard {
				if h.At < 0 || h.At > time.Since(begun) {
					t.Errorf("at %s", h.At)
				}
			}
		})
	}
}

// TestAQuestionOfACheckIsNoConnection: a check of connections that comes after
// one of names is not made true by it.
func TestAQuestionOfACheckIsNoConnection(t *testing.T) {
	b := tracked(t)
	startServer(t, "F", "192.168.2.3").says("web.lan. A", zoneOf("web.lan. 300 A 10.0.0.7"))
	nft := exe("R") + "nft "
	must(t, b.sh(nft+"add table ip x\n"+nft+"add chain ip x post '{ type nat hook postrouting priority 100 ; }'\n"+nft+"add rule ip x post masquerade"))
	for _, tcp := range []bool{false, true} {
		server := netip.MustParseAddr("192.168.2.3")
		if out := b.now(check.Check{DNS: &check.DNS{In: "A", Server: server, Name: "web.lan", TCP: tcp}}, check.DefaultWithin); !out.OK {
			t.Fatalf("%+v", out)
		}
		tracked := check.Check{Not: true, Conntrack: &check.Conntrack{In: "R", To: server}}
		if out := b.now(tracked, 0); !out.OK {
			t.Errorf("by TCP: %v: %+v", tcp, out)
		}
	}
	must(t, b.sh(exe("A")+"ping -c 1 -W 2 192.168.2.3"))
	if out := b.now(check.Check{Conntrack: &check.Conntrack{In: "R", To: netip.MustParseAddr("192.168.2.3")}}, 0); !out.OK {
		t.Errorf("what a command has made stays: %+v", out)
	}
}
