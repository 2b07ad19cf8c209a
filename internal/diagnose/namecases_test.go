package diagnose

import (
	"fmt"
	"net/netip"
	"strings"
	"testing"
	"time"

	"netlab/internal/dns"
	"netlab/internal/measure"
	"netlab/internal/nss"
	"netlab/internal/snapshot"
)

// bureau is A, www, and the name servers dns and up.
func bureau(hosts, resolv, sources string) snapshot.Lab {
	names := []string{"A", "dns", "up", "www"}
	n := newNet(append([]string{"host"}, names...)...)
	for i, name := range names {
		n.cable(name, "eth0", "host", name).addr(name, "lo", "127.0.0.1/8").addr(name, "eth0", fmt.Sprintf("10.0.0.%d/24", i+1))
	}
	lab := n.bridge("host", "switch", names...).done()
	for i := range lab.Spaces {
		s := &lab.Spaces[i]
		if s.Name == "dns" || s.Name == "up" {
			s.Sockets = []snapshot.Socket{{Proto: "udp", Addr: netip.IPv4Unspecified(), Port: dns.Port}}
		}
	}
	lab.Spaces[1].Names = nss.Files{
		Hosts:  nss.File{Path: "/etc/netns/A/hosts", Text: hosts},
		Resolv: nss.File{Path: "/etc/netns/A/resolv.conf", Text: resolv},
		Switch: nss.File{Path: "/etc/netns/A/nsswitch.conf", Text: sources},
	}
	return lab
}

// records are those of texts such as "www.lab. A 10.0.0.4".
func records(texts ...string) []dns.Record {
	var out []dns.Record
	for _, t := range texts {
		f := strings.Fields(t)
		out = append(out, dns.Record{Name: f[0], TTL: 60, Class: "IN", Type: f[1], Data: strings.Join(f[2:], " ")})
	}
	return out
}

// reply is an answer to a question. A flag is aa, ra or rd.
func reply(question, status, flags string, answers ...string) *dns.Message {
	name, typ, _ := strings.Cut(question, " ")
	return &dns.Message{
		ID: 7, Response: true, Status: status, Questions: []dns.Question{{Name: name, Type: typ, Class: "IN"}}, Answers: records(answers...),
		Authoritative: strings.Contains(flags, "aa"), RecursionAvailable: strings.Contains(flags, "ra"), RecursionDesired: strings.Contains(flags, "rd"),
	}
}

// denied is an answer that there is nothing, out of a zone.
func denied(question, status, flags, zone string) *dns.Message {
	m := reply(question, status, flags)
	m.Authority = records(zone + " SOA ns." + zone + " admin." + zone + " 1 2 3 4 5")
	return m
}

// chat is what namespaces say to each other: of each question its answer, nil
// for none.
type chat struct {
	heard []measure.Heard
	asked []measure.DNS
}

func address(of string) netip.Addr {
	for i, name := range []string{"A", "dns", "up", "www"} {
		if name == of {
			return netip.AddrFrom4([4]byte{10, 0, 0, byte(i + 1)})
		}
	}
	return netip.MustParseAddr(of)
}

// hears adds a question and its answer to what was heard.
func (t *chat) hears(from, to, question string, recursive bool, m *dns.Message) *chat {
	name, typ, _ := strings.Cut(question, " ")
	at := time.Duration(len(t.heard)) * time.Millisecond
	client, server := netip.AddrPortFrom(address(from), uint16(4000+len(t.heard))), netip.AddrPortFrom(address(to), dns.Port)
	taker := to
	if server.Addr().String() == to { // nobody has it
		taker = ""
	}
	t.heard = append(t.heard, measure.Heard{At: at, Sender: from, Taker: taker, From: client, To: server,
		Message: &dns.Message{ID: 7, Questions: []dns.Question{{Name: name, Type: typ}}, RecursionDesired: recursive}})
	if m != nil {
		t.heard = append(t.heard, measure.Heard{At: at + 1, Sender: to, Taker: from, From: server, To: client, Message: m})
	}
	return t
}

// toItself adds a question of a machine to its own address, and no answer.
func (t *chat) toItself(space, question string) *chat {
	t.hears(space, "127.0.0.1", question, true, nil)
	t.heard[len(t.heard)-1].Taker = space
	return t
}

// answers adds the answer to the last question, which a machine put to itself.
func (t *chat) answers(space string, m *dns.Message) *chat {
	q := t.heard[len(t.heard)-1]
	t.heard = append(t.heard, measure.Heard{At: q.At + 1, Sender: space, Taker: space, From: q.To, To: q.From, Message: m})
	return t
}

// serving is the lab with a name server in A.
func serving(lab snapshot.Lab) snapshot.Lab {
	lab.Spaces[1].Sockets = []snapshot.Socket{{Proto: "udp", Addr: netip.IPv4Unspecified(), Port: dns.Port}}
	return lab
}

// itself adds what a server says in its own namespace.
func (t *chat) itself(server, question string, m *dns.Message) *chat {
	name, typ, _ := strings.Cut(question, " ")
	d := measure.DNS{From: server, Server: netip.MustParseAddrPort("127.0.0.1:53"), Question: dns.Question{Name: name, Type: typ}, Fate: measure.Silent}
	if m != nil {
		d.Answer, d.Fate = m, measure.Answered
	}
	t.asked = append(t.asked, d)
	return t
}

func TestCausesOfNames(t *testing.T) {
	plain := func() snapshot.Lab { return bureau("", "nameserver 10.0.0.2\n", "hosts: files dns\n") }
	long := strings.Repeat("a.", 150) + "lab"
	unserving := bureau("", "", "hosts: files\n")
	for i := range unserving.Spaces {
		unserving.Spaces[i].Sockets = nil
	}
	all := bureau("", "nameserver 10.0.0.9\n", "hosts: dns\n")
	all.Spaces[4].Names.Resolv = nss.File{Path: "/etc/netns/www/resolv.conf", Text: "nameserver 10.0.0.9\n"}
	tests := []struct {
		name  string
		lab   snapshot.Lab
		looks string
		addrs string
		talk  *chat
		want  string // KIND@SPACE, and ! if it is sure; empty: nothing
		words string
	}{
		{"all is well", plain(), "www.lab", "10.0.0.4",
			(&chat{}).hears("A", "dns", "www.lab. A", true, reply("www.lab. A", dns.NoError, "aa rd", "www.lab. A 10.0.0.4")), "", ""},
		{"a name of 300 characters", plain(), long, "", &chat{}, "name-impossible@A!", "no such name can be asked for: the name"},
		{"a label of 64 characters", plain(), strings.Repeat("a", 64) + ".lab", "", &chat{}, "name-impossible@A!", "is too long"},
		{"two dots", plain(), "www..lab", "", &chat{}, "name-impossible@A!", "an empty label"},
		{"a name in capitals", plain(), "WEB.lab", "",
			(&chat{}).hears("A", "dns", "WEB.lab. A", true, denied("WEB.lab. A", dns.NXDomain, "aa rd", "lab.")), "record-missing@dns!", "there is no name web.lab"},
		{"a name with a blank", plain(), "x y.lab", "",
			(&chat{}).hears("A", "dns", `x\032y.lab. A`, true, denied(`x\032y.lab. A`, dns.NXDomain, "aa rd", "lab.")), "record-missing@dns!", `there is no name x\032y.lab`},
		{"letters beyond ASCII", plain(), "münchen.lab", "", &chat{}, "name-impossible@A!", "written with xn--"},
		{"letters beyond ASCII that were asked for", plain(), "münchen.lab", "",
			(&chat{}).hears("A", "dns", "xn--mnchen-3ya.lab. A", true, denied("xn--mnchen-3ya.lab. A", dns.NXDomain, "aa rd", "lab.")), "", ""},
		{"a machine asks itself, and others know", bureau("", "nameserver 127.0.0.1\n", "hosts: files dns\n"), "www.lab", "",
			(&chat{}).toItself("A", "www.lab. A").itself("dns", "www.lab. A", reply("www.lab. A", dns.NoError, "aa", "www.lab. A 10.0.0.4")),
			"wrong-nameserver@A!", "asks the nameserver 127.0.0.1, which is A, and no name server"},
		{"a machine asks itself, and nobody knows", bureau("", "nameserver 127.0.0.1\n", "hosts: files dns\n"), "www.lab", "", (&chat{}).toItself("A", "www.lab. A"),
			"service-not-listening@A!", "A asks itself, at 127.0.0.1, and no name server listens there"},
		{"the unspecified address is the machine itself", bureau("", "nameserver 0.0.0.0\n", "hosts: files dns\n"), "www.lab", "", (&chat{}).toItself("A", "www.lab. A").toItself("A", "www.lab. A"),
			"service-not-listening@A!", "A asks itself, at 127.0.0.1, and no name server listens there"},
		{"a machine asks its own server, which is silent", serving(bureau("", "nameserver 127.0.0.1\n", "hosts: files dns\n")), "www.lab", "", (&chat{}).toItself("A", "www.lab. A").toItself("A", "www.lab. A"),
			"@A", "the name server in A listens, and does not answer in time"},
		{"no nameserver, and the own server is silent", serving(bureau("", "", "hosts: files dns\n")), "www.lab", "", (&chat{}).toItself("A", "www.lab. A"),
			"@A", "the name server in A listens, and does not answer in time"},
		{"no nameserver, and the own server says no", serving(bureau("", "", "hosts: files dns\n")), "www.lab", "",
			(&chat{}).toItself("A", "www.lab. A").answers("A", denied("www.lab. A", dns.NXDomain, "aa rd", "lab.")), "record-missing@A!", "there is no name www.lab"},
		{"the first server is the machine itself, which refuses at once", bureau("", "nameserver 127.0.0.1\nnameserver 10.0.0.2\n", "hosts: files dns\n"), "www.lab", "10.0.0.4",
			(&chat{}).toItself("A", "www.lab. A").hears("A", "dns", "www.lab. A", true, reply("www.lab. A", dns.NoError, "aa rd", "www.lab. A 10.0.0.4")), "", ""},
		{"a machine asks its own server, which asks itself", serving(bureau("", "nameserver 127.0.0.1\noptions attempts:1\n", "hosts: files dns\n")), "www.lab", "", (&chat{}).toItself("A", "www.lab. A").toItself("A", "www.lab. A"),
			"forward-loop@A!", "forwards the question for www.lab to 127.0.0.1, from where it came"},
		{"no attempts", bureau("", "nameserver 10.0.0.2\noptions attempts:0\n", "hosts: files dns\n"), "www.lab", "", &chat{}, "resolv-conf-mistake@A!", "allows no attempts"},
		{"a file that glibc gives up", bureau("10.0.0.4 www\n", "nameserver 10.0.0.2\n", "hosts: files [NOTFOUND=retrun] dns\n"), "www", "", &chat{},
			"nsswitch-mistake@A!", "no name is found at all"},
		{"nobody in the lab serves", unserving, "www", "", &chat{}, "hosts-line-missing@A!", "does not name dns, so no name server is asked"},
		{"a server is not asked that may know it", bureau("", "", "hosts: files\n"), "www", "", &chat{}, "nsswitch-no-dns@A", "does not name dns, so no name server is asked"},
		{"a server is not asked that does not know it", bureau("", "", "hosts: files\n"), "www", "", (&chat{}).itself("dns", "www. A", denied("www. A", dns.NXDomain, "aa", ".")),
			"hosts-line-missing@A!", "does not name dns, so no name server is asked"},
		{"no server is asked, because of a source that there is not", bureau("", "", "hosts: files bind\n"), "www", "", &chat{}, "nsswitch-mistake@A", "has the source “bind”, which there is not"},
		{"nobody has the address that all ask", all, "www", "", &chat{}, "wrong-nameserver@A", "A has the nameserver 10.0.0.9, and nobody in this lab has this address"},
		{"a server keeps that there is no such name", plain(), "www.lab", "",
			(&chat{}).hears("A", "dns", "www.lab. A", true, denied("www.lab. A", dns.NXDomain, "ra rd", "lab.")).
				itself("up", "www.lab. A", reply("www.lab. A", dns.NoError, "aa", "www.lab. A 10.0.0.4")),
			"stale-cache@dns!", "dns still keeps that there is no www.lab; up, which has the zone, has it by now"},
		{"two servers ask each other", plain(), "www.lab", "",
			(&chat{}).hears("A", "dns", "www.lab. A", true, nil).hears("dns", "up", "www.lab. A", true, nil).hears("up", "dns", "www.lab. A", true, nil),
			"forward-loop@up!", "up forwards the question for www.lab to 10.0.0.2, from where it came"},
		{"a server that is no resolver", plain(), "www.yahoo.com", "",
			(&chat{}).hears("A", "dns", "www.yahoo.com. A", true, func() *dns.Message {
				m := reply("www.yahoo.com. A", dns.NoError, "rd")
				m.Authority = records("com. NS a.com.")
				return m
			}()), "no-recursion@dns!", "only names the servers of com"},
		{"it fails, and nothing shows why", plain(), "www.lab", "", (&chat{}).hears("A", "dns", "www.lab. A", true, reply("www.lab. A", dns.ServFail, "rd")),
			"server-fails@dns", "SERVFAIL"},
		{"a name like the one that is meant", plain(), "wwww.lab", "",
			(&chat{}).hears("A", "dns", "wwww.lab. A", true, denied("wwww.lab. A", dns.NXDomain, "aa rd", "lab.")).
				itself("dns", "www.lab. A", reply("www.lab. A", dns.NoError, "aa", "www.lab. A 10.0.0.4")),
			"record-missing@dns!", "there is www.lab"},
		{"both the hosts file and a server have it, and both addresses are somebody's", bureau("10.0.0.4 www.lab\n", "nameserver 10.0.0.2\n", "hosts: files dns\n"), "www.lab", "10.0.0.4",
			(&chat{}).itself("dns", "www.lab. A", reply("www.lab. A", dns.NoError, "aa", "www.lab. A 10.0.0.3")), "stale-hosts-line@A", "says that www.lab is 10.0.0.4, and dns says 10.0.0.3"},
		{"what a forwarder hands on is not its own word", plain(), "www.lab", "10.0.0.99",
			(&chat{}).hears("A", "dns", "www.lab. A", true, reply("www.lab. A", dns.NoError, "aa rd", "www.lab. A 10.0.0.99")).
				hears("dns", "up", "www.lab. A", true, reply("www.lab. A", dns.NoError, "aa rd", "www.lab. A 10.0.0.99")).
				itself("up", "www.lab. A", reply("www.lab. A", dns.NoError, "aa", "www.lab. A 10.0.0.99")),
			"record-wrong@up!", "up says that www.lab is 10.0.0.99, and nobody in this lab has this address"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			trace := NameTrace{Resolved: measure.Resolved{From: "A", Name: tt.looks, Family: 4, By: "getent", Heard: tt.talk.heard}, Asked: tt.talk.asked}
			if tt.addrs != "" {
				trace.Resolved.Addrs = []netip.Addr{netip.MustParseAddr(tt.addrs)}
			}
			got := WhyName(tt.lab, trace)
			if tt.want == "" {
				if len(got) > 0 {
					t.Errorf("%+v", got)
				}
				return
			}
			if len(got) == 0 {
				t.Fatal("no cause")
			}
			is := where(got[0])
			if got[0].Sure {
				is += "!"
			}
			if is != tt.want || !strings.Contains(got[0].Text, tt.words) {
				t.Errorf("%s: %s\nwant %s: %s", is, got[0].Text, tt.want, tt.words)
			}
		})
	}
}

// getent ahostsv6 looks for nothing where nobody could go to what it finds.
func TestANameIsNotLookedForWithoutAnAddressOfItsFamily(t *testing.T) {
	lab := bureau("10.0.0.4 www\n", "nameserver 10.0.0.2\n", "hosts: files dns\n")
	trace := NameTrace{Resolved: measure.Resolved{From: "A", Name: "www", Family: 6, By: "getent"}}
	if got := WhyName(lab, trace); len(got) != 1 || where(got[0]) != "no-ipv6-address@A" || !got[0].Sure || got[0].Look != "ip -n A -6 addr show" {
		t.Errorf("%+v", got)
	}
	lab.Spaces[1].Addrs = append(lab.Spaces[1].Addrs, snapshot.Addr{Link: "eth0", Prefix: netip.MustParsePrefix("fd00::1/64"), Scope: "global"})
	if got := WhyName(lab, trace); len(got) == 0 || where(got[0]) != "hosts-other-family@A" {
		t.Errorf("with an IPv6 address: %+v", got)
	}
}

// A claim about the answer of one server has nothing to do with files.
func TestCausesOfOneAnswer(t *testing.T) {
	lab := bureau("", "", "hosts: files\n")
	lab.Spaces[1].Names = nss.Files{}
	d := measure.DNS{From: "A", Server: netip.MustParseAddrPort("10.0.0.2:53"), Question: dns.Question{Name: "www.lab", Type: "MX"}, Fate: measure.Answered,
		Answer: denied("www.lab. MX", dns.NXDomain, "aa rd", "lab.")}
	got := WhyName(lab, NameTrace{Direct: &d})
	if len(got) == 0 || got[0].Kind != RecordMissing || got[0].Space != "dns" || !got[0].Sure {
		t.Errorf("%+v", got)
	}
	d.Answer = reply("www.lab. MX", dns.NoError, "aa rd", "www.lab. MX 10 mail.lab.")
	if got := WhyName(lab, NameTrace{Direct: &d}); len(got) != 0 {
		t.Errorf("%+v", got)
	}
	d.Answer, d.Fate, d.Odd = nil, measure.Silent, []string{"it is no DNS message: the header alone takes 12 octets, and there are 5"}
	if got := WhyName(lab, NameTrace{Direct: &d}); len(got) == 0 || got[0].Kind != ServerGarbage {
		t.Errorf("%+v", got)
	}
	for _, odd := range []string{"it answers another question: x.lab. A, and not www.lab. MX", "it does not say which question it answers"} {
		d.Odd = []string{odd}
		if got := WhyName(lab, NameTrace{Direct: &d}); len(got) == 0 || got[0].Kind != ServerOtherAnswer || !got[0].Sure {
			t.Errorf("%s: %+v", odd, got)
		}
	}
}

// A file that could not be read is not one that says nothing.
func TestCausesInFilesThatAreNone(t *testing.T) {
	for _, tt := range []struct {
		name string
		file func(*nss.Files) *nss.File
		flaw nss.Flaw
		sure bool
	}{
		{"resolv.conf is a pipe", func(f *nss.Files) *nss.File { return &f.Resolv }, nss.Pipe, true},
		{"hosts is a pipe", func(f *nss.Files) *nss.File { return &f.Hosts }, nss.Pipe, true},
		{"nsswitch.conf is a pipe", func(f *nss.Files) *nss.File { return &f.Switch }, nss.Pipe, true},
		{"resolv.conf is a device", func(f *nss.Files) *nss.File { return &f.Resolv }, nss.Device, false},
		{"resolv.conf is long, and its server stands at the end", func(f *nss.Files) *nss.File { return &f.Resolv }, nss.Large, false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			lab := bureau("", "", "hosts: files dns\n")
			f := tt.file(&lab.Spaces[1].Names)
			f.Flaw = tt.flaw
			got := WhyName(lab, NameTrace{Resolved: measure.Resolved{From: "A", Name: "www.lab", Family: 4}})
			if len(got) == 0 || got[0].Kind != FileUnread || got[0].Sure != tt.sure || !strings.Contains(got[0].Text, f.Path) {
				t.Errorf("%+v", got)
			}
		})
	}
	lab := bureau("", "nameserver 10.0.0.2\n", "hosts: dns\n")
	lab.Spaces[1].Names.Hosts.Flaw = nss.Pipe
	if got := WhyName(lab, NameTrace{Resolved: measure.Resolved{From: "A", Name: "www.lab", Family: 4}}); len(got) > 0 && got[0].Kind == FileUnread {
		t.Errorf("a file that nobody reads is blamed: %+v", got)
	}
}

func TestNextQuestionsOfAName(t *testing.T) {
	lab := bureau("", "nameserver 10.0.0.2\nsearch lab\n", "hosts: files dns\n")
	asks, ways := NextName(lab, NameTrace{Resolved: measure.Resolved{From: "A", Name: "www", Family: 4, Took: 255}})
	var got []string
	for _, a := range asks {
		got = append(got, fmt.Sprint(a.From, " asks ", a.Server, " ", a.Question.Name, " ", a.Recursive))
	}
	want := strings.Join([]string{
		"A asks 10.0.0.2:53 www.lab. true", "A asks 10.0.0.2:53 www. true",
		"dns asks 127.0.0.1:53 www.lab. false", "up asks 127.0.0.1:53 www.lab. false", "dns asks 127.0.0.1:53 www. false", "up asks 127.0.0.1:53 www. false",
		"dns asks 127.0.0.1:53 netlab-asks-ff.lab. true", "up asks 127.0.0.1:53 netlab-asks-ff.lab. true",
	}, "\n")
	if strings.Join(got, "\n") != want || len(ways) != 0 {
		t.Errorf("%s\n%v\nwant\n%s", strings.Join(got, "\n"), ways, want)
	}
}

func TestWordsThatAreNear(t *testing.T) {
	for _, tt := range []struct {
		a, b string
		want bool
	}{
		{"www", "wwww", true}, {"www", "ww", true}, {"intranet", "intarnet", true}, {"mail", "mall", true}, {"WWW", "ww", true},
		{"www", "www", false}, {"www", "ftp", false}, {"a", "b", false}, {"mail", "nail1", false}, {"", "x", false},
	} {
		if near(tt.a, tt.b) != tt.want || near(tt.b, tt.a) != tt.want {
			t.Errorf("%s and %s: %v", tt.a, tt.b, !tt.want)
		}
	}
}

func TestNamesWhoseEndIsThereTwice(t *testing.T) {
	for _, tt := range []struct{ name, want string }{
		{"web.lab.lab.", "web.lab."}, {"web.a.b.a.b.", "web.a.b."}, {"web.lab.", ""}, {"lab.lab.", ""}, {".", ""},
	} {
		if got, _ := doubled(tt.name); got != tt.want {
			t.Errorf("%s: %q, want %q", tt.name, got, tt.want)
		}
	}
}

func TestCausesOfANameComeFirstWhereTheyAreSure(t *testing.T) {
	c := func(text string, sure bool) Cause {
		return Cause{Finding: Finding{Text: text}, Kind: Kind(text), Sure: sure}
	}
	down := c("down", true)
	down.Space = "A"
	got := Joined([]Cause{c("stale", true), c("perhaps", false)}, []Cause{down})
	if len(got) != 3 || got[0].Text != "stale" || got[1].Text != "down" || got[2].Text != "perhaps" {
		t.Errorf("%+v", got)
	}
	if got := Joined([]Cause{c("stale", true)}, []Cause{c("nobody has it", true)}); len(got) != 1 {
		t.Errorf("%+v", got)
	}
	if got := Joined(nil, []Cause{c("nobody has it", true)}); len(got) != 1 {
		t.Errorf("%+v", got)
	}
}
