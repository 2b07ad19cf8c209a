package fault

import (
	"strings"
)

func switchKinds() []Kind {
	return []Kind{
		{Name: "nsswitch-no-dns", Title: "nsswitch.conf does not name dns: name servers are not asked", at: named(noDNS)},
		{Name: "nsswitch-no-files", Title: "nsswitch.conf does not name files: the hosts file is not read", at: named(noFiles)},
		{Name: "nsswitch-order", Title: "nsswitch.conf has dns before files, and they differ", at: named(wrongOrder)},
		{Name: "nsswitch-return", Title: "nsswitch.conf ends the search before the source that has the name", at: named(earlyReturn)},
		{Name: "nsswitch-mistake", Title: "a source is misspelt in nsswitch.conf", at: named(switchMistake)},
	}
}

// sources are those of the line "hosts:".
func (n *naming) sources() []string {
	for _, l := range split(n.files.Switch.Text) {
		if first(l) == "hosts:" {
			return strings.Fields(l)[1:]
		}
	}
	return nil
}

func (n *naming) filesFirst() bool {
	s := n.sources()
	return len(s) > 0 && s[0] == "files"
}

// sourced is a fault that writes another line "hosts:".
func (n *naming) sourced(says, sources string) []Fault {
	after := each(n.files.Switch.Text, func(l string) (string, bool) {
		if first(l) == "hosts:" {
			return "hosts: " + sources, true
		}
		return l, true
	})
	f := rewritten(n.place(n.files.Switch, "nsswitch.conf"), n.files.Switch, after)
	f.Cause, f.Says = Cause{In: n.in, What: sources}, says
	return []Fault{f}
}

func (n *naming) byServers() bool { return n.Full != "" && !n.inHosts() && len(n.asked()) > 0 }

func noDNS(n *naming) []Fault {
	if !n.byServers() {
		return nil
	}
	return n.sourced("nsswitch.conf of "+n.in+" says hosts: files, so no name server is asked", "files")
}

func noFiles(n *naming) []Fault {
	if !n.onlyHosts() {
		return nil
	}
	return n.sourced("nsswitch.conf of "+n.in+" says hosts: dns, so the hosts file is not read", "dns")
}

func wrongOrder(n *naming) []Fault {
	if !n.inHosts() || !n.Public.IsValid() || !n.filesFirst() {
		return nil
	}
	return n.sourced("nsswitch.conf of "+n.in+" has dns before files, and name servers give another address", "dns files")
}

// earlyReturn is one only where a name server says that there is no such name.
func earlyReturn(n *naming) (out []Fault) {
	if !n.onlyHosts() || len(n.asked()) == 0 {
		return nil
	}
	out = n.sourced("nsswitch.conf of "+n.in+" ends the search when name servers do not have the name", "dns [NOTFOUND=return] files")
	return append(out, n.sourced("nsswitch.conf of "+n.in+" ends the search after dns, whatever comes of it", "dns [!SUCCESS=return] files")...)
}

func switchMistake(n *naming) (out []Fault) {
	mistake := func(sources, lost string) {
		f := n.sourced("a source is misspelt in nsswitch.conf of "+n.in+": "+sources, sources)[0]
		f.Cause.Also = []Cause{{Kind: lost, In: n.in}}
		out = append(out, f)
	}
	switch {
	case n.onlyHosts():
		mistake("file dns", "nsswitch-no-files")
	case n.byServers():
		mistake("files bind", "nsswitch-no-dns")
	}
	return out
}
