package diagnose

import (
	"fmt"
	"net/netip"
	"strings"

	"netlab/internal/snapshot"
)

func noSpace(lab snapshot.Lab, name string) Finding {
	names := make([]string, len(lab.Spaces))
	for i, s := range lab.Spaces {
		names[i] = s.Name
	}
	return Finding{"there is no namespace " + name, "namespaces: " + list(names)}
}

// where names an interface and its place.
func (e end) String() string { return e.link + " in " + e.space }

// linkLine shows a link much as ip does.
func linkLine(space string, l snapshot.Link) string {
	return fmt.Sprintf("%s: %s: <%s> state %s", space, l.Name, strings.Join(l.Flags, ","), l.State)
}

// addrList leaves out the link-local addresses of IPv6, which the kernel makes
// for every interface; routeList their routes.
func addrList(lab snapshot.Lab, name string) string {
	s, _ := lab.Space(name)
	var out []string
	for _, a := range s.Addrs {
		if !automatic(a.Prefix) {
			out = append(out, a.Prefix.String()+" on "+a.Link)
		}
	}
	return "addresses of " + name + ": " + list(out)
}

func routeList(lab snapshot.Lab, name string) string {
	s, _ := lab.Space(name)
	var out []string
	for _, r := range s.Routes {
		if !automatic(r.Dst) {
			out = append(out, routeText(r))
		}
	}
	return "routes of " + name + ": " + list(out)
}

func automatic(p netip.Prefix) bool {
	return p.Addr().Is6() && p.Addr().IsLinkLocalUnicast()
}

func routeText(r snapshot.Route) string {
	text := r.Dst.String()
	if r.Dst.Bits() == 0 {
		text = "default"
	}
	if r.Type != "" && r.Type != "unicast" {
		text = r.Type + " " + text
	}
	if r.Via.IsValid() {
		text += " via " + r.Via.String()
	}
	if r.Link != "" {
		text += " dev " + r.Link
	}
	if r.LinkDown {
		text += " linkdown"
	}
	return text
}

// ruleCount begins with a line break, since it follows other evidence.
func ruleCount(lab snapshot.Lab, name string) string {
	s, _ := lab.Space(name)
	if s.Rules < 1 {
		return ""
	}
	return fmt.Sprintf("\nfirewall rules in %s: %d", name, s.Rules)
}

func list(words []string) string {
	if len(words) == 0 {
		return "none"
	}
	return strings.Join(words, ", ")
}
