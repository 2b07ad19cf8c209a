package check

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
)

// linkStates are the operational states of RFC 2863 as ip prints them, in
// lower case.
func linkStates() []string {
	return []string{"up", "down", "unknown", "lowerlayerdown", "dormant", "testing", "notpresent"}
}

// Validate says what makes a check senseless: no predicate or two, a part
// missing, a value that can never be. It does not know which names exist.
func (c Check) Validate() error {
	if n := c.predicates(); n != 1 {
		return fmt.Errorf("a check makes exactly one claim (ping, link, addr …), this one makes %d", n)
	}
	if c.Within < 0 {
		return fmt.Errorf("within cannot be negative: %s", c.Within)
	}
	switch {
	case c.Ping != nil:
		return c.Ping.validate(c.Not)
	case c.Reach != nil:
		return c.Reach.validate()
	case c.Path != nil:
		return c.Path.validate()
	case c.Seen != nil:
		return c.Seen.validate(c.Not)
	case c.Lookup != nil:
		return c.Lookup.validate(c.Not)
	case c.Conntrack != nil:
		return c.Conntrack.validate()
	case c.Resolves != nil:
		return c.Resolves.validate(c.Not, c.Within)
	case c.DNS != nil:
		return c.DNS.validate(c.Not)
	case c.Namespace != nil:
		return need("namespace", "name", c.Namespace.Name)
	case c.Link != nil:
		return c.Link.validate()
	case c.Addr != nil:
		return c.Addr.validate()
	case c.Route != nil:
		return c.Route.validate()
	case c.FDB != nil:
		return c.FDB.validate()
	case c.Sysctl != nil:
		return c.Sysctl.validate()
	case c.Rules != nil && c.Rules.Count < 0:
		return fmt.Errorf("rules: count cannot be negative: %d", c.Rules.Count)
	}
	return nil
}

func (c Check) predicates() int {
	set := []bool{
		c.Ping != nil, c.Reach != nil, c.Path != nil, c.Seen != nil, c.Lookup != nil, c.Conntrack != nil,
		c.Namespace != nil, c.Link != nil, c.Addr != nil, c.Route != nil,
		c.Neigh != nil, c.FDB != nil, c.Sysctl != nil, c.Rules != nil,
		c.Resolves != nil, c.DNS != nil,
	}
	n := 0
	for _, s := range set {
		if s {
			n++
		}
	}
	return n
}

func (p Ping) validate(not bool) error {
	switch {
	case !p.To.IsValid():
		return errors.New("ping: to is missing")
	case p.To.Is6() && p.To.IsLinkLocalUnicast() && p.To.Zone() == "":
		return fmt.Errorf("ping: the link-local address %s needs its interface: %s%%eth0", p.To, p.To)
	case p.TTL < 0 || p.TTL > 255:
		return fmt.Errorf("ping: ttl is from 1 to 255, not %d", p.TTL)
	case p.TTL > 0 && not:
		return errors.New("ping: a ping that must fail has no ttl")
	case p.Error != "" && !not:
		return fmt.Errorf("ping: error %q is only for a ping that must fail", p.Error)
	}
	return validError(p.Error)
}

func validError(name string) error {
	if name == "" || name == Silent || name == Unreachable || regexp.MustCompile(`^E[A-Z0-9]{2,}$`).MatchString(name) {
		return nil
	}
	return fmt.Errorf("ping: error is %s, %s or the name of a kernel error such as ENETUNREACH, not %q", Silent, Unreachable, name)
}

func (l Link) validate() error {
	if err := need("link", "name", l.Name); err != nil {
		return err
	}
	if l.State != "" && !slices.Contains(linkStates(), strings.ToLower(l.State)) {
		return fmt.Errorf("link: state is one of %s, not %q", strings.Join(linkStates(), ", "), l.State)
	}
	if l.MTU < 0 {
		return fmt.Errorf("link: mtu cannot be negative: %d", l.MTU)
	}
	return nil
}

func (a Addr) validate() error {
	if a.Dev == "" && !a.Prefix.IsValid() {
		return errors.New("addr: dev or prefix is missing")
	}
	switch {
	case a.Flag == "":
	case !a.Prefix.IsValid():
		return fmt.Errorf("addr: %s is said of one address, which is missing", a.Flag)
	case a.Prefix.Addr().Is4():
		return fmt.Errorf("addr: only an IPv6 address can be %s", a.Flag)
	case !slices.Contains(Flags(), a.Flag):
		return fmt.Errorf("addr: flag is one of %s, not %q", strings.Join(Flags(), ", "), a.Flag)
	}
	return nil
}

func (r Route) validate() error {
	switch {
	case r.Dst.IsValid() && r.Dst != r.Dst.Masked():
		return fmt.Errorf("route: %s is an address in a network; the network is %s", r.Dst, r.Dst.Masked())
	case r.Dst.IsValid() && r.Via.IsValid() && r.Dst.Addr().Is4() != r.Via.Is4():
		return fmt.Errorf("route: %s and the gateway %s are of two families", r.Dst, r.Via)
	}
	return nil
}

func (f FDB) validate() error {
	if f.OfIn != "" && f.OfDev == "" {
		return errors.New("fdb: of_in needs of_dev, the interface whose hardware address is meant")
	}
	return need("fdb", "bridge", f.Bridge)
}

func (s Sysctl) validate() error {
	if err := need("sysctl", "key", s.Key); err != nil {
		return err
	}
	if !strings.HasPrefix(s.Key, "net.") || strings.ContainsAny(s.Key, "/ ") {
		return fmt.Errorf("sysctl: key is a setting of the network with dots, such as net.ipv4.ip_forward, not %q", s.Key)
	}
	return need("sysctl", "value", s.Value)
}

func need(predicate, key, value string) error {
	if strings.TrimSpace(value) == "" {
		return fmt.Errorf("%s: %s is missing", predicate, key)
	}
	return nil
}
