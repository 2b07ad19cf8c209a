//go:build linux

package probe

import (
	"context"
	"net/netip"
	"time"

	"netlab/internal/measure"
)

// MaxHops is the longest way that Path follows: a Linux packet is sent with a
// time to live of 64 (net.ipv4.ip_default_ttl in the kernel's ip-sysctl).
const MaxHops = 64

// stride is how many hops are asked at once.
const stride = 8

// Path finds the way from a namespace to an address as traceroute(8) does: by
// echoes whose time to live is too short, so that each router in turn says
// that it has dropped one. Each hop is asked once, and timeout is how long it
// may take to answer. Errors are those of Ping.
//
// A router says so only a few times in a row to the same sender (icmp_ratelimit
// in ip-sysctl): whoever asks again and again finds it silent.
func Path(ctx context.Context, from string, to netip.Addr, timeout time.Duration) (measure.Path, error) {
	out := measure.Path{From: from, To: to}
	for len(out.Hops) < MaxHops {
		hops, err := hopsFrom(ctx, len(out.Hops)+1, Request{From: from, To: to, Timeout: timeout})
		if err != nil {
			return out, err
		}
		silent := true
		for _, h := range hops {
			out.Hops = append(out.Hops, h)
			silent = silent && h.Fate == measure.Silent
			if last(to, h) {
				return out, nil
			}
		}
		if silent {
			break
		}
	}
	out.Hops = shorten(out.Hops)
	return out, nil
}

// hopsFrom asks some hops, the first of them with the given time to live.
func hopsFrom(ctx context.Context, ttl int, like Request) ([]measure.Hop, error) {
	reqs := make([]Request, stride)
	hops := make([]measure.Hop, stride)
	for i := range reqs {
		reqs[i] = like
		reqs[i].TTL = ttl + i
	}
	err := run(ctx, like.From, is6(like.To), reqs, func(i int, r Reply) {
		if r.Fate == measure.Reported && redirect(like.To, r.ICMP) {
			return
		}
		hops[i] = measure.Hop{Addr: r.From, Fate: r.Fate, Errno: r.Errno, Text: r.Text, ICMP: r.ICMP}
	})
	return hops, err
}

// last says that the way ends at a hop.
func last(to netip.Addr, h measure.Hop) bool {
	switch h.Fate {
	case measure.Silent:
		return false
	case measure.Reported:
		return !exceeded(to, h.ICMP)
	default:
		return true
	}
}

// exceeded is a router's report that the time to live is over.
func exceeded(to netip.Addr, r *measure.ICMPError) bool {
	if is6(to) {
		return r.Type == exceeded6
	}
	return r.Type == exceeded4
}

// shorten leaves one of the silent hops at the end: how many there are nobody
// knows.
func shorten(hops []measure.Hop) []measure.Hop {
	n := len(hops)
	for n > 1 && hops[n-1].Fate == measure.Silent && hops[n-2].Fate == measure.Silent {
		n--
	}
	return hops[:n]
}
