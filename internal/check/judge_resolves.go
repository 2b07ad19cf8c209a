package check

import (
	"cmp"
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"time"

	"netlab/internal/diagnose"
	"netlab/internal/measure"
	"netlab/internal/snapshot"
)

// ByGetent is who finds names wherever the machine's own resolver library can be
// asked.
const ByGetent = "getent"

// notFound is how getent ends when there is no such name, getent(1).
const notFound = 2

// judge decides a resolves. The verdict about a negated one is that a name was
// found, or not found in another way than claimed: Not turns it round.
func (r Resolves) judge(now snapshot.Lab, found *measure.Resolved, not bool) verdict {
	besides := r.besides()
	v := verdict{
		want: words(place(r.In), "finds", r.target(), "for", r.Name) + besides,
		deny: words(place(r.In), "finds no address for", r.Name) + besides,
	}
	v.subject(now, r.In)
	for _, node := range r.Asks {
		v.subject(now, node)
	}
	switch {
	case v.blind != "":
		return v
	case found == nil || place(found.From) != place(r.In) || found.Name != r.Name || found.Family != r.family():
		v.blind, v.cause = "the name was not looked up", "the resolver library could not be asked"
		return v
	case found.Exit != 0 && found.Exit != notFound && !found.Slow:
		v.blind, v.cause = words(found.By, "failed:", cmp.Or(found.Text, fmt.Sprintf("exit status %d", found.Exit))), "the resolver library could not be asked"
		return v
	case found.Missed > 0 && (r.Tries != nil || r.Asks != nil):
		v.blind, v.cause = unheard(found.Missed)
		return v
	}
	v.got = r.got(*found)
	other := r.otherwise(*found)
	why := func() string { return first(diagnose.Name(now, *found)) }
	switch known := len(found.Addrs) > 0; {
	case not && known:
		v.holds, v.shows = true, why()
	case not:
		v.holds, v.shows = other != "", other
	case !known:
		v.cause = cmp.Or(why(), "the state of the lab shows no reason")
	case len(r.To) > 0 && !sameAddrs(r.To, found.Addrs):
		v.cause = why()
	default:
		v.holds, v.cause = other == "", other
	}
	return v
}

func unheard(missed int) (blind, cause string) {
	return fmt.Sprintf("%d messages were not heard", missed), "so many servers speak at once that not all can be heard: they may ask each other in a circle"
}

// otherwise says which of the things claimed besides is not so; empty: none.
func (r Resolves) otherwise(found measure.Resolved) string {
	switch tried, asked := triedNames(found.Heard, r.In), askedNodes(found.Heard); {
	case r.Tries != nil && !sameNames(r.Tries, tried):
		return place(r.In) + " asks for " + listOr(tried, "no name") + ", and not for " + listOr(r.Tries, "no name")
	case r.Asks != nil && !slices.Equal(r.Asks, asked):
		return listOr(asked, "nobody") + " is asked, and not " + listOr(r.Asks, "nobody")
	case found.Took < r.Waits:
		return "nothing has made it wait"
	}
	return ""
}

func (r Resolves) got(found measure.Resolved) string {
	text := words(place(r.In), "finds", addrList(found.Addrs), "for", r.Name)
	switch {
	case len(found.Addrs) > 0:
	case found.Slow:
		text = fmt.Sprintf("after %s %s still has no address for %s", short(found.Took), place(r.In), r.Name)
	default:
		text = words(place(r.In), "finds no address for", r.Name)
	}
	if len(found.Addrs) == 0 {
		text += ": " + decisive(found)
	}
	if r.Tries != nil {
		text += "; it asks for " + listOr(triedNames(found.Heard, r.In), "no name")
	}
	if r.Asks != nil {
		text += "; asked: " + listOr(askedNodes(found.Heard), "nobody")
	}
	if r.Waits > 0 {
		text += "; it takes " + short(found.Took)
	}
	if found.By != ByGetent {
		text += " (by " + found.By + ")"
	}
	return text
}

// decisive is what came of the questions of the namespace, in words.
func decisive(found measure.Resolved) string {
	question, answer := diagnose.Decisive(found.Heard, place(found.From))
	switch {
	case question == nil:
		return "no question to a name server left " + place(found.From)
	case answer == nil:
		return question.To.Addr().String() + " did not answer"
	}
	d := measure.DNS{From: found.From, Server: answer.From, Fate: measure.Answered, Answer: answer.Message}
	if len(answer.Message.Questions) > 0 {
		d.Question = answer.Message.Questions[0]
	}
	return reading(d).text()
}

func (r Resolves) family() int { return cmp.Or(r.Family, 4) }

// target is what must be found.
func (r Resolves) target() string {
	if len(r.To) > 0 {
		return addrList(r.To)
	}
	return fmt.Sprintf("an IPv%d address", r.family())
}

// besides is what is claimed of the way to the answer.
func (r Resolves) besides() string {
	text := ""
	if r.Tries != nil {
		text += "; it asks for " + listOr(r.Tries, "no name")
	}
	if r.Asks != nil {
		text += "; asked: " + listOr(r.Asks, "nobody")
	}
	if r.Waits > 0 {
		text += "; it takes " + r.Waits.String() + " or more"
	}
	return text
}

func (r Resolves) text() string {
	text := words("resolves", r.Name, "in", place(r.In), when("to", addrList(r.To)))
	if r.Family == 6 {
		text += " family 6"
	}
	if r.Tries != nil {
		text += " tries " + listOr(r.Tries, "nothing")
	}
	if r.Asks != nil {
		text += " asks " + listOr(r.Asks, "nobody")
	}
	if r.Waits > 0 {
		text += " waits " + r.Waits.String()
	}
	return text
}

func sameAddrs(a, b []netip.Addr) bool {
	set := func(list []netip.Addr) []netip.Addr {
		out := slices.Clone(list)
		slices.SortFunc(out, netip.Addr.Compare)
		return slices.Compact(out)
	}
	return slices.Equal(set(a), set(b))
}

func addrList(addrs []netip.Addr) string {
	out := make([]string, len(addrs))
	for i, a := range addrs {
		out[i] = a.String()
	}
	return strings.Join(out, ", ")
}

// short is a time for people.
func short(d time.Duration) string {
	if d < time.Second {
		return d.Round(time.Millisecond).String()
	}
	return d.Round(10 * time.Millisecond).String()
}
