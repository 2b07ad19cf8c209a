package run

import (
	"cmp"
	"fmt"
	"os"
	"slices"
	"strings"
	"time"

	"netlab/internal/check"
	"netlab/internal/dns"
	"netlab/internal/nss"
	"netlab/internal/snapshot"
)

// etcFile is a file that the resolver library of a node reads.
type etcFile struct{ path, text string }

func fileOf(node, name string) etcFile {
	for _, path := range []string{"/etc/netns/" + node + "/" + name, "/etc/" + name} {
		if b, err := os.ReadFile(path); err == nil {
			return etcFile{path, string(b)}
		}
	}
	return etcFile{path: "/etc/" + name}
}

func (f etcFile) emptied() string            { return ": >" + f.path }
func (f etcFile) longer(lines string) string { return f.written(f.text + "\n" + lines + "\n") }
func (f etcFile) restored() string           { return f.written(f.text) }
func (f etcFile) written(text string) string { return "cat >" + f.path + " <<'END'\n" + text + "END" }

// resolvesFaults make a name lead elsewhere, or nowhere.
func resolvesFaults(r check.Resolves, not bool, lab snapshot.Lab) []fault {
	const stranger = "192.0.2.66"
	hosts, resolv := fileOf(r.In, "hosts"), fileOf(r.In, "resolv.conf")
	line := stranger + " " + r.Name
	if r.Family == 6 {
		line = "2001:db8::66 " + r.Name
	}
	known := fault{"a line in hosts", hosts.longer(line), hosts.restored(), []string{stranger, "2001:db8::66", "it asks for no name"}}
	if not {
		if files := sourcesOf(r.In); len(files) > 0 && files[0] != "files" { // the line may not be reached
			order := fileOf(r.In, "nsswitch.conf")
			known.harm += "\n" + order.written("hosts: files\n")
			known.mend += "\n" + order.restored()
		}
		return append([]fault{known}, wayToNames(r, resolv)...)
	}
	nothing := fault{"no files", hosts.emptied() + "\n" + resolv.emptied(), hosts.restored() + "\n" + resolv.restored(), []string{"no address for " + r.Name}}
	out := append([]fault{nothing}, wayToNames(r, resolv)...)
	if files := sourcesOf(r.In); len(r.To) > 0 && len(files) > 0 && files[0] == "files" {
		out = append(out, known)
	}
	if len(nss.ReadHosts(hosts.text).Find(r.Name, cmp.Or(r.Family, 4))) == 0 { // DNS knows it
		out = append(out, unasked(r.In), serversEnded(lab))
	}
	return out
}

// untaught has the lab built again after each fault of a claim that holds only
// once: the servers know the answer then.
func untaught(once bool, faults []fault) []fault {
	for i := range faults {
		if once {
			faults[i].mend = ""
		}
	}
	return faults
}

// sourcesOf are the sources of nsswitch.conf, in their order.
func sourcesOf(node string) []string {
	var out []string
	for _, s := range nss.ReadSwitch(fileOf(node, "nsswitch.conf").text).Sources {
		out = append(out, s.Name)
	}
	return out
}

// wayToNames are faults of what is claimed of the way to the answer.
func wayToNames(r check.Resolves, resolv etcFile) []fault {
	var out []fault
	if len(r.Tries) > 0 && !strings.HasSuffix(r.Name, ".") { // to which nothing is appended
		out = append(out, fault{"another search list", resolv.longer("search elsewhere.example\noptions ndots:15"), resolv.restored(), []string{"elsewhere.example"}})
	}
	if r.Tries != nil && len(r.Tries) == 0 || r.Asks != nil && len(r.Asks) == 0 {
		order := fileOf(r.In, "nsswitch.conf")
		out = append(out, fault{"DNS first", order.written("hosts: dns files\n"), order.restored(), []string{"it asks for " + strings.ToLower(r.Name), "asked: "}})
	}
	if r.Waits > time.Second {
		out = append(out, fault{"less patience", resolv.longer("options timeout:1 attempts:1"), resolv.restored(), []string{"it takes"}})
	}
	return out
}

// dnsFaults make a server answer otherwise, or not at all. What only a change of
// its zone can do, its lesson does.
func dnsFaults(d check.DNS, not bool, lab snapshot.Lab) []fault {
	switch {
	case d.Error == check.NoWay:
		way := ip(d.In) + "route %s prohibit " + d.Server.String()
		return []fault{{"forbidden", fmt.Sprintf(way, "add"), fmt.Sprintf(way, "del"), []string{"EACCES"}}}
	case not && d.Error == "": // it fails in any case
		return nil
	case not && slices.Contains([]string{check.Timeout, check.Closed}, d.Error):
		return []fault{unasked(d.In)}
	}
	return []fault{unasked(d.In), serversEnded(lab)}
}

// unasked is a firewall that lets no question out.
func unasked(in string) fault {
	nft := exe(in) + "nft "
	harm := nft + "add table inet x\n" + nft + "add chain inet x out '{ type filter hook output priority 0 ; }'\n" +
		nft + "add rule inet x out meta l4proto '{ tcp, udp }' th dport 53 drop"
	return fault{"questions dropped", harm, nft + "delete table inet x", []string{"EPERM", "firewall", "no address for"}}
}

// serversEnded ends all name servers of the lab's nodes.
func serversEnded(lab snapshot.Lab) fault {
	f := fault{name: "servers ended", names: []string{"no name server runs", "no address for", "closed", "no answer"}}
	for _, s := range lab.Spaces {
		serves := slices.ContainsFunc(s.Sockets, func(k snapshot.Socket) bool { return k.Port == dns.Port })
		if serves && s.Name != snapshot.Host {
			f.harm += "sh -c 'kill -9 $(ip netns pids " + s.Name + ")'\n"
		}
	}
	return f
}
