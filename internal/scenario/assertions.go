package scenario

import (
	"fmt"
	"math"
	"net/netip"
	"regexp"
	"strings"

	"netlab/internal/check"
	"netlab/internal/snapshot"
)

// assertion is a command that succeeds when a claim is true.
type assertion struct {
	words []string
	// raw comes behind the first word as it is: shell that needs no quoting.
	raw string
}

// assertions writes the checks of a step as shell.
func assertions(s Step) string {
	if len(s.Checks) == 0 {
		return ""
	}
	var b strings.Builder
	b.WriteString("\n")
	for _, c := range s.Checks {
		text := fmt.Sprintf("%scheck %s %s\n", patience(c), quote(c.Says), asserts(c).text())
		if what := unproved(c); what != "" {
			text += "  say " + quote("   not proved here: "+what) + "\n"
		}
		b.WriteString(whenAble(c, text))
	}
	return b.String()
}

// patience is how long the check waits, where that is not the usual time. A
// ping that must fail is tried once, and so is a name that must not be found:
// see check.Check.Patience.
func patience(c check.Check) string {
	switch {
	case (c.Ping != nil || c.Reach != nil || c.Seen != nil || c.Resolves != nil) && c.Not:
		return "within=0 "
	case c.Within > check.DefaultWithin:
		return fmt.Sprintf("within=%d ", seconds(c)+1)
	}
	return ""
}

func seconds(c check.Check) int { return max(1, int(math.Ceil(c.Within.Seconds()))) }

func (a assertion) text() string {
	if a.raw == "" {
		return quoteAll(a.words)
	}
	return quote(a.words[0]) + " " + a.raw + " " + quoteAll(a.words[1:])
}

func asserts(c check.Check) assertion {
	verb := "shows"
	if c.Not {
		verb = "lacks"
	}
	state := func(pattern string, command []string) assertion {
		return assertion{words: append([]string{verb, pattern}, command...)}
	}
	switch {
	case c.Ping != nil:
		return pingAssertion(c)
	case c.Reach != nil:
		return reachAssertion(c)
	case c.Path != nil:
		return turned(c.Not, pathWords(c.Path))
	case c.Seen != nil:
		return seenAssertion(c)
	case c.Lookup != nil:
		return lookupAssertion(c)
	case c.Conntrack != nil:
		return state(conntrackPattern(c.Conntrack), execIn(c.Conntrack.In, "conntrack", "-L"))
	case c.Resolves != nil:
		return resolvesAssertion(c)
	case c.DNS != nil:
		return dnsAssertion(c)
	case c.Namespace != nil:
		return state("^"+regexp.QuoteMeta(c.Namespace.Name)+"( |$)", []string{"ip", "netns", "list"})
	case c.Link != nil:
		return linkAssertion(c.Link, c.Not)
	case c.Addr != nil:
		return addrAssertion(c.Addr, verb)
	case c.Route != nil:
		return state(".", routeCommand(c.Route))
	case c.Neigh != nil:
		return state("lladdr .*(REACHABLE|STALE|DELAY|PROBE|PERMANENT)", neighCommand(c.Neigh))
	case c.FDB != nil:
		return assertion{words: append([]string{verb}, tool("bridge", c.FDB.In, "fdb", "show", "br", c.FDB.Bridge)...), raw: fdbPattern(c.FDB)}
	case c.Sysctl != nil:
		value := strings.Join(strings.Fields(regexp.QuoteMeta(c.Sysctl.Value)), "[[:space:]]+")
		return state("^"+value+"$", execIn(c.Sysctl.In, "sysctl", "-n", c.Sysctl.Key))
	case c.Rules != nil:
		return turned(c.Not, append([]string{"counts", fmt.Sprint(c.Rules.Count)}, execIn(c.Rules.In, "nft", "-j", "list", "ruleset")...))
	}
	return assertion{words: []string{"true"}}
}

func turned(not bool, words []string) assertion {
	if not {
		words = append([]string{"fails"}, words...)
	}
	return assertion{words: words}
}

// tool is a program of iproute2 with its option for a namespace.
func tool(program, space string, words ...string) []string {
	if space == snapshot.Host || space == "" {
		return append([]string{program}, words...)
	}
	return append([]string{program, "-n", space}, words...)
}

func ipIn(space string, words ...string) []string { return tool("ip", space, words...) }

// execIn is a command run in a namespace.
func execIn(space string, words ...string) []string {
	if space == snapshot.Host || space == "" {
		return words
	}
	return append([]string{"ip", "netns", "exec", space}, words...)
}

func pingAssertion(c check.Check) assertion {
	command := execIn(c.Ping.In, "ping", "-c", "1", "-W", fmt.Sprint(seconds(c)), c.Ping.To.String())
	switch {
	case c.Not:
		return assertion{words: append([]string{"unanswered", failurePattern(c.Ping.Error)}, command...)}
	case c.Ping.TTL > 0:
		return assertion{words: append([]string{"shows", fmt.Sprintf(" ttl=%d ", c.Ping.TTL)}, command...)}
	}
	return assertion{words: command}
}

// failurePattern is what ping of iputils prints when it fails so.
func failurePattern(how string) string {
	switch how {
	case "":
		return "100% packet loss|ping: .*: "
	case check.Silent:
		return " 0 received, 100% packet loss"
	case check.Unreachable:
		return " Unreachable"
	case "ENETUNREACH":
		return "Network is unreachable"
	case "EHOSTUNREACH":
		return "No route to host"
	case "EADDRNOTAVAIL":
		return "Cannot assign requested address"
	case "ENETDOWN":
		return "Network is down"
	case "EACCES": // ping has its own words where the target is a broadcast address
		return "Permission denied|Do you want to ping broadcast"
	case "EPERM":
		return "Operation not permitted"
	default:
		return "Invalid argument"
	}
}

// linkAssertion: what must be there goes into one pattern, in the order in
// which ip prints it; what must not be there is asked for one by one.
func linkAssertion(l *check.Link, not bool) assertion {
	words := ipIn(l.In, "-d", "-o", "link", "show", "dev", l.Name)
	has, hasNot := linkPatterns(l)
	properties := len(has) + len(hasNot)
	if not {
		has, hasNot = hasNot, has
	}
	if len(has) > 0 {
		words = append([]string{"shows", strings.Join(has, ".*")}, words...)
	}
	for _, pattern := range hasNot {
		words = append([]string{"lacks", pattern}, words...)
	}
	if l.Peer != "" {
		words = append([]string{"paired", l.In, l.Name, l.PeerIn, l.Peer}, words...)
	}
	return turned(not && properties == 0, words)
}

func linkPatterns(l *check.Link) (has, hasNot []string) {
	flag := func(want *bool, pattern string) {
		switch {
		case want == nil:
		case *want:
			has = append(has, pattern)
		default:
			hasNot = append(hasNot, pattern)
		}
	}
	yes, no := true, false
	flag(l.Up, "[<,]UP[,>]")
	flag(l.Carrier, "LOWER_UP[,>]")
	if l.MTU > 0 {
		flag(&yes, fmt.Sprintf(" mtu %d ", l.MTU))
	}
	if l.Master != nil && *l.Master == "" {
		flag(&no, " master ")
	} else if l.Master != nil {
		flag(&yes, " master "+regexp.QuoteMeta(*l.Master)+" ")
	}
	if l.State != "" {
		flag(&yes, "state "+strings.ToUpper(l.State)+" ")
	}
	switch l.Kind {
	case "":
	case "loopback":
		flag(&yes, "link/loopback ")
	default:
		flag(&yes, `\\ +`+l.Kind+" ")
	}
	return has, hasNot
}

// addrAssertion: whatever is said of an address's flag, the address is there.
func addrAssertion(a *check.Addr, verb string) assertion {
	pattern := addrPattern(a.Prefix)
	words := ipIn(a.In, "-o", "addr", "show", "dev", a.Dev)
	if a.Flag != "" {
		words = append([]string{"shows", pattern}, words...)
		pattern += ".*" + a.Flag + " "
	}
	return assertion{words: append([]string{verb, pattern}, words...)}
}

// addrPattern leaves out link-local IPv6 addresses (fe80::/10) unless one is asked for.
func addrPattern(p netip.Prefix) string {
	if !p.IsValid() {
		return " inet | inet6 ([^f]|f[^e])"
	}
	return " inet6? " + regexp.QuoteMeta(p.String()) + " "
}

func routeCommand(r *check.Route) []string {
	words := ipIn(r.In)
	if r.Dst.Addr().Is6() || r.Via.Is6() {
		words = append(words, "-6")
	}
	words = append(words, "route", "show")
	switch {
	case !r.Dst.IsValid():
	case r.Dst.Bits() == 0:
		words = append(words, "default")
	default:
		words = append(words, r.Dst.String())
	}
	if r.Via.IsValid() {
		words = append(words, "via", r.Via.String())
	}
	return append(words, devWords(r.Dev)...)
}

func neighCommand(g *check.Neigh) []string {
	words := ipIn(g.In, "neigh", "show")
	if g.Addr.IsValid() {
		words = append(words, g.Addr.String())
	}
	return append(words, devWords(g.Dev)...)
}

func devWords(dev string) []string {
	if dev == "" {
		return nil
	}
	return []string{"dev", dev}
}

// fdbPattern is a double-quoted word for the shell: a learned entry is one
// without a word such as permanent at its end.
func fdbPattern(f *check.FDB) string {
	address, port := "[0-9a-f:]+", "[^ ]+"
	if f.OfDev != "" {
		address = fmt.Sprintf("$(mac %s %s)", orHost(f.OfIn), f.OfDev)
	}
	if f.Port != "" {
		port = regexp.QuoteMeta(f.Port)
	}
	return fmt.Sprintf(`"^%s dev %s master %s *$"`, address, port, regexp.QuoteMeta(f.Bridge))
}
