package scenario

import (
	"net/netip"
	"testing"
	"time"

	"netlab/internal/check"
)

// librarian are a getent and a dig that know some names.
func librarian() map[string]string {
	const head = ";; ->>HEADER<<- opcode: QUERY, status: %s, id: 1\n;; flags: qr %s rd; QUERY: 1, ANSWER: %s, AUTHORITY: %s, ADDITIONAL: 1\n\n;; QUESTION SECTION:\n;web.lan.\t\t\tIN\tA\n\n"
	answer := func(status, flags, answers, authority, text string) string {
		return "printf '" + head + "' '" + status + "' '" + flags + "' " + answers + " " + authority + "; printf '" + text + "'\n"
	}
	return map[string]string{
		"getent": `case "$*" in
"ahostsv4 web") printf '10.1.1.2        STREAM web\n10.1.1.2        DGRAM\n10.1.1.2        RAW\n10.1.1.1        STREAM\n10.1.1.1        DGRAM\n' ;;
"ahostsv6 web") printf '::ffff:10.1.1.1 STREAM web\n::ffff:10.1.1.1 DGRAM\n' ;;
"ahostsv6 six") printf 'fd00::1         STREAM six\n' ;;
"ahostsv4 slow") sleep 0.1; echo '10.1.1.1 STREAM slow' ;;
"ahostsv4 broken") exit 1 ;;
*) exit 2 ;;
esac`,
		"dig": `case "$*" in
*"@10.1.1.53 web.lan A") ` + answer("NOERROR", "aa", "2", "0", `;; ANSWER SECTION:\nweb.lan.\t300\tIN\tA\t10.1.1.2\nweb.lan.\t300\tIN\tA\t10.1.1.1\n\n;; ADDITIONAL SECTION:\nx.\t1\tIN\tA\t10.9.9.9\n\n`) + `;;
*"@10.1.1.53 www.lan A") ` + answer("NOERROR", "", "2", "0", `;; ANSWER SECTION:\nwww.lan.\t60\tIN\tCNAME\tweb.lan.\nweb.lan.\t20\tIN\tA\t10.1.1.1\n\n`) + `;;
*"@10.1.1.53 alias.lan A") ` + answer("NOERROR", "", "1", "0", `;; ANSWER SECTION:\nalias.lan.\t60\tIN\tCNAME\twww.example.\n\n`) + `;;
*"@10.1.1.53 lan MX") ` + answer("NOERROR", "", "1", "0", `;; ANSWER SECTION:\nlan.\t60\tIN\tMX\t10 mail.lan.\n\n`) + `;;
*"@10.1.1.53 lan TXT") ` + answer("NOERROR", "", "1", "0", `;; ANSWER SECTION:\nlan.\t60\tIN\tTXT\t"some text"\n\n`) + `;;
*"@10.1.1.53 www.yahoo.com A") ` + answer("NOERROR", "", "0", "1", `;; AUTHORITY SECTION:\ncom.\t60\tIN\tNS\tns.com.\n\n`) + `;;
*"@10.1.1.53 empty.lan A") ` + answer("NOERROR", "aa", "0", "1", `;; AUTHORITY SECTION:\nlan.\t60\tIN\tSOA\tns.lan. root.lan. 1 2 3 4 5\n\n`) + `;;
*"@10.1.1.53 none.lan A") ` + answer("NXDOMAIN", "aa", "0", "1", `;; AUTHORITY SECTION:\nlan.\t60\tIN\tSOA\tns.lan. root.lan. 1 2 3 4 5\n\n`) + `;;
*"@10.1.1.53 "*) ` + answer("SERVFAIL", "", "0", "0", "") + `;;
*"@10.1.1.54 "*) echo ';; communications error to 10.1.1.54#53: timed out'; echo ';; no servers could be reached'; exit 9 ;;
*"@10.1.1.55 "*) echo ';; communications error to 10.1.1.55#53: connection refused'; echo ';; no servers could be reached'; exit 9 ;;
*) echo ';; UDP setup with 10.9.9.9#53(10.9.9.9) for web.lan failed: network unreachable.'; echo ';; no servers could be reached'; exit 9 ;;
esac`,
	}
}

func TestClaimsAboutNamesAreTrueOrFalseInTheShell(t *testing.T) {
	yes, no := true, false
	finds := func(r check.Resolves) check.Check { r.In = "host"; return check.Check{Resolves: &r} }
	to := func(list ...string) (out []netip.Addr) {
		for _, s := range list {
			out = append(out, netip.MustParseAddr(s))
		}
		return out
	}
	asks := func(d check.DNS) check.Check {
		d.In = "host"
		if !d.Server.IsValid() {
			d.Server = netip.MustParseAddr("10.1.1.53")
		}
		return check.Check{DNS: &d}
	}
	fails := func(server, name, how string) check.Check {
		return check.Check{Not: true, DNS: &check.DNS{In: "host", Server: netip.MustParseAddr(server), Name: name, Error: how}}
	}
	tests := []struct {
		name  string
		check check.Check
		want  bool
	}{
		{"a name", finds(check.Resolves{Name: "web"}), true},
		{"its addresses", finds(check.Resolves{Name: "web", To: to("10.1.1.1", "10.1.1.2")}), true},
		{"one of its addresses", finds(check.Resolves{Name: "web", To: to("10.1.1.1")}), false},
		{"no name", finds(check.Resolves{Name: "none"}), false},
		{"IPv4 addresses are none of IPv6", finds(check.Resolves{Name: "web", Family: 6}), false},
		{"an address of IPv6", finds(check.Resolves{Name: "six", Family: 6, To: to("fd00::1")}), true},
		{"a name that takes its time", finds(check.Resolves{Name: "slow", Waits: 90 * time.Millisecond}), true},
		{"a name that comes at once", finds(check.Resolves{Name: "web", Waits: 10 * time.Second}), false},
		{"not found", check.Check{Not: true, Resolves: &check.Resolves{In: "host", Name: "none"}}, true},
		{"not found by IPv6", check.Check{Not: true, Resolves: &check.Resolves{In: "host", Name: "web", Family: 6}}, true},
		{"found", check.Check{Not: true, Resolves: &check.Resolves{In: "host", Name: "web"}}, false},
		{"not looked for", check.Check{Not: true, Resolves: &check.Resolves{In: "host", Name: "broken"}}, false},

		{"an answer", asks(check.DNS{Name: "web.lan"}), true},
		{"its data", asks(check.DNS{Name: "web.lan", Is: []string{"10.1.1.1", "10.1.1.2"}}), true},
		{"a part of the data", asks(check.DNS{Name: "web.lan", Is: []string{"10.1.1.1"}}), false},
		{"data of another section", asks(check.DNS{Name: "web.lan", Is: []string{"10.9.9.9"}}), false},
		{"with authority", asks(check.DNS{Name: "web.lan", Authoritative: &yes}), true},
		{"with authority that must not be", asks(check.DNS{Name: "web.lan", Authoritative: &no}), false},
		{"without authority", asks(check.DNS{Name: "www.lan", Authoritative: &no}), true},
		{"a time to live", asks(check.DNS{Name: "web.lan", TTL: 300}), true},
		{"another time to live", asks(check.DNS{Name: "web.lan", TTL: 299}), false},
		{"a shorter time to live", asks(check.DNS{Name: "www.lan", TTLBelow: 21}), true},
		{"no shorter time to live", asks(check.DNS{Name: "www.lan", TTLBelow: 20}), false},
		{"another name", asks(check.DNS{Name: "www.lan", Alias: "web.lan", Is: []string{"10.1.1.1"}}), true},
		{"another name alone, and its time to live", asks(check.DNS{Name: "alias.lan", Alias: "www.example", TTL: 60}), true},
		{"another name and no address", asks(check.DNS{Name: "alias.lan", Alias: "www.example", Is: []string{"10.1.1.1"}}), false},
		{"the wrong other name", asks(check.DNS{Name: "www.lan", Alias: "lan"}), false},
		{"a mail server", asks(check.DNS{Name: "lan", Type: "MX", Is: []string{"10 mail.lan"}}), true},
		{"a text", asks(check.DNS{Name: "lan", Type: "TXT", Is: []string{"some text"}}), true},
		{"another text", asks(check.DNS{Name: "lan", Type: "TXT", Is: []string{"some"}}), false},
		{"the servers of a zone", asks(check.DNS{Name: "www.yahoo.com", Refers: "com"}), true},
		{"the servers of another zone", asks(check.DNS{Name: "www.yahoo.com", Refers: "yahoo.com"}), false},
		{"no servers of a zone", asks(check.DNS{Name: "web.lan", Refers: "lan"}), false},
		{"no answer", asks(check.DNS{Name: "none.lan"}), false},
		{"no answer of any kind", asks(check.DNS{Name: "web.lan", Server: netip.MustParseAddr("10.1.1.54")}), false},

		{"it fails", fails("10.1.1.53", "none.lan", ""), true},
		{"it does not fail", fails("10.1.1.53", "web.lan", ""), false},
		{"no such name", fails("10.1.1.53", "none.lan", check.NXDomain), true},
		{"no such record is not no such name", fails("10.1.1.53", "empty.lan", check.NXDomain), false},
		{"no such record", fails("10.1.1.53", "empty.lan", check.NoData), true},
		{"no such name is not no such record", fails("10.1.1.53", "none.lan", check.NoData), false},
		{"a record is not no such record", fails("10.1.1.53", "web.lan", check.NoData), false},
		{"a fault of the server", fails("10.1.1.53", "other.lan", check.ServFail), true},
		{"a fault is no refusal", fails("10.1.1.53", "other.lan", check.Refused), false},
		{"silence", fails("10.1.1.54", "web.lan", check.Timeout), true},
		{"a closed port is no silence", fails("10.1.1.55", "web.lan", check.Timeout), false},
		{"a closed port", fails("10.1.1.55", "web.lan", check.Closed), true},
		{"silence is no closed port", fails("10.1.1.54", "web.lan", check.Closed), false},
		{"no way", fails("10.9.9.9", "web.lan", check.NoWay), true},
		{"an answer needs a way", fails("10.1.1.53", "web.lan", check.NoWay), false},
	}
	programs := librarian()
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			text := asserts(tt.check).text()
			if out, ok := shell(t, programs, text); ok != tt.want {
				t.Errorf("%s: %v\n%s", text, ok, out)
			}
		})
	}
}
