package kernel

import (
	"github.com/vishvananda/netlink/nl"
	"golang.org/x/sys/unix"

	"netlab/internal/snapshot"
)

// Attributes of RTM_GETNSID (linux/net_namespace.h).
const (
	netnsaNSID = 1
	netnsaFD   = 3
)

// findPeers names the other end of each veth. The number of the other end
// alone does not do: each namespace counts its links from 1. So the namespace
// that it lies in is asked for by its file.
func (s *session) findPeers() {
	for _, sp := range s.spaces {
		for i := range sp.snap.Links {
			l := &sp.snap.Links[i]
			switch {
			case l.Kind == "veth" && l.PeerIndex > 0:
				s.findPeer(sp, l)
			case l.Kind == "vxlan" && l.PeerNSID >= 0:
				s.findUnderlay(sp, l)
			}
		}
	}
}

func (s *session) findPeer(sp *space, l *snapshot.Link) {
	if l.PeerNSID < 0 {
		// While the other namespace is being removed its number is gone already;
		// and no link is its own other end.
		if l.PeerIndex != l.Index {
			l.Peer, l.PeerSpace = sp.name(l.PeerIndex), sp.snap.Name
		}
		return
	}
	for _, other := range s.spaces {
		for _, o := range other.snap.Links {
			if o.Kind == "veth" && o.Index == l.PeerIndex && o.PeerIndex == l.Index && sp.nsid(other) == l.PeerNSID {
				l.Peer, l.PeerSpace = o.Name, other.snap.Name
				return
			}
		}
	}
}

// findUnderlay names the namespace that the packets of a vxlan leave from, and
// the link there: a vxlan that was moved stays tied to both.
func (s *session) findUnderlay(sp *space, l *snapshot.Link) {
	dev := sp.name
	for _, other := range s.spaces {
		if other != sp && sp.nsid(other) == l.PeerNSID {
			l.PeerSpace = other.snap.Name
			dev = other.name
		}
	}
	if l.VXLAN != nil {
		l.VXLAN.Dev = linkNamed(l.VXLAN.Dev, dev)
	}
}

// nsid is the number by which this namespace knows another; -1 if it has none.
func (sp *space) nsid(other *space) int {
	if id, ok := sp.nsids[other.snap.Name]; ok {
		return id
	}
	id := -1
	req := nl.NewNetlinkRequest(unix.RTM_GETNSID, 0)
	req.AddData(raw{unix.AF_UNSPEC, 0, 0, 0})
	req.AddData(attr32(netnsaFD, uint32(other.file.Fd())))
	if b, err := sp.route.get(req); err == nil && len(b) >= 4 {
		for kind, v := range attrs(b[4:]) {
			if kind == netnsaNSID {
				id = int(int32(u32(v)))
			}
		}
	}
	if sp.nsids == nil {
		sp.nsids = map[string]int{}
	}
	sp.nsids[other.snap.Name] = id
	return id
}
