package diagnose

import (
	"fmt"
	"strings"
	"testing"

	"netlab/internal/dns"
	"netlab/internal/measure"
	"netlab/internal/netlabtest/golden"
	"netlab/internal/snapshot"
)

// What a check has heard is less than an inquiry asks: nothing is taken for sure
// that only a question on purpose can show.
func TestCausesOfWhatWasOnlyHeard(t *testing.T) {
	lab := func(resolv string) snapshot.Lab { return bureau("10.0.0.4 www\n", resolv, "hosts: files dns\n") }
	const one = "nameserver 10.0.0.2\n"
	refers := reply("www.lab. A", dns.NoError, "")
	refers.Authority, refers.Additional = records("lab. NS up."), records("up. A 10.0.0.3")
	for _, tt := range []struct {
		name   string
		resolv string
		looks  string
		talk   *chat
		want   string
		shows  string
	}{
		{"a forwarder hands on that there is no such name", one, "www.lab",
			(&chat{}).hears("A", "dns", "www.lab. A", true, denied("www.lab. A", dns.NXDomain, "aa rd", "lab.")).
				hears("dns", "up", "www.lab. A", true, denied("www.lab. A", dns.NXDomain, "aa rd", "lab.")),
			"there is no name www.lab: up says so (NXDOMAIN), with authority for the zone lab", "dns asks 10.0.0.3 (up)"},
		{"a resolver that may have begun below the root", one, "www.lab",
			(&chat{}).hears("A", "dns", "www.lab. A", true, reply("www.lab. A", dns.ServFail, "ra rd")).
				hears("dns", "up", "www.lab. A", false, reply("www.lab. A", dns.Refused, "")),
			"dns asks 10.0.0.3 (up) for www.lab, and that answers REFUSED", "dns asks 10.0.0.3 (up)"},
		{"a resolver that asks where nobody is", one, "www.lab",
			(&chat{}).hears("A", "dns", "www.lab. A", true, reply("www.lab. A", dns.ServFail, "ra rd")).hears("dns", "10.0.0.99", "www.lab. A", false, nil),
			"dns asks 10.0.0.99 for www.lab, and nobody in this lab has this address", "dns asks 10.0.0.99"},
		{"a zone is another server's, which does not have it", one, "www.lab",
			(&chat{}).hears("A", "dns", "www.lab. A", true, reply("www.lab. A", dns.ServFail, "ra rd")).
				hears("dns", "www", "www.lab. A", false, refers).hears("dns", "up", "www.lab. A", false, reply("www.lab. A", dns.Refused, "")),
			"www names 10.0.0.3 (up) as a server for lab, and that does not have the zone: it answers REFUSED", "dns asks 10.0.0.3 (up)"},
		{"a server asks another one in vain", one, "www.lab",
			(&chat{}).hears("A", "dns", "www.lab. A", true, reply("www.lab. A", dns.ServFail, "ra rd")).hears("dns", "10.0.0.99", "www.lab. A", true, nil),
			"dns forwards questions to 10.0.0.99, and nobody in this lab has this address", "dns asks 10.0.0.99"},
		{"an alias of nothing", one, "www.lab",
			(&chat{}).hears("A", "dns", "www.lab. A", true, func() *dns.Message {
				m := denied("www.lab. A", dns.NXDomain, "aa rd", "lab.")
				m.Answers = records("www.lab. CNAME web.lab.")
				return m
			}()), "www.lab is an alias (CNAME) of web.lab", "A asks 10.0.0.2 (dns)"},
		{"a server that does not answer, and a name nearly so in the hosts file", one, "wwww",
			(&chat{}).hears("A", "dns", "wwww. A", true, nil), "the name server in dns listens, and does not answer in time", "A asks 10.0.0.2 (dns)"},
		{"a name that there is not, and one nearly so in the hosts file", one, "wwww",
			(&chat{}).hears("A", "dns", "wwww. A", true, denied("wwww. A", dns.NXDomain, "aa rd", ".")), "the hosts file of A has www, and not wwww", "hosts of A, line 1"},
		{"what comes is no answer", one, "www.lab", func() *chat {
			c := (&chat{}).hears("A", "dns", "www.lab. A", true, nil)
			c.heard = append(c.heard, measure.Heard{At: 2, Sender: "dns", Taker: "A", From: c.heard[0].To, To: c.heard[0].From, Wrong: "it is no DNS message"})
			return c
		}(), "what 10.0.0.2 (dns) answers is no DNS message", "it is no DNS message"},
		{"a short name, in a domain", one + "search lab\n", "mail", (&chat{}).hears("A", "dns", "mail.lab. A", true, denied("mail.lab. A", dns.NXDomain, "aa rd", "lab.")),
			"there is no name mail.lab", "mail.lab is mail with a domain of the search list of A: lab"},
		{"a short name, as it is", one, "mail", (&chat{}).hears("A", "dns", "mail. A", true, denied("mail. A", dns.NXDomain, "aa rd", ".")),
			"there is no name mail", "mail has no dot, and A has no search list"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got := Name(lab(tt.resolv), measure.Resolved{From: "A", Name: tt.looks, Family: 4, By: "getent", Exit: 2, Heard: tt.talk.heard})
			begins(t, got, tt.want)
			if len(got) > 0 && !strings.Contains(got[0].Evidence, tt.shows) {
				t.Errorf("%q does not show %q", got[0].Evidence, tt.shows)
			}
		})
	}
}

// What is said of the recordings without the questions that were asked on purpose:
// in each case a sentence, and none is sure that is not the true one.
func TestWhatIsSaidOfWhatWasOnlyHeard(t *testing.T) {
	var b strings.Builder
	right, all := 0, 0
	for _, c := range nameCases(t) {
		r := c.Trace.Resolved
		if len(r.Addrs) > 0 {
			continue
		}
		got := WhyName(c.Lab, NameTrace{Resolved: r})
		if len(got) == 0 {
			t.Errorf("%s: nothing", c.Name)
			continue
		}
		all++
		if c.is(got[0]) {
			right++
		} else if got[0].Sure {
			t.Errorf("%s: %s, and it is %v: %s", c.Name, where(got[0]), c.Causes, got[0].Text)
		}
		fmt.Fprintf(&b, "%s: %s looks up %s\n  true: %s\n  says: %s\n", c.Name, r.From, r.Name, c.Says, got[0].Text)
	}
	if right < all/2 {
		t.Errorf("of %d causes %d are the true ones", all, right)
	}
	golden.Equal(t, "testdata/heard.golden", b.String())
}
