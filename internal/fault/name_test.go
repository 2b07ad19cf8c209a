package fault

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestPlacesOfNames(t *testing.T) {
	tests := []struct {
		kind     string
		topology Topology
		want     string
	}{
		{"stale-hosts-line", byFile(), "A(10.0.0.21)"},
		{"stale-hosts-line", byServer(), "A(10.0.0.21) A(10.0.0.3)"},
		{"hosts-line-missing", byFile(), "A(www)"},
		{"hosts-line-missing", byServer(), ""},
		{"hosts-line-missing", byBoth(), ""}, // name servers have it
		{"hosts-name-typo", byFileAndServer(), "A(intrane)"},
		{"nsswitch-order", byBoth(), "A(dns-files)"},
		{"nsswitch-order", byServer(), ""},
		{"nsswitch-return", byFile(), ""}, // nobody says that there is no such name
		{"nsswitch-return", byFileAndServer(), "A(dns-[NOTFOUND=return]-files) A(dns-[!SUCCESS=return]-files)"},
		{"nsswitch-no-dns", byServer(), "A(files)"},
		{"nsswitch-no-dns", byFile(), ""},
		{"nsswitch-mistake", byRoot(), "A(files-bind)"},
		{"no-nameserver", byFile(), ""},
		{"no-nameserver", byFileAndServer(), ""},
		{"wrong-nameserver", byRoot(), "A(10.0.0.21) A(10.0.0.3)"},
		{"first-nameserver-dead", byTwo(), "A(10.0.0.21) dns:eth0"},
		{"search-missing", byServer(), "A(lab)"},
		{"search-missing", byRoot(), ""},
		{"ndots-too-high", byServer(), ""}, // a short name, and no wildcard
		{"ndots-too-high", byForwarder(), "A(ndots:5)"},
		{"record-missing", byServer(), "dns(www.lab.) dns(web.lab.)"},
		{"record-missing", byTwo(), "dns(www.lab.) dns(web.lab.)"},
		{"record-missing", byForwarder(), "up(www.far.example.)"},
		{"record-missing", byBoth(), ""}, // the hosts file has it
		{"missing-dot", byServer(), "dns(www.lab.)"},
		{"missing-dot", byRoot(), ""},
		{"stale-cache", byServer(), ""},
		{"stale-cache", byForwarder(), "dns(www.far.example.)"},
		{"delegation-missing", byRoot(), "root(com.) com(yahoo.com.)"},
		{"delegation-missing", byServer(), ""},
		{"broken-delegation", byRoot(), "root(com.-nobody) root(com.-closed) root(com.-itself) root(com.-no-address) " +
			"com(yahoo.com.-nobody) com(yahoo.com.-closed) com(yahoo.com.-itself) com(yahoo.com.-no-address)"},
		{"lame-server", byRoot(), "com yahoo"},
		{"root-hints-wrong", byRoot(), "resolver(10.0.0.21)"},
		{"root-hints-wrong", byForwarder(), ""},
		{"name-server-off", byServer(), "dns"},
		{"name-server-off", byTwo(), ""}, // the other one answers
		{"name-server-off", byRoot(), "resolver root com yahoo"},
		{"name-server-port", byRoot(), "root com yahoo"},
		{"server-refuses", byForwarder(), "dns"},
		{"access-refused", byRoot(), "resolver"},
		{"access-refused", byServer(), ""},
		{"upstream-wrong", byForwarder(), "dns(10.0.0.21)"},
		{"tcp-blocked", byForwarder(), "dns(ip-filter-input)"},
		{"tcp-blocked", byServer(), ""},
	}
	for _, tt := range tests {
		t.Run(tt.kind+" in "+tt.topology.Name, func(t *testing.T) {
			if got := placesOf(tt.kind, tt.topology); got != tt.want {
				t.Errorf("%s\nwant %s", got, tt.want)
			}
		})
	}
}

func TestLinesOfNames(t *testing.T) {
	file := func(path, text string) string { return "cat > " + path + " <<'EOF'\n" + text + "\nEOF" }
	resolv, hosts, sources := "/etc/netns/A/resolv.conf", "/etc/netns/A/hosts", "/etc/netns/A/nsswitch.conf"
	tests := []struct {
		kind, at   string
		topology   Topology
		harm, mend string
		servers    []Server
	}{
		{"no-nameserver", "A", byServer(), file(resolv, "search lab"), file(resolv, "search lab\nnameserver 10.0.0.53"), nil},
		{"wrong-nameserver", "10.0.0.21", byTwo(), file(resolv, "search lab\nnameserver 10.0.0.21"),
			file(resolv, "search lab\nnameserver 10.0.0.53\nnameserver 10.0.0.54"), nil},
		{"resolv-conf-mistake", "namserver", byRoot(), file(resolv, "namserver 10.0.0.53"), file(resolv, "nameserver 10.0.0.53"), nil},
		{"resolv-conf-mistake", "address", byRoot(), file(resolv, "nameserver 10.0.0.53."), file(resolv, "nameserver 10.0.0.53"), nil},
		{"hosts-line-missing", "A", byFileAndServer(), ": > " + hosts, file(hosts, "10.0.0.2 intranet"), nil},
		{"hosts-mistake", "order", byFile(), file(hosts, "127.0.0.1 localhost\nwww 10.0.0.2"), file(hosts, "127.0.0.1 localhost\n10.0.0.2 www web"), nil},
		{"nsswitch-no-dns", "A", byServer(), file(sources, "passwd: files\nhosts: files"), file(sources, "passwd: files\nhosts: files dns"), nil},
		{"record-missing", "mail", byRoot(), file("/etc/coredns/yahoo.db", "@ 60 SOA ns.yahoo.com. b. 1 2 3 4 5\n@ 60 NS ns\nns 60 A 10.0.0.63"),
			file("/etc/coredns/yahoo.db", "@ 60 SOA ns.yahoo.com. b. 1 2 3 4 5\n@ 60 NS ns\nns 60 A 10.0.0.63\nmail 60 A 10.0.0.2"), []Server{{In: "yahoo"}, {In: "resolver"}}},
		{"delegation-missing", "com(", byRoot(), file("/etc/coredns/com.db", "@ 60 SOA a.com. b. 1 2 3 4 5\n@ 60 NS a.com.\na.com. 60 A 10.0.0.62"),
			file("/etc/coredns/com.db", "@ 60 SOA a.com. b. 1 2 3 4 5\n@ 60 NS a.com.\na.com. 60 A 10.0.0.62\nyahoo.com. 60 NS ns.yahoo.com.\nns.yahoo 60 A 10.0.0.63"),
			[]Server{{In: "com"}, {In: "resolver"}}},
		{"lame-server", "yahoo", byRoot(), file("/etc/coredns/yahoo", "other.example {\n}"), file("/etc/coredns/yahoo", "yahoo.com. {\n  file /etc/coredns/yahoo.db\n}"),
			[]Server{{In: "yahoo"}, {In: "resolver"}}},
		{"server-refuses", "dns", byForwarder(), file("/etc/coredns/Corefile", "lab {\n  file /etc/coredns/lab.db\n  errors\n}\nother.example {\n}"),
			file("/etc/coredns/Corefile", "lab {\n  file /etc/coredns/lab.db\n  errors\n}\n. {\n  forward . 10.0.0.54\n  cache 60\n}"), []Server{{In: "dns"}}},
		{"access-refused", "resolver", byRoot(), file("/etc/unbound/unbound.conf", "server:\n  access-control: 0.0.0.0/0 refuse\n  root-hints: /etc/unbound/root.hints"),
			file("/etc/unbound/unbound.conf", "server:\n  access-control: 0.0.0.0/0 allow\n  root-hints: /etc/unbound/root.hints"), []Server{{In: "resolver"}}},
		{"root-hints-wrong", "resolver", byRoot(), file("/etc/unbound/root.hints", ". 3600 NS a.root.\na.root. 3600 A 10.0.0.21"),
			file("/etc/unbound/root.hints", ". 3600 NS a.root.\na.root. 3600 A 10.0.0.61"), []Server{{In: "resolver"}}},
		{"name-server-off", "com", byRoot(), "", "", []Server{{In: "com", Off: true}, {In: "resolver"}}},
	}
	for _, tt := range tests {
		t.Run(tt.kind+" in "+tt.topology.Name, func(t *testing.T) {
			f := only(t, tt.kind, tt.topology, tt.at)
			if d := cmp.Diff([]string{tt.harm, tt.mend}, []string{strings.Join(f.Harm, "\n"), strings.Join(f.Mend, "\n")}); d != "" {
				t.Errorf("-want +got:\n%s", d)
			}
			if d := cmp.Diff(tt.servers, f.Servers); d != "" {
				t.Errorf("servers (-want +got):\n%s", d)
			}
		})
	}
}

// Who keeps the old address must not be started again: it would forget it.
func TestAStaleCacheKeepsRunning(t *testing.T) {
	f := only(t, "stale-cache", byRoot(), "resolver")
	if d := cmp.Diff([]Server{{In: "yahoo"}}, f.Servers); d != "" {
		t.Errorf("servers (-want +got):\n%s", d)
	}
	if got := f.Moved.String(); got != "10.0.0.21" {
		t.Errorf("the name moves to %s", got)
	}
	want := "ip -n B addr del 10.0.0.2/24 dev eth0\nip -n B addr add 10.0.0.21/24 dev eth0"
	if got := strings.Join(f.Harm[:2], "\n"); got != want {
		t.Errorf("%s\nwant %s", got, want)
	}
}

func TestRecordsOfAZoneFile(t *testing.T) {
	zone := Zone{Origin: "lab."}
	zone.File.Text = "$TTL 60\n@ IN SOA ns a (\n 1 ; serial\n 2 3 4 5 )\nwww A 10.0.0.1 ; a comment\n\tIN 60 A 10.0.0.2\nFTP 60 IN CNAME www\n; nothing\nx.lab. NS ns.far.\n$ORIGIN sub\nb A 10.0.0.3\n"
	var got []string
	for _, r := range zone.records() {
		got = append(got, strings.Join([]string{r.owner, r.typ, r.data}, " "))
	}
	want := []string{"lab. SOA ns", "www.lab. A 10.0.0.1", "www.lab. A 10.0.0.2", "ftp.lab. CNAME www.lab.", "x.lab. NS ns.far.", "b.sub.lab. A 10.0.0.3"}
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("-want +got:\n%s", d)
	}
}
