package diagnose

// look is a command that shows a cause, and changes nothing.
func look(kind Kind, at end) string {
	if at.space == "" {
		return ""
	}
	ip := "ip -n " + at.space + " "
	exec := "ip netns exec " + at.space + " "
	bridge := "bridge -n " + at.space + " "
	if at.space == "host" {
		ip, exec, bridge = "ip ", "", "bridge "
	}
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
	case FDBPinned, FDBLocal, DuplicateMAC, TunnelFDB:
		return bridge + "fdb show"
	case DuplicateAddr, DADFailed, NoAddress, WrongAddress, WrongLink, OnPort, WrongMask, MaskTooWide:
		return ip + "addr show" + of
	case NeighPinned:
		return ip + "neigh show" + of
	case ARPIgnore:
		return exec + "sysctl net.ipv4.conf.all.arp_ignore net.ipv4.conf." + at.link + ".arp_ignore"
	case ProxyARP:
		return exec + "sysctl net.ipv4.conf." + at.link + ".proxy_arp"
	case NoRoute, NoGateway, WrongGateway, GatewayLeftOut, WrongSource, Blackhole, Unreachable, Prohibit:
		return ip + "route show"
	case RuleTable, RuleBlackhole, RuleUnreach, RuleProhibit:
		return ip + "rule show"
	case ForwardingOff:
		return exec + "sysctl net.ipv4.ip_forward net.ipv6.conf.all.forwarding"
	case RPFilter:
		return exec + "sysctl net.ipv4.conf.all.rp_filter net.ipv4.conf." + at.link + ".rp_filter"
	case TTLTooSmall:
		return exec + "sysctl net.ipv4.ip_default_ttl"
	case EchoIgnored:
		return exec + "sysctl net.ipv4.icmp_echo_ignore_all"
	case NoIPv6:
		return exec + "sysctl net.ipv6.conf.all.disable_ipv6"
	case Firewall, BridgeFirewall, NATMissing, NATWrong, DNATWrong, DNATPort:
		return exec + "nft list ruleset"
	case NotListening, OnLoopback, OtherFamily, OtherPort, OtherProtocol:
		return exec + "ss -lntu"
	}
	return ""
}
