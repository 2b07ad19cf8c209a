package dns

import (
	"errors"
	"net/netip"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

// usual is a lookup of a name as dig does it when it is told nothing else.
func usual(name string, change ...func(*Lookup)) Lookup {
	l := Lookup{
		Name: name, Type: "A", Class: "IN", Port: 53, Timeout: 5 * time.Second, Tries: 3, Recurse: true, AuthenticData: true,
		EDNS: &EDNS{UDPSize: 1232}, SendCookie: true, Ndots: -1, Style: DefaultStyle(),
	}
	for _, c := range change {
		c(&l)
	}
	return l
}

func TestTheCommandLineOfDig(t *testing.T) {
	typ := func(s string) func(*Lookup) { return func(l *Lookup) { l.Type = s } }
	quiet := func(l *Lookup) { l.Style = Style{Split: 56} }
	tests := []struct {
		in    string
		want  []Lookup
		notes []string
	}{
		{in: "", want: []Lookup{usual(".", typ("NS"))}},
		{in: "mx", want: []Lookup{usual(".", typ("NS"))}},
		{in: "web.lab", want: []Lookup{usual("web.lab")}},
		{in: "web.lab mx", want: []Lookup{usual("web.lab", typ("MX"))}},
		{in: "mx web.lab", want: []Lookup{usual("web.lab", typ("MX"))}},
		{in: "web.lab TYPE15 ch", want: []Lookup{usual("web.lab", typ("MX"), func(l *Lookup) { l.Class = "CH" })}},
		{in: "-t mx -c chaos -q mx", want: []Lookup{usual("mx", typ("MX"), func(l *Lookup) { l.Class = "CH" })}},
		{in: "web.lab -tmx -p5353 @10.0.0.1", want: []Lookup{usual("web.lab", typ("MX"), func(l *Lookup) { l.Port, l.Server = 5353, "10.0.0.1" })}},
		{in: "@ns.lab web.lab b.lab mx +tcp", want: []Lookup{
			usual("web.lab", func(l *Lookup) { l.Server = "ns.lab" }), usual("b.lab", typ("MX"), func(l *Lookup) { l.Server, l.TCP = "ns.lab", true }),
		}},
		{in: "web.lab mx a", want: []Lookup{usual("web.lab")}, notes: []string{";; Warning, extra type option"}},
		{in: "web.lab in ch", want: []Lookup{usual("web.lab", func(l *Lookup) { l.Class = "CH" })}, notes: []string{";; Warning, extra class option"}},
		{in: "-t nothing web.lab mx", want: []Lookup{usual("web.lab", typ("MX"))}, notes: []string{";; Warning, ignoring invalid type nothing"}},
		{in: "-c nothing web.lab", want: []Lookup{usual("web.lab")}, notes: []string{";; Warning, ignoring invalid class nothing"}},
		{in: "web.lab nothing", want: []Lookup{usual("web.lab"), usual("nothing")}},
		{in: "web.lab any", want: []Lookup{usual("web.lab", typ("ANY"), func(l *Lookup) { l.TCP = true })}},
		{in: "web.lab +notcp any", want: []Lookup{usual("web.lab", typ("ANY"))}},
		{in: "-x 192.0.2.1", want: []Lookup{usual("1.2.0.192.in-addr.arpa.", typ("PTR"))}},
		{in: "-x 2001:db8::1", want: []Lookup{usual(ReverseName(netip.MustParseAddr("2001:db8::1")), typ("PTR"))}},
		{in: "-x 192.0.2", want: []Lookup{usual("2.0.192.in-addr.arpa.", typ("PTR"))}},
		{in: "soa -x192.0.2", want: []Lookup{usual("2.0.192.in-addr.arpa.", typ("SOA"))}},
		{in: "-4 web.lab", want: []Lookup{usual("web.lab", func(l *Lookup) { l.Family = 4 })}},
		{in: "-6ru web.lab %x b.lab", want: []Lookup{usual("web.lab", func(l *Lookup) { l.Family = 6 })}},
		{in: "-b 10.0.0.2#99 web.lab", want: []Lookup{usual("web.lab", func(l *Lookup) { l.Source = netip.MustParseAddrPort("10.0.0.2:99") })}},
		{in: "-b fd00::2 web.lab", want: []Lookup{usual("web.lab", func(l *Lookup) { l.Source = netip.MustParseAddrPort("[fd00::2]:0") })}},
		{in: "web.lab +short", want: []Lookup{usual("web.lab", quiet, func(l *Lookup) { l.Style.Short, l.Style.Answer = true, true })}},
		{in: "a.lab b.lab +short", want: []Lookup{
			usual("a.lab", func(l *Lookup) { l.Style.Short = true }), usual("b.lab", quiet, func(l *Lookup) { l.Style.Short, l.Style.Answer = true, true }),
		}},
		{in: "web.lab +noednsneg", want: []Lookup{usual("web.lab", func(l *Lookup) { l.KeepVersion = true })}},
		{in: "+noall +answer web.lab +stat", want: []Lookup{usual("web.lab", quiet, func(l *Lookup) { l.Style.Answer, l.Style.Stats = true, true })}},
		{in: "web.lab +all +nocomm +noque +noadditional +noauth +nocl +nottlid", want: []Lookup{usual("web.lab", quiet, func(l *Lookup) {
			l.Style.Answer, l.Style.Stats, l.Style.NoClass, l.Style.NoTTL = true, true, true, true
		})}},
		{in: "web.lab +nottl +ttlunits", want: []Lookup{usual("web.lab", func(l *Lookup) { l.Style.TTLUnits = true })}},
		{in: "web.lab +norec +noad +cd +do", want: []Lookup{usual("web.lab", func(l *Lookup) {
			l.Recurse, l.AuthenticData, l.CheckingDisabled, l.EDNS.DO = false, false, true, true
		})}},
		{in: "web.lab +noedns", want: []Lookup{usual("web.lab", func(l *Lookup) { l.EDNS = nil })}},
		{in: "web.lab +noedns +dnssec", want: []Lookup{usual("web.lab", func(l *Lookup) { l.EDNS.DO = true })}},
		{in: "web.lab +noedns +nodnssec", want: []Lookup{usual("web.lab", func(l *Lookup) { l.EDNS = nil })}},
		{in: "web.lab +noedns +bufsize=512", want: []Lookup{usual("web.lab", func(l *Lookup) { l.EDNS.UDPSize = 512 })}},
		{in: "web.lab +bufsize=512 +bufsize", want: []Lookup{usual("web.lab")}},
		{in: "+bufsize=512 a.lab b.lab +bufsize=600", want: []Lookup{
			usual("a.lab", func(l *Lookup) { l.EDNS.UDPSize = 512 }), usual("b.lab", func(l *Lookup) { l.EDNS.UDPSize = 600 }),
		}},
		{in: "web.lab +edns=1 +nsid +nocookie", want: []Lookup{usual("web.lab", func(l *Lookup) { l.EDNS.Version, l.NSID, l.SendCookie = 1, true, false })}},
		{in: "web.lab +edns=1 +edns", want: []Lookup{usual("web.lab")}},
		{in: "web.lab +cookie=0011223344556677", want: []Lookup{usual("web.lab", func(l *Lookup) { l.Cookie = []byte("\x00\x11\x22\x33\x44\x55\x66\x77") })}},
		{in: "web.lab +time=1 +tries=2", want: []Lookup{usual("web.lab", func(l *Lookup) { l.Timeout, l.Tries = time.Second, 2 })}},
		{in: "web.lab +timeout=0 +tries=0", want: []Lookup{usual("web.lab", func(l *Lookup) { l.Timeout, l.Tries = time.Second, 1 })}},
		{in: "web.lab +retry=0", want: []Lookup{usual("web.lab", func(l *Lookup) { l.Tries = 1 })}},
		{in: "web.lab +search +ndots=3", want: []Lookup{usual("web.lab", func(l *Lookup) { l.Search, l.Ndots = true, 3 })}},
		{in: "web.lab +search +ndots=3 +nosearch +nondots", want: []Lookup{usual("web.lab")}},
		{in: "web.lab +showsearch", want: []Lookup{usual("web.lab", func(l *Lookup) { l.Search, l.ShowSearch = true, true })}},
		{in: "web.lab +domain=Sub.lab", want: []Lookup{usual("web.lab", func(l *Lookup) { l.Search, l.Domain = true, "Sub.lab" })}},
		{in: "web.lab +ignore +vc +nofail +qr +identify +nosplit", want: []Lookup{usual("web.lab", func(l *Lookup) {
			l.Ignore, l.TCP, l.NextOnFail, l.ShowSent, l.Identify, l.Style.Split = true, true, true, true, true, 0
		})}},
		{in: "web.lab +split=9 +qid=77", want: []Lookup{usual("web.lab", func(l *Lookup) { l.Style.Split, l.ID = 12, 77 })}},
		{in: "web.lab +split=9 +split", want: []Lookup{usual("web.lab")}},
		{in: "web.lab +search +norec +trace", want: []Lookup{usual("web.lab", func(l *Lookup) {
			l.Trace, l.Identify, l.EDNS.DO, l.Style = true, true, true, Style{Typed: true, Answer: true, Authority: true, Split: 56}
		})}},
	}
	for _, tt := range tests {
		t.Run(tt.in, func(t *testing.T) {
			got, err := ParseDig(strings.Fields(tt.in))
			if err != nil {
				t.Fatal(err)
			}
			if d := cmp.Diff(tt.want, got.Lookups, cmpopts.IgnoreUnexported(Lookup{}), cmp.Comparer(func(a, b netip.AddrPort) bool { return a == b })); d != "" {
				t.Errorf("(-want +got):\n%s", d)
			}
			if d := cmp.Diff(tt.notes, got.Notes); d != "" {
				t.Error(d)
			}
		})
	}
}

func TestWhatIsForAllNames(t *testing.T) {
	for in, want := range map[string]Command{
		"web.lab":              {Cmd: true},
		"web.lab +nocmd":       {},
		"web.lab +short":       {},
		"web.lab +noall":       {},
		"web.lab +short +cmd":  {Cmd: true},
		"web.lab -u":           {Cmd: true, Micro: true},
		"@ns web.lab":          {Cmd: true, Served: true},
		"web.lab @ns":          {Cmd: true},
		"@ns":                  {Cmd: true, Served: true},
		"-h":                   {Cmd: true, Help: true},
		"-v web.lab":           {Cmd: true, Version: true},
		"+noall +answer a b c": {},
	} {
		got, err := ParseDig(strings.Fields(in))
		got.Lookups = nil
		if d := cmp.Diff(want, got); d != "" || err != nil {
			t.Errorf("%s: %v %s", in, err, d)
		}
	}
}

func TestWhatDigDoesNotTake(t *testing.T) {
	for in, want := range map[string]string{
		"web.lab +nothing":          "dig has no option +nothing",
		"web.lab +":                 "dig has no option +",
		"web.lab +no":               "dig has no option +no",
		"web.lab +a":                "+a may be +all or +additional or +answer or +authority",
		"web.lab +yaml":             "dig knows +yaml, netlab's own does not",
		"web.lab +nomulti":          "dig knows +multiline, netlab's own does not",
		"web.lab +tls":              "dig knows +tls, netlab's own does not",
		"web.lab +tcp=1":            "+tcp takes no value",
		"web.lab +time=x":           `+timeout wants a number from 0 to 65535, not "x"`,
		"web.lab +time":             `+timeout wants a number from 0 to 65535, not ""`,
		"web.lab +notime":           "+timeout cannot be switched off",
		"web.lab +tries=-1":         `+tries wants a number from 0 to 255, not "-1"`,
		"web.lab +notries":          "+tries cannot be switched off",
		"web.lab +bufsize=65536":    `+bufsize wants a number from 0 to 65535, not "65536"`,
		"web.lab +edns=256":         `+edns wants a number from 0 to 255`,
		"web.lab +ndots=x":          `+ndots wants a number from 0 to 2147483647`,
		"web.lab +SHORT":            `dig has no option +SHORT`,
		"web.lab -":                 `dig has no option -`,
		"web.lab ixfr=7":            `dig knows IXFR`,
		"web.lab +qid=70000":        `+qid wants a number from 0 to 65535`,
		"web.lab +split=x":          `+split wants a number`,
		"web.lab +cookie=00":        `"00" is no cookie`,
		"web.lab +domain":           "+domain wants a domain",
		"web.lab -Z":                "dig has no option -Z",
		"web.lab -4Z":               "dig has no option -Z",
		"web.lab -y key":            "dig knows -y, netlab's own does not",
		"web.lab -f file":           "dig knows -f, netlab's own does not",
		"web.lab -p":                "-p wants a value",
		"web.lab -p 99999":          `"99999" is no port`,
		"web.lab -b x":              `"x" is no address to send from`,
		"web.lab -b 10.0.0.1#70000": `"10.0.0.1#70000" is no address to send from`,
		"-x fd00::g":                `"fd00::g" is no IP address`,
		"@ web.lab":                 "behind @ belongs the name or the address of a server",
		"lab -t axfr":               "dig knows AXFR, the transfer of a zone; netlab's own does not",
		"lab axfr":                  "dig knows AXFR",
		"lab -t ixfr=7":             "dig knows IXFR",
	} {
		_, err := ParseDig(strings.Fields(in))
		var wrong *UsageError
		if !errors.As(err, &wrong) || !strings.HasPrefix(wrong.Text, want) {
			t.Errorf("%s: error %v", in, err)
		}
	}
	for _, args := range [][]string{{""}, {"-q", ""}, {"-x", ""}} {
		if _, err := ParseDig(args); err == nil {
			t.Errorf("%q is taken", args)
		}
	}
}

func TestTheQueryOfALookup(t *testing.T) {
	get := func(in string) Query {
		c, err := ParseDig(strings.Fields(in))
		if err != nil {
			t.Fatal(err)
		}
		return c.Lookups[0].Query("web.lab.", 7, []byte("12345678"))
	}
	if q := get("x mx"); q.ID != 7 || q.Name != "web.lab." || q.Type != "MX" || string(q.Cookie) != "12345678" || !q.RecursionDesired || !q.AuthenticData {
		t.Errorf("%+v", q)
	}
	if q := get("x +qid=9 +cookie=0000000000000000"); q.ID != 9 || string(q.Cookie) != strings.Repeat("\x00", 8) {
		t.Errorf("%+v", q)
	}
	if q := get("x +nocookie"); q.Cookie != nil || q.EDNS == nil {
		t.Errorf("%+v", q)
	}
	if q := get("x +noedns"); q.Cookie != nil || q.EDNS != nil {
		t.Errorf("%+v", q)
	}
}

func TestPlusOptionsAreAllTaken(t *testing.T) {
	all := PlusOptions()
	if !slices.Contains(all, "+trace") || slices.Contains(all, "+yaml") || !slices.IsSorted(all) {
		t.Errorf("%q", all)
	}
	seen := map[string]bool{}
	for _, o := range plusOptions() {
		if seen[o.name] {
			t.Errorf("%s stands there twice", o.name)
		}
		seen[o.name] = true
	}
}

func FuzzParseDig(f *testing.F) {
	for _, s := range []string{"", "web.lab mx @10.0.0.1 +short", "-x 192.0.2.1 -4u", "+trace +time=1 -b fd00::1#5 +cookie=00", "-p53 -tmx -q mx %"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, in string) {
		c, err := ParseDig(strings.Split(in, " "))
		if err != nil {
			var wrong *UsageError
			if !errors.As(err, &wrong) || len(err.Error()) > 500 {
				t.Errorf("%v", err)
			}
			return
		}
		for _, l := range c.Lookups {
			if l.Tries < 1 || l.Timeout < time.Second || l.Name == "" {
				t.Errorf("%+v", l)
			}
			if CheckName(l.Name) != nil {
				continue
			}
			if _, err := l.Query(Absolute(l.Name), 1, nil).Pack(); err != nil && l.EDNS == nil {
				t.Errorf("%+v: %v", l, err)
			}
		}
	})
}
