package snapshot

import (
	"errors"
	"fmt"
	"net/netip"
	"slices"
	"strings"

	"netlab/internal/op"
)

// ErrNoView is the answer to a question that only the real tool can answer.
var ErrNoView = errors.New("netlab has no view of its own for this question")

// Refusal is what the real tool says when a question has no answer, and its
// exit code.
type Refusal struct {
	Text string
	Exit int
}

// Error returns the real tool's words.
func (r *Refusal) Error() string { return r.Text }

// Show answers a question from a snapshot, in the words of ip (iproute2 6.1),
// bridge and the old route, for machines that have none of them. The answer
// ends with a line end unless it is empty. The namespaces of "ip netns list"
// come in the order of their names, which ip leaves to chance.
//
// The error is a *Refusal, or ErrNoView.
func Show(lab Lab, q op.Query) (string, error) {
	if q.JSON || q.Details || q.Stats || q.Oneline {
		return "", ErrNoView
	}
	name := q.Netns
	if name == "" {
		name = Host
	}
	s, ok := lab.Space(name)
	if !ok || q.Netns == Host {
		return "", &Refusal{`Cannot open network namespace "` + q.Netns + `": No such file or directory`, 255}
	}
	switch q.Object + " " + q.Verb {
	case "link show", "addr show":
		return s.showLinks(q)
	case "route show":
		return s.showRoutes(q)
	case "route get":
		return s.routeTo(q)
	case "neigh show":
		return s.showNeighs(q)
	case "netns list", "netns show":
		return lab.showNames(), nil
	case "fdb show":
		return s.showFDB(q)
	case "bridge-link show":
		return s.showPorts(q)
	case "sysctl show":
		return s.showSysctl(q)
	}
	return "", ErrNoView
}

func (l Lab) showNames() string {
	var b strings.Builder
	for _, s := range l.Spaces {
		switch {
		case s.Name == Host:
		case s.NSID >= 0:
			fmt.Fprintf(&b, "%s (id: %d)\n", s.Name, s.NSID)
		default:
			fmt.Fprintln(&b, s.Name)
		}
	}
	return b.String()
}

// device refuses the name of a link that is not there, with the given words.
func (s Space) device(name, format string, exit int) error {
	if _, ok := s.Link(name); name == "" || ok {
		return nil
	}
	return &Refusal{fmt.Sprintf(format, name), exit}
}

const (
	noSuchDevice   = `Cannot find device "%s"`
	deviceNotThere = `Device "%s" does not exist.`
)

// family tells whether an address is of the family that a question asks for.
func ofFamily(f op.Family, a netip.Addr) bool {
	switch f {
	case op.IPv4:
		return a.Is4()
	case op.IPv6:
		return a.Is6()
	}
	return true
}

// within tells whether an address lies in what was asked for: a network, an
// address, "default" (everything), or nothing at all.
func within(to string, a netip.Addr) bool {
	if to == "" || to == "default" {
		return true
	}
	p, err := toPrefix(to)
	return err == nil && p.Contains(a)
}

// toPrefix reads an address as a network of its own.
func toPrefix(to string) (netip.Prefix, error) {
	if p, err := netip.ParsePrefix(to); err == nil {
		return p, nil
	}
	a, err := netip.ParseAddr(to)
	if err != nil {
		return netip.Prefix{}, err
	}
	return a.Prefix(a.BitLen())
}

func (s Space) showNeighs(q op.Query) (string, error) {
	if err := s.device(q.Dev, noSuchDevice, 1); err != nil {
		return "", err
	}
	var b strings.Builder
	for _, n := range s.Neighs {
		if n.Proxy || q.Dev != "" && n.Link != q.Dev || !ofFamily(q.Family, n.Addr) || !within(q.To, n.Addr) {
			continue
		}
		if q.Brief {
			n.brief(&b, q.Dev == "")
			continue
		}
		w := words{n.Addr.String()}
		if q.Dev == "" {
			w.opt("dev", n.Link)
		}
		w.opt("lladdr", n.MAC)
		w.flag(n.Router, "router")
		w.add(n.State)
		fmt.Fprintln(&b, w.String()+" ")
	}
	return b.String(), nil
}

func (n Neigh) brief(b *strings.Builder, withDev bool) {
	fmt.Fprintf(b, "%-39s ", n.Addr)
	if withDev {
		fmt.Fprintf(b, "%-16s ", n.Link)
	}
	fmt.Fprintln(b, n.MAC)
}

// showFDB prints entries as bridge does. With "br BRIDGE" those of the bridge
// and of its ports.
func (s Space) showFDB(q op.Query) (string, error) {
	if err := s.device(q.Dev, noSuchDevice, 255); err != nil {
		return "", err
	}
	if err := s.device(q.Master, "Cannot find bridge device \"%s\"\n", 255); err != nil {
		return "", err
	}
	var b strings.Builder
	for _, f := range s.FDB {
		l, _ := s.Link(f.Link)
		if q.Dynamic && f.State == "permanent" || q.Dev != "" && f.Link != q.Dev || q.Master != "" && f.Link != q.Master && l.Master != q.Master {
			continue
		}
		w := words{f.MAC}
		if q.Dev == "" {
			w.opt("dev", f.Link)
		}
		w.opt("dst", address(f.Dst))
		w.opt("vlan", positive(f.VLAN))
		w.opt("port", positive(f.Port))
		w.opt("vni", positive(f.VNI))
		w.opt("via", f.Via)
		w.flag(f.Self, "self")
		w.add(f.Flags...)
		w.opt("master", f.Master)
		state := f.State
		if state == "reachable" {
			// The real tool has no word for what was learned.
			state = ""
		}
		fmt.Fprintln(&b, w.String()+" "+state)
	}
	return b.String(), nil
}

func (s Space) showPorts(q op.Query) (string, error) {
	if err := s.device(q.Dev, "Cannot find device \"%s\"", 1); err != nil {
		return "", err
	}
	var b strings.Builder
	for _, l := range s.Links {
		if l.Port == nil || q.Dev != "" && l.Name != q.Dev || q.Master != "" && l.Master != q.Master {
			continue
		}
		name := l.Name
		if l.PeerIndex != 0 {
			// The real tool looks the other end's number up in this namespace,
			// wherever the other end lies.
			name += "@" + s.linkName(l.PeerIndex)
		}
		fmt.Fprintf(&b, "%d: %s: <%s> mtu %d master %s state %s priority %d cost %d \n",
			l.Index, name, strings.Join(l.Flags, ","), l.MTU, l.Master, l.PortState, l.Port.Priority, l.Port.Cost)
	}
	return b.String(), nil
}

// linkName is the name of the link with a number, as ip writes it.
func (s Space) linkName(index int) string {
	i := slices.IndexFunc(s.Links, func(l Link) bool { return l.Index == index })
	switch {
	case index == NoLink:
		return "NONE"
	case i < 0:
		return fmt.Sprintf("if%d", index)
	}
	return s.Links[i].Name
}

func (s Space) showSysctl(q op.Query) (string, error) {
	v, ok := s.Sysctls[q.To]
	switch {
	case !ok:
		return "", ErrNoView
	case q.Brief:
		return v + "\n", nil
	}
	return q.To + " = " + v + "\n", nil
}
