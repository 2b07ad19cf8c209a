package snapshot

import (
	"slices"
	"strings"

	"netlab/internal/op"
)

// neighs writes down the neighbours that were written down by hand.
func (r *rebuilder) neighs(s Space) {
	for _, n := range s.Neighs {
		if !r.rebuilt(s, n.Link) || n.State != "PERMANENT" && !n.Proxy {
			continue
		}
		var more words
		more.flag(n.Router, "router")
		o := &op.NeighAdd{Addr: n.Addr, LLAddr: n.MAC, Dev: n.Link, Proxy: n.Proxy}
		if n.Addr.Is6() && !n.Proxy && r.lab.OwnerOf(n.MAC) != "" {
			o.Verb = "replace" // it may have announced itself by now
		}
		r.do(s.Name, o, more...)
	}
}

// fdb writes the forwarding entries that somebody wrote, and removes a far end
// that a vxlan would have by itself.
func (r *rebuilder) fdb(s Space) {
	for _, l := range s.Links {
		if r.rebuilt(s, l.Name) && l.VXLAN != nil && l.VXLAN.Remote.IsValid() && !s.hasFarEnd(l) {
			r.do(s.Name, &op.FDBDel{LLAddr: zeroMAC, Dev: l.Name, Dst: l.VXLAN.Remote})
		}
	}
	seen := map[string]bool{}
	for _, f := range s.FDB {
		if !s.madeByHand(f) || !r.rebuilt(s, f.Link) || f.Master != "" && !r.rebuilt(s, f.Master) {
			continue
		}
		l, _ := s.Link(f.Link)
		self := f.Self || f.Master == f.Link
		o := &op.FDBAdd{
			LLAddr: f.MAC, Dev: f.Link, Dst: f.Dst, Self: self, Master: f.Master != "" && !self, State: f.State,
			VLAN: f.VLAN, VNI: f.VNI, Port: f.Port, Via: f.Via,
		}
		if l.PeerSpace != "" {
			o.Via = "" // the vxlan's own way, in another namespace
		}
		key := f.Link + " " + f.MAC
		switch {
		case f.Master == "" && l.VXLAN != nil && (seen[key] || f.MAC == zeroMAC):
			o.Verb = "append" // to one more far end
		case r.lab.OwnerOf(f.MAC) != "":
			o.Verb = "replace" // its first frames may have been learned by now
		}
		seen[key] = true
		sticky := slices.DeleteFunc(slices.Clone(f.Flags), func(w string) bool { return w != "sticky" && w != "extern_learn" })
		r.do(s.Name, o, sticky...)
	}
}

// zeroMAC stands for every address that is not known.
const zeroMAC = "00:00:00:00:00:00"

func (s Space) hasFarEnd(l Link) bool {
	return slices.ContainsFunc(s.FDB, func(f FDB) bool {
		return f.Link == l.Name && strings.Trim(f.MAC, "0:") == "" && f.Dst == l.VXLAN.Remote
	})
}
