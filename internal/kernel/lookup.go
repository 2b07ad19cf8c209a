package kernel

import (
	"errors"
	"net/netip"

	"github.com/vishvananda/netlink/nl"
	"golang.org/x/sys/unix"

	"netlab/internal/measure"
	"netlab/internal/netns"
)

// Lookup asks the kernel how it would send from a namespace to an address, as
// "ip route get" does. Nothing is sent. There is no answer (nil) when there was
// no such namespace at the mark.
func (m *Mark) Lookup(in string, to netip.Addr) (*measure.Lookup, error) {
	if in == "" {
		in = netns.Host
	}
	for _, sp := range m.session.spaces {
		if sp.snap.Name == in {
			return sp.lookup(to)
		}
	}
	return nil, nil
}

func (sp *space) lookup(to netip.Addr) (*measure.Lookup, error) {
	out := &measure.Lookup{In: sp.snap.Name, To: to}
	req := nl.NewNetlinkRequest(unix.RTM_GETROUTE, 0)
	head := make(raw, unix.SizeofRtMsg)
	head[0], head[1] = byte(family(to)), byte(to.BitLen())
	req.AddData(head)
	req.AddData(attrAddr(unix.RTA_DST, to.WithZone("")))
	for index, name := range sp.names {
		if to.Zone() != "" && name == to.Zone() {
			req.AddData(attr32(unix.RTA_OIF, uint32(index)))
		}
	}
	b, err := sp.route.get(req)
	var no unix.Errno
	if errors.As(err, &no) {
		out.Errno, out.Text = unix.ErrnoName(no), no.Error()
		return out, nil
	}
	if err != nil || len(b) < unix.SizeofRtMsg {
		return nil, err
	}
	for kind, v := range attrs(b[unix.SizeofRtMsg:]) {
		switch kind {
		case unix.RTA_GATEWAY:
			out.Via = addr(v)
		case unix.RTA_VIA:
			out.Via = addr(v[min(2, len(v)):])
		case unix.RTA_OIF:
			out.Dev = sp.name(int(u32(v)))
		case unix.RTA_PREFSRC:
			out.From = addr(v)
		}
	}
	return out, nil
}
