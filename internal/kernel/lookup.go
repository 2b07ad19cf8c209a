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
	return m.Route(measure.Lookup{In: in, To: to})
}

// Route is Lookup for a packet of its own or, where Entry is given, for one
// that comes in there from the address Of. It fills in the rest.
func (m *Mark) Route(of measure.Lookup) (*measure.Lookup, error) {
	if of.In == "" {
		of.In = netns.Host
	}
	for _, sp := range m.session.spaces {
		if sp.snap.Name == of.In {
			return sp.lookup(of)
		}
	}
	return nil, nil
}

func (sp *space) lookup(of measure.Lookup) (*measure.Lookup, error) {
	out, to := &of, of.To
	req := nl.NewNetlinkRequest(unix.RTM_GETROUTE, 0)
	head := make(raw, unix.SizeofRtMsg)
	head[0], head[1] = byte(family(to)), byte(to.BitLen())
	req.AddData(head)
	req.AddData(attrAddr(unix.RTA_DST, to.WithZone("")))
	for index, name := range sp.names {
		if to.Zone() != "" && name == to.Zone() {
			req.AddData(attr32(unix.RTA_OIF, uint32(index)))
		}
		if of.Entry != "" && name == of.Entry {
			req.AddData(attr32(unix.RTA_IIF, uint32(index)))
		}
	}
	if of.Of.IsValid() {
		req.AddData(attrAddr(unix.RTA_SRC, of.Of.WithZone("")))
		head[2] = byte(of.Of.BitLen())
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
	out.Local = b[7] == unix.RTN_LOCAL
	for kind, v := range attrs(b[unix.SizeofRtMsg:]) {
		switch kind {
		case unix.RTA_METRICS:
			out.MTU = mtuOf(v)
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

// mtuOf is the largest packet for a way, if it has one of its own.
func mtuOf(metrics []byte) int {
	for kind, v := range attrs(metrics) {
		if kind == unix.RTAX_MTU {
			return int(u32(v))
		}
	}
	return 0
}
