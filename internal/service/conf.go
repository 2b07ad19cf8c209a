package service

import (
	"fmt"
	"net/netip"
	"strings"
)

// config is what the small resolver takes from a file in the form of
// unbound.conf(5). What that page says of a setting holds, and its defaults do.
type config struct {
	interfaces  []netip.AddrPort // a port of 0 is the one below
	port        uint16
	access      access
	rootHints   string
	directory   string
	pidFile     string
	logFile     string
	verbosity   int
	logQueries  bool
	ip4, ip6    bool
	udp, tcp    bool
	toLocalhost bool // it may ask servers on this machine
	ttl         ttlLimits

	notes []string // on what does not do here what it would do there
}

func defaults() config {
	const day, hour = 86400, 3600 // seconds
	return config{
		port: 53, pidFile: "/run/unbound.pid", verbosity: 1, ip4: true, ip6: true, udp: true, tcp: true,
		access: localAccess(), ttl: ttlLimits{most: day, mostNegative: hour},
	}
}

// listenOn are the addresses and ports at which the resolver waits.
func (c config) listenOn() []netip.AddrPort {
	all := c.interfaces
	if len(all) == 0 {
		all = []netip.AddrPort{netip.AddrPortFrom(netip.AddrFrom4([4]byte{127, 0, 0, 1}), 0), netip.AddrPortFrom(netip.IPv6Loopback(), 0)}
	}
	var out []netip.AddrPort
	for _, a := range all {
		if a.Port() == 0 {
			a = netip.AddrPortFrom(a.Addr(), c.port)
		}
		if a.Addr().Is4() && c.ip4 || a.Addr().Is6() && c.ip6 {
			out = append(out, a)
		}
	}
	return out
}

func (c config) networks() []string {
	var out []string
	if c.udp {
		out = append(out, "udp")
	}
	if c.tcp {
		out = append(out, "tcp")
	}
	return out
}

// confErrors are the mistakes in a file.
type confErrors struct {
	file string
	all  []confError
}

type confError struct {
	line int
	text string
}

func (e *confErrors) Error() string {
	var b strings.Builder
	for _, one := range e.all {
		fmt.Fprintf(&b, "%s:%d: error: %s\n", e.file, one.line, one.text)
	}
	fmt.Fprintf(&b, "read %s failed: %d errors in configuration file", e.file, len(e.all))
	return b.String()
}

// reader reads a file word by word.
type reader struct {
	conf   config
	clause string // server, remote-control …; empty: none yet
	line   int
	errors []confError
	seen   map[string]bool // notes that were made
}

// maxErrors bounds how many mistakes are told.
const maxErrors = 20

// readConf reads a file. The error is a *confErrors.
func readConf(file, text string) (config, error) {
	r := &reader{conf: defaults(), seen: map[string]bool{}}
	for line := range strings.Lines(text) {
		r.line++
		r.read(line)
		if len(r.errors) >= maxErrors {
			break
		}
	}
	if len(r.errors) > 0 {
		return r.conf, &confErrors{file, r.errors}
	}
	return r.conf, nil
}

func (r *reader) fail(format string, args ...any) {
	r.errors = append(r.errors, confError{r.line, fmt.Sprintf(format, args...)})
}

// note says, once, what is ignored.
func (r *reader) note(text string) {
	if !r.seen[text] {
		r.seen[text] = true
		r.conf.notes = append(r.conf.notes, text)
	}
}

// read reads a line: a clause, settings with their values, or both.
func (r *reader) read(line string) {
	words, open := split(line)
	if open != "" {
		r.fail("newline inside quoted string, no end %s", open)
		return
	}
	for len(words) > 0 {
		name, ok := strings.CutSuffix(words[0], ":")
		words = words[1:]
		switch {
		case !ok:
			r.fail("unknown keyword '%s'", name)
		case isClause(name):
			r.clause = name
			if name != "server" && name != "remote-control" {
				r.fail("netlab's small resolver does not know '%s'", name)
			}
		default:
			words = r.setting(name, words)
		}
	}
}

// setting reads the values of a setting, and returns what stands behind them.
func (r *reader) setting(name string, words []string) []string {
	values := 1
	if two(name) {
		values = 2
	}
	known := obeyed()[name]
	switch {
	case known == nil && !ignored(name) && !refused(name):
		r.fail("unknown keyword '%s'", name)
		return nil
	case r.clause == "":
		r.fail("syntax error, '%s' stands in no section", name)
		return nil
	case len(words) < values:
		r.fail("syntax error, '%s' needs %s", name, counted(values))
		return nil
	case refused(name):
		r.fail("netlab's small resolver does not know '%s'", name)
	case known != nil:
		if text := known(&r.conf, words[:values]); text != "" {
			r.fail("%s", text)
		}
	default:
		r.ignore(name, words[0])
	}
	return words[values:]
}

func counted(values int) string {
	if values == 1 {
		return "a value"
	}
	return fmt.Sprintf("%d values", values)
}

// ignore passes over a setting that changes nothing here, and says so where
// somebody might wait for what it does.
func (r *reader) ignore(name, value string) {
	if text := ignoredBecause(name, value); text != "" {
		r.note(name + " is ignored: " + text)
	}
}

// split takes a line apart: words, quoted words, and a comment at the end. It
// returns the quote that has no end, if there is one.
func split(line string) (words []string, open string) {
	for {
		line = strings.TrimLeft(line, " \t\r\n")
		switch {
		case line == "" || line[0] == '#':
			return words, ""
		case line[0] == '"' || line[0] == '\'':
			quote := line[:1]
			word, rest, ok := strings.Cut(line[1:], quote)
			if !ok {
				return words, quote
			}
			words, line = append(words, word), rest
		default:
			end := strings.IndexAny(line, " \t\r\n\"'")
			if end < 0 {
				end = len(line)
			}
			words, line = append(words, line[:end]), line[end:]
		}
	}
}
