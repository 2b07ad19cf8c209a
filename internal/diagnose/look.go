package diagnose

// look is a command that shows a cause, and changes nothing. Empty: there is
// none, or no place to look at.
func look(kind Kind, at end) string {
	if at.space == "" {
		return ""
	}
	ip, bridge, exec := programs(at.space)
	of := ""
	if at.link != "" {
		of = " dev " + at.link
	}
	switch kind {
	case LinkDown, BridgeDown, NoPeer, MTUSmall, ARPOff, TunnelDown:
		return ip + "link show" + of
	case TunnelNetwork, TunnelPort, TunnelPeer, NoPort:
		return ip + "-d link show" + of
	case PortBlocked, PortIsolated, PortNoFlood:
		return bridge + "-d link show" + of
	case FDBPinned, FDBLocal, TunnelFDB:
		return bridge + "fdb show"
	case DuplicateMAC:
		return ip + "link show" + of
	case DuplicateAddr, DADFailed, NoAddress, WrongAddress, WrongLink, OnPort, WrongMask, MaskTooWide:
		return ip + "addr show" + of
	case NeighPinned:
		return ip + "neigh show" + of
	case NoRoute, WrongGateway, Circle, GatewayLeftOut, WrongSource, Blackhole, Unreachable, Prohibit:
		return ip + "route show"
	case NoGateway: // a policy rule may have chosen another table
		return ip + "route show table all"
	case RuleTable, RuleBlackhole, RuleUnreach, RuleProhibit:
		return ip + "rule show"
	case Firewall, BridgeFirewall, NATMissing, NATWrong, DNATWrong, DNATPort:
		return exec + "nft list ruleset"
	case NotListening, OnLoopback, OtherFamily, OtherPort, OtherProtocol:
		return exec + "ss -lntu"
	}
	if keys := settings(kind, at.link); keys != "" {
		return exec + "sysctl" + keys
	}
	return ""
}

// programs are ip, bridge, and any other one, as they are told in which
// namespace to look.
func programs(space string) (ip, bridge, exec string) {
	if space == "host" {
		return "ip ", "bridge ", ""
	}
	return "ip -n " + space + " ", "bridge -n " + space + " ", "ip netns exec " + space + " "
}

// settings are the sysctls that can be a cause, of all interfaces and of one.
func settings(kind Kind, link string) string {
	of := func(family, name string) string {
		out := " net." + family + ".conf.all." + name
		if link != "" {
			out += " net." + family + ".conf." + link + "." + name
		}
		return out
	}
	switch kind {
	case ARPIgnore:
		return of("ipv4", "arp_ignore")
	case ProxyARP:
		return of("ipv4", "proxy_arp") + of("ipv6", "proxy_ndp")
	case ForwardingOff:
		return " net.ipv4.ip_forward net.ipv6.conf.all.forwarding"
	case RPFilter:
		return of("ipv4", "rp_filter")
	case TTLTooSmall:
		return " net.ipv4.ip_default_ttl net.ipv6.conf.all.hop_limit"
	case EchoIgnored:
		return " net.ipv4.icmp_echo_ignore_all net.ipv6.icmp.echo_ignore_all"
	case NoIPv6:
		return of("ipv6", "disable_ipv6")
	}
	return ""
}
