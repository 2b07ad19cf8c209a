package cli

import (
	"context"
	"net"
	"net/netip"

	"netlab/internal/run"
	"netlab/internal/term"
)

// asGetent is netlab under the name of getent.
func asGetent(ctx context.Context, t *term.Term, args []string) int {
	ctx, _, stop := untilSignal(ctx)
	defer stop()
	return run.Getent(ctx, "", ownAddrs(), args, t.Out, t.Err)
}

// ownAddrs are the addresses of the network in which this process runs.
func ownAddrs() []netip.Addr {
	all, _ := net.InterfaceAddrs()
	var out []netip.Addr
	for _, a := range all {
		if n, ok := a.(*net.IPNet); ok {
			if addr, ok := netip.AddrFromSlice(n.IP); ok {
				out = append(out, addr.Unmap())
			}
		}
	}
	return out
}
