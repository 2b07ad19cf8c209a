package fault

import (
	"net/netip"

	"netlab/internal/nss"
)

// The files of the networks in which names are looked up.
const (
	labZone = `$ORIGIN lab.
$TTL 300
@ IN SOA dns admin 1 3600 600 86400 60
@ NS dns
dns A 10.0.0.53
www CNAME web ; the web server
web A 10.0.0.2
`
	labCorefile = `lab {
  file /etc/coredns/lab.db
  errors
}
`
)

func etc(name, text string) nss.File {
	return nss.File{Path: "/etc/netns/A/" + name, Text: text}
}

// with gives A the files by which it finds names.
func with(t Topology, hosts, resolv, sources string) Topology {
	s := space(t.Lab, "A")
	s.Names = nss.Files{Hosts: etc("hosts", hosts), Resolv: etc("resolv.conf", resolv), Switch: etc("nsswitch.conf", sources)}
	return t
}

// byFile is a LAN whose machines find each other by the hosts file.
func byFile() Topology {
	t := Topology{Name: "hosts", Lab: network("s:s1 h:A h:B h:C", "A s1 10.0.0.1/24", "B s1 10.0.0.2/24", "C s1 10.0.0.3/24"), Probe: probe("A", "10.0.0.2", ICMP, 0)}
	t.Names = &Names{Name: "www", Found: t.Probe.To}
	return with(t, "127.0.0.1 localhost\n10.0.0.2 www web\n", "", "hosts: files dns\n")
}

// byServer is a LAN with one name server, and a name that a search list ends.
func byServer() Topology {
	t := Topology{Name: "dns", Probe: probe("A", "10.0.0.2", ICMP, 0),
		Lab: network("s:s1 h:A h:B h:C h:dns", "A s1 10.0.0.1/24", "B s1 10.0.0.2/24", "C s1 10.0.0.3/24", "dns s1 10.0.0.53/24")}
	t.Names = &Names{Name: "www", Full: "www.lab.", Found: t.Probe.To, Servers: []NameServer{{
		In: "dns", Addr: netip.MustParseAddr("10.0.0.53"), Config: nss.File{Path: "/etc/coredns/Corefile", Text: labCorefile},
		Zones: []Zone{{"lab.", nss.File{Path: "/etc/coredns/lab.db", Text: labZone}}},
	}}}
	return with(t, "127.0.0.1 localhost\n", "search lab\nnameserver 10.0.0.53\n", "passwd: files\nhosts: files dns\n")
}

// byBoth has a name in the hosts file to which a name server gives another
// address.
func byBoth() Topology {
	t := byServer()
	t.Name = "both"
	t.Names.Public = netip.MustParseAddr("10.0.0.99")
	return with(t, "10.0.0.2 www\n", "search lab\nnameserver 10.0.0.53\n", "hosts: files dns\n")
}

// byFileAndServer has a name that only the hosts file knows.
func byFileAndServer() Topology {
	t := byServer()
	t.Name = "hosts-dns"
	t.Names.Name, t.Names.Full = "intranet", ""
	return with(t, "10.0.0.2 intranet\n", "nameserver 10.0.0.53\n", "hosts: files dns\n")
}

// byTwo has two name servers with the same zone.
func byTwo() Topology {
	t := byServer()
	t.Name = "two"
	t.Lab = network("s:s1 h:A h:B h:dns h:dns2", "A s1 10.0.0.1/24", "B s1 10.0.0.2/24", "dns s1 10.0.0.53/24", "dns2 s1 10.0.0.54/24")
	second := t.Names.Servers[0]
	second.In, second.Addr = "dns2", netip.MustParseAddr("10.0.0.54")
	second.Config.Path, second.Zones = "/etc/coredns/Corefile2", []Zone{{"lab.", nss.File{Path: "/etc/coredns/lab2.db", Text: labZone}}}
	t.Names.Servers = append(t.Names.Servers, second)
	return with(t, "", "search lab\nnameserver 10.0.0.53\nnameserver 10.0.0.54\n", "hosts: files dns\n")
}

// byForwarder has a server that asks another one, and keeps the answers.
func byForwarder() Topology {
	t := byServer()
	t.Name = "forwarder"
	t.Names.Name, t.Names.Full = "www.far.example", "www.far.example."
	t.Lab = network("s:s1 h:A h:B h:dns h:up", "A s1 10.0.0.1/24", "B s1 10.0.0.2/24", "dns s1 10.0.0.53/24", "up s1 10.0.0.54/24")
	t.Names.Servers[0].Config.Text = labCorefile + ". {\n  forward . 10.0.0.54\n  cache 60\n}\n"
	t.Names.Servers[0].Caches = true
	t.Names.Servers[0].Zones[0].File.Text += "*.lab. A 10.0.0.3\n"
	long := "$TTL 300\n@ IN SOA ns.far.example. a.far.example. (\n 1 3600\n 600 86400 60 )\nwww IN A 10.0.0.2\n"
	for range 40 {
		long += "\t60 IN A 10.0.0.2\n"
	}
	t.Names.Servers = append(t.Names.Servers, NameServer{In: "up", Addr: netip.MustParseAddr("10.0.0.54"),
		Config: nss.File{Path: "/etc/coredns/up", Text: "far.example {\n  file /etc/coredns/far.db\n}\n"},
		Zones:  []Zone{{"far.example.", nss.File{Path: "/etc/coredns/far.db", Text: long}}}})
	return with(t, "", "search lab\nnameserver 10.0.0.53\n", "hosts: files dns\n")
}

// byRoot is a small Internet of name servers, and a resolver that walks.
func byRoot() Topology {
	server := func(in, addr, origin, zone string) NameServer {
		return NameServer{In: in, Addr: netip.MustParseAddr(addr), Config: nss.File{Path: "/etc/coredns/" + in, Text: origin + " {\n  file /etc/coredns/" + in + ".db\n}\n"},
			Zones: []Zone{{origin, nss.File{Path: "/etc/coredns/" + in + ".db", Text: zone}}}}
	}
	t := Topology{Name: "internet", Probe: probe("A", "10.0.0.2", ICMP, 0), Lab: network("s:s1 h:A h:B h:C h:resolver h:root h:com h:yahoo",
		"A s1 10.0.0.1/24", "B s1 10.0.0.2/24", "C s1 10.0.0.3/24", "resolver s1 10.0.0.53/24", "root s1 10.0.0.61/24", "com s1 10.0.0.62/24", "yahoo s1 10.0.0.63/24")}
	t.Names = &Names{Name: "mail.yahoo.com", Full: "mail.yahoo.com.", Found: t.Probe.To, Servers: []NameServer{
		{In: "resolver", Addr: netip.MustParseAddr("10.0.0.53"), Caches: true, Config: nss.File{Path: "/etc/unbound/unbound.conf", Text: "server:\n  access-control: 0.0.0.0/0 allow\n  root-hints: /etc/unbound/root.hints\n"},
			Hints: nss.File{Path: "/etc/unbound/root.hints", Text: ". 3600 NS a.root.\na.root. 3600 A 10.0.0.61\n"}},
		server("root", "10.0.0.61", ".", "@ 60 SOA a.root. b. 1 2 3 4 5\n@ 60 NS a.root.\na.root. 60 A 10.0.0.61\ncom. 60 NS a.com.\na.com. 60 A 10.0.0.62\n"),
		server("com", "10.0.0.62", "com.", "@ 60 SOA a.com. b. 1 2 3 4 5\n@ 60 NS a.com.\na.com. 60 A 10.0.0.62\nyahoo.com. 60 NS ns.yahoo.com.\nns.yahoo 60 A 10.0.0.63\n"),
		server("yahoo", "10.0.0.63", "yahoo.com.", "@ 60 SOA ns.yahoo.com. b. 1 2 3 4 5\n@ 60 NS ns\nns 60 A 10.0.0.63\nmail 60 A 10.0.0.2\n"),
	}}
	return with(t, "", "nameserver 10.0.0.53\n", "hosts: files dns\n")
}

func allNamed() []Topology {
	return []Topology{byFile(), byServer(), byBoth(), byFileAndServer(), byTwo(), byForwarder(), byRoot()}
}
