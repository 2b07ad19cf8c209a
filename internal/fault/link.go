package fault

import (
	"slices"

	"netlab/internal/snapshot"
)

func linkKinds() []Kind {
	return []Kind{
		{Name: "link-down", Title: "an interface of a machine on the way is down", at: linkDown},
		{Name: "peer-down", Title: "the other end of a cable is down", at: peerDown},
		{Name: "link-elsewhere", Title: "an interface is in the wrong namespace", at: linkElsewhere},
		{Name: "lo-down", Title: "the loopback interface is down", at: loDown},
	}
}

// machines are the seats that are neither a bridge nor lo: the cable ends of
// machines.
func (t *trip) machines(legs []leg) []seat {
	return slices.DeleteFunc(seats(legs), func(at seat) bool {
		l, _ := t.link(at)
		return l.Kind == "bridge" || l.Kind == "loopback"
	})
}

func (t *trip) down(at seat) Fault {
	return Fault{
		Cause: Cause{Kind: "link-down", In: at.in, Link: at.link},
		Says:  at.link + " in " + at.in + " is down",
		Harm:  lines(line(at.in, "link set %s down", at.link)),
		Mend:  append(lines(line(at.in, "link set %s up", at.link)), t.restore(at, true)...),
	}
}

func linkDown(t *trip) (out []Fault) {
	for _, at := range t.machines(t.every()) {
		out = append(out, t.down(at))
	}
	return out
}

func peerDown(t *trip) (out []Fault) {
	for _, at := range between(t.every()) {
		if l, _ := t.link(at); l.Kind == "veth" {
			out = append(out, t.down(at))
		}
	}
	return out
}

func linkElsewhere(t *trip) (out []Fault) {
	for _, at := range t.machines(t.legs()) {
		i := slices.IndexFunc(t.Lab.Spaces, func(s snapshot.Space) bool {
			_, taken := s.Link(at.link)
			return !taken && s.Name != snapshot.Host
		})
		if l, _ := t.link(at); i < 0 || l.Kind != "veth" || at.in == snapshot.Host {
			continue
		}
		wrong := t.Lab.Spaces[i].Name
		also := []Cause{{Kind: "link-down", In: wrong, Link: at.link}, {Kind: "missing-route", In: at.in}}
		mend := lines(line(wrong, "link set %s netns %s", at.link, at.in))
		s, _ := t.Lab.Space(at.in)
		for _, a := range s.AddrsOf(at.link) {
			if a.Scope != "global" {
				continue
			}
			also = append(also, t.lost(held{at: at, prefix: a.Prefix})...)
			if a.Prefix.Addr().Is4() {
				mend = append(mend, giving(at, a.Prefix))
			}
		}
		mend = append(mend, line(at.in, "link set %s up", at.link))
		out = append(out, Fault{
			Cause: Cause{In: at.in, Link: at.link, What: wrong, Also: also},
			Says:  at.link + " of " + at.in + " is in the namespace " + wrong + ", and has lost its addresses",
			Harm:  lines(line(at.in, "link set %s netns %s", at.link, wrong)),
			Mend:  append(mend, t.restore(at, true)...),
		})
	}
	return out
}

func loDown(t *trip) []Fault {
	if len(t.there) > 0 {
		return nil
	}
	at := seat{t.Probe.From, "lo"}
	return []Fault{{
		Cause: Cause{Kind: "link-down", In: at.in, Link: at.link},
		Says:  "lo in " + at.in + " is down, and what a machine sends to itself goes through lo",
		Harm:  lines(line(at.in, "link set lo down")),
		Mend:  append(lines(line(at.in, "link set lo up")), t.restore(at, false)...),
	}}
}
