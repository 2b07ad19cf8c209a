package nss_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"netlab/internal/nss"
)

// What glibc makes of lines with mistakes is proved in glibc_test.go; here
// it is proved that the mistake is told.

func TestMistakesInHostsAreTold(t *testing.T) {
	const ignored = "this line is ignored: "
	for text, want := range map[string]string{
		"10.0.0.1 web\n":            "",
		"# 10.0.0.300 web\n\n \t\n": "",
		"10.0.0.1\n":                "this line is of no use: no name stands behind the address",
		"10.0.0.1 # web\n":          "this line is of no use: no name stands behind the address",
		"10.0.0.01 web\n":           ignored + `"10.0.0.01" is not written in full, as in 192.168.1.5, without zeros in front`,
		"10.1 web\n":                ignored + `"10.1" is not written in full, as in 192.168.1.5, without zeros in front`,
		"fe80::1%eth0 web\n":        ignored + `an address here cannot have a zone, as in "fe80::1%eth0"`,
		"10.0.0.1/24 web\n":         ignored + `"10.0.0.1/24" has a mask; an address stands alone`,
		"web 10.0.0.1\n":            ignored + "the address must come first, then the names",
		"300.1.1.1 web\n":           ignored + `"300.1.1.1" is no address`,
		" 10.0.0.1 web":             "blanks stand in front and no newline at the end: glibc reads the last letters twice",
	} {
		t.Run(text, func(t *testing.T) { why(t, want, nss.ReadHosts(text).Mistakes) })
	}
}

func TestMistakesInResolvAreTold(t *testing.T) {
	const ignored = "this line is ignored: "
	for text, want := range map[string]string{
		"nameserver 10.0.0.1 # the first\n":                 "",
		"; x\n# y\n  \n # z\nsortlist 10.0.0.0/8\n":         "",
		"options rotate edns0 trust-ad ndots:2 timeout:3\n": "",
		"options ndots:2 # rotates\n":                       "",
		" nameserver 10.0.0.1\n":                            ignored + "a blank stands before the keyword",
		"Nameserver 10.0.0.1\n":                             ignored + "keywords are written in small letters",
		"nameserver\n":                                      ignored + "nothing stands behind the keyword",
		"nameserver: 10.0.0.1\n":                            ignored + "only blanks stand behind the keyword",
		"nameserver \n":                                     ignored + "it has no address",
		"nameserver 300.1.1.1\n":                            ignored + `"300.1.1.1" is no address`,
		"nameserver 10.0.0.1:53\n":                          ignored + `"10.0.0.1:53" has a port; servers are asked at port 53`,
		"nameserver 10.0.0.1#53\n":                          ignored + `"10.0.0.1#53" has more than an address; servers are asked at port 53`,
		"nameserver 10.0.0.1\r\n":                           ignored + "it ends in a carriage return, which is part of the address for glibc",
		"nameserver 10.0.0.1 10.0.0.2\n":                    "only 10.0.0.1 is read: a line names one server",
		"nameservers 10.0.0.1\n":                            ignored + `"nameservers" is no keyword of resolv.conf`,
		"search\n":                                          ignored + "nothing stands behind the keyword",
		"search \n":                                         ignored + "it names no domain",
		"search a\r\n":                                      "the line ends in a carriage return, which is part of the domain for glibc",
		"search a # b\n":                                    `a comment has a line of its own: "#" and what follows it are domains for glibc`,
		"domain a b\n":                                      "only a is read: domain names one domain, search names several",
		"options ndots:20\n":                                "ndots is 15: there cannot be more",
		"options timeout:31\n":                              "timeout is 30: there cannot be more",
		"options attempts:0\n":                              "no server is asked at all: there are no attempts",
		"options ndots:two\n":                               `"two" is no number: glibc takes 0`,
		"options ndots=2\n":                                 `"ndots=2" is ignored: there is no such option`,
		"search " + longName + "\n":                         "no name fits below a domain of this length: it is not asked for, nor are those behind it",
		"search a\nsearch b\n":                              "this line undoes line 1: of domain and search the last one counts",
		"nameserver ::1\nnameserver ::2\nnameserver ::3\nnameserver ::4\n": ignored + "only the first three servers are asked",
	} {
		t.Run(short(text), func(t *testing.T) { why(t, want, nss.ReadResolv(text).Mistakes) })
	}
}

func TestMistakesInNsswitchAreTold(t *testing.T) {
	const over = "glibc cannot read this, and gives up the whole file: no name is found; "
	for text, want := range map[string]string{
		"hosts: files mymachines mdns4_minimal [NOTFOUND=return] resolve [!UNAVAIL=return] dns\n": "",
		"# hosts: files [\nautomount: [x\nhosts: dns\n":                                           "",
		"hosts: dns":                    "this line is not read: no newline stands at its end",
		"Hosts: dns\n":                  "this line is ignored: hosts is written in small letters",
		"hosts:\n":                      "no source is named: no name is found",
		"hosts: dns\nhosts: dns\n":      "this line undoes line 1: the last one counts",
		"hosts: files # dns\n":          `a comment has a line of its own: "#" and what follows it are sources for glibc`,
		"hosts: file dns\n":             `no source "file" is known: where there is no libnss_file.so.2, it is passed over`,
		"hosts: dns [x=return]\n":       over + `"x" is none of SUCCESS, NOTFOUND, UNAVAIL and TRYAGAIN`,
		"hosts: dns [NOTFOUND]\n":       over + "no = stands behind NOTFOUND",
		"hosts: dns [NOTFOUND=stop]\n":  over + `"stop" is none of return, continue and merge`,
		"hosts: dns [NOTFOUND=return\n": over + "the ] is missing",
		"passwd: files [\n":             over + `"" is none of SUCCESS, NOTFOUND, UNAVAIL and TRYAGAIN`,
	} {
		t.Run(text, func(t *testing.T) { why(t, want, nss.ReadSwitch(text).Mistakes) })
	}
}

func why(t *testing.T, want string, got []nss.Mistake) {
	t.Helper()
	if want == "" && len(got) == 0 {
		return
	}
	if len(got) != 1 || got[0].Why != want || got[0].Line < 1 {
		t.Errorf("got %+v, want one mistake: %s", got, want)
	}
}

func TestWhatTheFilesSayIsRead(t *testing.T) {
	hosts := nss.ReadHosts("# x\n10.0.0.1\tweb.lab web # w\n")
	if d := cmp.Diff(nss.Hosts{Lines: []nss.HostsLine{{2, ip("10.0.0.1"), []string{"web.lab", "web"}}}}, hosts, addrs()); d != "" {
		t.Error(d)
	}
	resolv := nss.ReadResolv("nameserver 10.0.0.1\nsearch a b.\nnameserver fe80::1%eth0\noptions timeout:9 rotate use-vc no-aaaa no-tld-query\n")
	want := nss.Resolv{
		Servers: []nss.Server{{1, ip("10.0.0.1")}, {3, ip("fe80::1%eth0")}}, Search: []string{"a", "b"}, Ndots: 1, Timeout: 9, Attempts: 2,
		Rotate: true, UseTCP: true, NoAAAA: true, NoTLD: true,
	}
	if d := cmp.Diff(want, resolv, addrs()); d != "" {
		t.Error(d)
	}
	if d := cmp.Diff(nss.Resolv{Servers: []nss.Server{{0, ip("127.0.0.1")}}, Ndots: 1, Timeout: 5, Attempts: 2, Assumed: true}, nss.ReadResolv(""), addrs()); d != "" {
		t.Error(d)
	}
	sw := nss.ReadSwitch("passwd: files\nhosts: files [!unavail=Return] dns\n")
	if d := cmp.Diff(nss.Switch{Line: 2, Sources: []nss.Source{{"files", []nss.Action{{true, "UNAVAIL", "return"}}}, {Name: "dns"}}}, sw); d != "" {
		t.Error(d)
	}
	if d := cmp.Diff(nss.Switch{Sources: []nss.Source{{Name: "files"}, {Name: "dns"}}}, nss.ReadSwitch("passwd: files\n")); d != "" {
		t.Error(d)
	}
}
