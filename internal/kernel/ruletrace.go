package kernel

import (
	"context"
	"errors"
	"slices"
	"strings"
	"time"

	"golang.org/x/sys/unix"

	"netlab/internal/measure"
	"netlab/internal/netns"
	"netlab/internal/snapshot"
)

// traceTable is the table that asks the kernel to tell what rules say of each
// packet. It is there while a RuleTrace is open, and judges nothing.
const traceTable = "netlab-trace"

// RuleTrace hears what the rules of nftables say of packets, in the namespaces
// that have some (nft(8), nftrace). It belongs to one goroutine.
type RuleTrace struct {
	spaces []traced
}

type traced struct {
	space    snapshot.Space
	families []string // of the tables that were made
	conn     *conn
}

// TraceRules begins to listen for packets of one protocol. A namespace without
// rules of nftables costs nothing, and where there is no program nft nothing is
// heard. The caller closes it.
func (k *Kernel) TraceRules(ctx context.Context, lab snapshot.Lab, proto measure.Proto) *RuleTrace {
	r := &RuleTrace{}
	tunnels := slices.ContainsFunc(lab.Spaces, func(s snapshot.Space) bool {
		return slices.ContainsFunc(s.Links, func(l snapshot.Link) bool { return l.VXLAN != nil })
	})
	for _, s := range lab.Spaces {
		if t, ok := traceIn(ctx, s, protocols(proto, tunnels)); ok {
			r.spaces = append(r.spaces, t)
		}
	}
	return r
}

func traceIn(ctx context.Context, s snapshot.Space, packets string) (traced, bool) {
	lines, families := traceLines(s, packets)
	if len(lines) == 0 {
		return traced{}, false
	}
	t := traced{space: s, families: families}
	var err error
	if t.conn, err = netns.Socket(s.Name, func() (*conn, error) { return dialTrace() }); err != nil {
		return t, false
	}
	if _, err := toolOutput(ctx, s.Name, "nft", strings.Join(lines, "; ")); err != nil {
		t.conn.close()
		return t, false
	}
	return t, true
}

// groupTrace is NFNLGRP_NFTRACE of linux/netfilter/nfnetlink.h.
const groupTrace = 9

func dialTrace() (*conn, error) {
	c, err := dial(unix.NETLINK_NETFILTER, make([]byte, bufferSize))
	if err != nil {
		return nil, err
	}
	err = errors.Join(
		unix.SetsockoptInt(c.fd, unix.SOL_NETLINK, unix.NETLINK_ADD_MEMBERSHIP, groupTrace),
		unix.SetNonblock(c.fd, true))
	if err != nil {
		c.close()
		return nil, err
	}
	return c, nil
}

// protocols matches the packets of a probe, the reports about them, and the
// tunnels that may carry them.
func protocols(proto measure.Proto, tunnels bool) string {
	names := "icmp, ipv6-icmp"
	if proto != measure.ICMP {
		names += ", " + string(proto)
	}
	if tunnels && proto != measure.UDP {
		names += ", udp"
	}
	return "meta l4proto { " + names + " }"
}

// traceLines are what nft is told in a namespace: a table for each family of
// hooks that has a chain, with chains in front of all others.
func traceLines(s snapshot.Space, packets string) (lines, families []string) {
	has := func(family ...string) bool {
		return slices.ContainsFunc(s.Filters, func(f snapshot.Filter) bool { return f.Tool == "nft" && slices.Contains(family, f.Family) })
	}
	add := func(family, match string, hooks ...string) {
		families = append(families, family)
		lines = append(lines, "add table "+family+" "+traceTable)
		for _, hook := range hooks {
			name := strings.NewReplacer(" ", "-", `"`, "").Replace(hook)
			lines = append(lines,
				"add chain "+family+" "+traceTable+" "+name+" { type filter hook "+hook+" priority -500 ; }",
				"add rule "+family+" "+traceTable+" "+name+" "+match+" meta nftrace set 1")
		}
	}
	if has("ip", "ip6", "inet") {
		add("inet", packets, "prerouting", "output")
	}
	if has("bridge") {
		add("bridge", "", "prerouting", "output")
	}
	if has("arp") {
		add("arp", "", "input", "output")
	}
	if has("netdev") {
		var hooks []string
		for _, l := range s.Links {
			if netns.Valid(l.Name) {
				hooks = append(hooks, `ingress device "`+l.Name+`"`)
			}
		}
		add("netdev", "", hooks...)
	}
	return lines, families
}

// Close gives what was heard, and leaves the rules as they were, even when ctx
// has ended.
func (r *RuleTrace) Close(ctx context.Context) ([]measure.Verdict, error) {
	var out []measure.Verdict
	var errs []error
	ctx = context.WithoutCancel(ctx) // a program has a time limit of its own
	for _, t := range r.spaces {
		out = append(out, t.read()...)
		t.conn.close()
		var lines []string
		for _, f := range t.families {
			lines = append(lines, "delete table "+f+" "+traceTable)
		}
		_, err := toolOutput(ctx, t.space.Name, "nft", strings.Join(lines, "; "))
		errs = append(errs, err)
	}
	return out, errors.Join(errs...)
}

// read takes the messages that have come.
func (t traced) read() []measure.Verdict {
	var out []measure.Verdict
	ends := map[uint32][2]string{} // addresses by packet: told once for each
	for {
		n, _, err := unix.Recvfrom(t.conn.fd, t.conn.buf, unix.MSG_DONTWAIT)
		if errors.Is(err, unix.EINTR) {
			continue
		}
		if err != nil { // also ENOBUFS: what was lost is lost
			return out
		}
		for _, m := range messages(t.conn.buf[:n]) {
			v, ok := readVerdict(m)
			if !ok || v.Table == traceTable {
				continue
			}
			v.Space, v.Time = t.space.Name, time.Now()
			if v.Source != "" {
				ends[v.Packet] = [2]string{v.Source, v.Dest}
			}
			v.Source, v.Dest = ends[v.Packet][0], ends[v.Packet][1]
			out = append(out, v)
		}
	}
}
