package check

import (
	"cmp"
	"errors"
	"fmt"
	"net/netip"
	"slices"
	"strings"

	"netlab/internal/diagnose"
	"netlab/internal/measure"
	"netlab/internal/snapshot"
)

func (s Seen) judge(now snapshot.Lab, found *measure.Seen, not bool) verdict {
	v := verdict{want: s.At.text() + " sees the " + words(s.what(), s.wants()), deny: s.At.text() + " does not see the " + s.what()}
	v.subject(now, s.At.In, s.At.Dev)
	v.subject(now, s.In)
	from, to := s.macs(&v, now)
	if v.blind == "" {
		s.attempted(&v, now, found, not)
	}
	if v.blind != "" {
		return v
	}
	var all []string
	var frames []measure.Frame
	for _, f := range found.Frames {
		if f.Reply != s.Reply {
			continue
		}
		frames = append(frames, f)
		if text := frameText(now, f); !slices.Contains(all, text) {
			all = append(all, text)
		}
		v.holds = v.holds || s.matches(f, from, to)
	}
	v.got = s.At.text() + " saw " + listOr(all, "no "+s.kind())
	switch {
	case v.holds:
		v.shows = s.passes(now, frames[0])
	case len(frames) == 0:
		v.cause = s.absence(now, found.Ping)
	default:
		v.cause = s.difference(now, frames[0])
	}
	return v
}

// attempted makes v blind unless got is about the right echo, which really
// left; and, for a reply that must not be seen, was answered.
func (s Seen) attempted(v *verdict, now snapshot.Lab, got *measure.Seen, not bool) {
	switch {
	case got == nil || !tried(got.Ping):
		v.blind, v.cause = "no echo was sent", "the echo could not be tried"
	case place(got.Ping.From) != place(s.In) || got.Ping.To != s.To || place(got.In) != place(s.At.In) || got.Dev != s.At.Dev:
		v.blind, v.cause = "another echo was watched", "the echo could not be tried"
	case !got.Left:
		v.blind = "the echo request never left " + place(s.In)
		if got.Ping.Fate == measure.Refused {
			v.blind += ": " + pingText(got.Ping)
		}
		v.cause = cmp.Or(first(diagnose.Ping(now, got.Ping)), "the state of the lab shows no reason")
	case s.Reply && not && !replied(&got.Ping):
		v.blind = "no reply came to " + place(s.In)
		v.cause = cmp.Or(first(diagnose.Ping(now, got.Ping)), "the state of the lab shows no reason")
	}
}

// macs are the hardware addresses that the frame must have; empty: any.
func (s Seen) macs(v *verdict, now snapshot.Lab) (from, to string) {
	find := func(i *Interface) string {
		if i == nil || v.blind != "" {
			return ""
		}
		l, _ := v.subject(now, i.In, i.Dev).Link(i.Dev)
		if v.blind == "" && l.MAC == "" {
			v.blind, v.cause = i.text()+" has no hardware address", "no frame can be from it or for it"
		}
		return l.MAC
	}
	return find(s.MACFrom), find(s.MACTo)
}

func (s Seen) matches(f measure.Frame, from, to string) bool {
	return (!s.Source.IsValid() || f.Source == s.Source) &&
		(s.TTL == 0 || f.TTL == s.TTL) &&
		(from == "" || strings.EqualFold(f.From, from)) &&
		(to == "" || strings.EqualFold(f.To, to))
}

// passes says why a frame comes by.
func (s Seen) passes(now snapshot.Lab, f measure.Frame) string {
	at, ok := interfaceOf(now, s.At)
	if !ok || at.MAC == "" || strings.EqualFold(at.MAC, f.To) || strings.EqualFold(at.MAC, f.From) {
		return "the way of the packet leads over " + s.At.text()
	}
	return cmp.Or(diagnose.Flooded(now, s.At.In, s.At.Dev), "it is on the way of the frame") + ": the frame is for " + holder(now, f.To)
}

// absence says why no frame came by.
func (s Seen) absence(now snapshot.Lab, p measure.Ping) string {
	if !replied(&p) {
		if why := first(diagnose.Ping(now, p)); why != "" {
			return why
		}
	}
	target := p.To
	if s.Reply {
		target = netip.Addr{}
	}
	return cmp.Or(diagnose.Unseen(now, s.At.In, s.At.Dev, target), "the way of the packet does not lead over "+s.At.text())
}

// difference explains the first property of a frame that is not as claimed.
func (s Seen) difference(now snapshot.Lab, f measure.Frame) string {
	switch {
	case s.Source.IsValid() && f.Source != s.Source:
		for _, name := range diagnose.Owners(now, f.Source) {
			if name == place(s.In) {
				return fmt.Sprintf("%s is an address of %s, which sent it: nothing on the way has changed it", f.Source, name)
			}
		}
		return "a machine on the way has changed the source address"
	case s.TTL > 0 && f.TTL != s.TTL:
		return strings.Replace(hops(s.TTL, f.TTL), "the reply", "the frame", 1)
	}
	return "the frame was sent by " + holder(now, f.From) + " to " + holder(now, f.To) + ": a MAC address is good for one network, and each router writes new ones"
}

func interfaceOf(now snapshot.Lab, i Interface) (snapshot.Link, bool) {
	s, _ := now.Space(place(i.In))
	return s.Link(i.Dev)
}

// holder names the interface that has a hardware address.
func holder(now snapshot.Lab, mac string) string {
	for _, s := range now.Spaces {
		for _, l := range s.Links {
			if mac != "" && strings.EqualFold(l.MAC, mac) && l.Kind != "bridge" {
				return l.Name + " in " + s.Name
			}
		}
	}
	return cmp.Or(mac, "nobody")
}

func frameText(now snapshot.Lab, f measure.Frame) string {
	text := fmt.Sprintf("%s from %s to %s (ttl %d)", choose(f.Reply, "a reply", "a request"), f.Source, f.Dest, f.TTL)
	if f.From == "" {
		return text
	}
	return text + ", MAC addresses of " + holder(now, f.From) + " and " + holder(now, f.To)
}

func (s Seen) kind() string { return choose(s.Reply, "echo reply", "echo request") }

func (s Seen) what() string {
	if s.Reply {
		return fmt.Sprintf("echo reply from %s to %s", s.To, place(s.In))
	}
	return fmt.Sprintf("echo request from %s to %s", place(s.In), s.To)
}

// wants lists what is claimed of the frame.
func (s Seen) wants() string {
	var out []string
	if s.Source.IsValid() {
		out = append(out, "source "+s.Source.String())
	}
	if s.TTL > 0 {
		out = append(out, fmt.Sprintf("ttl %d", s.TTL))
	}
	if s.MACFrom != nil {
		out = append(out, "MAC address from "+s.MACFrom.text())
	}
	if s.MACTo != nil {
		out = append(out, "MAC address to "+s.MACTo.text())
	}
	if len(out) == 0 {
		return ""
	}
	return "with " + strings.Join(out, ", ")
}

func (i Interface) text() string { return i.Dev + " in " + place(i.In) }

func (s Seen) text() string {
	return words("seen at", s.At.text()+":", s.what(), s.wants())
}

func (s Seen) validate(not bool) error {
	switch {
	case !s.To.IsValid():
		return errors.New("seen: to is missing")
	case s.At.Dev == "":
		return errors.New("seen: at is missing, the interface that is watched")
	case s.TTL < 0 || s.TTL > 255:
		return fmt.Errorf("seen: ttl is from 1 to 255, not %d", s.TTL)
	case s.Source.IsValid() && s.Source.Is4() != s.To.Is4():
		return fmt.Errorf("seen: %s and the source %s are of two families", s.To, s.Source)
	case not && s.wants() != "":
		return errors.New("seen: of a frame that must not come by nothing else can be claimed")
	}
	return nil
}
