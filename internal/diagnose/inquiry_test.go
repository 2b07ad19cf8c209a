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
	tests := []struct {
		name  string
		lab   snapshot.Lab
		heard []measure.Heard
		want  string
	}{
		{"no nameserver in the file", asking(files, "", "search lan\n", "0.0.0.0"), nil, "no nameserver stands in /etc/netns/ns1/resolv.conf: ns1 asks itself"},
		{"DNS is not asked at all", asking("hosts: files\n", "", one, "0.0.0.0"), nil, "ns1 does not ask DNS: nsswitch.conf does not name it"},
		{"no way to the nameserver", asking(files, "", "nameserver 10.9.9.9\n", "0.0.0.0"), nil, "ns1 has no route to 10.9.9.9: it has no address in that network, and no default route"},
		{"nobody has the address of the nameserver", asking(files, "", "nameserver 10.1.1.9\n", "0.0.0.0"), nil, "no namespace of this lab has the address 10.1.1.9"},
		{"no server runs there", asking(files, "", one), arrived, "no name server runs in ns2, which has 10.1.1.2: nothing listens at port 53"},
		{"the server listens elsewhere", asking(files, "", one, "127.0.0.1"), arrived, "the name server in ns2 listens at 127.0.0.1, and not at 10.1.1.2"},
		{"the server does not answer", asking(files, "", one, "10.1.1.2"), arrived, "the name server in ns2 listens, and does not answer in time"},
		{"the server of IPv6 too", asking(files, "", one, "::"), arrived, "the name server in ns2 listens, and does not answer in time"},
		{"the question is lost", asking(files, "", one, "0.0.0.0"), lost, "the question of ns1 to 10.1.1.2 (ns2) left, and did not arrive"},
		{"there is no such name", asking(files, "", one, "0.0.0.0"), heard(talk("web.lan.", dns.NXDomain, true), talk("web.", dns.NXDomain, false)), "10.1.1.2 (ns2) says that there is no name web., and has it from others, or from its cache"},
		{"there is none of the search list", asking(files, "", one, "0.0.0.0"), talk("web.lan.", dns.NXDomain, true), "web is in none of the domains of the search list: lan"},
		{"there is no search list", asking(files, "", "nameserver 10.1.1.2\n", "0.0.0.0"), talk("web.", dns.NXDomain, true), "web is asked for without a domain: ns1 has no search list"},
		{"the server does not want to", asking(files, "", one, "0.0.0.0"), talk("web.lan.", dns.Refused, false), "10.1.1.2 (ns2) answers no questions of ns1 about web.lan."},
		{"the server has a fault", asking(files, "", one, "0.0.0.0"), talk("web.lan.", dns.ServFail, false), "10.1.1.2 (ns2) has a fault of its own, or could not ask those who know"},
		{"there is no such record", asking(files, "", one, "0.0.0.0"), talk("web.lan.", dns.NoError, true), "10.1.1.2 (ns2) says that web.lan. has no A record, and has the zone itself"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got := Name(tt.lab, measure.Resolved{From: "ns1", Name: "web", Family: 4, Exit: 2, Heard: tt.heard})
			says(t, got, tt.want)
			evident(t, got)
		})
	}
	says(t, Name(pair().done(), measure.Resolved{From: "ns9", Name: "web"}), "there is no namespace ns9")
}

func TestWhoToldAnAddress(t *testing.T) {
	lab := asking("hosts: files dns\n", "# names\n10.1.1.7 web.lan web\n", "nameserver 10.1.1.2\nsearch lan\n", "0.0.0.0")
	found := func(a string, heard []measure.Heard) []Finding {
		return Name(lab, measure.Resolved{From: "ns1", Name: "web", Family: 4, Addrs: []netip.Addr{netip.MustParseAddr(a)}, Heard: heard})
	}
	record := talk("web.lan.", dns.NoError, true)
	record[1].Message.Answers = []dns.Record{{Name: "web.lan.", Type: "A", Data: "10.1.1.8"}}
	says(t, found("10.1.1.7", nil), "line 2 of /etc/netns/ns1/hosts gives web this address")
	says(t, found("10.1.1.8", record), "10.1.1.2 (ns2) says so, and has the zone itself")
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
		"nothing listens":    {asking("", "", ""), ask(measure.Reported, func(d *measure.DNS) { d.Closed = true }), "no name server runs in ns2"},
		"the cable is cut":   {cut, ask(measure.Silent, nil), "the other end of the cable, veth_ns2 in ns2, is down"},
		"it is silent":       {whole, ask(measure.Silent, nil), "the name server in ns2 listens, and does not answer in time"},
		"a firewall forbids": {whole, ask(measure.Refused, func(d *measure.DNS) { d.Errno = "EPERM" }), "a firewall rule in ns1 does not let it send this"},
		"it asked in vain":   {whole, further, "10.1.1.2 (ns2) asked 10.9.9.9, and no answer came"},
		"there is no asker":  {newNet("host").done(), ask(measure.Silent, nil), "there is no namespace ns1"},
		"it names other servers": {whole, ask(measure.Answered, func(d *measure.DNS) {
			d.Answer = talk("web.lan.", dns.NoError, false)[1].Message
			d.Answer.Authority = []dns.Record{{Name: "lan.", Type: "NS", Data: "ns.lan."}}
		}), "leaves it to the asker to go on with the servers of lan."},
	} {
		t.Run(name, func(t *testing.T) {
			got := DNS(tt.lab, tt.dns)
			says(t, got, tt.want)
			evident(t, got)
		})
	}
}

func says(t *testing.T, all []Finding, want string) {
	t.Helper()
	for _, f := range all {
		if strings.Contains(f.Text, want) {
			return
		}
	}
	t.Errorf("no %q in %q", want, all)
}

func evident(t *testing.T, all []Finding) {
	t.Helper()
	for _, f := range all {
		if f.Text == "" || f.Evidence == "" || strings.HasSuffix(f.Text, ".\n") {
			t.Errorf("a finding has a sentence and its evidence: %q", f)
		}
	}
}
