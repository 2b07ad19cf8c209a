package kernel

import (
	"context"
	"time"

	"github.com/vishvananda/netlink/nl"
	"golang.org/x/sys/unix"

	"netlab/internal/scene"
)

// maxReady is how long a build waits for IPv6. The kernel is mostly there
// before it is asked; where a fork bomb or the end of a thousand namespaces
// keeps its worker from its work, it takes seconds.
const maxReady = 5 * time.Second

// maxMissing is how long it waits for link-local addresses that are not there
// at all: where net.ipv6.conf.default.addr_gen_mode forbids them, none comes.
const maxMissing = 500 * time.Millisecond

// ready6 waits until each link has its link-local IPv6 address, and it can be
// used: the kernel gives it and takes it into use a moment later, in workers of
// its own. Until then a router cannot ask for its neighbours, and drops packets.
func (b *builder) ready6(ctx context.Context) error {
	if !b.uses6 {
		return nil
	}
	begun := time.Now()
	for _, n := range b.nodes {
		if n.Kind == scene.Switch {
			continue
		}
		for {
			usable, tentative, err := n.linkLocals()
			if err != nil {
				return failedBuild("node "+n.Name, err)
			}
			missing := usable+tentative < n.links
			waited := time.Since(begun)
			if !(missing && waited < maxMissing || tentative > 0 && waited < maxReady) {
				break
			}
			select {
			case <-ctx.Done():
				return ctx.Err()
			case <-time.After(time.Millisecond):
			}
		}
	}
	return nil
}

// linkLocals counts the link-local IPv6 addresses of the node that can be used,
// and all its IPv6 addresses that cannot yet.
func (n *buildNode) linkLocals() (usable, tentative int, err error) {
	found, err := n.conn.dump(func() *nl.NetlinkRequest {
		req := nl.NewNetlinkRequest(unix.RTM_GETADDR, 0)
		req.AddData(raw{unix.AF_INET6, 0, 0, 0, 0, 0, 0, 0})
		return req
	})
	for _, b := range found {
		// Flags and scope are in struct ifaddrmsg, behind family and length.
		switch {
		case len(b) < unix.SizeofIfAddrmsg:
		case b[2]&unix.IFA_F_TENTATIVE != 0 && b[2]&unix.IFA_F_DADFAILED == 0:
			tentative++
		case b[3] == unix.RT_SCOPE_LINK:
			usable++
		}
	}
	return usable, tentative, err
}
