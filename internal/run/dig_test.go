package run

import (
	"context"
	"errors"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	lib "github.com/miekg/dns"

	"netlab/internal/control"
	"netlab/internal/dns"
	"netlab/internal/kernel"
	"netlab/internal/probe"
)

// internet is a root, two zones below it, a resolver that knows the names of
// the servers, and one that knows nothing.
func internet(t *testing.T) *digSpace {
	s := newDigSpace(t, "nameserver 127.0.0.5\nsearch lab sub.lab\n")
	root := newDigZone(t, ".", `
.            518400 IN NS a.root.
a.root.      518400 IN A 127.0.0.2
com.         172800 IN NS ns.com.
ns.com.      172800 IN A 127.0.0.3
lame.        60 IN NS ns.lame.
ns.lame.     60 IN A 127.0.0.4
glue.        60 IN NS ns.glue.
ns.glue.     60 IN A 127.0.0.4
noaddress.   60 IN NS ns.noaddress.
dead.        60 IN NS ns.dead.
ns.dead.     60 IN A 127.0.0.9`)
	com := newDigZone(t, "com.", `
com.           172800 IN NS ns.com.
yahoo.com.     172800 IN NS ns.yahoo.com.
ns.yahoo.com.  3600 IN A 127.0.0.4
loop.com.      60 IN NS ns.com.
up.com.        60 IN NS ns.com.`)
	yahoo := newDigZone(t, "yahoo.com.", `
mail.yahoo.com. 60 IN A 192.0.2.1
www.yahoo.com.  60 IN CNAME mail.yahoo.com.`)
	resolver := newDigZone(t, ".", `
.             518400 IN NS a.root.
a.root.       60 IN A 127.0.0.2
ns.com.       60 IN A 127.0.0.3
ns.yahoo.com. 60 IN A 127.0.0.4
ns.lame.      60 IN A 127.0.0.4
ns.dead.      60 IN A 127.0.0.9
www.lab.      60 IN A 192.0.2.7
host.sub.lab. 60 IN A 192.0.2.8
half.lab.     60 IN AAAA 2001:db8::1
six.lab.      60 IN AAAA ::1
dotted.name.  60 IN A 192.0.2.9
inner.name.sub.lab. 60 IN A 192.0.2.10`)
	resolver.resolve = true
	empty := newDigZone(t, ".", "")
	empty.resolve = true
	s.serve("127.0.0.2", root.answer)
	s.serve("127.0.0.3", func(q, m *lib.Msg) {
		if com.answer(q, m); strings.HasSuffix(q.Question[0].Name, "up.com.") {
			m.Ns[0].Header().Name = "." // upwards
		}
	})
	s.serve("127.0.0.4", func(q, m *lib.Msg) {
		if yahoo.answer(q, m); strings.HasSuffix(q.Question[0].Name, "lame.") {
			m.Rcode, m.Ns, m.Authoritative = lib.RcodeRefused, nil, false
		}
	})
	s.serve("127.0.0.5", resolver.answer)
	s.serve("127.0.0.6", empty.answer)
	s.serve("127.0.0.8", func(_, m *lib.Msg) { m.Rcode = lib.RcodeServerFailure })
	s.silent("127.0.0.7")
	return s
}

func TestWhichServersAndNamesDigTries(t *testing.T) {
	s := internet(t)
	const silence = ";; communications error to 127.0.0.7#53: timed out\n"
	const refusal = ";; communications error to 127.0.0.9#53: connection refused\n"
	lost := func(text, line string) string {
		return text + "\n; <<>> dig <<>> " + line + "\n;; global options: +cmd\n;; no servers could be reached\n"
	}
	tests := []struct {
		name, resolv, hosts string
		line                string
		want                digSaid
		asked               []string
	}{
		{name: "the first server answers", resolv: "nameserver 127.0.0.5\nnameserver 127.0.0.6\n", line: "+short www.lab",
			want: digSaid{Out: "192.0.2.7\n"}, asked: []string{"127.0.0.5 www.lab. A"}},
		{name: "the first server is silent", resolv: "nameserver 127.0.0.7\nnameserver 127.0.0.5\n", line: "+short +time=1 +tries=2 www.lab",
			want: digSaid{Out: silence + silence + "192.0.2.7\n"}, asked: []string{"127.0.0.5 www.lab. A"}},
		{name: "nobody listens at the first", resolv: "nameserver 127.0.0.9\nnameserver 127.0.0.5\n", line: "+short www.lab",
			want: digSaid{Out: refusal + refusal + refusal + "192.0.2.7\n"}, asked: []string{"127.0.0.5 www.lab. A"}},
		{name: "that there is no name is an answer", resolv: "nameserver 127.0.0.6\nnameserver 127.0.0.5\n", line: "+short www.lab",
			asked: []string{"127.0.0.6 www.lab. A"}},
		{name: "a fourth server does not count", resolv: "nameserver 127.0.0.9\nnameserver 127.0.0.9\nnameserver 127.0.0.9\nnameserver 127.0.0.5\n", line: "+tries=1 www.lab",
			want: digSaid{Out: lost(refusal+refusal+refusal, "+tries=1 www.lab"), Exit: DigNoReply}},
		{name: "no server answers", resolv: "nameserver 127.0.0.7\n", line: "+time=1 +tries=1 www.lab",
			want: digSaid{Out: lost(silence, "+time=1 +tries=1 www.lab"), Exit: DigNoReply}},
		{name: "there is no server", line: "+short +tries=1 www.lab", resolv: "# nothing\nnameserver nonsense\n",
			want: digSaid{
				Out:  ";; communications error to ::1#53: connection refused\n;; communications error to 127.0.0.1#53: connection refused\n;; no servers could be reached\n",
				Err:  "; netlab: /etc/netns/digs/resolv.conf names no name server to ask: dig asks this machine itself, ::1, then 127.0.0.1\n",
				Exit: DigNoReply,
			}},
		{name: "there is no IPv4 server", line: "-4 +short +tries=1 www.lab", resolv: "nameserver fd00::1\n",
			want: digSaid{
				Out:  ";; communications error to 127.0.0.1#53: connection refused\n;; no servers could be reached\n",
				Err:  "; netlab: /etc/netns/digs/resolv.conf names no name server to ask: dig asks this machine itself, 127.0.0.1\n",
				Exit: DigNoReply,
			}},
		{name: "a server of the other family", line: "-6 @127.0.0.5 www.lab", want: digSaid{Out: ";; Skipping mapped address '::ffff:127.0.0.5'\n;; No acceptable nameservers\n", Exit: DigUsage}},
		{name: "a server of the other family, by IPv4", line: "-4 @::1 www.lab", want: digSaid{Err: "dig: couldn't get address for '::1': address family not supported\n", Exit: DigUsage}},
		{name: "no way to the server", line: "@192.0.2.1 +tries=2 www.lab", want: digSaid{
			Out:  strings.Repeat(";; UDP setup with 192.0.2.1#53(192.0.2.1) for www.lab failed: network unreachable.\n;; no servers could be reached\n", 2),
			Exit: DigNoReply,
		}},
		{name: "no connection to the server", line: "@127.0.0.9 +tcp +tries=1 www.lab", want: digSaid{
			Out:  ";; Connection to 127.0.0.9#53(127.0.0.9) for www.lab failed: connection refused.\n;; no servers could be reached\n",
			Exit: DigNoReply,
		}},
		{name: "no search list is used", resolv: "nameserver 127.0.0.5\nsearch lab\n", line: "+short www", asked: []string{"127.0.0.5 www. A"}},
		{name: "the search list", resolv: "nameserver 127.0.0.5\nsearch lab sub.lab\n", line: "+short +search host", want: digSaid{Out: "192.0.2.8\n"},
			asked: []string{"127.0.0.5 host.lab. A", "127.0.0.5 host.sub.lab. A"}},
		{name: "the search list to its end", resolv: "nameserver 127.0.0.5\nsearch lab sub.lab\n", line: "+short +search nowhere",
			asked: []string{"127.0.0.5 nowhere.lab. A", "127.0.0.5 nowhere.sub.lab. A", "127.0.0.5 nowhere. A"}},
		{name: "a name without this type ends the search", resolv: "nameserver 127.0.0.5\nsearch lab sub.lab\n", line: "+short +search half",
			asked: []string{"127.0.0.5 half.lab. A"}},
		{name: "the last search line counts", resolv: "nameserver 127.0.0.5\nsearch lab\ndomain sub.lab\n", line: "+short +search host",
			want: digSaid{Out: "192.0.2.8\n"}, asked: []string{"127.0.0.5 host.sub.lab. A"}},
		{name: "a search list of the command line", resolv: "nameserver 127.0.0.5\nsearch lab\n", line: "+short +domain=sub.lab host",
			want: digSaid{Out: "192.0.2.8\n"}, asked: []string{"127.0.0.5 host.sub.lab. A"}},
		{name: "a name with a dot is not searched for", resolv: "nameserver 127.0.0.5\nsearch lab\n", line: "+short +search dotted.name",
			want: digSaid{Out: "192.0.2.9\n"}, asked: []string{"127.0.0.5 dotted.name. A"}},
		{name: "ndots", resolv: "nameserver 127.0.0.5\nsearch sub.lab\noptions ndots:2 timeout:1\n", line: "+short +search inner.name",
			want: digSaid{Out: "192.0.2.10\n"}, asked: []string{"127.0.0.5 inner.name.sub.lab. A"}},
		{name: "ndots of the command line", resolv: "nameserver 127.0.0.5\nsearch sub.lab\noptions ndots:5\n", line: "+short +search +ndots=1 dotted.name",
			want: digSaid{Out: "192.0.2.9\n"}, asked: []string{"127.0.0.5 dotted.name. A"}},
		{name: "an absolute name is not searched for", resolv: "nameserver 127.0.0.5\nsearch lab\n", line: "+short +search www.", asked: []string{"127.0.0.5 www. A"}},
		{name: "a search list that makes a name too long", resolv: "nameserver 127.0.0.5\nsearch " + strings.Repeat("a.", 127) + "\n", line: "+short +search www",
			asked: []string{"127.0.0.5 www. A"}},
		{name: "a server that fails ends it", resolv: "nameserver 127.0.0.8\nnameserver 127.0.0.5\n", line: "+short www.lab", asked: []string{"127.0.0.8 www.lab. A"}},
		{name: "a server that fails does not end it", resolv: "nameserver 127.0.0.8\nnameserver 127.0.0.5\n", line: "+short +nofail www.lab",
			want: digSaid{Out: ";; Got SERVFAIL reply from 127.0.0.8, trying next server\n192.0.2.7\n"}, asked: []string{"127.0.0.8 www.lab. A", "127.0.0.5 www.lab. A"}},
		{name: "all servers fail", resolv: "nameserver 127.0.0.8\n", line: "+short +nofail www.lab",
			want: digSaid{Out: ";; Got SERVFAIL reply from 127.0.0.8\n"}, asked: []string{"127.0.0.8 www.lab. A"}},
		{name: "a server by its name in hosts", hosts: "127.0.0.5 server # the resolver\n", line: "+short @SERVER www.lab", want: digSaid{Out: "192.0.2.7\n"},
			asked: []string{"127.0.0.5 www.lab. A"}},
		{name: "a server by its name in DNS", resolv: "nameserver 127.0.0.5\n", line: "+noall +stats @ns.com. com.",
			want: digSaid{Out: ";; Query time: N\n;; SERVER: 127.0.0.3#53(ns.com.) (UDP)\n;; WHEN: now\n;; MSG SIZE  rcvd: 85\n\n"}, asked: []string{"127.0.0.5 ns.com. A", "127.0.0.3 com. A"}},
		{name: "a server by its IPv6 name", resolv: "nameserver 127.0.0.5\nsearch lab\n", line: "+short +tries=1 @six www.lab",
			want:  digSaid{Out: ";; communications error to ::1#53: connection refused\n;; no servers could be reached\n", Exit: DigNoReply},
			asked: []string{"127.0.0.5 six.lab. A", "127.0.0.5 six. A", "127.0.0.5 six.lab. AAAA"}},
		{name: "a server whose name nobody knows", resolv: "nameserver 127.0.0.5\n", line: "+short @nobody. www.lab",
			want: digSaid{Err: "dig: couldn't get address for 'nobody.': not found\n", Exit: DigUsage}, asked: []string{"127.0.0.5 nobody. A", "127.0.0.5 nobody. AAAA", "127.0.0.5 nobody. A"}},
		{name: "one name of several fails", resolv: "nameserver 127.0.0.5\n", line: "+short www.lab dotted.name @127.0.0.9 +tries=1",
			want:  digSaid{Out: "192.0.2.7\n" + refusal + ";; no servers could be reached\n", Exit: DigNoReply},
			asked: []string{"127.0.0.5 www.lab. A"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			s.file("resolv.conf", tt.resolv)
			s.file("hosts", tt.hosts)
			s.questions()
			got := s.dig(tt.line)
			if d := cmp.Diff(tt.want, got); d != "" {
				t.Errorf("(-want +got):\n%s", d)
			}
			if d := cmp.Diff(tt.asked, s.questions()); d != "" {
				t.Errorf("questions (-want +got):\n%s", d)
			}
		})
	}
}

func TestAWalkFromTheRoot(t *testing.T) {
	s := internet(t)
	const (
		head   = "\n; <<>> dig <<>> +trace NAME\n;; global options: +cmd\n"
		root   = ".\t\t\t518400\tIN\tNS\ta.root.\n;; Received 47 bytes from 127.0.0.5#53(127.0.0.5) in N ms\n\n"
		com    = "com.\t\t\t172800\tIN\tNS\tns.com.\n;; Received SIZE bytes from 127.0.0.2#53(a.root) in N ms\n\n"
		noGlue = "; netlab: the resolver does not find the address of ns.glue: taken is the one that came with the referral (glue), which the real dig does not do\n"
	)
	tests := []struct {
		name string
		want digSaid
	}{
		{"mail.yahoo.com", digSaid{Out: head + root + com +
			"yahoo.com.\t\t172800\tIN\tNS\tns.yahoo.com.\n;; Received SIZE bytes from 127.0.0.3#53(ns.com) in N ms\n\n" +
			"mail.yahoo.com.\t\t60\tIN\tA\t192.0.2.1\n;; Received SIZE bytes from 127.0.0.4#53(ns.yahoo.com) in N ms\n\n"}},
		{"nothing.com", digSaid{Out: head + root + com + "com.\t\t\t60\tIN\tSOA\tns.lab. host.lab. 1 2 3 4 60\n;; Received SIZE bytes from 127.0.0.3#53(ns.com) in N ms\n\n"}},
		{"x.glue", digSaid{Out: head + root +
			"glue.\t\t\t60\tIN\tNS\tns.glue.\n;; Received SIZE bytes from 127.0.0.2#53(a.root) in N ms\n\n" +
			"yahoo.com.\t\t60\tIN\tSOA\tns.lab. host.lab. 1 2 3 4 60\n;; Received SIZE bytes from 127.0.0.4#53(ns.glue) in N ms\n\n", Err: noGlue}},
		{"x.lame", digSaid{Out: head + root + "lame.\t\t\t60\tIN\tNS\tns.lame.\n;; Received SIZE bytes from 127.0.0.2#53(a.root) in N ms\n\n;; Received SIZE bytes from 127.0.0.4#53(ns.lame) in N ms\n\n",
			Err: "; netlab: the server does not want to answer: the zone is not its own, or it does not serve whoever asks (REFUSED)\n"}},
		{"x.noaddress", digSaid{Out: head + root + "noaddress.\t\t60\tIN\tNS\tns.noaddress.\n;; Received SIZE bytes from 127.0.0.2#53(a.root) in N ms\n\n",
			Err: "couldn't get address for 'ns.noaddress': not found\ndig: couldn't get address for 'ns.noaddress': no more\n", Exit: DigNoReply}},
		{"x.dead", digSaid{Out: head + root + "dead.\t\t\t60\tIN\tNS\tns.dead.\n;; Received SIZE bytes from 127.0.0.2#53(a.root) in N ms\n\n" +
			strings.Repeat(";; communications error to 127.0.0.9#53: connection refused\n", 3) + ";; no servers could be reached\n", Exit: DigNoReply}},
		{"x.up.com", digSaid{Out: head + root + com + ".\t\t\t60\tIN\tNS\tns.com.\n;; BAD REFERRAL\n;; Received SIZE bytes from 127.0.0.3#53(ns.com) in N ms\n\n"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got := s.dig("+trace " + tt.name)
			got.Out = strings.ReplaceAll(got.Out, "+trace "+tt.name, "+trace NAME")
			got.Out = sizes(got.Out)
			if d := cmp.Diff(tt.want, got); d != "" {
				t.Errorf("(-want +got):\n%s", d)
			}
		})
	}
	t.Run("a circle", func(t *testing.T) {
		got := s.dig("+trace x.loop.com")
		if strings.Count(got.Out, ";; BAD (HORIZONTAL) REFERRAL\n") < 10 || got.Err != "dig: too many lookups\n" || got.Exit != DigNoReply {
			t.Errorf("%+v", got)
		}
	})
	t.Run("a server that knows no root", func(t *testing.T) {
		got := s.dig("+trace @127.0.0.6 mail.yahoo.com")
		if !strings.Contains(got.Out, "SOA") || strings.Count(got.Out, "Received") != 1 || got.Exit != DigAnswered {
			t.Errorf("%+v", got)
		}
	})
	t.Run("which questions it takes", func(t *testing.T) {
		s.questions()
		s.dig("+trace mail.yahoo.com")
		want := []string{
			"127.0.0.5 . NS", "127.0.0.5 a.root. A", "127.0.0.2 mail.yahoo.com. A", "127.0.0.5 ns.com. A", "127.0.0.3 mail.yahoo.com. A", "127.0.0.5 ns.yahoo.com. A",
			"127.0.0.4 mail.yahoo.com. A",
		}
		if d := cmp.Diff(want, s.questions()); d != "" {
			t.Error(d)
		}
	})
}

// sizes makes sizes equal but that of the first answer.
func sizes(text string) string {
	lines := strings.SplitAfter(text, "\n")
	first := true
	for i, l := range lines {
		if before, after, ok := strings.Cut(l, " bytes from "); ok && strings.HasPrefix(l, ";; Received ") {
			if !first {
				lines[i] = ";; Received SIZE bytes from " + after
			}
			_ = before
			first = false
		}
	}
	return strings.Join(lines, "")
}

func TestDigFromANamespaceThatThereIsNot(t *testing.T) {
	cmd, err := dns.ParseDig([]string{"@127.0.0.1", "web.lab"})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := Dig(soon(t), Digging{From: "nobody", Command: cmd, Tell: func(control.Dug) error { return nil }}); !errors.Is(err, probe.ErrNoNamespace) {
		t.Errorf("error %v", err)
	}
}

func TestDigEndsWithWhoeverAsked(t *testing.T) {
	s := internet(t)
	for _, line := range []string{"@127.0.0.7 web.lab", "@127.0.0.7 +trace web.lab", "@nobody.lab web.lab"} {
		s.file("resolv.conf", "nameserver 127.0.0.7\n")
		cmd, err := dns.ParseDig(strings.Fields(line))
		if err != nil {
			t.Fatal(err)
		}
		ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
		began := time.Now()
		_, err = Dig(ctx, Digging{From: s.name, Files: kernel.NameFiles(s.name), Command: cmd, Tell: func(control.Dug) error { return nil }})
		cancel()
		if !errors.Is(err, context.DeadlineExceeded) || time.Since(began) > 5*time.Second {
			t.Errorf("%s: %v after %v", line, err, time.Since(began))
		}
	}
	gone := errors.New("gone")
	cmd, _ := dns.ParseDig([]string{"@127.0.0.5", "www.lab", "dotted.name"})
	if _, err := Dig(soon(t), Digging{From: s.name, Files: kernel.NameFiles(s.name), Command: cmd, Tell: func(control.Dug) error { return gone }}); !errors.Is(err, gone) {
		t.Errorf("error %v", err)
	}
}

func TestFilesOfNames(t *testing.T) {
	s := newDigSpace(t, "nameserver 127.0.0.5\n")
	own, lab := kernel.NameFiles(s.name), kernel.NameFiles("host")
	if own.Resolv.Path != "/etc/netns/digs/resolv.conf" || own.Resolv.Text != "nameserver 127.0.0.5\n" || lab != kernel.NameFiles("") || lab.Resolv.Path != "/etc/resolv.conf" {
		t.Errorf("%+v %+v", own, lab)
	}
	if err := os.Remove("/etc/netns/digs/resolv.conf"); err != nil {
		t.Fatal(err)
	}
	if got := kernel.NameFiles(s.name); got.Resolv != lab.Resolv || got.Hosts != own.Hosts {
		t.Errorf("%+v", got)
	}
	if got := kernel.NameFiles("nobody"); got != lab {
		t.Errorf("%+v", got)
	}
}
