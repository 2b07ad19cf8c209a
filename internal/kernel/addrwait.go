package kernel

import (
	"net/netip"
	"time"

	"github.com/vishvananda/netlink/nl"
	"golang.org/x/sys/unix"

	"netlab/internal/op"
)

// maxInUse is how long an address that is set with nodad may take until the
// kernel uses it. It does so in a job of its own (addrconf_dad_work in
// net/ipv6/addrconf.c), mostly within a millisecond; until then whatever comes
// for the address is dropped. The next command of a real shell comes later
// than that, and the next op of netlab does not. On a link that is down it
// never happens.
const maxInUse = 20 * time.Millisecond

// settleAddr waits until the kernel uses an address that was just added, if
// it does not ask for duplicates first.
func (t *task) settleAddr(o *op.AddrAdd) {
	a := o.Prefix.Addr()
	if !o.NoDAD || !a.Is6() {
		return
	}
	t.conn.tap = nil // this is netlab's own asking, not the line's
	index := t.index(o.Dev)
	for end := time.Now().Add(maxInUse); !t.local(index, a) && time.Now().Before(end); {
		<-time.After(100 * time.Microsecond)
	}
}

// local says whether packets to an address are for this namespace itself.
func (t *task) local(index int, a netip.Addr) bool {
	req := nl.NewNetlinkRequest(unix.RTM_GETROUTE, 0)
	head := make(raw, unix.SizeofRtMsg)
	head[0], head[1] = unix.AF_INET6, byte(a.BitLen())
	req.AddData(head)
	req.AddData(attrAddr(unix.RTA_DST, a))
	if a.IsLinkLocalUnicast() {
		req.AddData(attr32(unix.RTA_OIF, uint32(index)))
	}
	got, err := t.conn.get(req)
	const typeAt = 7 // of rtm_type in struct rtmsg, rtnetlink(7)
	return err == nil && len(got) > typeAt && got[typeAt] == unix.RTN_LOCAL
}
