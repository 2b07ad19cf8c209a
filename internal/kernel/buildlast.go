package kernel

import (
	"context"
	"fmt"

	"golang.org/x/sys/unix"

	"netlab/internal/scene"
)

// configure gives each node, in one go, what is its own: links that are up,
// addresses and routes.
func (b *builder) configure(ctx context.Context) error {
	for _, n := range b.nodes {
		n.todo.up(loIndex, 0, "lo of "+n.Name)
	}
	for _, c := range b.cables {
		if err := c.near.configure(); err != nil {
			return err
		}
		master := 0
		if c.far.isPort() {
			master = bridgeIndex
		}
		c.far.in.todo.up(c.far.index, master, "interface "+c.far.Dev+" of "+c.far.Node)
		if err := c.far.configure(); err != nil {
			return err
		}
	}
	for _, n := range b.nodes {
		for _, r := range n.Routes {
			if err := n.flush(maxBatch); err != nil {
				return err
			}
			n.todo.route(n.Name, r)
		}
		if err := n.flush(1); err != nil {
			return err
		}
		if err := ctx.Err(); err != nil {
			return err
		}
	}
	return nil
}

func (e buildEnd) configure() error {
	for _, a := range e.Addrs {
		e.in.todo.address(e, a)
	}
	return e.in.flush(maxBatch)
}

// flush sends what is to do, if it is at least so much.
func (n *buildNode) flush(least int) error {
	if len(n.todo.about) < least {
		return nil
	}
	if err := n.conn.doAll(&n.todo); err != nil {
		return failedBuild("node "+n.Name, err)
	}
	return nil
}

// switchOn brings the bridges up.
func (b *builder) switchOn(context.Context) error {
	for _, n := range b.nodes {
		if n.Kind != scene.Switch {
			continue
		}
		n.todo.up(bridgeIndex, 0, "the bridge of "+n.Name)
		if err := n.flush(1); err != nil {
			return err
		}
	}
	return nil
}

// settle asks for each link that was up before its other end, and for each
// port and bridge, by a message of its own: the kernel then finishes at once
// what it would do later about the carrier that has come. Until then it drops
// what is sent there.
func (b *builder) settle(ctx context.Context) error {
	for _, c := range b.cables {
		if err := c.near.in.settle(c.near.index); err != nil {
			return err
		}
		if c.far.isPort() {
			if err := c.far.in.settle(c.far.index); err != nil {
				return err
			}
		}
		if err := ctx.Err(); err != nil {
			return err
		}
	}
	for _, n := range b.nodes {
		if n.Kind == scene.Switch {
			if err := n.settle(bridgeIndex); err != nil {
				return err
			}
		}
	}
	return nil
}

func (n *buildNode) settle(index int) error {
	n.todo.begin(unix.RTM_GETLINK, 0, "a link of "+n.Name)
	n.todo.link(index, false)
	n.todo.attr32(unix.IFLA_EXT_MASK, skipStats)
	n.todo.end()
	return n.flush(1)
}

// spareFiles is how many descriptors a build needs besides one for each node:
// those of a batch of cables, and what the process has open.
const spareFiles = maxBatch + 64

// roomForFiles raises the limit of open files, as far as this process may, if
// so many nodes need it.
func roomForFiles(nodes int) error {
	var limit unix.Rlimit
	if err := unix.Getrlimit(unix.RLIMIT_NOFILE, &limit); err != nil {
		return err
	}
	need := uint64(nodes + spareFiles)
	if limit.Cur >= need {
		return nil
	}
	if limit.Max < need {
		return &BuildError{What: fmt.Sprintf("a scene of %d nodes", nodes), Hint: limitHint(unix.EMFILE),
			Err: fmt.Errorf("it needs %d open files, and this process may have %d: %w", need, limit.Max, unix.EMFILE)}
	}
	limit.Cur = need
	return unix.Setrlimit(unix.RLIMIT_NOFILE, &limit)
}
