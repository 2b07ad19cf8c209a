package diagnose

import (
	"slices"

	"netlab/internal/snapshot"
)

// disabledKey is the setting that takes IPv6 away from all interfaces of a
// namespace (ip-sysctl of the kernel).
const disabledKey = "net.ipv6.conf.all.disable_ipv6"

// lacks says why a namespace may have no usable IPv6 address. It is empty when
// nothing in its state speaks of that.
func lacks(s snapshot.Space) string {
	if s.Sysctls[disabledKey] == "1" {
		return "IPv6 is switched off in " + s.Name + " (" + disabledKey + " is 1)"
	}
	for _, l := range s.Links {
		if !l.Up && l.Kind != "loopback" && l.Master == "" {
			return (end{s.Name, l.Name}).String() + " is down, and an interface that is switched off loses its IPv6 addresses"
		}
	}
	for _, a := range s.Addrs {
		if why := unused(s, a); why != "" {
			return why
		}
	}
	return ""
}

// unused says why the kernel does not use an address that is there (RFC 4862,
// section 5.4); empty: it does.
func unused(s snapshot.Space, a snapshot.Addr) string {
	address := a.Prefix.Addr().String()
	switch {
	case slices.Contains(a.Flags, "dadfailed"):
		return s.Name + " does not use " + address + ", because another one in this network has it too"
	case slices.Contains(a.Flags, "tentative"):
		return s.Name + " still finds out whether another one has " + address
	}
	return ""
}

// because puts a reason behind a sentence, if there is one.
func because(text, reason string) string {
	if reason == "" {
		return text
	}
	return text + ": " + reason
}

// lacksOf is lacks for the namespaces that should have an address and do not.
func lacksOf(lab snapshot.Lab, but string) string {
	for _, s := range lab.Spaces {
		if why := lacks(s); why != "" && s.Name != but {
			return why
		}
	}
	return ""
}
