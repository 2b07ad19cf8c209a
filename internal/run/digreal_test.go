package run

import (
	"context"
	"errors"
	"fmt"
	"net/netip"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	lib "github.com/miekg/dns"

	"github.com/google/go-cmp/cmp"

	"netlab/internal/dns"
	"netlab/internal/measure"
	"netlab/internal/netlabtest"
	"netlab/internal/netns"
	"netlab/internal/probe"
)

// stageCoreDNS is the name under which this test is CoreDNS.
const stageCoreDNS = "coredns"

// startCoreDNS starts the real one in the namespace, and waits until it answers.
func (s *digSpace) startCoreDNS(server, corefile string) {
	s.t.Helper()
	path := filepath.Join(s.t.TempDir(), "Corefile")
	if err := os.WriteFile(path, []byte(corefile), 0o644); err != nil {
		s.t.Fatal(err)
	}
	cmd := exec.Command("/proc/self/exe")
	cmd.Args = []string{stageCoreDNS, "-conf", path}
	var said strings.Builder
	cmd.Stdout, cmd.Stderr = &said, &said
	if err := netns.Start(s.name, cmd); err != nil {
		s.t.Fatal(err)
	}
	s.t.Cleanup(func() {
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
	})
	ctx, cancel := context.WithTimeout(soon(s.t), 30*time.Second)
	defer cancel()
	for {
		got, err := probe.DNS(ctx, probe.DNSRequest{From: s.name, Server: netip.AddrPortFrom(netip.MustParseAddr(server), 53), Query: dns.Ask("lab", "SOA"), Timeout: 50 * time.Millisecond})
		if err != nil {
			s.t.Fatalf("CoreDNS does not answer: %v\n%s", err, said.String())
		}
		if got.Fate == measure.Answered {
			return
		}
	}
}

// realDig asks as the real dig does.
func (s *digSpace) realDig(line string) digSaid {
	s.t.Helper()
	ctx, cancel := context.WithTimeout(soon(s.t), time.Minute)
	defer cancel()
	cmd := exec.CommandContext(ctx, "ip", append([]string{"netns", "exec", s.name, "dig", "-r"}, strings.Fields(line)...)...)
	cmd.Env = append(os.Environ(), "TZ=", "HOME=/nowhere")
	var out, errs strings.Builder
	cmd.Stdout, cmd.Stderr = &out, &errs
	err := cmd.Run()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		s.t.Fatal(err)
	}
	return digSaid{strings.ReplaceAll(normalDig(out.String()), "<<>> -r ", "<<>> "), normalDig(errs.String()), cmd.ProcessState.ExitCode()}
}

// sameAsReal compares what both dig say to the same questions.
func (s *digSpace) sameAsReal(t *testing.T, lines []string) {
	t.Helper()
	for _, line := range lines {
		t.Run(line, func(t *testing.T) {
			want, got := s.realDig(line), s.dig(line)
			if d := cmp.Diff(want, got); d != "" {
				t.Errorf("(-real +ours):\n%s", d)
			}
		})
	}
}

// needsDig: other versions say other things.
func needsDig(t *testing.T) {
	t.Helper()
	const version = "DiG 9.18"
	said, err := exec.Command("dig", "-v").CombinedOutput()
	netlabtest.Require(t, err == nil && strings.Contains(string(said), version), "dig (bind9-dnsutils), "+version)
}

const labZone = `$ORIGIN lab.
@        3600 IN SOA ns host\.master 2026010101 7200 3600 1209600 300
@        3600 IN NS  ns
@        3600 IN MX  10 mail
@        3600 IN MX  20 mail2.other.test.
@        300  IN TXT "v=spf1 -all" "two \"strings\""
ns       3600 IN A   127.0.0.2
mail     3600 IN A   192.0.2.25
web      60   IN A   192.0.2.1
web      60   IN AAAA 2001:db8::1
www      60   IN CNAME web
deep     60   IN CNAME www
outside  60   IN CNAME web.other.test.
nowhere  60   IN CNAME nothing
four     60   IN A   192.0.2.4
_sip._udp 60  IN SRV 10 20 5060 mail
_sip._udp 60  IN SRV 20 20 5060 web
sub      3600 IN NS  ns.sub
sub      3600 IN DS  60485 8 2 2BB183AF5F22588179A53B0A98631FAD1A2921182BB183AF5F22588179A53B0A
ns.sub   3600 IN A   127.0.0.9
ca       60   IN CAA 0 issue "ca.test"
point    60   IN NAPTR 100 10 "u" "E2U+sip" "!^.*$!sip:a@b.lab!" .
*.wild   60   IN TXT "any"
`

// TestDigSaysWhatTheRealDigSays puts the same questions to the same CoreDNS,
// by the real dig and by netlab's own.
func TestDigSaysWhatTheRealDigSays(t *testing.T) {
	needsDig(t)
	s := newDigSpace(t, "nameserver 127.0.0.2\nsearch lab sub.lab\n")
	dir := t.TempDir()
	large := ""
	for i := range 40 {
		large += fmt.Sprintf("large 60 IN TXT \"%02d %s\"\n", i, strings.Repeat("x", 60))
	}
	zones := map[string]string{
		"lab":                  labZone + large,
		"2.0.192.in-addr.arpa": "$ORIGIN 2.0.192.in-addr.arpa.\n@ 3600 IN SOA ns.lab. host.lab. 1 2 3 4 60\n@ IN NS ns.lab.\n1 60 IN PTR web.lab.\n",
		"8.b.d.0.1.0.0.2.ip6.arpa": "$ORIGIN 8.b.d.0.1.0.0.2.ip6.arpa.\n@ 3600 IN SOA ns.lab. host.lab. 1 2 3 4 60\n@ IN NS ns.lab.\n" +
			"1.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0 60 IN PTR web.lab.\n",
	}
	corefile := ""
	for zone, text := range zones {
		file := filepath.Join(dir, zone)
		if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
		corefile += fmt.Sprintf("%s {\n  file %s\n}\n", zone, file)
	}
	s.startCoreDNS("127.0.0.2", corefile)
	s.sameAsReal(t, []string{
		"web.lab", "web.lab A", "web.lab AAAA", "www.lab", "www.lab AAAA", "www.lab CNAME", "deep.lab", "outside.lab", "nowhere.lab",
		"lab MX", "lab TXT", "lab NS", "lab SOA", "_sip._udp.lab SRV", "ca.lab CAA", "point.lab NAPTR", "any.wild.lab TXT",
		"-x 192.0.2.1", "-x 192.0.2.9", "-x 2001:db8::1", "-x 2001:db8::2",
		"nothing.lab", "four.lab AAAA", "lab TYPE65280", "web.other.test", "sub.lab NS", "x.sub.lab", "sub.lab DS",
		"lab ANY", "web.lab ANY", "web.lab ANY +notcp", "web.lab CH TXT",
		"large.lab TXT", "large.lab TXT +ignore", "large.lab TXT +tcp", "large.lab TXT +noedns", "large.lab TXT +bufsize=4096",
		"web.lab +noedns", "web.lab +bufsize=512", "web.lab +edns=1", "web.lab +dnssec", "web.lab +nocookie", "web.lab +nsid", "web.lab +norecurse",
		"web.lab +noadflag +cdflag", "web.lab +tcp", "web.lab +qr", "web.lab +qr +noedns +nostats", "web.lab +qr +dnssec +nsid",
		"web.lab +short", "www.lab +short", "lab MX +short", "nothing.lab +short", "lab MX +short +identify", "sub.lab DS +short +norec",
		"web.lab +noall +answer", "web.lab +noall +answer +stats", "web.lab +noall +comments", "web.lab +noall +question", "web.lab +nocomments", "web.lab +nocmd",
		"lab SOA +ttlunits", "lab MX +nottlid", "lab MX +noclass", "lab MX +nottlid +noclass", "sub.lab DS +nosplit", "sub.lab DS +split=8",
		"lab mx ns.lab +short", "web.lab @127.0.0.2", "@ns.lab web.lab", "-p 53 -4 web.lab", "-t mx lab", "mx lab", "-q lab -t mx -c in",
		"-b 127.0.0.3 web.lab", "web.lab -p 54 +tries=1", "web.lab -p 54 +tcp +tries=1", "web.lab @192.0.2.1 +tries=1", "-p 54 web.lab +retry=1",
		"+search web", "+search nothing", "+search +short -q mail", "+search +ndots=3 web.lab", "+domain=lab -q mail", "+showsearch +nocmd web",
		"WEB.lab", "web.lab.", `w\101b.lab`, "-u web.lab", "web.lab nothing.lab", "-4r web.lab +short", ".", "mx", "+noall +answer lab soa lab ns",
		"-x ::ffff:192.0.2.1", "-x ::192.0.2.1", "web.lab % mail.lab", "%x web.lab", "+dnssec +noedns web.lab", "+bufsize=512 +noedns web.lab", "+edns=1 +noedns web.lab", "+noedns +nsid web.lab",
		"+nocmd web.lab +cmd", "+noall web.lab +all", "web.lab +noall +answer mail.lab +all", "+search +ndots=99 web", "@0.0.0.0 -p 54 web.lab +tries=1", "@:: -p 54 web.lab +tries=1",
	})
}

// TestAWalkFromTheRootLikeTheRealDig does so with +trace, on an Internet of
// four servers.
func TestAWalkFromTheRootLikeTheRealDig(t *testing.T) {
	needsDig(t)
	s := internet(t)
	s.file("resolv.conf", "nameserver 127.0.0.5\n")
	s.sameAsReal(t, []string{
		"+trace mail.yahoo.com", "+trace www.yahoo.com", "+trace www.yahoo.com AAAA", "+trace nothing.yahoo.com", "+trace nothing.com", "+trace nothing", "+trace +nodnssec mail.yahoo.com",
		"+trace +tcp mail.yahoo.com", "+trace +additional mail.yahoo.com", "+trace +all mail.yahoo.com", "+trace +short mail.yahoo.com", "+trace +noauthority +question mail.yahoo.com",
		"@127.0.0.2 +trace mail.yahoo.com", "@127.0.0.6 +trace mail.yahoo.com", "+trace x.dead +tries=1", "@127.0.0.7 +trace x.com +time=1 +tries=1",
	})
}

// TestStrangeDataLikeTheRealDig compares records that CoreDNS has no zone for.
func TestStrangeDataLikeTheRealDig(t *testing.T) {
	needsDig(t)
	s := newDigSpace(t, "nameserver 127.0.0.2\n")
	z := newDigZone(t, ".", `
v6.lab. 60 IN AAAA ::ffff:1.2.3.4
v6.lab. 60 IN AAAA ::1.2.3.4
v6.lab. 60 IN AAAA ::
v6.lab. 60 IN AAAA 1:0:0:2:0:0:0:3
v6.lab. 60 IN AAAA 1:0:2:3:4:5:6:7
dn.lab. 60 IN DNAME other.lab.
txt.lab. 60 IN TXT "ctl\001\200 ; $ @ (x)" "back\\slash"
spf.lab. 60 IN SPF "v=spf1"
hinfo.lab. 60 IN HINFO "PC" "Li nux"
tlsa.lab. 60 IN TLSA 3 1 1 0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef
sshfp.lab. 60 IN SSHFP 1 1 0123456789abcdef0123456789abcdef01234567
key.lab. 60 IN DNSKEY 257 3 8 AwEAAcMnWBKLuvG/LwnPVykcmpvnntwxfshHlHRhlY0F3oz8AMcuF8gwd20gjASJkZmxwYkVbwYrW3ocKAbnVKJf0fl8Y8y0wZ2YZsj8J0aJ
sig.lab. 60 IN RRSIG A 8 2 3600 20260101000000 20251201000000 12345 lab. AwEAAcMnWBKLuvG/LwnPVykcmpvnntwxfshHlHRhlY0F3oz8AMcuF8gwd20gjASJkZmxwYkVbwYrW3ocKAbn
nsec.lab. 60 IN NSEC b.lab. A AAAA RRSIG NSEC TYPE1234
2t7b4g4vsa5smi47k61mv5bv1a22bojr.lab. 60 IN NSEC3 1 1 12 AABBCCDD 2T7B4G4VSA5SMI47K61MV5BV1A22BOJR MX RRSIG
nsec3param.lab. 60 IN NSEC3PARAM 1 0 12 aabbccdd
rp.lab. 60 IN RP a.lab. b.lab.
afsdb.lab. 60 IN AFSDB 1 a.lab.
uri.lab. 60 IN URI 10 1 "ftp://a.lab/x"
cert.lab. 60 IN CERT PKIX 1 RSASHA256 AwEAAcMnWBKLuvG/LwnPVykcmpvnntwxfshHlHRhlY0F3oz8AMcuF8gwd20gjASJkZmxwYkVbwYrW3ocKAbn
pgp.lab. 60 IN OPENPGPKEY AwEAAcMnWBKLuvG/LwnPVykcmpvnntwxfshHlHRhlY0F3oz8AMcuF8gwd20gjASJkZmxwYkVbwYrW3ocKAbn
cds.lab. 60 IN CDS 0 0 0 00
zonemd.lab. 60 IN ZONEMD 2018031500 1 1 FEBE3D4CE2EC2FFA4BA99D46CD69D6D29711E55217057BEE7EB1A7B641A47BA7FED2DD5B97AE499FAFA4F22C6BD647DE
csync.lab. 60 IN CSYNC 66 3 A NS AAAA
svcb.lab. 60 IN SVCB 1 foo.lab. alpn="h2,h3" port=8443 ipv4hint=1.2.3.4 ipv6hint=2001:db8::1 key65000="x y"
https.lab. 60 IN HTTPS 1 . mandatory=alpn alpn=h2 no-default-alpn ech="AAAA"
unknown.lab. 60 IN TYPE65280 \# 4 0A000001
empty.lab. 60 IN TYPE65280 \# 0
long.lab. 60 IN TYPE65280 \# 70 00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff001122334455
w\@e\.ird\$x\"y\;z\(\)'q.lab. 60 IN A 1.1.1.1
blank\032and\001\200.lab. 60 IN A 1.1.1.1
UPPER.lab. 60 IN A 1.1.1.1
a-name-that-goes-beyond-the-next-column-and-more.lab. 86400 IN A 1.1.1.1
`)
	s.serve("127.0.0.2", z.answer)
	s.serve("127.0.0.3", func(q, m *lib.Msg) {
		m.Extra = nil
		m.SetEdns0(4096, true)
		m.IsEdns0().Option = []lib.EDNS0{
			&lib.EDNS0_NSID{Code: 3, Nsid: "6162630a"}, &lib.EDNS0_EDE{InfoCode: 15, ExtraText: "block\x01ed \"x\""}, &lib.EDNS0_EDE{InfoCode: 4900},
			&lib.EDNS0_SUBNET{Code: 8, Family: 1, SourceNetmask: 24, SourceScope: 8, Address: []byte{192, 0, 2, 0}}, &lib.EDNS0_EXPIRE{Code: 9, Expire: 100000},
			&lib.EDNS0_TCP_KEEPALIVE{Code: 11, Timeout: 205}, &lib.EDNS0_PADDING{Padding: []byte{0, 0, 0, 0}}, &lib.EDNS0_LOCAL{Code: 65001, Data: []byte("hi")},
			&lib.EDNS0_LLQ{Code: 1, Version: 1, Opcode: 1, Id: 77, LeaseLife: 7}, &lib.EDNS0_LOCAL{Code: 16, Data: []byte("hi")},
		}
		if o := q.IsEdns0(); o != nil {
			for _, c := range o.Option {
				if c, ok := c.(*lib.EDNS0_COOKIE); ok {
					c.Cookie += "aabbccddeeff0011"
					m.IsEdns0().Option = append(m.IsEdns0().Option, c)
				}
			}
		}
	})
	for server, code := range map[string]int{"127.0.0.4": lib.RcodeFormatError, "127.0.0.5": lib.RcodeRefused, "127.0.0.6": 13, "127.0.0.7": lib.RcodeServerFailure, "127.0.0.8": lib.RcodeNotImplemented} {
		s.serve(server, func(_, m *lib.Msg) { m.Rcode, m.Extra, m.RecursionAvailable = code, nil, true })
	}
	lines := []string{
		"@127.0.0.3 web.lab", "@127.0.0.3 web.lab +nocookie", "@127.0.0.4 web.lab", "@127.0.0.4 web.lab +noedns", "@127.0.0.5 web.lab", "@127.0.0.6 web.lab", "@127.0.0.7 web.lab", "@127.0.0.8 web.lab",
		"@127.0.0.7 +nofail web.lab", "upper.lab", "v6.lab AAAA +short", "key.lab DNSKEY +short", "long.lab TYPE65280 +short +nosplit",
	}
	for _, rr := range z.records {
		lines = append(lines, fmt.Sprintf("-q %s -t %s", rr.Header().Name, lib.Type(rr.Header().Rrtype)))
	}
	s.sameAsReal(t, lines)
}
