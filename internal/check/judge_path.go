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

func (p Path) judge(now snapshot.Lab, found *measure.Path) verdict {
	v := verdict{want: "the way " + wayText(p.Hops), deny: "another way than " + wayText(p.Hops)}
	v.subject(now, p.In)
	switch {
	case v.blind != "":
		return v
	case found == nil || len(found.Hops) == 0:
		v.blind, v.cause = "no echo was sent", "the way could not be tried"
		return v
	case place(found.From) != place(p.In) || found.To != p.To:
		v.blind, v.cause = fmt.Sprintf("another way was tried: to %s from %s", found.To, place(found.From)), "the way could not be tried"
		return v
	}
	seen := make([]netip.Addr, len(found.Hops))
	texts := make([]string, len(found.Hops))
	for i, h := range found.Hops {
		seen[i], texts[i] = h.Addr, hopText(found.To, h)
	}
	v.got = strings.Join(texts, ", ")
	v.holds = slices.Equal(seen, p.Hops)
	if !v.holds {
		v.cause = cmp.Or(p.detour(now, *found), "the state of the lab shows no reason")
	}
	return v
}

// detour says why the way is another one than the claim has.
func (p Path) detour(now snapshot.Lab, found measure.Path) string {
	end := found.Hops[len(found.Hops)-1]
	if end.Fate != measure.Answered {
		ping := measure.Ping{From: found.From, To: found.To, Sent: 1, Fate: end.Fate, Errno: end.Errno, Text: end.Text, ICMP: end.ICMP}
		if why := first(diagnose.Ping(now, ping)); why != "" {
			return why
		}
	}
	for i, h := range found.Hops {
		if i < len(p.Hops) && h.Addr == p.Hops[i] {
			continue
		}
		switch {
		case h.Fate == measure.Silent && i == len(found.Hops)-1:
			return "nobody answers from there on"
		case h.Fate == measure.Silent:
			return fmt.Sprintf("hop %d passes the packet on and does not say so", i+1) + diagnose.Quiet(now, at(p.Hops, i))
		}
		before := netip.Addr{}
		if i > 0 {
			before = found.Hops[i-1].Addr
		}
		return diagnose.Sends(now, found.From, before, found.To)
	}
	return ""
}

func at(hops []netip.Addr, i int) netip.Addr {
	if i < len(hops) {
		return hops[i]
	}
	return netip.Addr{}
}

// hopText is one hop, and what it said when it is the end but not the target.
func hopText(to netip.Addr, h measure.Hop) string {
	switch {
	case h.Fate == measure.Refused:
		return fmt.Sprintf("the kernel would not send it: %s", words(h.Text, "("+h.Errno+")"))
	case h.Fate == measure.Silent:
		return Silent
	case h.Fate == measure.Reported && h.ICMP != nil && destinationUnreachable(to.Is4(), h.ICMP.Type):
		return fmt.Sprintf("%s (said: %s)", h.Addr, h.ICMP.Text)
	}
	return h.Addr.String()
}

// wayText lists hops; one that is not valid is silent.
func wayText(hops []netip.Addr) string {
	out := make([]string, len(hops))
	for i, h := range hops {
		out[i] = addrOr(h, Silent)
	}
	return strings.Join(out, ", ")
}

func (p Path) text() string {
	return fmt.Sprintf("path to %s from %s: %s", p.To, place(p.In), wayText(p.Hops))
}

func (p Path) validate() error {
	switch {
	case !p.To.IsValid():
		return errors.New("path: to is missing")
	case len(p.Hops) == 0:
		return errors.New("path: hops is missing")
	}
	for i, h := range p.Hops {
		switch {
		case h.IsValid() && h.Is4() != p.To.Is4():
			return fmt.Errorf("path: hop %d, %s, is of another family than %s", i+1, h, p.To)
		case h == p.To && i < len(p.Hops)-1:
			return fmt.Errorf("path: the way ends at %s, and there are hops behind it", p.To)
		case !h.IsValid() && i == len(p.Hops)-1 && i > 0 && !p.Hops[i-1].IsValid():
			return errors.New("path: silence at the end is one hop: how many there are nobody knows")
		}
	}
	return nil
}
