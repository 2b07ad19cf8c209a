package nss

import (
	"fmt"
	"net/netip"
	"strings"
)

// maxServers is how many nameserver lines count (MAXNS in resolv.h).
const maxServers = 3

// What counts where resolv.conf says nothing, resolv.conf(5).
const (
	defaultNdots    = 1
	defaultTimeout  = 5
	defaultAttempts = 2
)

// ReadResolv reads /etc/resolv.conf, resolv.conf(5). It never fails: what
// glibc passes over, or takes for something else, stands in Mistakes. That a
// program's environment may have RES_OPTIONS or LOCALDOMAIN, and a host's name
// a domain that is searched, is left out.
func ReadResolv(text string) Resolv {
	r := Resolv{Ndots: defaultNdots, Timeout: defaultTimeout, Attempts: defaultAttempts}
	searched := 0 // the line that says what is searched
	for l := range lines(text) {
		if strings.HasPrefix(l.text, "#") || strings.HasPrefix(l.text, ";") {
			continue
		}
		switch key, rest := keyword(l.text); key {
		case "nameserver":
			r.nameserver(l, rest)
		case "domain", "search":
			if searched = r.search(l, key, rest, searched); strings.HasSuffix(rest, "\r") {
				r.wrong(l, `the line ends in a carriage return, which is part of the domain for glibc`)
			}
		case "options":
			r.options(l, rest)
		case "sortlist":
		default:
			r.unknown(l)
		}
	}
	if len(r.Servers) == 0 {
		r.Servers, r.Assumed = []Server{{Addr: netip.AddrFrom4([4]byte{127, 0, 0, 1})}}, true
	}
	return r
}

// keyword parts a line into its first word and what stands behind the blanks.
// Without a blank behind it there is no keyword.
func keyword(text string) (key, rest string) {
	i := strings.IndexFunc(text, blank)
	if i < 0 {
		return "", ""
	}
	return text[:i], strings.TrimLeftFunc(text[i:], blank)
}

func (r *Resolv) wrong(l line, why string) { r.Mistakes = append(r.Mistakes, l.mistake(why)) }

func (r *Resolv) nameserver(l line, rest string) {
	words := strings.FieldsFunc(rest, blank)
	if len(words) == 0 {
		r.wrong(l, "this line is ignored: it has no address")
		return
	}
	addr, ok := serverAddr(words[0])
	switch {
	case !ok:
		r.wrong(l, "this line is ignored: "+noServer(words[0]))
		return
	case len(r.Servers) == maxServers:
		r.wrong(l, "this line is ignored: only the first three servers are asked")
		return
	}
	r.Servers = append(r.Servers, Server{Line: l.at, Addr: addr})
	if len(words) > 1 && !strings.ContainsAny(words[1][:1], "#;") {
		r.wrong(l, fmt.Sprintf("only %s is read: a line names one server", words[0]))
	}
}

// serverAddr reads the address on a nameserver line, which may be IPv6 with a
// zone.
func serverAddr(text string) (netip.Addr, bool) {
	if a, ok := inetAton(text); ok {
		return a, true
	}
	text, zone, _ := strings.Cut(text, "%")
	a, ok := inetPton(text)
	if !ok || !a.Is6() {
		return netip.Addr{}, false
	}
	if a.IsLinkLocalUnicast() || a.IsLinkLocalMulticast() {
		a = a.WithZone(zone)
	}
	return a, true
}

// noServer says why a word is no address of a server.
func noServer(word string) string {
	if host, _, ok := strings.Cut(word, "#"); ok || strings.HasPrefix(word, "[") {
		return fmt.Sprintf("%q has more than an address; servers are asked at port 53", host+word[len(host):])
	}
	if strings.HasSuffix(word, "\r") {
		return "it ends in a carriage return, which is part of the address for glibc"
	}
	if _, err := netip.ParseAddrPort(word); err == nil {
		return fmt.Sprintf("%q has a port; servers are asked at port 53", word)
	}
	return fmt.Sprintf("%q is no address", word)
}

// search sets the domains that are searched, and returns the line that does.
func (r *Resolv) search(l line, key, rest string, before int) int {
	words := strings.FieldsFunc(rest, blank)
	if len(words) == 0 {
		r.wrong(l, "this line is ignored: it names no domain")
		return before
	}
	if before > 0 {
		r.wrong(l, fmt.Sprintf("this line undoes line %d: of domain and search the last one counts", before))
	}
	if key == "domain" && len(words) > 1 {
		r.wrong(l, fmt.Sprintf("only %s is read: domain names one domain, search names several", words[0]))
		words = words[:1]
	}
	r.Search = nil
	comment := false
	for _, w := range words {
		if sign := w[0] == '#' || w[0] == ';'; sign && !comment {
			r.wrong(l, fmt.Sprintf("a comment has a line of its own: %q and what follows it are domains for glibc", w))
			comment = true
		}
		if len(w) > maxName-2 {
			r.wrong(l, "no name fits below a domain of this length: it is not asked for, nor are those behind it")
		}
		r.Search = append(r.Search, strings.TrimSuffix(strings.TrimPrefix(w, "."), "."))
	}
	return l.at
}

// unknown tells of a line that has none of the keywords.
func (r *Resolv) unknown(l line) {
	text := strings.TrimFunc(l.text, space)
	key, _ := keyword(text + " ")
	known := false
	for _, k := range []string{"nameserver", "domain", "search", "options"} {
		known = known || k == lowered(strings.TrimRight(key, ":="))
	}
	switch {
	case text == "" || text[0] == '#' || text[0] == ';':
	case known && text != l.text && key == lowered(key):
		r.wrong(l, "this line is ignored: a blank stands before the keyword")
	case known && key != lowered(key):
		r.wrong(l, "this line is ignored: keywords are written in small letters")
	case known && text == key:
		r.wrong(l, "this line is ignored: nothing stands behind the keyword")
	case known:
		r.wrong(l, "this line is ignored: only blanks stand behind the keyword")
	default:
		r.wrong(l, fmt.Sprintf("this line is ignored: %q is no keyword of resolv.conf", key))
	}
}
