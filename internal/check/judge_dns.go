package check

import (
	"cmp"
	"fmt"
	"net/netip"
	"slices"
	"strings"

	"netlab/internal/diagnose"
	"netlab/internal/dns"
	"netlab/internal/measure"
	"netlab/internal/snapshot"
)

// answered judges a question that must be answered so.
func (d DNS) answered(now snapshot.Lab, found *measure.DNS) verdict {
	v := verdict{want: d.Server.String() + " answers " + d.question() + d.wants()}
	if d.attempted(&v, now, found); v.blind != "" {
		return v
	}
	r := reading(*found)
	v.got = d.got(now, *found)
	if v.cause = d.otherwise(now, *found); v.cause == "" {
		v.holds = true
		return v
	}
	if !d.fits(r) {
		v.cause = cmp.Or(first(diagnose.DNS(now, *found)), v.cause)
	}
	return v
}

// fails judges a question that must not be answered with a record. Its verdict
// is about the answer: it holds when one came, or when the question failed in
// another way than claimed, and Not turns that round.
func (d DNS) fails(now snapshot.Lab, found *measure.DNS) verdict {
	v := verdict{deny: "no answer to " + d.question() + " from " + d.Server.String()}
	if d.Error != "" {
		v.deny += " (" + d.Error + ")"
	}
	v.deny += d.wants()
	if d.attempted(&v, now, found); v.blind != "" {
		return v
	}
	r := reading(*found)
	v.got = d.got(now, *found)
	why := first(diagnose.DNS(now, *found))
	switch other := d.besides(now, *found); {
	case r.how == "":
		v.holds, v.shows = true, cmp.Or(why, r.who()+" has the record")
	case d.Error != "" && r.how != d.Error:
		v.holds, v.shows = true, cmp.Or(why, "it fails in another way than expected")
	case other != "":
		v.holds, v.shows = true, other
	}
	return v
}

// attempted makes v blind unless found is about the right question, which was
// really put.
func (d DNS) attempted(v *verdict, now snapshot.Lab, found *measure.DNS) {
	v.subject(now, d.In)
	for _, node := range d.Asks {
		v.subject(now, node)
	}
	switch {
	case v.blind != "":
	case found == nil || found.Fate == "" || found.Fate == measure.Refused && found.Errno == "":
		v.blind, v.cause = "no question was sent", "the name server could not be asked"
	case place(found.From) != place(d.In) || found.Server.Addr() != d.Server || !dns.SameName(found.Question.Name, d.Name) || found.Question.Type != d.kind():
		v.blind = fmt.Sprintf("another question was sent: %s %s to %s from %s", found.Question.Name, found.Question.Type, found.Server.Addr(), place(found.From))
		v.cause = "the name server could not be asked"
	case found.Missed > 0 && d.Asks != nil:
		v.blind, v.cause = unheard(found.Missed)
	}
}

// fits says that the answer is of the sort that the claim is about.
func (d DNS) fits(r dnsReply) bool {
	switch {
	case d.Refers != "":
		return r.how == referral
	case d.Alias != "" && len(d.Is) == 0:
		return r.how == "" || r.how == aliasOnly
	}
	return r.how == ""
}

// otherwise says what of the answer is not as claimed; empty: nothing.
func (d DNS) otherwise(now snapshot.Lab, found measure.DNS) string {
	r := reading(found)
	switch {
	case !d.fits(r):
		return "the answer is of another sort"
	case d.Refers != "" && !dns.SameName(r.zone, d.Refers):
		return r.who() + " names the servers of " + r.zone
	case d.Alias != "" && !dns.SameName(r.alias, d.Alias):
		return found.Question.Name + " is " + cmp.Or(when("another name for", r.alias), "no other name for anything")
	case len(d.Is) > 0 && !sameData(d.kind(), d.Is, r.data()):
		return cmp.Or(first(diagnose.DNS(now, found)), r.who()+" has other records")
	case d.TTL > 0 && slices.ContainsFunc(r.ttls(), func(ttl uint32) bool { return ttl != d.TTL }):
		return "the time to live is the zone's own in an answer of the zone's server, and counts down in a cache"
	case d.TTLBelow > 0 && slices.ContainsFunc(r.ttls(), func(ttl uint32) bool { return ttl >= d.TTLBelow }):
		return "the answer is fresh: " + r.who() + " has the zone itself, or has only now asked for it"
	}
	return d.besides(now, found)
}

// besides is otherwise for what may also be claimed of an answer without a
// record.
func (d DNS) besides(now snapshot.Lab, found measure.DNS) string {
	switch asked := d.asked(now, found); {
	case d.Authoritative != nil && *d.Authoritative && !authoritative(found):
		return found.Server.Addr().String() + " does not have the zone itself: it knows the answer from others"
	case d.Authoritative != nil && !*d.Authoritative && authoritative(found):
		return found.Server.Addr().String() + " has the zone itself"
	case d.Asks != nil && !slices.Equal(d.Asks, asked):
		return listOr(asked, "nobody") + " is asked besides, and not " + listOr(d.Asks, "nobody")
	}
	return ""
}

func authoritative(found measure.DNS) bool { return found.Answer != nil && found.Answer.Authoritative }

// asked are the nodes that got a question besides the server itself.
func (d DNS) asked(now snapshot.Lab, found measure.DNS) []string {
	return askedNodes(found.Heard, serverNodes(now, d.In, d.Server)...)
}

func (d DNS) got(now snapshot.Lab, found measure.DNS) string {
	text := reading(found).text()
	if d.Asks != nil {
		text += "; asked besides: " + listOr(d.asked(now, found), "nobody")
	}
	return text
}

func (d DNS) kind() string { return cmp.Or(d.Type, "A") }

func (d DNS) question() string { return d.Name + " " + d.kind() + choose(d.TCP, " by TCP", "") }

// wants lists what is claimed of the answer.
func (d DNS) wants() string {
	text := ""
	add := func(s string) { text += ", " + s }
	if len(d.Is) > 0 {
		add(strings.Join(d.Is, ", "))
	}
	if d.Alias != "" {
		add("as another name for " + d.Alias)
	}
	if d.Refers != "" {
		add("with the servers of " + d.Refers)
	}
	if d.Authoritative != nil {
		add(choose(*d.Authoritative, "authoritative", "not authoritative"))
	}
	if d.TTL > 0 {
		add(fmt.Sprintf("ttl %d", d.TTL))
	}
	if d.TTLBelow > 0 {
		add(fmt.Sprintf("ttl below %d", d.TTLBelow))
	}
	if d.Asks != nil {
		text += "; asked besides: " + listOr(d.Asks, "nobody")
	}
	return text
}

func (d DNS) text() string {
	return words("dns", d.question(), "from", d.Server.String(), "in", place(d.In)) + d.wants() + when(" error", d.Error)
}

// sameData compares records as sets. An address may be written in several ways,
// the names in a record with or without their last dot, and a text without its
// quotes.
func sameData(typ string, a, b []string) bool {
	set := func(list []string) []string {
		var out []string
		for _, s := range list {
			out = append(out, plainData(typ, s))
		}
		slices.Sort(out)
		return slices.Compact(out)
	}
	return slices.Equal(set(a), set(b))
}

func plainData(typ, s string) string {
	if typ == "TXT" {
		return strings.ReplaceAll(s, `"`, "")
	}
	if a, err := netip.ParseAddr(s); err == nil {
		return a.String()
	}
	out := strings.Fields(s)
	for i, w := range out {
		out[i] = plain(w)
	}
	return strings.Join(out, " ")
}
