package nss_test

import (
	"maps"
	"strings"
)

func glibcRows() map[string]lookedUp {
	all := map[string]lookedUp{}
	for _, rows := range []map[string]lookedUp{hostsRows(), serverRows(), switchRows(), answerRows()} {
		maps.Copy(all, rows)
	}
	return all
}

// hostsRows are about /etc/hosts. The name "web" is also in DNS.
func hostsRows() map[string]lookedUp {
	row := func(hosts, name string, family int) lookedUp {
		return lookedUp{hosts: hosts, name: name, family: family, resolv: usualServer}
	}
	rows := map[string]lookedUp{
		"hosts: as IPv6, for IPv4":                        row("::ffff:10.5.0.9 web\n", "web", 4),
		"hosts: a name":                                   row("", "inhosts", 4),
		"hosts: in capitals":                              row("", "INHOSTS", 4),
		"hosts: with a dot at the end it is another name": row("", "inhosts.", 4),
		"hosts: two lines, two addresses":                 row("", "both", 4),
		"hosts: an IPv6 address":                          row("", "six", 6),
		"hosts: an IPv6 address is none for IPv4":         row("", "six", 4),
		"hosts: ::1 is 127.0.0.1 for IPv4":                row("", "loop", 4),
		"hosts: ::1 is ::1 for IPv6":                      row("", "loop", 6),
		"hosts: IPv4 addresses, mapped, for IPv6":         row("", "both", 6),
		"hosts: both families":                            row("10.5.0.1 web\nfd05::1 web\n", "web", 0),
		"hosts: the family that is there":                 row("10.5.0.1 web\nfd05::1 web\n", "web", 6),
		"hosts: there is no file":                         row("-", "web", 4),
		"hosts: an address is not looked up":              row("", "10.1", 4),
		"hosts: nor is an IPv6 address":                   row("", "fd01::1", 6),
	}
	for _, text := range []string{
		"10.5.0.1", "  10.5.0.1 web", "\t10.5.0.1\tweb\t", "10.5.0.1 web#x", "10.5.0.1 web # x", "#10.5.0.1 web", "# x\n10.5.0.1 web", "10.5.0.01 web", "10.5.1 web",
		"300.1.1.1 web", "web 10.5.0.1", "10.5.0.1 a web", "10.5.0.1 Web", "10.5.0.1 a\rweb", "10.5.0.1 web\r", "10.5.0.1 a\vweb", "10.5.0.1 web.", "fe80::1%lo web",
		"10.5.0.1 a,web", "10.5.0.1\x00web", "10.5.0.1 a\x00 web", "10.5.0.1 a" + strings.Repeat(" b", 9000) + " web", "10.5.0.1, web",
		"10.5.0.1/24 web", "10.5.0.1 x\n\n\n10.5.0.2 web\n10.5.0.2 web\n", "10.5.0.1 web\n::1 web", "[10.5.0.1] web", "10.5.0.1 web;x", "10.5.0.1 \"web\"", "10.5.0.1 *",
	} {
		rows["hosts: "+text] = row(text+"\n", "web", 4)
		rows["hosts, IPv6: "+text] = row(text+"\n", "web", 6)
		if strings.TrimLeft(text, " \t") == text {
			rows["hosts, no newline: "+text] = row(text, "web", 4)
		}
	}
	for _, text := range []string{"  10.5.0.1 web", "\t10.5.0.1\tweb\t", "   10.5.0.1 we", "  10.5.0.1 x web x", "\n 10.5.0.1 web", " # 10.5.0.1 web", "          1.1.1.1 w", " ::1 web\n ::1 web"} {
		for _, name := range []string{"web", "webeb", "we we"} {
			r := row(text, name, 4)
			r.glibc = "2.36"
			rows["hosts, blanks and no newline: "+text+": "+name] = r
		}
	}
	return rows
}

// serverRows are about the lines of resolv.conf that say who is asked.
func serverRows() map[string]lookedUp {
	rows := map[string]lookedUp{}
	for _, text := range []string{
		"-", "empty", "nameserver 10.9.0.1", " nameserver 10.9.0.1\n", "\tnameserver 10.9.0.1\n", "nameserver 10.9.0.1 # x\n", "nameserver 300.1.1.1\n", "nameserver\n", "nameserver \n", "nameserver",
		"nameserver\t10.9.0.1\n", "nameserver  \t 10.9.0.1  \n", "nameserver 10.9.0.1\r\n", "nameserver 10.9.1\n", "nameserver 012.9.0.1\n", "nameserver 0x0a.9.0.1\n", "nameserver 0x.9.0.1\n",
		"nameserver 0b1.9.0.1\n", "nameserver 0o12.9.0.1\n", "nameserver 1_0.9.0.1\n", "nameserver 08.1.1.1\n", "nameserver 10.589825\n", "nameserver 168361985\n", "nameserver 4294967296\n", "nameserver 10.16777217\n",
		"nameserver 10.9.0.1.1\n", "nameserver 10.9.0.1.\n", "nameserver +10.9.0.1\n", "nameserver 10..0.1\n", "nameserver 10.9.0.0001\n", "nameserver 10.9.0.1\v\n", "nameserver 10.9.0.1#53\n", "nameserver 10.9.0.1:53\n",
		"nameserver fd09::1\n", "nameserver fd09::1 # x\n", "nameserver fd09::1\r\n", "nameserver fd09::1%lo\n", "nameserver fd09::1%\n", "nameserver fd09::1%nosuch\n", "nameserver [fd09::1]\n", "nameserver fd09:0:0:0:0:0:0:1\n",
		"nameserver ::ffff:10.9.0.1\n", "nameserver localhost\n", "nameserver 10.9.0.1 10.9.0.3\n", "nameserver=10.9.0.1\n", "nameserver: 10.9.0.1\n", "Nameserver 10.9.0.1\n", "nameservers 10.9.0.1\n", "nameserver10.9.0.1\n",
		"; nameserver 10.9.0.3\n# nameserver 10.9.0.3\nnameserver 10.9.0.1\n", " # x\nnameserver 10.9.0.1\n", "\x00nameserver 10.9.0.1\n", "nameserver 10.9.0.1\x00 x\n", "x\x00\nnameserver 10.9.0.1\n",
		"nameserver 10.9.0.3\nnameserver 10.9.0.1\n", "nameserver 10.9.0.4\nnameserver 10.9.0.1\n", "nameserver 10.77.0.1\nnameserver 10.9.0.1\n", "nameserver 10.9.0.5\nnameserver 10.9.0.1\n", "nameserver 10.9.0.6\nnameserver 10.9.0.1\n",
		"nameserver 10.9.0.3\nnameserver 10.9.0.3\nnameserver 10.9.0.3\nnameserver 10.9.0.1\n", "nameserver 10.9.0.3\nnameserver bad\nnameserver 10.9.0.3\nnameserver 10.9.0.1\nnameserver 10.9.0.3\n",
		strings.Repeat("# long ", 20000) + "\n" + usualServer, "x" + strings.Repeat(" x", 50000) + "\n" + usualServer, "sortlist 10.0.0.0/8\n" + usualServer, "lookup file bind\n" + usualServer,
		usualServer + "options attempts:0\n", usualServer + "options attempts:-1\n", "nameserver 10.9.0.3\noptions attempts:1\n", "nameserver 10.9.0.3\noptions attempts:9\n", "nameserver 10.9.0.3\noptions attempts:3\n",
		"options use-vc\nnameserver 10.9.0.3\n" + usualServer, usualServer + "options use-vc\n", "nameserver 10.9.0.4\noptions use-vc\n" + usualServer,
		"options timeout:1\nnameserver 10.9.0.2\n" + usualServer,
	} {
		rows["servers: "+short(text)] = lookedUp{resolv: text, name: "web", family: 4}
	}
	return rows
}

// switchRows are about nsswitch.conf. "inhosts" is in both, "both" only in
// hosts, "web" only in DNS.
func switchRows() map[string]lookedUp {
	rows := map[string]lookedUp{}
	for _, text := range []string{
		"-", "empty", "hosts:files\n", "hosts:files", "hosts files\n", "hosts: dns files", "hosts:\n", "Hosts: dns\n", " hosts: dns files\n", "\thosts\t:\tdns files\n", "hosts::dns\n", "hosts: dns files\n", "hosts: dns\n", "hosts: files\n",
		"hosts: dns [NOTFOUND=return] files\n", "hosts: dns [notfound=RETURN] files\n", "hosts: dns [ NOTFOUND = return ] files\n", "hosts: dns[NOTFOUND=return]files\n", "hosts: dns [!UNAVAIL=return] files\n", "hosts: dns [UNAVAIL=return] files\n",
		"hosts: dns [NOTFOUND=return NOTFOUND=continue] files\n", "hosts: dns [!NOTFOUND=return NOTFOUND=continue] files\n", "hosts: dns [!SUCCESS=return] files\n", "hosts: files [!SUCCESS=return] dns\n",
		"hosts: dns [foo=return] files\n", "hosts: dns [NOTFOUND] files\n", "hosts: dns [NOTFOUND=stop] files\n", "hosts: dns [] files\n",
		"hosts: dns [NOTFOUND=return files\n", "hosts: dns NOTFOUND=return] files\n", "hosts: dns [NOTFOUND=return]] files\n", "hosts: dns [! NOTFOUND=return] files\n", "hosts: [NOTFOUND=return] files\n", "hosts: files [NOTFOUND=return] [SUCCESS=return] dns\n",
		"passwd: files [foo]\nhosts: files\n", "foo: [x\nhosts: files\n", "passwd_compat: [x\nhosts: files\n", "initgroups: files [x\nhosts: files\n", "netmasks: files [x\nhosts: files\n", "automount: files [x\nhosts: files\n", "publickey: files [x\n", "hosts: files\nhosts: dns\n", "hosts: dns\nhosts: files",
		"hosts: dns\n\nhosts:\n", "hosts: files # dns\n", "hosts: dns # x\n", "hosts: dns #[x\n", "# hosts: files\n", "#hosts: dns\n", "hosts: nosuch files\n", "hosts: nosuch [UNAVAIL=return] files\n", "hosts: dns\r\n", "hosts: files dns\r\n", "hosts: files,dns\n", "hosts:\x00files\n",
		"hosts: resolve [!UNAVAIL=return] files dns\n", "hosts: mymachines mdns4_minimal [NOTFOUND=return] sss files dns\n", "hosts: FILES\n", "hosts: files files\n", "hosts: dns dns\n", "hosts" + strings.Repeat(" ", 70000) + ": dns\n", "passwd: files\n",
	} {
		for _, name := range []string{"inhosts", "both", "web"} {
			rows["switch: "+short(text)+": "+name] = lookedUp{sw: text, name: name, family: 4}
		}
	}
	for _, text := range []string{"hosts: files [SUCCESS=continue] dns\n", "hosts: dns [SUCCESS=continue] files\n", "hosts: files [SUCCESS=merge] dns\n", "hosts: files [NOTFOUND=merge] dns\n"} {
		for _, name := range []string{"inhosts", "both", "web"} {
			rows["switch: "+text+": "+name] = lookedUp{sw: text, name: name, family: 4, glibc: "2.36"}
		}
	}
	for _, database := range []string{
		"aliases", "ethers", "group", "group_compat", "gshadow", "initgroups", "netgroup", "networks", "passwd", "passwd_compat", "protocols", "publickey", "rpc",
		"services", "shadow", "shadow_compat", "gshadow_compat", "bootparams", "netmasks", "subid", "sudoers", "automount", "host", "hostss", "hosts6", "PASSWD",
	} {
		rows["switch: a mistake in "+database] = lookedUp{sw: database + ": files [x\nhosts: files\n", name: "inhosts", family: 4}
	}
	rows["switch: no hosts, and that matters"] = lookedUp{sw: "hosts: files [UNAVAIL=return] dns\n", hosts: "-", name: "web", family: 4}
	rows["switch: no hosts, and that does not matter"] = lookedUp{sw: "hosts: files [NOTFOUND=return] dns\n", hosts: "-", name: "web", family: 4}
	for _, sw := range []string{"hosts: dns [UNAVAIL=return] files\n", "hosts: dns [NOTFOUND=return] files\n", "hosts: dns [TRYAGAIN=return] files\n", "hosts: dns [!UNAVAIL=return] files\n", "hosts: dns files\n"} {
		for what, resolv := range map[string]string{
			"no server listens": "nameserver 10.9.0.4\n", "the server fails": "nameserver 10.9.0.3\n", "the server refuses": "nameserver 10.9.0.5\nsearch a b\n",
			"nobody is asked": "options attempts:0\n",
		} {
			rows["switch: "+sw+" and "+what] = lookedUp{sw: sw, resolv: resolv, name: "both", family: 4}
		}
	}
	rows["switch: silence is UNAVAIL"] = lookedUp{sw: "hosts: dns [UNAVAIL=return] files\n", resolv: "nameserver 10.9.0.2\noptions timeout:1 attempts:1\n", name: "both", family: 4}
	for _, name := range []string{"servfail", "refused", "gone", "p.r", "none"} {
		rows["switch: what !UNAVAIL is for "+name] = lookedUp{sw: "hosts: dns [!UNAVAIL=return] files\n", hosts: "10.5.0.7 " + name + "\n", name: name, family: 4}
	}
	return rows
}

// answerRows are about what servers say.
func answerRows() map[string]lookedUp {
	rows := map[string]lookedUp{}
	quick := usualResolv + "options timeout:1 attempts:1\n"
	for _, name := range []string{
		"web", "web.", "four", "six", "WEB", "alias", "twice", "gone", "none", "x.y", "p.q", "p.r", "cut", "servfail", "refused", "formerr", "notimp", "referral", "glue", "silent", "w1", "w2", "w3", "nobody", "a..b", ".", "x_y", "a b", "a#b", "x-", "a.-b",
		".web", "..", strings.Repeat("x", 64), strings.Repeat("x", 63), strings.Repeat("x", 300), strings.Repeat("x.", 126) + "x", strings.Repeat("x.", 126), strings.Repeat("x.", 125) + "x", strings.Repeat("x.", 124) + "x",
	} {
		rows["answers: "+short(name)] = lookedUp{resolv: quick, name: name, family: 4}
		switch name { // these take seconds; and with two questions glibc asks again, one after the other
		case "w1", "w2", "w3", "silent", "cut":
		default:
			rows["answers, IPv6: "+short(name)] = lookedUp{resolv: quick, name: name, family: 6}
			rows["answers, both: "+short(name)] = lookedUp{resolv: quick, name: name, family: 0}
		}
	}
	rows["answers, IPv6: cut"] = lookedUp{resolv: quick, name: "cut", family: 6}
	for _, name := range []string{"web", "four", "none", "six"} {
		for _, family := range []int{0, 4, 6} {
			rows["no-aaaa: "+name+map[int]string{0: " both", 4: " IPv4", 6: " IPv6"}[family]] = lookedUp{resolv: usualResolv + "options no-aaaa\n", name: name, family: family}
		}
	}
	for what, servers := range map[string]string{
		"fails, silent": "nameserver 10.9.0.3\nnameserver 10.9.0.2\n", "silent, fails": "nameserver 10.9.0.2\nnameserver 10.9.0.3\n", "closed, silent": "nameserver 10.9.0.4\nnameserver 10.9.0.2\n",
		"closed": "nameserver 10.9.0.4\n", "closed, fails": "nameserver 10.9.0.4\nnameserver 10.9.0.3\n", "fails": "nameserver 10.9.0.3\n", "refuses": "nameserver 10.9.0.5\n", "refuses, fails": "nameserver 10.9.0.5\nnameserver 10.9.0.3\n",
		"fails, refuses": "nameserver 10.9.0.3\nnameserver 10.9.0.5\n", "refers": "nameserver 10.9.0.6\n", "silent": "nameserver 10.9.0.2\n", "no way": "nameserver 10.77.0.1\n",
	} {
		for _, name := range []string{"some", "some.name", "some.name."} {
			rows["servers that "+what+": "+name] = lookedUp{resolv: servers + "search a b\noptions timeout:1 attempts:1\n", name: name, family: 4}
		}
	}
	return rows
}

// candidateRows ask for names that nobody knows.
func candidateRows() map[string]lookedUp {
	rows := map[string]lookedUp{}
	for _, text := range []string{
		"", "search n\n", "search n m\n", "search n.m o\n", "domain n\n", "domain n m\n", "domain n\nsearch m\n", "search m\ndomain n\n", "search n\nsearch\n", "search n\nsearch \t\n", "search n.\n", "search .\n", "search . n\n", "search n .\n", "search .n\n", "search ..n m\n",
		"search n n\n", "search\tn\t m  \n", "search n\r\n", "search n # m\n", "search n;m\n", " search n\n", "search=n\n", "SEARCH n\n", "search\fn\n", "search n\fm\n", "search n\x00 m\n", "search n", "search " + many(64) + "\n", "search " + strings.Repeat("n.", 126) + " m\n",
		"search m " + strings.Repeat("n.", 120) + " o\n", "search " + strings.Repeat("n", 64) + " m\n", "search " + strings.Repeat("m ", 300) + "\n",
		"options ndots:0", "options ndots:2", "options ndots:3", "options ndots:15", "options ndots:16", "options ndots:-1", "options ndots: 2", "options ndots: x", "options ndots:", "options ndots:2x", "options ndots:0x2", "options ndots:+2",
		"options ndots:99999999999", "options ndots:4294967297", "options ndots:99999999999999999999", "options ndots=2", "options NDOTS:2", "options ndots:2,timeout:1", "options ndots:2;x", "options # ndots:2", "options\tndots:2\ttimeout:1", " options ndots:2",
		"ndots:2", "options ndots:1 ndots:2", "options ndots:2\noptions timeout:1", "options ndots:2\r", "options ndots:2\n\noptions ndots:0", "options xndots:2", "options no-tld-query", "options no_tld_query", "options no-tld-queries", "options rotatexyz ndots:2",
		"options no-tld-query\nsearch .", "options ndots:2\nsearch .", "options no-tld-query ndots:0",
	} {
		if strings.HasPrefix(strings.TrimSpace(text), "options") || strings.HasPrefix(text, "ndots") {
			text = "search n m\n" + text + "\n"
		}
		for _, name := range []string{"v", "v.w", "v.w.", "v.w.x", "1.2.3.4.5.6.7.8.9.10.11.12.13.14.15.16"} {
			rows[short(text)+": "+name] = lookedUp{resolv: usualServer + text, name: name, family: 4, hosts: "empty"}
		}
	}
	return rows
}

func short(text string) string {
	if len(text) > 90 {
		return text[:60] + " … " + text[len(text)-20:]
	}
	return text
}
