package run

import (
	"context"
	"fmt"
	"io"
	"net/netip"
	"strings"

	"netlab/internal/kernel"
	"netlab/internal/nss"
)

// OwnGetent is what netlab says of itself under the name of getent.
const OwnGetent = "netlab's own resolver, in the words of getent"

// Getent is getent(1) for machines without the one of glibc: ahosts, ahostsv4,
// ahostsv6 and hosts, in a namespace that has these addresses; an empty name is
// the one in which this process runs. It returns getent's exit code.
func Getent(ctx context.Context, from string, addrs []netip.Addr, args []string, out, errOut io.Writer) int {
	if len(args) > 0 && args[0] == "--" {
		args = args[1:]
	}
	if len(args) == 1 && args[0] == "--version" {
		fmt.Fprintln(out, OwnGetent)
		return getentFound
	}
	if len(args) < 2 || !knownDatabase(args[0]) {
		fmt.Fprintln(errOut, "getent: this is "+OwnGetent+"; it knows: ahosts NAME, ahostsv4 NAME, ahostsv6 NAME, hosts NAME")
		return getentUnknown
	}
	r := ownResolver{from: from, files: kernel.NameFiles(from), addrs: addrs}
	exit := getentFound
	for _, name := range args[1:] {
		text, err := r.line(ctx, args[0], name)
		switch {
		case err != nil:
			fmt.Fprintln(errOut, "getent:", err)
			exit = getentNotFound
		case text == "":
			exit = getentNotFound
		}
		_, _ = io.WriteString(out, text)
	}
	return exit
}

func knownDatabase(name string) bool {
	switch name {
	case "ahosts", "ahostsv4", "ahostsv6", "hosts":
		return true
	}
	return false
}

// line is what getent prints of a name; empty: it is not found.
func (r ownResolver) line(ctx context.Context, database, name string) (string, error) {
	if database == "hosts" {
		return r.host(ctx, name)
	}
	family := map[string]int{"ahostsv4": 4, "ahostsv6": 6}[database]
	found, err := r.lookUp(ctx, name, family)
	text, canon := "", found.Canon
	for _, a := range found.Addrs {
		text += fmt.Sprintf("%-15s %-6s %s\n", a, "STREAM", canon)
		text += fmt.Sprintf("%-15s %-6s \n%-15s %-6s \n", a, "DGRAM", a, "RAW")
		canon = ""
	}
	return text, err
}

// host wants an IPv6 address first, from all sources, and does not ask whether
// there is a use for it: so does gethostbyname2(3).
func (r ownResolver) host(ctx context.Context, name string) (string, error) {
	six := r
	six.files.Hosts.Text = onlyIPv6(r.files.Hosts.Text)
	found, err := six.anyway(ctx, name, 6)
	if text := hostLines(found, six.files, name, 6); text != "" || err != nil {
		return text, err
	}
	found, err = r.anyway(ctx, name, 4)
	return hostLines(found, r.files, name, 4), err
}

// hostLines leaves out IPv4 addresses in the dress of IPv6. A line of the hosts
// file has its aliases behind the name.
func hostLines(found nss.Found, files nss.Files, name string, family int) string {
	text, names := "", found.Canon
	if lines := nss.ReadHosts(files.Hosts.Text).Find(name, family); found.Source == "files" && len(lines) > 0 {
		names = strings.Join(lines[0].Names, " ")
	}
	for _, a := range found.Addrs {
		if !a.Is4In6() {
			text += fmt.Sprintf("%-15s %s\n", a, names)
		}
	}
	return text
}

// onlyIPv6 leaves the lines of a hosts file that have an IPv6 address.
func onlyIPv6(hosts string) string {
	text := ""
	for _, l := range nss.ReadHosts(hosts).Lines {
		if l.Addr.Is6() {
			text += l.Addr.String() + " " + strings.Join(l.Names, " ") + "\n"
		}
	}
	return text
}
