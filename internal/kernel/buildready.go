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

// ready6 waits until the link-local IPv6 addresses can be used: the kernel
// takes them into use a moment later, in a worker of its own. Until then a
// router cannot ask for its neighbours, and drops packets.
func (b *builder) ready6(ctx context.Context) error {
	if !b.uses6 {
		return nil
	}
	deadline := time.Now().Add(maxReady)
	for _, n := range b.nodes {
		if n.Kind == scene.Switch {
			continue
		}
		for {
			waiting, err := n.tentative()
			if err != nil {
				return failedBuild("node "+n.Name, err)
			}
			if !waiting || time.Now().After(deadline) {
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

// tentative says that an IPv6 address of the node is not in use yet.
func (n *buildNode) tentative() (bool, error) {
	found, err := n.conn.dump(func() *nl.NetlinkRequest {
		req := nl.NewNetlinkRequest(unix.RTM_GETADDR, 0)
		req.AddData(raw{unix.AF_INET6, 0, 0, 0, 0, 0, 0, 0})
		return req
	})
	for _, b := range found {
		// The flags are in struct ifaddrmsg, behind family and length.
		if len(b) >= unix.SizeofIfAddrmsg && b[2]&unix.IFA_F_TENTATIVE != 0 && b[2]&unix.IFA_F_DADFAILED == 0 {
			return true, err
		}
	}
	return false, err
}
