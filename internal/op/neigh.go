package op

import (
	"errors"
	"net/netip"
)

func newNeighOp(verb string) Op {
	switch verb {
	case "add", "replace", "change":
		return &NeighAdd{Verb: verb}
	case "del":
		return &NeighDel{}
	case "flush":
		return &NeighFlush{}
	}
	return nil
}

func (o *NeighAdd) verb() []string { return []string{"ip", "neigh", orAdd(o.Verb)} }
func (*NeighDel) verb() []string   { return []string{"ip", "neigh", "del"} }
func (*NeighFlush) verb() []string { return []string{"ip", "neigh", "flush"} }

// neighTarget gives the rows for "ADDRESS" and "proxy ADDRESS", of which one
// is needed. The family check comes with the address.
func neighTarget(a *netip.Addr, proxy *bool) []field {
	plain, proxied := addr(a), addr(a)
	plain.get = func() (string, bool) { return a.String(), a.IsValid() && !*proxy }
	proxied.get = func() (string, bool) { return a.String(), a.IsValid() && *proxy }
	plain.set = once(a, addr(a).set)
	proxied.set = once(a, func(word string) error {
		err := addr(a).set(word)
		*proxy = err == nil
		return err
	})
	return section("neigh",
		field{key: "to", val: plain, need: !*proxy, bare: true, help: "the IP address of the neighbour"},
		field{key: "proxy", val: proxied, help: "answers ARP in the place of this address, for others who ask"},
	)
}

// once refuses a second address.
func once(a *netip.Addr, set func(string) error) func(string) error {
	return func(word string) error {
		if a.IsValid() {
			return errors.New("is one too many: the address is given already")
		}
		return set(word)
	}
}

func (o *NeighAdd) fields() []field {
	return append(neighTarget(&o.Addr, &o.Proxy), section("neigh",
		field{key: "lladdr", val: mac(&o.LLAddr), help: "the MAC address of the neighbour"},
		field{key: "dev", val: ifname(&o.Dev), need: true, help: "the interface behind which the neighbour is"},
		field{key: "nud", val: nud(&o.NUD), help: "how sure the entry is"},
	)...)
}

func nud(p *string) value {
	v := choice(p, "STATE", "permanent* reachable* noarp none stale incomplete delay probe failed*", "")
	v.about = func() string {
		switch *p {
		case "permanent":
			return "for ever: the kernel never asks and never forgets"
		case "reachable":
			return "seen a moment ago"
		case "stale":
			return "seen some time ago: it is used, and looked at again soon"
		case "noarp":
			return "valid without asking, until it is too old"
		case "failed":
			return "asked for, and no answer came"
		}
		return "a state of the kernel's own work on the entry"
	}
	return v
}

func (o *NeighAdd) summary(where string) string {
	if o.Proxy {
		return "lets " + o.Dev + where + " answer ARP for " + o.Addr.String()
	}
	if o.LLAddr == "" {
		return "writes down the neighbour " + o.Addr.String() + " behind " + o.Dev + where
	}
	return "writes down that " + o.Addr.String() + " has the MAC address " + o.LLAddr + " behind " + o.Dev + where + ", so that nobody has to ask"
}

func (o *NeighDel) fields() []field {
	return append(neighTarget(&o.Addr, &o.Proxy), section("neigh",
		field{key: "dev", val: ifname(&o.Dev), need: true, help: "the interface behind which the neighbour is"},
	)...)
}

func (o *NeighDel) summary(where string) string {
	return "forgets the neighbour " + o.Addr.String() + " behind " + o.Dev + where
}

func (o *NeighFlush) fields() []field {
	all := given(&o.All, "all")
	return section("neigh show",
		field{key: "all", also: "any default", val: all, help: "all neighbours"},
		field{key: "dev", val: ifname(&o.Dev), help: "only those behind this interface"},
	)
}

func (o *NeighFlush) check() error {
	if !o.All && o.Dev == "" {
		return errors.New(`cannot end this line: "dev NAME" or "all" must follow`)
	}
	return nil
}

func (o *NeighFlush) summary(where string) string {
	if o.Dev == "" {
		return "forgets all neighbours" + where + " but the permanent ones"
	}
	return "forgets the neighbours behind " + o.Dev + where + " but the permanent ones"
}
