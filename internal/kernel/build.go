package kernel

import (
	"context"
	"errors"
	"fmt"

	"golang.org/x/sys/unix"

	"netlab/internal/netns"
	"netlab/internal/scene"
)

// maxBatch is how many messages go into one datagram. The kernel's limit is
// the size of the socket's send buffer, some 200 KiB.
const maxBatch = 64

// BuildError is a scene that could not be built.
type BuildError struct {
	What string // the node or cable, such as "node h7"
	Hint string // for a limit: which it is; or empty
	Err  error
}

// Error says what could not be built and why.
func (e *BuildError) Error() string { return fmt.Sprintf("%s could not be built: %v", e.What, e.Err) }

// Unwrap returns the reason.
func (e *BuildError) Unwrap() error { return e.Err }

// Build makes a whole scene: what its Ops would leave, but all at once. The
// scene must be valid. When Build returns, every link has its carrier, so that
// a first ping is not lost. When it fails, with a *BuildError or the error of
// ctx, nothing of the scene is left.
func (k *Kernel) Build(ctx context.Context, s scene.Scene) error {
	if s.Empty() {
		return nil
	}
	b := newBuilder(s)
	if err := roomForFiles(len(b.nodes)); err != nil {
		return err
	}
	defer b.close()
	if err := b.spaces(ctx); err != nil {
		return err
	}
	for _, part := range []func(context.Context) error{b.bridges, b.plug, b.configure, b.switchOn, b.settle, b.ready6} {
		err := ctx.Err()
		if err == nil {
			err = part(ctx)
		}
		if err != nil {
			b.undo()
			return err
		}
	}
	return nil
}

func (b *builder) close() {
	for _, n := range b.nodes {
		if n.conn != nil {
			n.conn.close()
			n.conn = nil
		}
	}
}

func (b *builder) undo() {
	b.close()
	for _, n := range b.nodes {
		_ = netns.Delete(n.Name)
	}
}

// spaces makes the namespaces, each with a socket in it.
func (b *builder) spaces(ctx context.Context) error {
	names := make([]string, len(b.nodes))
	for i, n := range b.nodes {
		names[i] = n.Name
	}
	err := netns.CreateMany(ctx, names, func(i int) (err error) {
		n := b.nodes[i]
		if n.conn, err = dial(unix.NETLINK_ROUTE, b.buf); err != nil {
			return fmt.Errorf("a netlink socket in %s: %w", n.Name, err)
		}
		for _, set := range b.sysctls.Of(n.Node) {
			err := writeSysctl(set.Key, set.Value)
			if err != nil && !(set.Key == scene.DisableIPv6 && errors.Is(err, unix.ENOENT)) {
				return fmt.Errorf("a setting of %s: %w", n.Name, err)
			}
		}
		return nil
	})
	if err == nil || ctx.Err() != nil {
		return err
	}
	return failedBuild("the nodes", err)
}

func (b *builder) bridges(context.Context) error {
	for _, n := range b.nodes {
		if n.Kind != scene.Switch {
			continue
		}
		n.todo.bridge(n.Bridge())
		if err := n.conn.doAll(&n.todo); err != nil {
			return failedBuild("node "+n.Name, err)
		}
	}
	return nil
}

// plug makes the cables: those whose near ends are neighbours in the list and
// in one namespace go together.
func (b *builder) plug(ctx context.Context) error {
	for i := 0; i < len(b.cables); {
		end := i + 1
		for end < len(b.cables) && end-i < maxBatch && b.cables[end].near.in == b.cables[i].near.in {
			end++
		}
		if err := ctx.Err(); err != nil {
			return err
		}
		if err := plugAll(b.cables[i:end]); err != nil {
			return failedBuild("a cable", err)
		}
		i = end
	}
	return nil
}

func plugAll(cables []buildCable) error {
	near := cables[0].near.in
	var files []int
	defer func() {
		for _, fd := range files {
			unix.Close(fd)
		}
	}()
	for _, c := range cables {
		fd, err := c.far.in.conn.space()
		if err != nil {
			return &refusedPart{c.about(), err}
		}
		files = append(files, fd)
		near.todo.cable(c, fd)
	}
	return near.conn.doAll(&near.todo)
}

// space opens the namespace in which the socket was made.
func (c *conn) space() (fd int, err error) { return unix.IoctlRetInt(c.fd, unix.SIOCGSKNS) }

// failedBuild names the part that failed, and the limit if it is one.
func failedBuild(what string, err error) error {
	e := &BuildError{What: what, Err: err, Hint: limitHint(err)}
	var part *refusedPart
	if errors.As(err, &part) {
		e.What, e.Err = part.about, part.err
	}
	return e
}

func limitHint(err error) string {
	switch {
	case errors.Is(err, unix.ENOSPC):
		return "the kernel's limit of network namespaces for one user is reached: /proc/sys/user/max_net_namespaces"
	case errors.Is(err, unix.EXFULL):
		return "a bridge has at most 1,023 ports"
	case errors.Is(err, unix.EMFILE):
		return "too many open files for one process: ulimit -n shows the limit"
	case errors.Is(err, unix.ENFILE):
		return "too many open files on the machine: /proc/sys/fs/file-max"
	case errors.Is(err, unix.ENOMEM), errors.Is(err, unix.ENOBUFS):
		return "the kernel has no memory left for it"
	}
	return ""
}
