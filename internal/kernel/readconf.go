package kernel

import (
	"golang.org/x/sys/unix"

	"netlab/internal/snapshot"
)

// Numbers of settings of IPv4 (IPV4_DEVCONF_ in linux/ip.h). The first one has
// the number 1.
const (
	confForwarding  = 1
	confProxyARP    = 3
	confRPFilter    = 8
	confARPFilter   = 13
	confARPIgnore   = 19
	confAcceptLocal = 23
)

// Numbers of settings of IPv6 (DEVCONF_ in linux/ipv6.h). The first one has the
// number 0.
const (
	conf6Forwarding = 0
	conf6ProxyNDP   = 22
	conf6Disable    = 26
)

// readFamilies reads what IPv4 and IPv6 say about a link (IFLA_AF_SPEC).
func readFamilies(l *snapshot.Link, b []byte) {
	for family, inner := range attrs(b) {
		for kind, v := range attrs(inner) {
			switch {
			case family == unix.AF_INET && kind == unix.IFLA_INET_CONF:
				readConf(conf(l), v)
			case family == unix.AF_INET6 && kind == unix.IFLA_INET6_CONF:
				readConf6(conf(l), v)
			case family == unix.AF_INET6 && kind == unix.IFLA_INET6_ADDR_GEN_MODE:
				if n := int(u8(v)); n < len(addrgenModes()) {
					l.Addrgen = addrgenModes()[n]
				}
			}
		}
	}
}

// conf is the settings of a link, which are made when the first are known.
func conf(l *snapshot.Link) *snapshot.Conf {
	if l.Conf == nil {
		l.Conf = &snapshot.Conf{}
	}
	return l.Conf
}

// confAt is the number at a place; 0 if the kernel has none there.
func confAt(b []byte, place int) int {
	if len(b) < 4*(place+1) {
		return 0
	}
	return int(int32(u32(b[4*place:])))
}

func readConf(c *snapshot.Conf, b []byte) {
	c.Forwarding = confAt(b, confForwarding-1)
	c.ProxyARP = confAt(b, confProxyARP-1)
	c.RPFilter = confAt(b, confRPFilter-1)
	c.ARPFilter = confAt(b, confARPFilter-1)
	c.ARPIgnore = confAt(b, confARPIgnore-1)
	c.AcceptLocal = confAt(b, confAcceptLocal-1)
}

func readConf6(c *snapshot.Conf, b []byte) {
	c.Forwarding6 = confAt(b, conf6Forwarding)
	c.ProxyNDP = confAt(b, conf6ProxyNDP)
	c.DisableIPv6 = confAt(b, conf6Disable)
}
