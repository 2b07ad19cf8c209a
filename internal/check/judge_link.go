package check

import (
	"fmt"
	"strings"

	"netlab/internal/diagnose"
	"netlab/internal/snapshot"
)

func (l Link) judge(now snapshot.Lab) verdict {
	wants := l.wants()
	name := l.Name + " in " + place(l.In)
	v := verdict{want: "an interface " + words(name, strings.Join(wants, ", ")), deny: "no interface " + name}
	if len(wants) > 0 {
		v.want = name + ": " + strings.Join(wants, ", ")
		v.deny = name + ": not " + strings.Join(wants, ", ")
		if len(wants) > 1 {
			v.deny = name + ": not all of " + strings.Join(wants, ", ")
		}
		v.subject(now, l.In, l.Name)
	} else {
		v.subject(now, l.In)
	}
	if v.blind != "" {
		return v
	}
	s, _ := now.Space(place(l.In))
	is, ok := s.Link(l.Name)
	if !ok {
		v.got, v.cause = "there is no interface "+name, diagnose.Missing(now, l.In, l.Name)
		return v
	}
	wrong := l.differs(is)
	v.holds = len(wrong) == 0
	v.got = "there is an interface " + name
	if len(wants) > 0 {
		v.got = "it is so: " + strings.Join(wants, ", ")
	}
	if !v.holds {
		v.got, v.cause = strings.Join(wrong, ", "), l.cause(now)
	}
	return v
}

// differs lists what of a link is not as wanted, as it is.
func (l Link) differs(is snapshot.Link) []string {
	var out []string
	note := func(differs bool, text string) {
		if differs {
			out = append(out, text)
		}
	}
	note(l.Kind != "" && l.Kind != is.Kind, "kind "+orNone(is.Kind))
	note(l.Up != nil && *l.Up != is.Up, choose(is.Up, "up", "down"))
	note(l.State != "" && !strings.EqualFold(l.State, is.State), "state "+strings.ToLower(is.State))
	note(l.Carrier != nil && *l.Carrier != is.Carrier, choose(is.Carrier, "carrier", "no carrier"))
	note((l.Peer != "" && l.Peer != is.Peer) || (l.PeerIn != "" && l.PeerIn != is.PeerSpace),
		words("peer", orNone(is.Peer), when("in", is.PeerSpace)))
	note(l.Master != nil && *l.Master != is.Master, choose(is.Master == "", "no master", "master "+is.Master))
	note(l.MTU > 0 && l.MTU != is.MTU, fmt.Sprintf("mtu %d", is.MTU))
	return out
}

// cause explains a link that should be up or connected.
func (l Link) cause(now snapshot.Lab) string {
	up := l.Up != nil && *l.Up
	carrier := l.Carrier != nil && *l.Carrier
	if up || carrier || strings.EqualFold(l.State, "up") {
		return diagnose.Link(now, l.In, l.Name)
	}
	return ""
}

func orNone(s string) string {
	if s == "" {
		return "none"
	}
	return s
}
