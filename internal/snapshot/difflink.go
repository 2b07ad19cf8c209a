package snapshot

import (
	"fmt"
	"maps"
	"slices"
)

func sortedKeys(m map[string]string) []string { return slices.Sorted(maps.Keys(m)) }

// matchLinks finds for each link what it was: the one of that name in the same
// namespace, else the same link under another name, else the same link in
// another namespace. A link is known by its kind and MAC address.
func (d *differ) matchLinks() {
	was := map[string]located{}
	var order []string
	for _, s := range d.before.Spaces {
		for _, l := range s.Links {
			id := s.Name + " " + l.Name
			was[id] = located{s.Name, l}
			order = append(order, id)
		}
	}
	var unmatched []located
	for _, s := range d.after.Spaces {
		for _, l := range s.Links {
			now := located{s.Name, l}
			id := s.Name + " " + l.Name
			if old, ok := was[id]; ok && old.link.Kind == l.Kind {
				d.pairs = append(d.pairs, pair{old, now})
				delete(was, id)
			} else {
				unmatched = append(unmatched, now)
			}
		}
	}
	for _, now := range unmatched {
		id, ok := sameLink(order, was, now)
		switch {
		case ok:
			d.pairs = append(d.pairs, pair{was[id], now})
			delete(was, id)
		case now.link.Kind != "loopback":
			d.fresh = append(d.fresh, now)
		}
	}
	for _, id := range order {
		if old, ok := was[id]; ok && old.link.Kind != "loopback" {
			d.gone = append(d.gone, old)
		}
	}
}

// sameLink finds a link that is elsewhere now, or is called otherwise.
func sameLink(order []string, was map[string]located, now located) (string, bool) {
	for _, sameSpace := range []bool{true, false} {
		for _, id := range order {
			old, ok := was[id]
			if ok && (old.space == now.space) == sameSpace && old.link.Kind == now.link.Kind && old.link.MAC == now.link.MAC &&
				(!sameSpace || old.link.Index == now.link.Index) && now.link.Kind != "loopback" {
				return id, true
			}
		}
	}
	return "", false
}

func (d *differ) linkChanges() {
	for _, p := range d.pairs {
		d.moved(p)
	}
	d.firstNamedFirst()
	for i, f := range d.fresh {
		d.came(i, f)
	}
	for _, g := range d.gone {
		d.went(g)
	}
	for _, p := range d.pairs {
		if p.was.space == p.now.space {
			d.linkChanged(p)
		}
	}
	for _, f := range d.fresh {
		// What a new link has beyond being there: it may be up, or a port.
		plain := f
		plain.link.Up, plain.link.Carrier, plain.link.Master, plain.link.PortState = false, false, "", ""
		d.linkChanged(pair{plain, f})
	}
}

// firstNamedFirst swaps the ends of new cables: the kernel makes the end that
// the command names first as the second one.
func (d *differ) firstNamedFirst() {
	for i, f := range d.fresh {
		for j, o := range d.fresh[i+1:] {
			if o.space == f.space && f.link.Kind == "veth" && o.link.Name == f.link.Peer && o.link.Peer == f.link.Name && f.link.Index < o.link.Index {
				d.fresh[i], d.fresh[i+1+j] = o, f
			}
		}
	}
}

func (d *differ) moved(p pair) {
	if p.was.space == p.now.space {
		if p.was.link.Name != p.now.link.Name {
			d.add("~", p.now.space, fmt.Sprintf("link %s is called %s now", p.was.link.Name, p.now.link.Name),
				"a name is only a label: the link, its addresses and its routes are the same")
		}
		return
	}
	line := fmt.Sprintf("link %s moved to %s", p.was.link.Name, p.now.space)
	if p.was.link.Name != p.now.link.Name {
		line += " and is called " + p.now.link.Name + " there"
	}
	reason := "a link is in one namespace at a time"
	switch {
	case p.was.link.Up && !p.now.link.Up:
		reason += ": moving took it down"
	case p.was.link.Master != "":
		reason += ": it is no port of " + p.was.link.Master + " any more"
	}
	d.add("~", p.was.space, line, reason)
}

// title names a link with its kind and, for a veth, its other end.
func (l located) title() string {
	title := fmt.Sprintf("link %s (%s", l.link.Name, l.link.Kind)
	if l.link.Peer != "" {
		title += ", other end " + l.link.Peer
		if l.link.PeerSpace != l.space {
			title += " in " + l.link.PeerSpace
		}
	}
	return title + ")"
}

func (d *differ) came(i int, f located) {
	reason := "a new link is down and has no addresses"
	switch f.link.Kind {
	case "veth":
		reason = "a veth is a cable: what goes in at one end comes out at the other"
		for _, earlier := range d.fresh[:i] {
			if earlier.link.Name == f.link.Peer && earlier.space == f.link.PeerSpace {
				reason = "the other end of the same cable: a veth is always a pair"
			}
		}
	case "bridge":
		reason = "a bridge is a switch, and at the same time an interface of its own"
	case "vxlan":
		reason = "a vxlan wraps each frame into a UDP packet and sends that to the far end"
	}
	d.add("+", f.space, f.title(), reason)
}

func (d *differ) went(g located) {
	if _, ok := d.after.Space(g.space); !ok {
		return // said with its namespace
	}
	reason := ""
	if g.link.Kind == "veth" {
		reason = "a veth is a pair: when one end goes, the other goes, too"
		if _, ok := d.after.Space(g.link.PeerSpace); !ok {
			reason = "its other end was in a namespace that is gone: a veth is a pair"
		}
	}
	if reason == "" {
		reason = "its addresses and routes went with it"
	}
	d.add("-", g.space, "link "+g.link.Name, reason)
}

// linkChanged compares a link that stayed in its namespace.
func (d *differ) linkChanged(p pair) {
	was, now := p.was.link, p.now.link
	say := func(line, reason string) { d.add("~", p.now.space, "link "+now.Name+" "+line, reason) }
	if name, ok := d.renames(p.was.space)[was.Master]; ok {
		was.Master = name
	}
	if was.Master != now.Master {
		d.masterChanged(p, say)
	}
	switch {
	case !was.Up && now.Up:
		say("is up"+noCarrier(now), d.upReason(p.now))
	case was.Up && !now.Up:
		say("is down", "what arrives is dropped, and routes through it are gone")
	case was.Carrier && !now.Carrier:
		say("has no carrier any more (NO-CARRIER)", d.carrierReason(p.now))
	case !was.Carrier && now.Carrier:
		say("has a carrier now (LOWER_UP)", d.carrierReason(p.now))
	}
	if was.PortState != now.PortState && now.PortState != "" {
		say("as a port is "+now.PortState, portReason(now))
	}
	if was.MAC != now.MAC {
		say("has MAC address "+now.MAC, d.macReason(p.now))
	}
	if was.MTU != now.MTU {
		say(fmt.Sprintf("has mtu %d, before %d", now.MTU, was.MTU), d.mtuReason(p.now))
	}
	optionsChanged(was, now, say)
}

func noCarrier(l Link) string {
	if l.Carrier {
		return ""
	}
	return ", but has no carrier (NO-CARRIER)"
}

func (d *differ) masterChanged(p pair, say func(line, reason string)) {
	was, now := p.was.link, p.now.link
	if now.Master == "" {
		say("is no port of "+was.Master+" any more", "its frames are its own again")
		return
	}
	reason := "every frame that arrives here goes to the bridge"
	if s, ok := d.after.Space(p.now.space); ok && slices.ContainsFunc(s.Addrs, func(a Addr) bool { return a.Link == now.Name && !isLinkLocal(a) }) {
		reason += ": an address on the port itself is of no use any more"
	}
	say("is a port of "+now.Master, reason)
}

// upReason says what it means that a link is up now.
func (d *differ) upReason(l located) string {
	if l.link.Kind == "loopback" {
		return "now the namespace can talk to itself"
	}
	return d.carrierReason(l)
}

// carrierReason says why a link has a signal, or has none.
func (d *differ) carrierReason(l located) string {
	switch l.link.Kind {
	case "veth":
		return d.cableReason(l.link)
	case "bridge":
		return d.bridgeReason(l)
	}
	if l.link.Carrier {
		return "it can send and receive"
	}
	return "the link below it has no signal"
}

func (d *differ) bridgeReason(l located) string {
	switch {
	case !l.link.Carrier:
		return "a bridge has a carrier only when one of its ports has"
	case len(d.ports(l)) == 0:
		return "a bridge that has no port yet claims to have a carrier"
	}
	return "a bridge has a carrier as soon as one of its ports has"
}

func (d *differ) cableReason(l Link) string {
	s, _ := d.after.Space(l.PeerSpace)
	other, ok := s.Link(l.Peer)
	switch {
	case l.Carrier:
		return "both ends of the cable are up"
	case !ok:
		return "its other end is not in the lab any more"
	case !other.Up:
		return fmt.Sprintf("the other end, %s in %s, is down: a cable carries a signal only when both ends are up", l.Peer, l.PeerSpace)
	}
	return "the cable carries no signal yet"
}

func portReason(l Link) string {
	switch {
	case l.PortState == "forwarding":
		return "the port is up and has a carrier: frames pass"
	case l.PortState == "disabled" && !l.Up:
		return "the port is down: no frame passes"
	case l.PortState == "disabled":
		return "the port has no carrier: no frame passes"
	case l.PortState == "listening" || l.PortState == "learning":
		return "the spanning tree protocol waits before it lets frames pass"
	}
	return "no frame passes"
}

// ports are the links of a bridge.
func (d *differ) ports(l located) []Link {
	s, _ := d.after.Space(l.space)
	return slices.DeleteFunc(slices.Clone(s.Links), func(o Link) bool { return o.Master != l.link.Name })
}

func (d *differ) macReason(l located) string {
	if l.link.Kind == "bridge" && slices.ContainsFunc(d.ports(l), func(o Link) bool { return o.MAC == l.link.MAC }) {
		return "a bridge takes the lowest MAC address among its ports, unless it is given one"
	}
	if l.link.MAC == "00:00:00:00:00:00" {
		return "its last port is gone, and with it the address that the bridge had from it"
	}
	return "others that know the old one must learn the new one first"
}

func (d *differ) mtuReason(l located) string {
	if l.link.Kind == "bridge" && slices.ContainsFunc(d.ports(l), func(o Link) bool { return o.MTU == l.link.MTU }) {
		return "a bridge takes the smallest mtu among its ports, unless it is given one"
	}
	return "larger packets must be cut into pieces, or are refused"
}

// optionsChanged compares what only a command sets.
func optionsChanged(was, now Link, say func(line, reason string)) {
	if was.Alias != now.Alias {
		say(fmt.Sprintf("has alias %q", now.Alias), "a note for people: the kernel makes no use of it")
	}
	for _, flag := range []string{"NOARP", "PROMISC", "ALLMULTI"} {
		had, has := slices.Contains(was.Flags, flag), slices.Contains(now.Flags, flag)
		if had != has {
			say(fmt.Sprintf("has flag %s %s", flag, onOff(has)), optionReason(flag))
		}
	}
	if was.Addrgen != now.Addrgen {
		say("makes its link-local IPv6 address by "+now.Addrgen, optionReason(now.Addrgen))
	}
	for _, part := range changedWords(bridgeWords(was.Bridge), bridgeWords(now.Bridge)) {
		say("has "+part, optionReason(part))
	}
	for _, part := range changedWords(portWords(was.Port), portWords(now.Port)) {
		say("as a port has "+part, optionReason(part))
	}
}

// optionReason says what an option means.
func optionReason(option string) string {
	switch option {
	case "stp on":
		return "the bridges look for loops, and a port waits before it forwards"
	case "stp off":
		return "ports forward at once; a loop of bridges would never be noticed"
	case "vlan_filtering on":
		return "frames pass only between ports of the same VLAN"
	case "learning off":
		return "the bridge does not note who is behind this port"
	case "flood off":
		return "frames for unknown addresses are not sent out here"
	case "hairpin on":
		return "a frame may leave by the port it came in at"
	case "isolated on":
		return "no frame passes between this port and another isolated one"
	case "neigh_suppress on":
		return "the bridge answers ARP itself instead of sending it out here"
	case "PROMISC":
		return "whether the link takes every frame, or only its own"
	case "NOARP":
		return "whether neighbours are asked for by ARP here"
	}
	return "it was set so"
}

// changedWords are the settings of now that was had otherwise; none if it had
// none at all.
func changedWords(was, now []string) []string {
	if was == nil {
		return nil
	}
	return slices.DeleteFunc(now, func(s string) bool { return slices.Contains(was, s) })
}

func bridgeWords(b *Bridge) []string {
	if b == nil {
		return nil
	}
	return []string{
		"stp " + onOff(b.STP), "vlan_filtering " + onOff(b.VLANFiltering),
		fmt.Sprintf("ageing_time %d", b.AgeingTime), fmt.Sprintf("forward_delay %d", b.ForwardDelay),
	}
}

func portWords(p *Port) []string {
	if p == nil {
		return nil
	}
	return []string{
		"learning " + onOff(p.Learning), "flood " + onOff(p.Flood), "hairpin " + onOff(p.Hairpin),
		"isolated " + onOff(p.Isolated), "neigh_suppress " + onOff(p.NeighSupp),
		fmt.Sprintf("priority %d", p.Priority), fmt.Sprintf("cost %d", p.Cost),
	}
}
