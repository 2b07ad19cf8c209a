package run

import (
	"errors"
	"slices"
	"syscall"
	"time"

	"netlab/internal/op"
	"netlab/internal/snapshot"
)

// forget makes the kernel forget what it learned between two snapshots, and
// makes the second one, without that, the last look at the lab.
func (e *engine) forget(before, after snapshot.Lab) error {
	e.changed()
	clean := snapshot.Lab{Spaces: slices.Clone(after.Spaces)}
	for i, now := range after.Spaces {
		old, _ := before.Space(now.Name)
		var undo []op.Line
		clean.Spaces[i], undo = forgotten(old, now)
		for _, line := range undo {
			if err := e.kernel.Do(line); err != nil && !gone(err) {
				return err
			}
		}
	}
	e.view = view{clean, time.Now()}
	return nil
}

// gone says that what was to be removed had gone by itself.
func gone(err error) bool {
	return errors.Is(err, syscall.ENOENT) || errors.Is(err, syscall.ENODEV)
}

// forgotten is now without what old did not know, and the ops that make it so.
func forgotten(old, now snapshot.Space) (snapshot.Space, []op.Line) {
	ns := now.Name
	if ns == snapshot.Host {
		ns = ""
	}
	var undo []op.Line
	neighs, fdb := now.Neighs, now.FDB
	now.Neighs, now.FDB = nil, nil
	for _, n := range neighs {
		if learnedNeigh(old, n) {
			undo = append(undo, op.Line{Netns: ns, Op: &op.NeighDel{Addr: n.Addr, Dev: n.Link}})
			continue
		}
		now.Neighs = append(now.Neighs, n)
	}
	for _, f := range fdb {
		if learnedFDB(old, f) {
			undo = append(undo, op.Line{Netns: ns, Op: &op.FDBDel{
				LLAddr: f.MAC, Dev: f.Link, Dst: f.Dst, Self: f.Self, Master: f.Master != "" && !f.Self, VLAN: f.VLAN,
			}})
			continue
		}
		now.FDB = append(now.FDB, f)
	}
	return now, undo
}

// learnedNeigh says that old had no entry for the neighbour, or one without
// its hardware address. What the kernel or somebody's command enters for good
// is not learned.
func learnedNeigh(old snapshot.Space, n snapshot.Neigh) bool {
	if n.Proxy || n.State == "PERMANENT" || n.State == "NOARP" {
		return false
	}
	i := slices.IndexFunc(old.Neighs, func(o snapshot.Neigh) bool { return !o.Proxy && o.Link == n.Link && o.Addr == n.Addr })
	return i < 0 || unresolved(old.Neighs[i]) && !unresolved(n)
}

func unresolved(n snapshot.Neigh) bool { return n.State == "INCOMPLETE" || n.State == "FAILED" }

// learnedFDB says the same of an address that a bridge or a tunnel has seen.
func learnedFDB(old snapshot.Space, f snapshot.FDB) bool {
	if f.State != "reachable" && f.State != "stale" {
		return false
	}
	return !slices.ContainsFunc(old.FDB, func(o snapshot.FDB) bool {
		return o.Link == f.Link && o.MAC == f.MAC && o.VLAN == f.VLAN && o.Dst == f.Dst && o.Self == f.Self
	})
}
