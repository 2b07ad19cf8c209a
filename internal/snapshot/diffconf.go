package snapshot

import (
	"fmt"
	"slices"
	"strings"
)

// confs are the settings of a link by their names in sysctl, with a star in the
// place of the link.
func (c Conf) confs() []struct {
	key   string
	value int
} {
	return []struct {
		key   string
		value int
	}{
		{"net.ipv4.conf.*.forwarding", c.Forwarding}, {"net.ipv4.conf.*.rp_filter", c.RPFilter},
		{"net.ipv4.conf.*.proxy_arp", c.ProxyARP}, {"net.ipv4.conf.*.arp_ignore", c.ARPIgnore},
		{"net.ipv4.conf.*.arp_filter", c.ARPFilter}, {"net.ipv4.conf.*.accept_local", c.AcceptLocal},
		{"net.ipv6.conf.*.forwarding", c.Forwarding6}, {"net.ipv6.conf.*.disable_ipv6", c.DisableIPv6},
		{"net.ipv6.conf.*.proxy_ndp", c.ProxyNDP},
	}
}

// confChange is a setting of links that has another value now.
type confChange struct {
	key      string
	was, now int
}

// confs compares the settings of single links. One that has changed on several
// links in the same way is one line.
func (d *differ) confs(was, now Space) {
	var order []confChange
	links := map[confChange][]string{}
	for _, p := range d.pairs {
		a, b := p.was.link.Conf, p.now.link.Conf
		if p.was.space != now.Name || p.now.space != now.Name || a == nil || b == nil {
			continue
		}
		old := a.confs()
		for i, c := range b.confs() {
			if change := (confChange{c.key, old[i].value, c.value}); change.was != change.now {
				if links[change] == nil {
					order = append(order, change)
				}
				links[change] = append(links[change], p.now.link.Name)
			}
		}
	}
	for _, c := range order {
		d.conf(c, links[c], was, now)
	}
}

// conf tells of a setting that has changed on some links. Where one setting for
// all links did that, lo is not worth a word.
func (d *differ) conf(c confChange, names []string, was, now Space) {
	key, reason := c.key+" on ", confReason(c)
	all := c.cause(was, now)
	if all != "" {
		reason = all + " was set, and that sets it for all links"
		names = slices.DeleteFunc(names, func(n string) bool { return n == "lo" })
	}
	switch {
	case len(names) == 0:
		return
	case len(names) == 1 && all == "":
		key = strings.Replace(c.key, "*", names[0], 1)
	default:
		key += strings.Join(names, ", ")
	}
	d.add("~", now.Name, fmt.Sprintf("%s = %d, before %d", key, c.now, c.was), reason)
}

// cause is the setting of the whole namespace that has set this one, too; empty
// if none has.
func (c confChange) cause(was, now Space) string {
	keys := map[string]string{
		"net.ipv4.conf.*.forwarding": "net.ipv4.ip_forward", "net.ipv6.conf.*.forwarding": "net.ipv6.conf.all.forwarding",
		"net.ipv6.conf.*.disable_ipv6": "net.ipv6.conf.all.disable_ipv6",
	}
	key := keys[c.key]
	if v, ok := now.Sysctls[key]; ok && v == fmt.Sprint(c.now) && was.Sysctls[key] != v {
		return key
	}
	return ""
}

func confReason(c confChange) string {
	on := c.now != 0
	switch c.key[strings.LastIndexByte(c.key, '.')+1:] {
	case "forwarding":
		if on {
			return "packets that come in here and are for others are passed on"
		}
		return "packets that come in here and are for others are dropped"
	case "rp_filter":
		return "the larger one of this and conf.all counts: " + rpWords(c.now)
	case "proxy_arp":
		if on {
			return "the link answers ARP for every address to which it has a route by another link"
		}
		return "the link answers ARP for its own addresses only"
	case "proxy_ndp":
		return "whether the link answers for the neighbours that are set as its proxies"
	case "arp_ignore":
		return "for which addresses the link answers ARP: 0 is any of this namespace, 1 only those of the link itself"
	case "arp_filter":
		return "whether the link answers ARP only if the way back leads through it"
	case "accept_local":
		return "whether packets are taken that come from one of the namespace's own addresses"
	case "disable_ipv6":
		if on {
			return "the link has no IPv6 any more, and its IPv6 addresses are gone"
		}
		return "the link has IPv6 again, and gives itself a link-local address when it is up"
	}
	return "this link alone"
}

func rpWords(n int) string {
	switch n {
	case 0:
		return "the way back to the sender does not matter"
	case 1:
		return "packets are dropped when the way back to their sender leads through another link"
	}
	return "packets are dropped when there is no way back to their sender at all"
}

// settings compares the settings of the whole namespace.
func (d *differ) settings(was, now Space) {
	for _, key := range sortedKeys(now.Sysctls) {
		old, ok := was.Sysctls[key]
		if ok && old != now.Sysctls[key] {
			d.add("~", now.Name, fmt.Sprintf("%s = %s, before %s", key, now.Sysctls[key], old), settingReason(key, now))
		}
	}
}

func settingReason(key string, now Space) string {
	on := now.Sysctls[key] != "0"
	switch {
	case strings.HasSuffix(key, "forward") || strings.HasSuffix(key, "forwarding"):
		if on {
			return "from now on " + now.Name + " passes on packets that are not for it: it is a router"
		}
		return "from now on " + now.Name + " drops packets that are not for it: it is no router any more"
	case strings.HasSuffix(key, "rp_filter"):
		return "whether a packet is dropped when the way back to its sender leads through another link"
	case strings.HasSuffix(key, "disable_ipv6"):
		return "whether links here have IPv6 at all"
	case strings.HasSuffix(key, "call-iptables"):
		return "whether packets that a bridge passes on meet the firewall's forward chain"
	}
	return "each namespace has its own value"
}
