package filter

import (
	"net/netip"
	"strconv"
)

// Words is what a filter may say, for help.
const Words = `ip ip6 arp icmp icmp6 tcp udp, host A, net N/len, port P, ether host MAC,
broadcast, multicast; "src" and "dst" before host, net and port, a protocol
before them; joined by and, or, not and ( )`

func wrong(w word, text, hint string) *Error { return &Error{At: w.at, Text: text, Hint: hint} }

// missing says what should stand where a word stands, or nothing does.
func missing(w word, after, what string) string {
	if w.text == "" {
		return "after " + after + " comes " + article(what) + what
	}
	return strconv.Quote(w.text) + " is not " + article(what) + what
}

func article(what string) string {
	if what[0] == 'I' {
		return "an "
	}
	return "a "
}

// unknown is the error of a word that begins nothing.
func unknown(w word) *Error {
	const hint = "netlab capture --help shows the words of a filter"
	switch _, err := netip.ParseAddr(w.text); {
	case w.text == "":
		return wrong(w, "the filter ends where a condition should stand", hint)
	case err == nil:
		return wrong(w, w.text+" is an address, and it is not said of what", "write host "+w.text)
	case w.text == ")" || w.text == "and" || w.text == "or" || w.text == "&&" || w.text == "||":
		return wrong(w, "a condition should stand before "+strconv.Quote(w.text), hint)
	}
	return wrong(w, strconv.Quote(w.text)+" is no word of a filter", hint)
}
