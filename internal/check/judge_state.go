package check

import (
	"slices"
	"strings"

	"netlab/internal/diagnose"
	"netlab/internal/snapshot"
)

func (a Addr) judge(now snapshot.Lab) verdict {
	on := words(when("on", a.Dev), "in", place(a.In))
	v := verdict{want: prefixOr(a.Prefix, "an address") + " " + on, deny: "no address " + on}
	if a.Prefix.IsValid() {
		v.deny = a.Prefix.String() + " not " + on
	}
	s := v.subject(now, a.In, a.Dev)
	if v.blind != "" {
		return v
	}
	if a.Flag != "" {
		return a.judgeFlag(now, s, v)
	}
	var have []string
	for _, is := range s.Addrs {
		linkLocal := is.Prefix.Addr().Is6() && is.Prefix.Addr().IsLinkLocalUnicast()
		if (a.Dev == "" || is.Link == a.Dev) && (!linkLocal || a.Prefix.IsValid()) {
			have = append(have, is.Prefix.String())
			v.holds = v.holds || !a.Prefix.IsValid() || is.Prefix == a.Prefix
		}
	}
	v.got = listOr(have, "no address") + " " + on
	if !v.holds {
		v.cause = diagnose.Addr(now, a.In, a.Dev, a.Prefix)
	}
	return v
}

// judgeFlag judges what the kernel says of an address that must be there: where
// it is missing, neither the claim nor its contrary can be seen.
func (a Addr) judgeFlag(now snapshot.Lab, s snapshot.Space, v verdict) verdict {
	v.want, v.deny = a.text(), words(prefixOr(a.Prefix, ""), when("on", a.Dev), "in", s.Name, "not", a.Flag)
	i := slices.IndexFunc(s.Addrs, func(is snapshot.Addr) bool { return is.Prefix == a.Prefix && is.Link == a.Dev })
	if i < 0 {
		v.blind, v.cause = words("no", a.Prefix.String(), when("on", a.Dev)), diagnose.Addr(now, a.In, a.Dev, a.Prefix)
		return v
	}
	is := s.Addrs[i]
	v.holds = slices.Contains(is.Flags, a.Flag)
	v.got = words(a.Prefix.String(), "is", choose(v.holds, a.Flag, "not "+a.Flag))
	v.cause, v.shows = diagnose.Flag(now, a.In, is, a.Flag)
	return v
}

func (r Route) judge(now snapshot.Lab) verdict {
	in := " in " + place(r.In)
	v := verdict{want: "the route " + r.text() + in, deny: "no route " + r.text() + in}
	if !r.Dst.IsValid() {
		way := strings.TrimPrefix(r.text(), "any")
		v.want, v.deny = "a route"+way+in, "no route"+way+in
	}
	s := v.subject(now, r.In, r.Dev)
	if v.blind != "" {
		return v
	}
	var same, all []string
	for _, is := range s.Routes {
		if !r.looksAt(is) {
			continue
		}
		all = append(all, routeText(is))
		if r.matches(is) {
			same = append(same, routeText(is))
		}
	}
	v.holds = len(same) > 0
	if v.holds {
		v.got = strings.Join(same, ", ")
		return v
	}
	v.got = listOr(all, "no route") + in
	v.cause = diagnose.Route(now, r.In, r.Dst, r.Via, r.Dev)
	return v
}

// looksAt leaves out what is not in table main, and the routes that the
// kernel makes for link-local addresses unless one is asked for.
func (r Route) looksAt(is snapshot.Route) bool {
	if is.Table != 0 && is.Table != mainTable {
		return false
	}
	automatic := is.Dst.Addr().Is6() && (is.Dst.Addr().IsLinkLocalUnicast() || is.Dst.Addr().IsMulticast())
	return !automatic || r.Dst == is.Dst
}

// mainTable is RT_TABLE_MAIN of rtnetlink(7).
const mainTable = 254

func (r Route) matches(is snapshot.Route) bool {
	return (!r.Dst.IsValid() || r.Dst == is.Dst) &&
		(!r.Via.IsValid() || r.Via == is.Via) &&
		(r.Dev == "" || r.Dev == is.Link)
}

// routeText is a route as ip writes it; linkdown says that it is there and
// leads to an interface without a carrier.
func routeText(is snapshot.Route) string {
	text := Route{Dst: is.Dst, Via: is.Via, Dev: is.Link}.text()
	if is.Type != "" && is.Type != "unicast" {
		text = is.Type + " " + text
	}
	if is.LinkDown {
		text += " linkdown"
	}
	return text
}

func (n Neigh) judge(now snapshot.Lab) verdict {
	in := place(n.In)
	who := addrOr(n.Addr, "any neighbour")
	v := verdict{
		want: in + " knows the hardware address of " + who,
		deny: in + " does not know the hardware address of " + who,
	}
	s := v.subject(now, n.In, n.Dev)
	if v.blind != "" {
		return v
	}
	var known, other []string
	for _, is := range s.Neighs {
		if (n.Addr.IsValid() && is.Addr != n.Addr.WithZone("")) || (n.Dev != "" && is.Link != n.Dev) || is.Proxy {
			continue
		}
		text := words(is.Addr.String(), is.MAC, is.State)
		if knows(is) {
			known = append(known, text)
		} else {
			other = append(other, text)
		}
	}
	v.holds = len(known) > 0
	v.got = listOr(append(known, other...), "no entry for "+who)
	if !v.holds {
		v.cause = diagnose.Neigh(now, n.In, n.Addr, n.Dev)
	}
	return v
}

// knows leaves out the entries of multicast addresses and of lo, which the
// kernel makes by itself (NOARP).
func knows(n snapshot.Neigh) bool {
	return slices.Contains([]string{"REACHABLE", "STALE", "DELAY", "PROBE", "PERMANENT"}, n.State)
}

func (f FDB) judge(now snapshot.Lab) verdict {
	at := words("the bridge", f.Bridge, "in", place(f.In))
	what := words(choose(f.OfDev == "", "a hardware address", "the hardware address of "+f.of()), when("at its port", f.Port))
	v := verdict{want: at + " has learned " + what, deny: at + " has not learned " + what}
	s := v.subject(now, f.In, f.Bridge, f.Port)
	mac, ok := f.mac(now, &v)
	if !ok || v.blind != "" {
		return v
	}
	if b, _ := s.Link(f.Bridge); b.Kind != "bridge" {
		v.blind, v.cause = f.Bridge+" is not a bridge", "only a bridge learns hardware addresses"
		return v
	}
	var entries []string
	for _, e := range s.FDB {
		if e.Master != f.Bridge || e.Self || e.State == "permanent" || e.State == "static" {
			continue
		}
		entries = append(entries, e.MAC+" at "+e.Link)
		v.holds = v.holds || ((f.Port == "" || e.Link == f.Port) && (mac == "" || strings.EqualFold(e.MAC, mac)))
	}
	v.got = "learned: " + listOr(entries, "nothing")
	if !v.holds {
		v.cause = diagnose.FDB(now, f.In, f.Bridge, f.Port, mac)
	}
	return v
}

// mac is the hardware address that is looked for; empty means any.
func (f FDB) mac(now snapshot.Lab, v *verdict) (string, bool) {
	if f.OfDev == "" || v.blind != "" {
		return "", v.blind == ""
	}
	of := v.subject(now, f.ofIn(), f.OfDev)
	l, ok := of.Link(f.OfDev)
	if ok && l.MAC == "" {
		v.blind, v.cause = f.OfDev+" has no hardware address", "it sends no frames from which a bridge could learn"
	}
	return l.MAC, ok && l.MAC != ""
}

func listOr(parts []string, none string) string {
	if len(parts) == 0 {
		return none
	}
	return strings.Join(parts, ", ")
}
