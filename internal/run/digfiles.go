package run

import (
	"io"
	"net/netip"
	"os"
	"slices"
	"strconv"
	"strings"
	"syscall"

	"netlab/internal/dns"
	"netlab/internal/netns"
)

// NameFiles are the files from which dig takes its servers.
type NameFiles struct {
	Path          string // of resolv.conf
	Resolv, Hosts string // their texts
}

// maxNameFile bounds how much of such a file is read: anybody in the lab may
// write it.
const maxNameFile = 1 << 20

// nameFiles are the files of a node: as "ip netns exec" shows them to what runs
// there (ip-netns(8)), its own in /etc/netns, else the lab's.
func nameFiles(node string) NameFiles {
	here := HereFiles()
	if node == "" || node == netns.Host {
		return here
	}
	own := "/etc/netns/" + node
	if text, ok := readRegular(own + "/hosts"); ok {
		here.Hosts = text
	}
	if text, ok := readRegular(own + "/resolv.conf"); ok {
		here.Path, here.Resolv = own+"/resolv.conf", text
	}
	return here
}

// HereFiles are the files as whoever runs here sees them.
func HereFiles() NameFiles {
	hosts, _ := readRegular("/etc/hosts")
	resolv, _ := readRegular("/etc/resolv.conf")
	return NameFiles{Path: "/etc/resolv.conf", Resolv: resolv, Hosts: hosts}
}

// readRegular reads the beginning of a file. Whatever else has its name, such
// as a pipe that nobody writes to, does not hold it up.
func readRegular(path string) (string, bool) {
	f, err := os.OpenFile(path, os.O_RDONLY|syscall.O_NONBLOCK, 0)
	if err != nil {
		return "", false
	}
	defer f.Close()
	if st, err := f.Stat(); err != nil || !st.Mode().IsRegular() {
		return "", false
	}
	b, err := io.ReadAll(io.LimitReader(f, maxNameFile))
	return string(b), err == nil
}

// resolvers is what dig takes from resolv.conf(5).
type resolvers struct {
	servers []netip.Addr
	search  []string
	ndots   int
}

// maxResolvers is how many servers count (resolv.conf(5), MAXNS).
const maxResolvers = 3

func readResolvers(text string) resolvers {
	out := resolvers{ndots: 1}
	for line := range strings.Lines(text) {
		words := strings.Fields(line)
		if len(words) < 2 {
			continue
		}
		switch words[0] {
		case "nameserver":
			if addr, err := netip.ParseAddr(words[1]); err == nil && len(out.servers) < maxResolvers {
				out.servers = append(out.servers, addr)
			}
		case "search":
			out.search = words[1:]
		case "domain":
			out.search = words[1:2]
		case "options":
			for _, o := range words[1:] {
				if n, err := strconv.Atoi(strings.TrimPrefix(o, "ndots:")); err == nil && strings.HasPrefix(o, "ndots:") {
					out.ndots = max(min(n, 15), 0)
				}
			}
		}
	}
	return out
}

// readHosts are the addresses of a name in hosts(5).
func readHosts(text, name string) []netip.Addr {
	var out []netip.Addr
	for line := range strings.Lines(text) {
		line, _, _ = strings.Cut(line, "#")
		words := strings.Fields(line)
		if len(words) < 2 || !slices.ContainsFunc(words[1:], func(w string) bool { return dns.SameName(w, name) }) {
			continue
		}
		if addr, err := netip.ParseAddr(words[0]); err == nil {
			out = append(out, addr)
		}
	}
	return out
}
