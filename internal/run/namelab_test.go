package run

import (
	"fmt"
	"net/netip"
	"strings"

	faults "netlab/internal/fault"
	"netlab/internal/nss"
	"netlab/internal/scene"
)

// nameColumn is a network of the matrix of names, and the name that A looks up
// in it.
type nameColumn struct {
	name    string
	scene   scene.Scene
	clients string // the namespaces that have the files of a client, A among them
	hosts   string
	resolv  string
	sources string // of nsswitch.conf
	names   faults.Names
	real    string   // the resolver's program, where it is not netlab's own
	needs   []string // kinds of network faults on the way to the servers
	// servers says that faults in the files of A are tried elsewhere; only names the
	// kinds that are tried here. NETLAB_MATRIX takes no notice.
	servers bool
	only    []string
}

func nameColumns() []nameColumn {
	return []nameColumn{
		hostsColumn(), hostsAndDNSColumn(), overrideColumn(), dnsColumn(), twoServersColumn(), forwarderColumn(), wildcardColumn(), longColumn(),
		internetColumn(), unboundColumn(),
	}
}

// hastyOptions let a resolver library give up soon: the tests wait for it.
const hastyOptions = "options timeout:1 attempts:1\n"

func lan(more ...string) scene.Scene {
	nodes, links := "s:s1 h:A h:B h:www h:ftp", "A s1 192.168.1.1/24\nB s1 192.168.1.2/24\nwww s1 192.168.1.10/24\nftp s1 192.168.1.11/24\n"
	for _, m := range more {
		nodes += " h:" + strings.Fields(m)[0]
		links += m + "\n"
	}
	return hardware(nodes, links, "")
}

func file(path, text string) nss.File { return nss.File{Path: path, Text: text} }

// zoneServer is CoreDNS with one zone.
func zoneServer(in, addr, origin, zone string) faults.NameServer {
	z := file("/etc/coredns/"+in+".db", zone)
	return faults.NameServer{
		In: in, Addr: netip.MustParseAddr(addr), Zones: []faults.Zone{{Origin: origin, File: z}},
		Config: file("/etc/coredns/"+in+".conf", fmt.Sprintf("%s {\n  file %s\n  errors\n}\n", origin, z.Path)),
	}
}

const lanZone = `$ORIGIN lab.
$TTL 300
@ IN SOA dns admin 1 3600 600 86400 60
@ IN NS dns
dns IN A 192.168.1.53
www IN CNAME web
web IN A 192.168.1.10
ftp IN A 192.168.1.11
`

func (c *nameColumn) serves(s ...faults.NameServer) { c.names.Servers = append(c.names.Servers, s...) }

func hostsColumn() nameColumn {
	return nameColumn{name: "hosts", scene: lan(), clients: "A B",
		hosts: "127.0.0.1 localhost\n192.168.1.10 www web\n192.168.1.11 ftp\n", sources: "hosts: files dns\n",
		names: faults.Names{Name: "www", Found: netip.MustParseAddr("192.168.1.10")}}
}

func dnsColumn() nameColumn {
	c := nameColumn{name: "dns", scene: lan("dns s1 192.168.1.53/24"), clients: "A B", hosts: "127.0.0.1 localhost\n",
		resolv: "nameserver 192.168.1.53\nsearch lab\n" + hastyOptions, sources: "hosts: files dns\n",
		names: faults.Names{Name: "www", Full: "www.lab.", Found: netip.MustParseAddr("192.168.1.10")},
		needs: []string{"link-down", "wrong-address", "wrong-mask", "nft-drop-input", "nft-drop-output", "port-not-in-bridge"}}
	c.serves(zoneServer("dns", "192.168.1.53", "lab.", lanZone))
	return c
}

func hostsAndDNSColumn() nameColumn {
	c := dnsColumn()
	c.name, c.hosts, c.needs = "hosts+dns", "127.0.0.1 localhost\n192.168.1.10 intranet.lab\n", nil
	c.names.Name, c.names.Full = "intranet.lab", ""
	return c
}

// overrideColumn has an address of its own for a name to which the server gives
// one that nobody here has.
func overrideColumn() nameColumn {
	c := dnsColumn()
	c.name, c.hosts, c.needs = "override", "127.0.0.1 localhost\n192.168.1.10 shop.lab\n", nil
	c.names.Name, c.names.Full, c.names.Public = "shop.lab", "shop.lab.", netip.MustParseAddr("203.0.113.80")
	c.names.Servers[0].Zones[0].File.Text += "shop IN A 203.0.113.80\n"
	return c
}

func twoServersColumn() nameColumn {
	c := dnsColumn()
	c.name, c.scene, c.needs = "two", lan("dns s1 192.168.1.53/24", "dns2 s1 192.168.1.54/24"), nil
	c.resolv = "nameserver 192.168.1.53\nnameserver 192.168.1.54\nsearch lab\n" + hastyOptions
	c.serves(zoneServer("dns2", "192.168.1.54", "lab.", lanZone))
	return c
}

// forwarderColumn has a server that asks another one behind a router.
func forwarderColumn() nameColumn {
	c := nameColumn{name: "forwarder", clients: "A B", servers: true, hosts: "127.0.0.1 localhost\n", sources: "hosts: files dns\n",
		resolv: "nameserver 192.168.1.53\n" + hastyOptions,
		names:  faults.Names{Name: "www.example.com", Full: "www.example.com.", Found: netip.MustParseAddr("192.168.1.10")},
		needs:  []string{"link-down", "missing-route", "gateway-nobody", "nft-drop-forward", "forwarding-off", "missing-return-route"}}
	c.scene = hardware("s:s1 s:s2 h:A h:B h:www h:ftp r:router h:dns h:up h:stranger", `
		A s1 192.168.1.1/24
		B s1 192.168.1.2/24
		www s1 192.168.1.10/24
		ftp s1 192.168.1.11/24
		dns s1 192.168.1.53/24
		router s1 192.168.1.254/24
		router s2 10.0.0.254/24
		up s2 10.0.0.53/24
		stranger s2 10.0.0.9/24`, `
		dns 0.0.0.0/0 192.168.1.254
		up 0.0.0.0/0 10.0.0.254`)
	forwarder := faults.NameServer{In: "dns", Addr: netip.MustParseAddr("192.168.1.53"), Caches: true,
		Config: file("/etc/coredns/dns.conf", ". {\n  forward . 10.0.0.53\n  cache 300\n  errors\n}\n")}
	c.serves(forwarder, zoneServer("up", "10.0.0.53", "example.com.", "$TTL 600\n@ IN SOA ns a 1 3600 600 86400 60\n@ IN NS ns\nns IN A 10.0.0.53\nwww IN A 192.168.1.10\n"))
	return c
}

// wildcardColumn has a zone with an answer for each name, and a name from
// elsewhere.
func wildcardColumn() nameColumn {
	c := forwarderColumn()
	c.name, c.needs = "wildcard", nil
	c.only = []string{"ndots-too-high", "first-nameserver-dead", "record-missing", "upstream-wrong", "server-refuses"}
	c.resolv = "nameserver 192.168.1.53\nsearch lab\n" + hastyOptions
	zone := file("/etc/coredns/dns.db", lanZone+"* IN A 192.168.1.11\n")
	c.names.Servers[0].Config.Text = "lab. {\n  file " + zone.Path + "\n}\n" + c.names.Servers[0].Config.Text
	c.names.Servers[0].Zones = []faults.Zone{{Origin: "lab.", File: zone}}
	return c
}

// longColumn has a name with more addresses than a datagram of 512 bytes holds.
func longColumn() nameColumn {
	c := dnsColumn()
	c.name, c.needs = "long", nil
	c.only = []string{"tcp-blocked", "stale-hosts-line", "server-other-id"}
	c.names.Name, c.names.Full = "many.lab", "many.lab."
	for i := range 40 {
		c.names.Servers[0].Zones[0].File.Text += fmt.Sprintf("many IN A 192.168.1.%d\n", []int{10, 100 + i}[min(i, 1)])
	}
	return c
}

// internetColumn is a small Internet of name servers, with a resolver that walks
// from the root.
func internetColumn() nameColumn {
	c := nameColumn{name: "internet", clients: "A B", hosts: "127.0.0.1 localhost\n", sources: "hosts: files dns\n", servers: true,
		resolv: "nameserver 192.168.1.53\n" + hastyOptions,
		names:  faults.Names{Name: "mail.yahoo.com", Full: "mail.yahoo.com.", Found: netip.MustParseAddr("192.168.1.10")},
		needs:  []string{"link-down"}}
	c.scene = hardware("s:s1 s:s2 h:A h:B h:www h:ftp r:router h:resolver h:root h:com h:yahoo h:stranger", `
		A s1 192.168.1.1/24
		B s1 192.168.1.2/24
		www s1 192.168.1.10/24
		ftp s1 192.168.1.11/24
		resolver s1 192.168.1.53/24
		router s1 192.168.1.254/24
		router s2 198.51.100.254/24
		root s2 198.51.100.1/24
		com s2 198.51.100.2/24
		yahoo s2 198.51.100.3/24
		stranger s2 198.51.100.9/24`, `
		resolver 0.0.0.0/0 192.168.1.254
		root 0.0.0.0/0 198.51.100.254
		com 0.0.0.0/0 198.51.100.254
		yahoo 0.0.0.0/0 198.51.100.254`)
	hints := file("/etc/resolver/root.hints", ". 3600000 NS a.root-servers.net.\na.root-servers.net. 3600000 A 198.51.100.1\n")
	c.serves(
		faults.NameServer{In: "resolver", Addr: netip.MustParseAddr("192.168.1.53"), Caches: true, Hints: hints,
			Config: file("/etc/resolver/unbound.conf", `server:
  interface: 0.0.0.0
  access-control: 0.0.0.0/0 allow
  do-ip6: no
  username: ""
  chroot: ""
  directory: "/tmp"
  pidfile: ""
  use-syslog: no
  module-config: "iterator"
  root-hints: `+hints.Path+`
remote-control:
  control-enable: no
`)},
		zoneServer("root", "198.51.100.1", ".", `$TTL 3600
. IN SOA a.root-servers.net. admin. 1 3600 600 86400 60
. IN NS a.root-servers.net.
a.root-servers.net. IN A 198.51.100.1
com. IN NS a.gtld-servers.net.
a.gtld-servers.net. IN A 198.51.100.2
`),
		zoneServer("com", "198.51.100.2", "com.", `$ORIGIN com.
$TTL 3600
@ IN SOA a.gtld-servers.net. admin 1 3600 600 86400 60
@ IN NS a.gtld-servers.net.
yahoo IN NS ns1.yahoo
ns1.yahoo IN A 198.51.100.3
`),
		zoneServer("yahoo", "198.51.100.3", "yahoo.com.", `$ORIGIN yahoo.com.
$TTL 600
@ IN SOA ns1 admin 1 3600 600 86400 60
@ IN NS ns1
ns1 IN A 198.51.100.3
mail IN A 192.168.1.10
`))
	return c
}

// unboundColumn is the same with the machine's own unbound.
func unboundColumn() nameColumn {
	c := internetColumn()
	c.name, c.real = "unbound", "/usr/sbin/unbound"
	return c
}
