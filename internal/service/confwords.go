package service

import (
	"net/netip"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
)

// isClause says that a word begins a section of unbound.conf(5).
func isClause(name string) bool {
	return slices.Contains([]string{
		"server", "remote-control", "forward-zone", "stub-zone", "auth-zone", "view", "python", "dynlib", "dnscrypt", "cachedb", "dnstap", "rpz",
	}, name)
}

// two says that a setting has two values.
func two(name string) bool {
	return slices.Contains([]string{
		"access-control", "local-zone", "access-control-tag", "access-control-view", "interface-action", "response-ip", "response-ip-data",
		"ratelimit-for-domain", "ratelimit-below-domain", "tcp-connection-limit", "local-zone-tag", "edns-client-string",
	}, name)
}

// obeyed are the settings that the small resolver has. Each function takes the
// values, and returns what is wrong with them.
func obeyed() map[string]func(*config, []string) string {
	return map[string]func(*config, []string) string{
		"interface":              setInterface,
		"ip-address":             setInterface,
		"port":                   setPort,
		"access-control":         setAccess,
		"root-hints":             func(c *config, v []string) string { c.rootHints = v[0]; return "" },
		"directory":              func(c *config, v []string) string { c.directory = v[0]; return "" },
		"pidfile":                func(c *config, v []string) string { c.pidFile = v[0]; return "" },
		"logfile":                func(c *config, v []string) string { c.logFile = v[0]; return "" },
		"verbosity":              func(c *config, v []string) string { return number(&c.verbosity, v[0]) },
		"log-queries":            func(c *config, v []string) string { return yesNo(&c.logQueries, v[0]) },
		"do-ip4":                 func(c *config, v []string) string { return yesNo(&c.ip4, v[0]) },
		"do-ip6":                 func(c *config, v []string) string { return yesNo(&c.ip6, v[0]) },
		"do-udp":                 func(c *config, v []string) string { return yesNo(&c.udp, v[0]) },
		"do-tcp":                 func(c *config, v []string) string { return yesNo(&c.tcp, v[0]) },
		"do-not-query-localhost": setLocalhost,
		"cache-max-ttl":          func(c *config, v []string) string { return seconds(&c.ttl.most, v[0]) },
		"cache-min-ttl":          func(c *config, v []string) string { return seconds(&c.ttl.least, v[0]) },
		"cache-max-negative-ttl": func(c *config, v []string) string { return seconds(&c.ttl.mostNegative, v[0]) },
	}
}

func setInterface(c *config, v []string) string {
	host, port, has := strings.Cut(v[0], "@")
	a, err := netip.ParseAddr(host)
	if err != nil {
		return "'" + host + "' is no address; netlab's small resolver takes no names of interfaces"
	}
	n := uint64(0)
	if has {
		if n, err = strconv.ParseUint(port, 10, 16); err != nil || n == 0 {
			return "port number expected"
		}
	}
	c.interfaces = append(c.interfaces, netip.AddrPortFrom(a, uint16(n)))
	return ""
}

func setPort(c *config, v []string) string {
	n, err := strconv.ParseUint(v[0], 10, 16)
	if err != nil || n == 0 {
		return "port number expected"
	}
	c.port = uint16(n)
	return ""
}

func setLocalhost(c *config, v []string) string {
	forbidden := true
	text := yesNo(&forbidden, v[0])
	c.toLocalhost = !forbidden
	return text
}

func setAccess(c *config, v []string) string {
	act, ok := actionOf(v[1])
	if !ok {
		return "expected deny, refuse, deny_non_local, refuse_non_local, allow, allow_setrd or allow_snoop as access control action"
	}
	p, err := netip.ParsePrefix(v[0])
	if err != nil {
		a, err := netip.ParseAddr(v[0])
		if err != nil {
			return "'" + v[0] + "' is no netblock"
		}
		p = netip.PrefixFrom(a, a.BitLen())
	}
	c.access = append(c.access, accessRule{p.Masked(), act})
	return ""
}

func yesNo(to *bool, v string) string {
	if v != "yes" && v != "no" {
		return "expected yes or no."
	}
	*to = v == "yes"
	return ""
}

func number(to *int, v string) string {
	n, err := strconv.Atoi(v)
	if err != nil || n < 0 {
		return "number expected"
	}
	*to = n
	return ""
}

func seconds(to *uint32, v string) string {
	n, err := strconv.ParseUint(v, 10, 31)
	if err != nil {
		return "number expected"
	}
	*to = uint32(n)
	return ""
}

// ignored says that a setting of unbound changes no answer of the small
// resolver: how unbound uses the machine, what it hides, what it proves, and
// how it is steered.
func ignored(name string) bool {
	for _, p := range []string{
		"harden-*", "hide-*", "val-*", "statistics-*", "infra-*", "log-*", "tls-*", "control-*", "so-*", "prefetch*", "trust-anchor*", "trusted-keys-file",
		"auto-trust-anchor-file", "*-slabs", "*-cache-size", "num-*", "outgoing-range", "outgoing-num-tcp", "incoming-num-tcp", "ip-transparent",
		"ip-freebind", "ip-dscp", "edns-buffer-size", "max-udp-size", "jostle-timeout", "delay-close", "udp-connect", "extended-statistics",
		"username", "chroot", "use-syslog", "module-config", "qname-minimisation*", "aggressive-nsec", "use-caps-for-id", "unwanted-reply-threshold",
		"minimal-responses", "rrset-roundrobin", "target-fetch-policy", "identity", "version", "nsid", "do-daemonize", "use-systemd", "deny-any",
		"domain-insecure", "insecure-lan-zones", "unblock-lan-zones", "root-key-sentinel", "key-cache-*", "neg-cache-*", "msg-buffer-size",
		"stream-wait-size", "fast-server-*", "add-holddown", "del-holddown", "keep-missing", "permit-small-holddown", "discard-timeout", "ignore-cd-flag",
		"iter-scrub-*", "max-query-restarts", "max-reuse-tcp-queries", "outbound-msg-retry", "outgoing-tcp-mss", "shm-*", "unknown-server-time-limit", "wait-limit*", "ratelimit*", "ip-ratelimit*", "server-key-file", "server-cert-file", "zonemd-*",
	} {
		if ok, _ := filepath.Match(p, name); ok {
			return true
		}
	}
	return false
}

// ignoredBecause says what an ignored setting would do in unbound; empty where
// nobody misses it.
func ignoredBecause(name, value string) string {
	switch {
	case name == "module-config" && strings.Contains(value, "validator"), strings.HasSuffix(name, "trust-anchor-file"), name == "trust-anchor":
		return "no signatures are checked here (DNSSEC)"
	case name == "qname-minimisation" && value == "yes":
		return "the whole name is asked for, everywhere"
	case name == "use-syslog" && value == "yes":
		return "there is no syslog in a lab; messages go to the standard error"
	case name == "username" && value != "", name == "chroot" && value != "":
		return "it stays who it is, where it is"
	}
	return ""
}

// refused says that a setting of unbound changes answers, and that the small
// resolver does not have it.
func refused(name string) bool {
	for _, p := range []string{
		"local-zone*", "local-data*", "name", "forward-*", "stub-*", "include*", "private-*", "outgoing-interface", "outgoing-port-*", "serve-*",
		"tcp-upstream", "udp-upstream-without-downstream", "ssl-*", "dns64-*", "access-control-*", "interface-*", "define-tag", "response-ip*",
		"do-not-query-address", "prefer-ip4", "prefer-ip6", "disable-*", "edns-client-*", "edns-tcp-*", "tcp-*", "caps-exempt", "caps-whitelist",
		"send-client-subnet", "tags", "name-v4", "name-v6", "proxy-protocol-port", "client-subnet-*", "max-client-subnet-*", "min-client-subnet-*", "low-rtt*", "ede*", "ipset*", "ipsecmod-*", "https-*",
		"http-*", "zonefile", "primary", "master", "url", "fallback-enabled", "for-downstream", "for-upstream", "allow-notify", "view-first", "rpz-*",
		"dnstap-*", "dnscrypt-*", "python-script", "dynlib-file", "backend", "secret-seed", "redis-*", "max-sent-count", "pad-*",
	} {
		if ok, _ := filepath.Match(p, name); ok {
			return true
		}
	}
	return false
}
