package check

import (
	"errors"
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"time"

	"netlab/internal/dns"
)

func validName(predicate, key, name string) error {
	if strings.TrimSpace(name) == "" {
		return fmt.Errorf("%s: %s is missing", predicate, key)
	}
	if err := dns.CheckName(name); err != nil {
		return fmt.Errorf("%s: %s: %w", predicate, key, err)
	}
	return nil
}

func (r Resolves) validate(not bool, within time.Duration) error {
	if err := validName("resolves", "name", r.Name); err != nil {
		return err
	}
	if _, err := netip.ParseAddr(r.Name); err == nil {
		return fmt.Errorf("resolves: %s is an address already", r.Name)
	}
	for _, a := range r.To {
		if a.Is4() != (r.family() == 4) {
			return fmt.Errorf("resolves: %s is no IPv%d address", a, r.family())
		}
	}
	switch {
	case r.Family != 0 && r.Family != 4 && r.Family != 6:
		return fmt.Errorf("resolves: family is 4 or 6, not %d", r.Family)
	case not && len(r.To) > 0:
		return errors.New("resolves: a name that must not be found has no addresses (to)")
	case r.Waits < 0:
		return fmt.Errorf("resolves: waits cannot be negative: %s", r.Waits)
	case r.Waits > 0 && within > 0 && within < r.Waits:
		return fmt.Errorf("resolves: it cannot wait for %s within %s", r.Waits, within)
	case r.Waits >= ResolveWait && within == 0:
		return fmt.Errorf("resolves: netlab gives up after %s: to wait for %s, within must be longer", ResolveWait, r.Waits)
	}
	if err := eachOnce("resolves", "tries", r.Tries); err != nil {
		return err
	}
	return eachOnce("resolves", "asks", r.Asks)
}

// eachOnce: a list in which each is named once only cannot have one twice.
func eachOnce(predicate, key string, list []string) error {
	for i, name := range list {
		if slices.ContainsFunc(list[:i], func(before string) bool { return dns.SameName(before, name) }) {
			return fmt.Errorf("%s: %s lists each once, when it is asked first, and %q is there twice", predicate, key, name)
		}
	}
	return nil
}

func (d DNS) validate(not bool) error {
	if err := validName("dns", "name", d.Name); err != nil {
		return err
	}
	switch {
	case !d.Server.IsValid():
		return errors.New("dns: server is missing")
	case d.Server.Is6() && d.Server.IsLinkLocalUnicast() && d.Server.Zone() == "":
		return fmt.Errorf("dns: the link-local address %s needs its interface: %s%%eth0", d.Server, d.Server)
	case !slices.Contains(DNSTypes(), d.kind()):
		return fmt.Errorf("dns: type is one of %s, not %q", strings.Join(DNSTypes(), ", "), d.Type)
	case d.Error != "" && !not:
		return fmt.Errorf("dns: error %q is only for a question that must fail", d.Error)
	case d.Error != "" && !slices.Contains(DNSErrors(), d.Error):
		return fmt.Errorf("dns: error is one of %s, not %q", strings.Join(DNSErrors(), ", "), d.Error)
	case not && (len(d.Is) > 0 || d.Alias != "" || d.Refers != "" || d.TTL > 0 || d.TTLBelow > 0):
		return errors.New("dns: what fails has no is, alias, refers, ttl or ttlbelow")
	case not && d.Authoritative != nil && !slices.Contains([]string{NXDomain, NoData}, d.Error):
		return errors.New("dns: only an answer can be authoritative: give its error, NXDOMAIN or nodata")
	case d.Refers != "" && (len(d.Is) > 0 || d.Alias != "" || d.Authoritative != nil):
		return errors.New("dns: a server that names others (refers) does not answer itself: no is, alias or authoritative")
	case d.TTL > 0 && d.TTLBelow > 0:
		return errors.New("dns: give ttl or ttlbelow, not both")
	}
	if err := d.validData(); err != nil {
		return err
	}
	return eachOnce("dns", "asks", d.Asks)
}

// validData: an address that is claimed must be one of its family.
func (d DNS) validData() error {
	for _, s := range d.Is {
		a, err := netip.ParseAddr(s)
		switch kind := d.kind(); {
		case kind == "A" && (err != nil || !a.Is4()):
			return fmt.Errorf("dns: an A record is an IPv4 address, not %q", s)
		case kind == "AAAA" && (err != nil || !a.Is6()):
			return fmt.Errorf("dns: an AAAA record is an IPv6 address, not %q", s)
		}
	}
	return nil
}
