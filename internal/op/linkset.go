package op

import (
	"errors"
	"fmt"
	"strings"
)

func (*LinkSet) verb() []string { return []string{"ip", "link", "set"} }

func (o *LinkSet) fields() []field {
	rows := section("link",
		field{key: "dev", val: ifname(&o.Dev), need: true, bare: true, help: "the interface that is changed"},
		field{key: "up", also: "down", val: either(&o.Up, "up", "down", "switches it on", "switches it off"), help: "switches it on (up) or off (down)"},
		field{key: "netns", val: nsTarget(&o.Netns), help: "moves it into another namespace; its addresses are lost on the way, and it is down there"},
		field{key: "master", val: master(&o.Master), help: "makes it a port of a bridge"},
		field{key: "nomaster", val: noMaster(&o.Master), help: "takes it out of its bridge"},
		field{key: "mtu", val: mtu(&o.MTU), help: "the size of the largest packet"},
		field{key: "address", val: mac(&o.Address), help: "its MAC address"},
		field{key: "name", val: ifname(&o.NewName), help: "gives it another name"},
		field{key: "arp", val: onOff(&o.ARP), help: "whether it asks for and answers with MAC addresses (ARP)"},
		field{key: "promisc", val: onOff(&o.Promisc), help: "whether it also takes frames that are not for its own MAC address"},
		field{key: "alias", val: text(&o.Alias, 255), help: "a note to people about it"},
		field{
			key: "addrgenmode", val: choice(&o.Addrgen, "MODE", "none eui64 stable_secret random", "the way it is made"),
			help: "how it makes its own link-local IPv6 address",
		},
		field{key: "type", val: onlyBridge(&o.Kind), then: "bridge", help: "what follows are options of this sort of interface"},
	)
	if o.Kind == "bridge" {
		rows = append(rows, o.Bridge.fields()...)
	}
	return rows
}

// onlyBridge is the one kind whose options can be changed here.
func onlyBridge(p *string) value {
	v := kind(p)
	v.holder = "bridge"
	v.set = func(word string) error {
		if word != "bridge" {
			return errors.New("is a kind whose options are left to ip itself")
		}
		*p = word
		return nil
	}
	return v
}

func master(p **string) value {
	return value{
		holder: "BRIDGE",
		set: func(word string) error {
			if *p != nil {
				return errors.New("is a second master")
			}
			var name string
			if err := ifname(&name).set(word); err != nil {
				return err
			}
			*p = &name
			return nil
		},
		get: func() (string, bool) {
			if *p == nil || **p == "" {
				return "", false
			}
			return **p, true
		},
		about: func() string { return "the bridge " + **p },
	}
}

func noMaster(p **string) value {
	v := oneWord(nil, func() (string, bool) { return "nomaster", *p != nil && **p == "" })
	v.set = func(string) error {
		if *p != nil {
			return errors.New("contradicts the master that is given")
		}
		*p = new(string)
		return nil
	}
	return v
}

func (o *LinkSet) summary(where string) string {
	var does []string
	add := func(ok bool, text string) {
		if ok {
			does = append(does, text)
		}
	}
	add(o.Netns != "", "moves it into the namespace "+o.Netns+" (its addresses are lost, and it is down there)")
	add(o.Master != nil && *o.Master == "", "takes it out of its bridge")
	if o.Master != nil && *o.Master != "" {
		does = append(does, "makes it a port of the bridge "+*o.Master)
	}
	add(o.NewName != "", "calls it "+o.NewName)
	add(o.Address != "", "gives it the MAC address "+o.Address)
	add(o.MTU != 0, fmt.Sprintf("sets the size of its largest packet to %d bytes", o.MTU))
	add(o.ARP != nil && *o.ARP, "lets it ask for MAC addresses (ARP)")
	add(o.ARP != nil && !*o.ARP, "forbids it to ask for MAC addresses (ARP)")
	add(o.Promisc != nil && *o.Promisc, "lets it take frames for others too")
	add(o.Promisc != nil && !*o.Promisc, "lets it take only frames for itself")
	add(o.Alias != nil, "writes a note on it")
	add(o.Addrgen != "", "says how it makes its own IPv6 address")
	add(o.Kind != "", "changes options of the bridge")
	add(o.Up != nil && *o.Up, "switches it on")
	add(o.Up != nil && !*o.Up, "switches it off")
	if len(does) == 0 {
		return "changes nothing"
	}
	return "the interface " + o.Dev + where + ": " + strings.Join(does, ", ")
}
