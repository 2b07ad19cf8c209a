package check

import (
	"cmp"
	"fmt"
	"time"

	"netlab/internal/diagnose"
	"netlab/internal/measure"
	"netlab/internal/snapshot"
)

// The words for how a ping must fail, besides the names of kernel errors.
const (
	Silent      = "silent"      // no answer of any kind
	Unreachable = "unreachable" // an ICMP message that it cannot be delivered
)

// answered judges a ping that must be answered.
func (p Ping) answered(now snapshot.Lab, got *measure.Ping) verdict {
	v := verdict{want: p.To.String() + " answers"}
	if p.TTL > 0 {
		v.want += fmt.Sprintf(" with ttl %d", p.TTL)
	}
	if p.attempted(&v, now, got); v.blind != "" {
		return v
	}
	v.got = pingText(*got)
	v.holds = replied(got) && (p.TTL == 0 || p.TTL == got.TTL)
	switch {
	case v.holds:
	case replied(got):
		v.cause = hops(p.TTL, got.TTL)
	default:
		v.cause = cmp.Or(first(diagnose.Ping(now, *got)), "the state of the lab shows no reason")
	}
	return v
}

// fails judges a ping that must not be answered. Its verdict is about the
// answer: it holds when the ping was answered or failed in another way than
// asked for, and Not turns that round.
func (p Ping) fails(now snapshot.Lab, got *measure.Ping) verdict {
	v := verdict{deny: p.To.String() + " does not answer"}
	if p.Error != "" {
		v.deny += " (" + p.Error + ")"
	}
	if p.attempted(&v, now, got); v.blind != "" {
		return v
	}
	v.got = pingText(*got)
	switch {
	case replied(got):
		v.holds, v.shows = true, diagnose.Answered(now, *got)
	case !failedAs(p.Error, *got):
		v.holds, v.shows = true, cmp.Or(first(diagnose.Ping(now, *got)), "it fails in another way than expected")
	}
	return v
}

// attempted makes v blind unless got is a ping of the right place and address
// that was really tried.
func (p Ping) attempted(v *verdict, now snapshot.Lab, got *measure.Ping) {
	v.subject(now, p.In)
	switch {
	case v.blind != "":
	case got == nil:
		v.blind, v.cause = "no ping was sent", "the ping could not be tried"
	case place(got.From) != place(p.In) || got.To != p.To:
		v.blind, v.cause = fmt.Sprintf("another ping was sent: to %s from %s", got.To, place(got.From)), "the ping could not be tried"
	case !tried(*got):
		v.blind, v.cause = "no echo was sent", "the ping could not be tried"
	}
}

// tried says that an echo left the sender, or that the sender's kernel
// decided not to send it.
func tried(p measure.Ping) bool {
	switch p.Fate {
	case measure.Answered, measure.Silent, measure.Reported:
		return p.Sent > 0
	case measure.Refused:
		return p.Errno != ""
	}
	return false
}

func replied(p *measure.Ping) bool { return p.Fate == measure.Answered && p.Received > 0 }

// failedAs says whether a ping failed in the way that a check names. When
// nobody answers for the hardware address the sender's own kernel reports the
// host as unreachable: that is both unreachable and EHOSTUNREACH.
func failedAs(want string, p measure.Ping) bool {
	switch want {
	case "":
		return true
	case Silent:
		return p.Fate == measure.Silent
	case Unreachable:
		return p.ICMP != nil && destinationUnreachable(p.To.Is4(), p.ICMP.Type)
	}
	return p.Fate == measure.Refused && p.Errno == want
}

// destinationUnreachable: type 3 of RFC 792, type 1 of RFC 4443.
func destinationUnreachable(ipv4 bool, typ int) bool {
	if ipv4 {
		return typ == 3
	}
	return typ == 1
}

func pingText(p measure.Ping) string {
	switch p.Fate {
	case measure.Answered:
		return fmt.Sprintf("%s answered after %s (ttl %d)", p.To, p.RTT.Round(time.Microsecond), p.TTL)
	case measure.Refused:
		return fmt.Sprintf("the kernel would not send it: %s", words(p.Text, "("+p.Errno+")"))
	case measure.Reported:
		if p.ICMP != nil {
			return fmt.Sprintf("%s said: %s", p.ICMP.From, p.ICMP.Text)
		}
	}
	return "no answer"
}

// hops explains a time to live. Each router takes one off.
func hops(want, got int) string {
	switch n := want - got; {
	case n > 0:
		return fmt.Sprintf("the reply passed %s more than expected: each router takes 1 off the ttl", plural(n, "router"))
	default:
		return fmt.Sprintf("the reply passed %s fewer than expected: each router takes 1 off the ttl", plural(-n, "router"))
	}
}

func first(findings []diagnose.Finding) string {
	if len(findings) == 0 {
		return ""
	}
	return findings[0].Text
}
