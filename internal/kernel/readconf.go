package kernel

import (
	"golang.org/x/sys/unix"

	"netlab/internal/snapshot"
)

// Places of settings in IFLA_INET_CONF: IPV4_DEVCONF_ in linux/ip.h, less one.
const (
	confForwarding  = 1 - 1
	confProxyARP    = 3 - 1
	confRPFilter    = 8 - 1
	confARPFilter   = 13 - 1
	confARPIgnore   = 19 - 1
	confAcceptLocal = 23 - 1
)

// Places of settings in IFLA_INET6_CONF: DEVCONF_ in linux/ipv6.h.
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
	c.Forwarding = confAt(b, confForwarding)
	c.ProxyARP = confAt(b, confProxyARP)
	c.RPFilter = confAt(b, confRPFilter)
	c.ARPFilter = confAt(b, confARPFilter)
	c.ARPIgnore = confAt(b, confARPIgnore)
	c.AcceptLocal = confAt(b, confAcceptLocal)
}

func readConf6(c *snapshot.Conf, b []byte) {
	c.Forwarding6 = confAt(b, conf6Forwarding)
	c.ProxyNDP = confAt(b, conf6ProxyNDP)
	c.DisableIPv6 = confAt(b, conf6Disable)
}
