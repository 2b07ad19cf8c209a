package op

import "errors"

func newLinkOp(verb string) Op {
	switch verb {
	case "add":
		return &LinkAdd{}
	case "set":
		return &LinkSet{}
	case "del":
		return &LinkDel{}
	}
	return nil
}

func (*LinkAdd) verb() []string { return []string{"ip", "link", "add"} }
func (*LinkDel) verb() []string { return []string{"ip", "link", "del"} }

func (o *LinkAdd) fields() []field {
	rows := section("link",
		field{key: "name", also: "dev", val: ifname(&o.Name), bare: true, help: "the name of the new interface"},
		field{key: "netns", val: nsTarget(&o.Netns), help: "the namespace in which it is made"},
		field{key: "mtu", val: mtu(&o.MTU), help: "the size of the largest packet"},
		field{key: "address", val: mac(&o.Address), help: "its MAC address"},
		field{key: "master", val: ifname(&o.Master), help: "the bridge of which it becomes a port"},
		field{key: "up", val: given(&o.Up, "up"), help: "switches it on at once"},
		field{key: "type", val: kind(&o.Kind), need: true, then: o.Kind, help: "what sort of interface it is"},
	)
	switch o.Kind {
	case "veth":
		rows = append(rows, o.Peer.fields()...)
	case "vxlan":
		rows = append(rows, o.VXLAN.fields()...)
	case "bridge":
		rows = append(rows, o.Bridge.fields()...)
	}
	return rows
}

func (o *LinkAdd) check() error {
	if o.Kind == "vxlan" {
		return o.VXLAN.check()
	}
	return nil
}

func (o *LinkAdd) summary(where string) string {
	name := o.Name
	if name == "" {
		name = "an interface whose name the kernel chooses"
	}
	there := where
	if o.Netns != "" {
		there = " in " + o.Netns
	}
	if o.Kind == "veth" {
		return "makes a virtual cable with an interface at each end: " + name + there + " and " + o.Peer.summary(where)
	}
	where = there
	switch o.Kind {
	case "bridge":
		return "makes a virtual switch (a bridge)" + where + ": " + name
	case "vxlan":
		return "makes " + name + where + ", " + o.VXLAN.summary()
	}
	return "makes the " + o.Kind + " interface " + name + where
}

// fields of the other end of a veth pair: they are words of ip link, behind
// the word peer.
func (p *Peer) fields() []field {
	there := oneWord(func() {}, func() (string, bool) { return "peer", *p != Peer{} })
	rows := section("veth", field{key: "peer", val: there, then: "peer", help: "what follows is about the other end of the cable"})
	name := onlyName(&p.Name)
	bare := name
	bare.get = func() (string, bool) { return "", false } // the row with the keyword prints it
	return append(rows, section("peer",
		field{key: "name", also: "dev", val: name, help: "the name of the other end"},
		field{val: bare, bare: true, help: "the name of the other end"},
		field{key: "netns", val: nsTarget(&p.Netns), help: "the namespace in which the other end is made"},
		field{key: "mtu", val: mtu(&p.MTU), help: "the size of the largest packet that the other end sends"},
		field{key: "address", val: mac(&p.Address), help: "the MAC address of the other end"},
	)...)
}

// onlyName is a name that two rows can give, of which ip takes only one.
func onlyName(p *string) value {
	v := ifname(p)
	set := v.set
	v.set = func(word string) error {
		if *p != "" {
			return errors.New("is one too many: the name is given already")
		}
		return set(word)
	}
	return v
}

// summary names the other end. Without a namespace of its own it is made
// where the line works, also when the first end is made elsewhere.
func (p *Peer) summary(where string) string {
	name := p.Name
	if name == "" {
		name = "one whose name the kernel chooses"
	}
	if p.Netns != "" {
		where = " in " + p.Netns
	}
	return name + where
}

// kind is the type of a link.
func kind(p *string) value {
	v := choice(p, "KIND", "veth bridge vxlan dummy", "")
	v.about = func() string { return aboutKind(*p) }
	return v
}

func aboutKind(kind string) string {
	switch kind {
	case "veth":
		return "a pair of interfaces with a virtual cable between them: what goes in at one end comes out at the other"
	case "bridge":
		return "a virtual switch: other interfaces become its ports, and it learns behind which port each MAC address is"
	case "vxlan":
		return "a tunnel that carries Ethernet frames inside UDP packets"
	case "dummy":
		return "an interface that drops what is sent through it"
	}
	return ""
}

func (o *LinkDel) fields() []field {
	return section("link",
		field{key: "dev", val: ifname(&o.Dev), need: true, bare: true, help: "the interface that is removed"},
		field{key: "type", val: kind(&o.Kind), then: "end", help: "what sort of interface it is"},
	)
}

func (o *LinkDel) summary(where string) string {
	return "removes the interface " + o.Dev + where + ", with its addresses and routes; of a veth pair the other end goes too"
}
