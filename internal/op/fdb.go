package op

func newFDBOp(verb string) Op {
	switch verb {
	case "add", "append", "replace":
		return &FDBAdd{Verb: verb}
	case "del":
		return &FDBDel{}
	}
	return nil
}

func (o *FDBAdd) verb() []string { return []string{"bridge", "fdb", orAdd(o.Verb)} }
func (*FDBDel) verb() []string   { return []string{"bridge", "fdb", "del"} }

func (o *FDBAdd) fields() []field {
	return section("fdb",
		field{key: "to", val: mac(&o.LLAddr), need: true, bare: true, help: "the MAC address"},
		field{key: "dev", val: ifname(&o.Dev), need: true, help: "the port, or the tunnel, behind which it is"},
		field{key: "dst", val: addr(&o.Dst), help: "the far end of the tunnel to which frames for it go"},
		field{key: "port", val: number(&o.Port, 1, 1<<16-1, "UDP port %d"), help: "the UDP port of the far end"},
		field{key: "vni", val: number(&o.VNI, 1, 1<<24-1, "virtual network %d"), help: "the virtual network (VNI) at the far end"},
		field{key: "via", val: ifname(&o.Via), help: "the interface through which the tunnel packets go"},
		field{key: "vlan", val: number(&o.VLAN, 1, 4094, "VLAN %d"), help: "the VLAN"},
		field{key: "self", val: given(&o.Self, "self"), help: "writes it into the table of the interface itself"},
		field{key: "master", val: given(&o.Master, "master"), help: "writes it into the table of the bridge that the interface is a port of"},
		field{key: "permanent", also: "static dynamic", val: fdbState(&o.State), help: "how long it holds"},
	)
}

// fdbState is one of three flags.
func fdbState(p *string) value {
	v := oneWord(nil, func() (string, bool) { return *p, *p != "" })
	v.set = func(keyword string) error { *p = keyword; return nil }
	v.about = func() string {
		switch *p {
		case "static":
			return "holds for ever"
		case "dynamic":
			return "holds until it is too old, as if it had been learned"
		}
		return "holds for ever, and is an address of this machine itself"
	}
	return v
}

func (o *FDBAdd) summary(where string) string {
	s := "writes into the forwarding table" + where + " that " + o.LLAddr + " is behind " + o.Dev
	if o.LLAddr == zeroMAC {
		s = "tells " + o.Dev + where + " where to send every frame whose place it does not know"
	}
	if o.Dst.IsValid() {
		s += ", at the tunnel end " + o.Dst.String()
	}
	return s
}

func (o *FDBDel) fields() []field {
	return section("fdb",
		field{key: "to", val: mac(&o.LLAddr), need: true, bare: true, help: "the MAC address"},
		field{key: "dev", val: ifname(&o.Dev), need: true, help: "the port, or the tunnel, behind which it is"},
		field{key: "dst", val: addr(&o.Dst), help: "the far end of the tunnel"},
		field{key: "vni", val: number(&o.VNI, 1, 1<<24-1, "virtual network %d"), help: "the virtual network (VNI) at the far end"},
		field{key: "vlan", val: number(&o.VLAN, 1, 4094, "VLAN %d"), help: "the VLAN"},
		field{key: "self", val: given(&o.Self, "self"), help: "from the table of the interface itself"},
		field{key: "master", val: given(&o.Master, "master"), help: "from the table of the bridge that the interface is a port of"},
	)
}

func (o *FDBDel) summary(where string) string {
	return "removes " + o.LLAddr + " behind " + o.Dev + where + " from the forwarding table"
}

func (*PortSet) verb() []string { return []string{"bridge", "link", "set"} }

func (o *PortSet) fields() []field {
	return section("port",
		field{key: "dev", val: ifname(&o.Dev), need: true, help: "the port that is changed"},
		field{key: "learning", val: onOff(&o.Learning), help: "whether the bridge learns MAC addresses from frames that come in here"},
		field{key: "flood", val: onOff(&o.Flood), help: "whether frames whose place is not known go out here too"},
		field{key: "hairpin", val: onOff(&o.Hairpin), help: "whether a frame may go out where it came in"},
		field{key: "isolated", val: onOff(&o.Isolated), help: "whether it may not talk to other isolated ports"},
		field{key: "neigh_suppress", val: onOff(&o.NeighSupp), help: "whether the bridge answers ARP itself instead of flooding it here"},
		field{key: "state", val: choice(&o.State, "STATE", "disabled listening learning forwarding blocking 0 1 2 3 4", "a state of the spanning tree"), help: "what the port does with frames"},
		field{key: "cost", val: number(&o.Cost, 1, 1<<31-1, "cost %d"), help: "what the way through this port costs, for the spanning tree"},
	)
}

func (o *PortSet) summary(where string) string {
	return "changes how the bridge treats its port " + o.Dev + where
}
