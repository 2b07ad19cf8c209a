package snapshot

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"netlab/internal/op"
)

// settings sets what is not as in a new namespace: sysctls, options of links,
// ports. A bridge's MTU comes after its ports, which would change it.
func (r *rebuilder) settings(s Space) {
	for _, c := range s.Changed(r.fresh) {
		r.do(s.Name, &op.SysctlSet{Key: c.Key, Value: c.Value})
	}
	for _, l := range s.Links {
		if r.rebuilt(s, l.Name) {
			r.options(s, l)
		}
	}
	for _, l := range s.Links {
		if _, ok := s.Link(l.Master); ok && r.rebuilt(s, l.Name) && r.rebuilt(s, l.Master) {
			r.do(s.Name, &op.LinkSet{Dev: l.Name, Master: &l.Master})
			r.port(s, l)
		}
	}
	for _, l := range s.Links {
		if l.Kind == "bridge" && l.MTU != s.bridgeMTU(l) {
			r.do(s.Name, &op.LinkSet{Dev: l.Name, MTU: l.MTU})
		}
	}
}

// bridgeMTU is what a bridge takes by itself: the smallest of its ports'.
func (s Space) bridgeMTU(l Link) int {
	ports := s.portsOf(l)
	if len(ports) == 0 {
		return etherMTU
	}
	return slices.MinFunc(ports, func(a, b Link) int { return a.MTU - b.MTU }).MTU
}

func (r *rebuilder) options(s Space, l Link) {
	o := &op.LinkSet{Dev: l.Name}
	has := func(flag string) bool { return slices.Contains(l.Flags, flag) }
	if l.Kind == "loopback" && l.MTU != loMTU {
		o.MTU = l.MTU
	}
	if noARP := has("NOARP"); noARP != (l.Kind == "dummy") {
		arp := !noARP
		o.ARP = &arp
	}
	if yes := true; has("PROMISC") {
		o.Promisc = &yes
	}
	if l.Alias != "" {
		o.Alias = &l.Alias
	}
	switch {
	case s.withoutOwn(l):
		o.Addrgen = "none"
	case l.Addrgen != "" && l.Addrgen != usualAddrgen:
		o.Addrgen = l.Addrgen
	}
	if *o != (op.LinkSet{Dev: l.Name}) {
		r.do(s.Name, o)
	}
	r.oddOptions(s, l)
}

// usualQLen is the length of the queue of each link of a lab
// (DEFAULT_TX_QUEUE_LEN in net/pkt_sched.h).
const usualQLen = 1000

// oddOptions sets what op has no words for, and notes what no line sets.
func (r *rebuilder) oddOptions(s Space, l Link) {
	if slices.Contains(l.Flags, "ALLMULTI") {
		r.words(s, "ip", "link", "set", "dev", l.Name, "allmulticast", "on")
	}
	if l.QLen != usualQLen {
		r.words(s, "ip", "link", "set", "dev", l.Name, "txqueuelen", strconv.Itoa(l.QLen))
	}
	if b := l.Bridge; b != nil && b.ID != "" && !strings.HasPrefix(b.ID, defaultPriority) {
		if n, err := strconv.ParseUint(b.ID[:min(4, len(b.ID))], 16, 16); err == nil {
			r.words(s, "ip", "link", "set", "dev", l.Name, "type", "bridge", "priority", fmt.Sprint(n))
		}
	}
	if !slices.Contains([]string{"", "noqueue", "noop"}, l.Qdisc) {
		r.note(s, "the queue %q of %s: tc makes it", l.Qdisc, l.Name)
	}
	if l.Bridge != nil && l.Bridge.VLANFiltering {
		r.note(s, "the VLANs of %s and its ports, if somebody has changed them (bridge vlan show)", l.Name)
	}
	if l.Addrgen == "stable_secret" {
		r.note(s, "the secret from which %s makes its own IPv6 addresses", l.Name)
	}
}

// The settings of a new port: BR_DEFAULT_… in net/bridge, and the costs of
// 10 Gbit/s, which a veth claims, and of an unknown speed (port_cost in
// net/bridge/br_if.c).
const (
	portPriority = 32
	vethCost     = 2
	unknownCost  = 100
)

func (l Link) usualCost() uint32 {
	if l.Kind == "veth" {
		return vethCost
	}
	return unknownCost
}

// port sets what a port is told once; states come later.
func (r *rebuilder) port(s Space, l Link) {
	p := l.Port
	if p == nil {
		return
	}
	o := &op.PortSet{Dev: l.Name}
	differs := func(on, usual bool) *bool {
		if on == usual {
			return nil
		}
		return &on
	}
	o.Learning, o.Flood = differs(p.Learning, true), differs(p.Flood, true)
	o.Hairpin, o.Isolated, o.NeighSupp = differs(p.Hairpin, false), differs(p.Isolated, false), differs(p.NeighSupp, false)
	if p.Cost != l.usualCost() {
		o.Cost = int(p.Cost)
	}
	if *o != (op.PortSet{Dev: l.Name}) {
		r.do(s.Name, o)
	}
	if p.Priority != portPriority {
		r.words(s, "bridge", "link", "set", "dev", l.Name, "priority", strconv.Itoa(p.Priority))
	}
}

// up switches on what is on.
func (r *rebuilder) up(s Space) {
	on := true
	for _, l := range s.Links {
		if l.Up && r.rebuilt(s, l.Name) {
			r.do(s.Name, &op.LinkSet{Dev: l.Name, Up: &on})
		}
		// A bridge with an address of its own has no carrier from the start.
		if l.Bridge != nil && l.Up && !l.Carrier && len(s.portsOf(l)) == 0 && r.address(s, l) == "" {
			r.note(s, "that %s has no carrier: it has lost its last port, and a new one claims to have a carrier", l.Name)
		}
	}
}

// carriers sets what must wait for the other ends: how links make addresses,
// where that was only kept from them, and states of ports that are not the
// kernel's own. Without spanning tree, a port with a carrier on a bridge that
// is up forwards.
func (r *rebuilder) carriers(s Space) {
	for _, l := range s.Links {
		if !r.rebuilt(s, l.Name) {
			continue
		}
		if s.withoutOwn(l) {
			r.do(s.Name, &op.LinkSet{Dev: l.Name, Addrgen: l.Addrgen})
		}
		br, ok := s.Link(l.Master)
		own := !ok || br.Bridge == nil || br.Bridge.STP || !br.Up || !l.Up || !l.Carrier
		if !own && l.PortState != "forwarding" && l.PortState != "" {
			r.do(s.Name, &op.PortSet{Dev: l.Name, State: l.PortState})
		}
	}
}
