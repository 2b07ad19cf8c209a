// Package nss is the name service switch of a machine, as its resolver library
// sees it: the files nsswitch.conf, hosts and resolv.conf, read as glibc reads
// them, and what they mean for a name that is looked up. The package is pure.
package nss

import "net/netip"

// Files are the files by which one namespace finds names: those of
// /etc/netns/NAME where it has them, else the lab's own in /etc.
type Files struct {
	Switch File `json:"nsswitch_conf"`
	Hosts  File `json:"hosts"`
	Resolv File `json:"resolv_conf"`
}

// File is one of them. The zero value is a file that is not there.
type File struct {
	Path string `json:"path"` // where it is for the whole lab: /etc/netns/A/hosts; empty: there is none
	Text string `json:"text"` // no more than MaxFile
	Flaw Flaw   `json:"flaw,omitempty"`
}

// Mistake is a line of a file that glibc does not read as it was meant.
type Mistake struct {
	Line int    `json:"line"` // from 1
	Text string `json:"text"` // the line
	Why  string `json:"why"`  // what is wrong, and what glibc makes of it
}

// Hosts is /etc/hosts, hosts(5).
type Hosts struct {
	Lines    []HostsLine
	Mistakes []Mistake
}

// HostsLine is one line: an address, the canonical name, and aliases.
type HostsLine struct {
	Line  int
	Addr  netip.Addr
	Names []string
}

// Resolv is /etc/resolv.conf, resolv.conf(5), with what it leaves out filled in.
type Resolv struct {
	Servers  []Server
	Search   []string // without the last dot; empty: the root
	Ndots    int
	Timeout  int // seconds that the first server has, see Wait
	Attempts int // how often the list of servers is gone through
	Rotate   bool
	UseTCP   bool // use-vc
	NoAAAA   bool // no-aaaa: IPv6 addresses are not asked for
	NoTLD    bool // no-tld-query: a name without a dot is not asked for as it is
	// Assumed says that no nameserver is named, so that Servers is this machine
	// itself, 127.0.0.1.
	Assumed  bool
	Mistakes []Mistake
}

// Server is a nameserver line.
type Server struct {
	Line int // 0: assumed
	Addr netip.Addr
}

// Switch is the line "hosts:" of /etc/nsswitch.conf, nsswitch.conf(5).
type Switch struct {
	Line     int // 0: there is no such line, and this is what glibc takes
	Sources  []Source
	Mistakes []Mistake
}

// Source is one service on that line, with the actions behind it.
type Source struct {
	Name    string // files, dns, myhostname …
	Actions []Action
}

// Action is a [STATUS=ACTION]. Not turns the status round.
type Action struct {
	Not          bool
	Status, Then string // in capitals, in small letters: NOTFOUND, return
}
