package check

import (
	"cmp"
	"errors"
	"fmt"
	"net/netip"

	"netlab/internal/diagnose"
	"netlab/internal/measure"
	"netlab/internal/snapshot"
)

func (l Lookup) judge(now snapshot.Lab, found *measure.Lookup, not bool) verdict {
	head := place(l.In) + " sends to " + l.To.String()
	v := verdict{want: words(head, l.wants()), deny: words(place(l.In), "does not send to", l.To.String(), l.wants())}
	if l.Error != "" {
		v.deny += " (" + l.Error + ")"
	}
	v.subject(now, l.In, l.Dev)
	switch {
	case v.blind != "":
		return v
	case found == nil || place(found.In) != place(l.In) || found.To != l.To:
		v.blind, v.cause = "the kernel was not asked", "the question could not be put"
		return v
	}
	v.got = decision(*found)
	sends := diagnose.Sends(now, l.In, netip.Addr{}, l.To)
	if not && l.Error != "" { // the verdict is about any other end, which Not turns round
		v.holds, v.shows = found.Errno != l.Error, cmp.Or(sends, refusal(now, *found))
		return v
	}
	v.holds = found.Errno == "" && (!l.Via.IsValid() || found.Via == l.Via) &&
		(l.Dev == "" || found.Dev == l.Dev) && (!l.From.IsValid() || found.From == l.From)
	v.shows = sends
	v.cause = sends
	if found.Errno != "" {
		v.cause = refusal(now, *found)
	}
	return v
}

// refusal says why the kernel would not send.
func refusal(now snapshot.Lab, l measure.Lookup) string {
	return first(diagnose.Ping(now, measure.Ping{From: l.In, To: l.To, Fate: measure.Refused, Errno: l.Errno, Text: l.Text}))
}

// decision is what the kernel would do.
func decision(l measure.Lookup) string {
	if l.Errno != "" {
		return fmt.Sprintf("the kernel would not send it: %s", words(l.Text, "("+l.Errno+")"))
	}
	return words(l.To.String(), when("via", addrOr(l.Via, "")), when("dev", l.Dev), when("from", addrOr(l.From, "")))
}

func (l Lookup) wants() string {
	return words(when("via", addrOr(l.Via, "")), when("dev", l.Dev), when("from", addrOr(l.From, "")))
}

func (l Lookup) text() string {
	return words("lookup", l.To.String(), "in", place(l.In)+":", l.wants(), when("error", l.Error))
}

func (l Lookup) validate(not bool) error {
	switch {
	case !l.To.IsValid():
		return errors.New("lookup: to is missing")
	case l.Error != "" && !not:
		return fmt.Errorf("lookup: error %q is only for a lookup that must fail", l.Error)
	case l.Error != "" && l.wants() != "":
		return errors.New("lookup: what fails has no via, dev or from")
	case l.Error == Silent || l.Error == Unreachable:
		return fmt.Errorf("lookup: error is the name of a kernel error such as ENETUNREACH, not %q", l.Error)
	case l.Via.IsValid() && l.Via.Is4() != l.To.Is4(), l.From.IsValid() && l.From.Is4() != l.To.Is4():
		return fmt.Errorf("lookup: %s and %s are of two families", l.To, l.wants())
	}
	return validError(l.Error)
}
