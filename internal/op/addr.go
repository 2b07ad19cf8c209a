package op

import (
	"errors"
	"fmt"
	"net/netip"
)

func newAddrOp(verb string) Op {
	switch verb {
	case "add", "replace", "change":
		return &AddrAdd{Verb: verb}
	case "del":
		return &AddrDel{}
	case "flush":
		return &AddrFlush{}
	}
	return nil
}

// orAdd is the verb of an op that was made without one.
func orAdd(verb string) string {
	if verb == "" {
		return "add"
	}
	return verb
}

func (o *AddrAdd) verb() []string { return []string{"ip", "addr", orAdd(o.Verb)} }
func (*AddrDel) verb() []string   { return []string{"ip", "addr", "del"} }
func (*AddrFlush) verb() []string { return []string{"ip", "addr", "flush"} }

func scopes() string { return "global link host site nowhere" }

func (o *AddrAdd) fields() []field {
	return section("addr",
		field{key: "local", val: prefix(&o.Prefix), need: true, bare: true, help: "the address"},
		field{key: "peer", val: prefix(&o.Peer), help: "the address of the machine at the other end of a line between two"},
		field{key: "broadcast", val: broadcast(&o.Broadcast), help: "the address that reaches all in this network"},
		field{key: "scope", val: choice(&o.Scope, "SCOPE", scopes(), "how far the address is valid"), help: "how far the address is valid"},
		field{key: "label", val: label(&o.Label), help: "a name for this address"},
		field{key: "nodad", val: given(&o.NoDAD, "nodad"), help: "does not first look whether another machine has this IPv6 address"},
		field{key: "dev", val: ifname(&o.Dev), need: true, help: "the interface that gets the address"},
	)
}

// check holds ip's own rules, see ipaddr_modify of iproute2.
func (o *AddrAdd) check() error {
	switch {
	case o.NoDAD && o.Prefix.Addr().Is4():
		return errors.New(`cannot end this line: "nodad" is for IPv6, and ip only warns of it`)
	case o.Peer.IsValid() && o.Peer.Bits() == 0:
		return errors.New("cannot end this line: the peer is no address")
	}
	return nil
}

func (o *AddrAdd) summary(where string) string {
	s := "gives " + o.Dev + where + " the address " + o.Prefix.Addr().String()
	net := o.Prefix
	if o.Peer.IsValid() {
		net = o.Peer
	}
	if !net.IsValid() || net.IsSingleIP() {
		return s + " alone, without a network around it"
	}
	return s + fmt.Sprintf("; the /%d puts %s on this link", net.Bits(), span(net))
}

// broadcast is an IPv4 address, "+" (work it out from the mask) or "-" (from the mask, with zeros).
func broadcast(p *string) value {
	return value{
		holder: "ADDRESS|+|-",
		set: func(word string) error {
			if word == "+" || word == "-" {
				*p = word
				return nil
			}
			a, err := parseAddr(word)
			if err == nil && !a.Is4() {
				err = errors.New("is not an IPv4 address")
			}
			if err == nil {
				*p = a.String()
			}
			return err
		},
		get: func() (string, bool) { return *p, *p != "" },
		about: func() string {
			switch *p {
			case "+":
				return "the last address of the network"
			case "-":
				return "the first address of the network"
			}
			return "the broadcast address"
		},
		family: func() Family { return IPv4 },
	}
}

func (o *AddrDel) fields() []field {
	return section("addr",
		field{key: "local", val: masked(&o.Prefix), need: true, bare: true, help: "the address"},
		field{key: "dev", val: ifname(&o.Dev), need: true, help: "the interface that loses the address"},
	)
}

func (o *AddrDel) summary(where string) string {
	s := "takes the address " + o.Prefix.String() + " from " + o.Dev + where
	if o.Prefix.IsSingleIP() {
		return s
	}
	return s + "; the route to its network goes with it, unless another address needs it"
}

func (o *AddrFlush) fields() []field {
	return section("addr show",
		field{key: "dev", val: ifname(&o.Dev), need: true, bare: true, help: "the interface that loses its addresses"},
	)
}

func (o *AddrFlush) summary(where string) string {
	return "takes all addresses from " + o.Dev + where
}

// span is the first and the last address of a network.
func span(p netip.Prefix) string {
	return p.Masked().Addr().String() + "–" + lastAddr(p).String()
}

// lastAddr is the address of the network with all host bits set.
func lastAddr(p netip.Prefix) netip.Addr {
	raw := p.Addr().AsSlice()
	for bit := p.Bits(); bit < len(raw)*8; bit++ {
		raw[bit/8] |= 0x80 >> (bit % 8)
	}
	a, _ := netip.AddrFromSlice(raw)
	return a
}
