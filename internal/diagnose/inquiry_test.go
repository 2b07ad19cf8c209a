package diagnose

import (
	"net/netip"
	"strings"
	"testing"
	"time"

	"netlab/internal/dns"
	"netlab/internal/measure"
	"netlab/internal/nss"
	"netlab/internal/snapshot"
)

// asking is pair, where ns1 finds names by some files, and a name server in ns2
// listens at some addresses.
func asking(switchText, hosts, resolv string, listens ...string) snapshot.Lab {
	return pair().edit("ns1", func(s *snapshot.Space) {
		s.Names = nss.Files{
			Switch: nss.File{Path: "/etc/nsswitch.conf", Text: switchText},
			Hosts:  nss.File{Path: "/etc/netns/ns1/hosts", Text: hosts},
			Resolv: nss.File{Path: "/etc/netns/ns1/resolv.conf", Text: resolv},
		}
	}).edit("ns2", func(s *snapshot.Space) {
		for _, a := range listens {
			s.Sockets = append(s.Sockets, snapshot.Socket{Proto: "udp", Addr: netip.MustParseAddr(a), Port: dns.Port})
		}
	}).done()
}

// talk is a question of ns1 to ns2 about a name, and the answer.
func talk(name, status string, authoritative bool) []measure.Heard {
	client, server := netip.MustParseAddrPort("10.1.1.1:4000"), netip.MustParseAddrPort("10.1.1.2:53")
	ask := dns.Message{Questions: []dns.Question{{Name: name, Type: "A"}}}
	answer := ask
	answer.Response, answer.Status, answer.Authoritative = true, status, authoritative
	return []measure.Heard{
		{At: 1, Sender: "ns1", Taker: "ns2", From: client, To: server, Message: &ask},
		{At: 2, Sender: "ns2", Taker: "ns1", From: server, To: client, Message: &answer},
	}
}

func TestWhyANameIsNotFound(t *testing.T) {
	const files, one = "hosts: files dns\n", "nameserver 10.1.1.2\nsearch lan\n"
	heard := func(list ...[]measure.Heard) []measure.Heard {
		var out []measure.Heard
		for i, l := range list {
			for _, h := range l {
				h.At += time.Duration(10 * i)
				out = append(out, h)
			}
		}
		return out
	}
	lost := talk("web.lan.", "", false)[:1]
	arrived := talk("web.lan.", "", false)[:1]
	lost[0].Taker = ""
	given := talk("web.lan.", dns.NoError, true)
	given[1].Message.Answers = []dns.Record{{Name: "web.lan.", Type: "A", Data: "10.1.1.8"}}
	back := talk("web.lan.", dns.NoError, true)
	back[1].Taker = ""
	far := asking(files, "", "nameserver 10.9.9.9\n", "0.0.0.0")
	far.Spaces[2].Addrs = append(far.Spaces[2].Addrs, snapshot.Addr{Link: "lo", Prefix: netip.MustParsePrefix("10.9.9.9/32"), Scope: "global"})
	tests := []struct {
		name  string
		lab   snapshot.Lab
		heard []measure.Heard
		want  string // the first of what is said
	}{
		{"no nameserver in the file", asking(files, "", "search lan\n", "0.0.0.0"), nil, "no nameserver is configured: resolv.conf of ns1 names none"},
		{"a line of the file does not count", asking(files, "", "namserver 10.1.1.2\n", "0.0.0.0"), nil, "line 1 of resolv.conf of ns1 does not count, so that it has no nameserver"},
		{"DNS is not asked at all", asking("hosts: files\n", "", one, "0.0.0.0"), nil, "the hosts file of ns1 has no line for web, and nsswitch.conf does not name dns, so no name server is asked"},
		{"the search ends before DNS", asking("hosts: files [NOTFOUND=return] dns\n", "", one, "0.0.0.0"), nil, "nsswitch.conf of ns1 ends the search at files [NOTFOUND=return]: dns stands behind it, so no name server is asked"},
		{"a condition that is not met ends nothing", asking("hosts: mdns4_minimal [NOTFOUND=return] dns\n", "", one, "0.0.0.0"), lost, "the question of ns1 to 10.1.1.2 (ns2) left, and did not arrive"},
		{"the hosts file is not read", asking("hosts: dns\n", "10.1.1.7 web\n", one, "0.0.0.0"), talk("web.lan.", dns.NXDomain, true), "the hosts file of ns1 has web, but nsswitch.conf does not name files, so nobody reads it"},
		{"a line of the hosts file does not count", asking(files, "10.1.1 web\n", one, "0.0.0.0"), talk("web.lan.", dns.NXDomain, false), "line 1 of the hosts file of ns1, which has web, does not count"},
		{"no way to the nameserver", far, nil, "ns1 has no route to 10.9.9.9: it has no address in that network, and no default route"},
		{"nobody has the address of the nameserver", asking(files, "", "nameserver 10.1.1.9\n", "0.0.0.0"), nil, "ns1 has the nameserver 10.1.1.9, and nobody in this lab has this address"},
		{"no server runs there", asking(files, "", one), arrived, "no name server runs in ns2, which has 10.1.1.2: nothing listens at port 53"},
		{"the server listens elsewhere", asking(files, "", one, "127.0.0.1"), arrived, "the name server in ns2 listens at 127.0.0.1, and not at 10.1.1.2"},
		{"the server does not answer", asking(files, "", one, "10.1.1.2"), arrived, "the name server in ns2 listens, and does not answer in time"},
		{"the server of IPv6 too", asking(files, "", one, "::"), arrived, "the name server in ns2 listens, and does not answer in time"},
		{"the question is lost", asking(files, "", one, "0.0.0.0"), lost, "the question of ns1 to 10.1.1.2 (ns2) left, and did not arrive"},
		{"the answer is lost", asking(files, "", one, "0.0.0.0"), back, "10.1.1.2 (ns2) answers, and the answer does not come back to ns1"},
		{"the answer is not taken", asking(files, "", one, "0.0.0.0"), given, "10.1.1.2 (ns2) answers, and ns1 does not take the answer"},
		{"no question is heard", asking(files, "", one, "0.0.0.0"), nil, "ns1 was not heard to ask its nameserver 10.1.1.2 (ns2)"},
		{"there is no such name", asking(files, "", one, "0.0.0.0"), heard(talk("web.lan.", dns.NXDomain, true), talk("web.", dns.NXDomain, false)), "there is no name web.lan: ns2 says so (NXDOMAIN), with authority for the zone of that name"},
		{"there is no such name, from a cache", asking(files, "", one, "0.0.0.0"), talk("web.lan.", dns.NXDomain, false), "10.1.1.2 (ns2) says that there is no name web.lan (NXDOMAIN), and has it from others, or from its cache"},
		{"there is no search list", asking(files, "", "nameserver 10.1.1.2\n", "0.0.0.0"), talk("web.", dns.NXDomain, true), "there is no name web: ns2 says so (NXDOMAIN), with authority for the zone of that name"},
		{"the server does not want to", asking(files, "", one, "0.0.0.0"), talk("web.lan.", dns.Refused, false), "10.1.1.2 (ns2) refuses to answer ns1: either it has no zone of web.lan and asks no others for it, or its access control does not let ns1 in"},
		{"the server has a fault", asking(files, "", one, "0.0.0.0"), talk("web.lan.", dns.ServFail, false), "ns2 could not find out what web.lan is (SERVFAIL), and nothing was heard that it asked"},
		{"the server cannot do that", asking(files, "", one, "0.0.0.0"), talk("web.lan.", dns.NotImp, false), "10.1.1.2 (ns2) answers NOTIMP"},
		{"there is no such record", asking(files, "", one, "0.0.0.0"), talk("web.lan.", dns.NoError, true), "there is a name web.lan, but it has no A record: ns2 says so, with authority for the zone of that name"},
		{"there is no such record, from a cache", asking(files, "", one, "0.0.0.0"), talk("web.lan.", dns.NoError, false), "10.1.1.2 (ns2) says that web.lan has no A record, and has it from others, or from its cache"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got := Name(tt.lab, measure.Resolved{From: "ns1", Name: "web", Family: 4, Exit: 2, Heard: tt.heard})
			begins(t, got, tt.want)
			evident(t, got)
		})
	}
	begins(t, Name(pair().done(), measure.Resolved{From: "ns9", Name: "web"}), "there is no namespace ns9")
}

func TestWhoToldAnAddress(t *testing.T) {
	lab := asking("hosts: files dns\n", "# names\n10.1.1.7 web.lan web\n", "nameserver 10.1.1.2\nsearch lan\n", "0.0.0.0")
	found := func(a string, heard []measure.Heard) []Finding {
		return Name(lab, measure.Resolved{From: "ns1", Name: "web", Family: 4, Addrs: []netip.Addr{netip.MustParseAddr(a)}, Heard: heard})
	}
	record := talk("web.lan.", dns.NoError, true)
	record[1].Message.Answers = []dns.Record{{Name: "web.lan.", Type: "A", Data: "10.1.1.8"}}
	begins(t, found("10.1.1.7", nil), "line 2 of /etc/netns/ns1/hosts gives web this address")
	begins(t, found("10.1.1.8", record), "10.1.1.2 (ns2) says so, and has the zone itself")
	if got := found("10.1.1.8", nil); got != nil {
		t.Errorf("nobody told it: %v", got)
	}
}

func TestWhyAServerDoesNotAnswer(t *testing.T) {
	ask := func(fate measure.Fate, change func(*measure.DNS)) measure.DNS {
		d := measure.DNS{From: "ns1", Server: netip.MustParseAddrPort("10.1.1.2:53"), Fate: fate, Question: dns.Question{Name: "web.lan.", Type: "A"}}
		if change != nil {
			change(&d)
		}
		return d
	}
	whole := asking("", "", "", "0.0.0.0")
	cut := pair().down("ns2", "veth_ns2").done()
	further := ask(measure.Answered, func(d *measure.DNS) {
		d.Heard = talk("web.lan.", dns.ServFail, false)
		on := measure.Heard{At: 1, Sender: "ns2", From: d.Server, To: netip.MustParseAddrPort("10.9.9.9:53"), Message: d.Heard[0].Message}
		d.Answer = d.Heard[1].Message
		d.Heard = []measure.Heard{d.Heard[0], on, d.Heard[1]}
	})
	for name, tt := range map[string]struct {
		lab  snapshot.Lab
		dns  measure.DNS
		want string
	}{
		"nothing listens":        {asking("", "", ""), ask(measure.Reported, func(d *measure.DNS) { d.Closed = true }), "no name server runs in ns2, which has 10.1.1.2: nothing listens at port 53"},
		"nothing listens by TCP": {whole, ask(measure.Reported, func(d *measure.DNS) { d.Closed, d.TCP = true, true }), "the name server in ns2 takes no questions by TCP: nothing listens at TCP port 53"},
		"the cable is cut":       {cut, ask(measure.Silent, nil), "the other end of the cable, veth_ns2 in ns2, is down"},
		"it is silent":           {whole, ask(measure.Silent, nil), "the name server in ns2 listens, and does not answer in time"},
		"a firewall forbids":     {whole, ask(measure.Refused, func(d *measure.DNS) { d.Errno = "EPERM" }), "a firewall rule in ns1 does not let it send this"},
		"it asked in vain":       {whole, further, "ns2 asks 10.9.9.9 for web.lan, and nobody in this lab has this address"},
		"there is no asker":      {newNet("host").done(), ask(measure.Silent, nil), "there is no namespace ns1"},
		"it names other servers": {whole, ask(measure.Answered, func(d *measure.DNS) {
			d.Answer = talk("web.lan.", dns.NoError, false)[1].Message
			d.Answer.Authority = []dns.Record{{Name: "lan.", Type: "NS", Data: "ns.lan."}}
		}), "10.1.1.2 (ns2) does not have web.lan itself, and leaves it to the asker to go on with the servers of lan"},
	} {
		t.Run(name, func(t *testing.T) {
			got := DNS(tt.lab, tt.dns)
			begins(t, got, tt.want)
			evident(t, got)
		})
	}
}

// begins says that the likeliest reason is the one that is wanted: the only one
// that a verdict shows.
func begins(t *testing.T, all []Finding, want string) {
	t.Helper()
	if len(all) == 0 || !strings.HasPrefix(all[0].Text, want) {
		t.Errorf("not first %q in %q", want, all)
	}
}

func evident(t *testing.T, all []Finding) {
	t.Helper()
	for _, f := range all {
		if f.Text == "" || f.Evidence == "" || strings.HasSuffix(f.Text, ".\n") {
			t.Errorf("a finding has a sentence and its evidence: %q", f)
		}
	}
}
