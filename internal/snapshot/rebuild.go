package snapshot

import (
	"fmt"
	"slices"
	"strings"

	"netlab/internal/op"
)

// KernelSysctls are the values that the kernel itself gives the settings of a
// snapshot in a new namespace (Documentation/networking/ip-sysctl.rst). A
// machine may hand on other ones: see FreshSysctls in package
// kernel.
func KernelSysctls() map[string]string {
	return map[string]string{
		"net.ipv4.ip_forward":                "0",
		"net.ipv4.conf.all.rp_filter":        "0",
		"net.ipv6.conf.all.forwarding":       "0",
		"net.ipv6.conf.all.disable_ipv6":     "0",
		"net.bridge.bridge-nf-call-iptables": "1",
	}
}

// Commands returns the ip, bridge, sysctl and printf lines that rebuild the lab from
// an empty host: namespaces, links, the files by which names are found where
// they are not those of a new lab, what is set and given to links, then routes,
// neighbours and forwarding entries. They are lines of a shell; those
// that begin with "#" are headings, or say what the lines do not rebuild.
//
// What comes by itself is left out: connected routes, link-local addresses,
// everything that was learned, and MAC addresses that the kernel drew unless a
// line refers to them. fresh are the settings of a new namespace on this
// machine; nil means KernelSysctls.
func (l Lab) Commands(fresh map[string]string) []string {
	r := &rebuilder{lab: l, fresh: fresh, made: map[string]bool{}}
	r.meant = meantMACs(l)
	r.heading("namespaces and links")
	for _, s := range l.Spaces {
		if s.Name != Host {
			r.do(Host, &op.NetnsAdd{Name: s.Name})
		}
	}
	r.links()
	r.heading("files for names")
	for _, s := range l.Spaces {
		r.files(s)
	}
	for _, s := range l.Spaces {
		r.heading(s.Name + ": settings, ports, addresses, up")
		r.settings(s)
		r.addresses(s)
		r.up(s)
	}
	r.wait()
	for _, s := range l.Spaces {
		r.heading(s.Name + ": routes, neighbours, forwarding entries")
		r.carriers(s)
		r.routes(s)
		r.neighs(s)
		r.fdb(s)
		r.others(s)
	}
	r.heading("")
	return r.lines
}

// others says what has no line here.
func (r *rebuilder) others(s Space) {
	for _, p := range s.OwnRules() {
		r.note(s, "rule of the routing policy: ip rule add %s priority %d", p.words(), p.Priority)
	}
	if s.Rules > 0 {
		r.note(s, "%s: ip lines cannot make them", counted(s.Rules, "nftables rule"))
	}
	if n := len(slices.DeleteFunc(slices.Clone(s.Filters), func(f Filter) bool { return f.Tool == "nft" || f.Policy != "" })); n > 0 {
		r.note(s, "%s: ip lines cannot make them", counted(n, "iptables rule"))
	}
	if n := len(slices.DeleteFunc(slices.Clone(s.Sockets), func(o Socket) bool { return o.Kernel })); n > 0 {
		r.note(s, "%s: a program must open them", counted(n, "socket"))
	}
}

// rebuilder collects the lines that rebuild a lab.
type rebuilder struct {
	lab   Lab
	fresh map[string]string
	meant map[string]bool // MAC addresses that are part of what somebody wanted
	made  map[string]bool // links that the lines have made, by namespace and name
	title string          // a heading that has no line yet
	lines []string
}

// heading begins a part; one that stays without lines is not shown.
func (r *rebuilder) heading(title string) { r.title = title }

func (r *rebuilder) add(line string) {
	if r.title != "" {
		r.lines = append(r.lines, "# "+r.title)
		r.title = ""
	}
	r.lines = append(r.lines, line)
}

// do adds the line of an op; more are words of the real tool that op does not
// know.
func (r *rebuilder) do(space string, o op.Op, more ...string) {
	r.family(space, op.AnyFamily, o, more...)
}

func (r *rebuilder) family(space string, f op.Family, o op.Op, more ...string) {
	if space == Host {
		space = ""
	}
	line := words{op.Line{Netns: space, Family: f, Op: o}.String()}
	line.add(more...)
	r.add(line.String())
}

// words adds a line that only the real tool understands.
func (r *rebuilder) words(s Space, program string, more ...string) {
	line := s.tool(program)
	line.add(more...)
	r.add(line.String())
}

// note says what is not rebuilt.
func (r *rebuilder) note(s Space, format string, args ...any) {
	text := strings.Map(printable, fmt.Sprintf(format, args...))
	r.add("# not included: " + s.Name + ": " + text)
}

// printable keeps a note on its line.
func printable(c rune) rune {
	if c < ' ' {
		return ' '
	}
	return c
}

func counted(n int, thing string) string {
	if n == 1 {
		return "1 " + thing
	}
	return fmt.Sprintf("%d %ss", n, thing)
}

// wait lets the kernel find out that no other machine has an IPv6 address,
// where a later line needs the address or the route that comes with it.
func (r *rebuilder) wait() {
	for _, s := range r.lab.Spaces {
		for _, l := range s.Links {
			if s.withoutOwn(l) && r.rebuilt(s, l.Name) {
				r.pause("links make link-local addresses when they have a carrier; here one must not")
				return
			}
		}
		for _, route := range s.Routes {
			if route.Family == 6 && route.Src.IsValid() && r.rebuilt(s, route.Link) {
				r.pause("a route's src must be an address that is no longer tentative")
				return
			}
		}
		for _, own := range s.missingRoutes() {
			if own.Dst.Addr().IsLinkLocalUnicast() && r.rebuilt(s, own.Link) {
				r.pause("link-local addresses and their routes come when a link has its carrier")
				return
			}
		}
	}
}

// pause waits longer than detecting a duplicate address takes: one second of
// waiting (RetransTimer of RFC 4861) behind a random delay of at most one
// (RFC 4862, section 5.4.2).
func (r *rebuilder) pause(why string) {
	r.heading(why)
	r.add("sleep 3")
}

// rebuilt tells whether the lines make this link, or it comes with the
// namespace.
func (r *rebuilder) rebuilt(s Space, link string) bool {
	return link == "lo" || r.made[s.Name+" "+link]
}
