package filter

import (
	"encoding/hex"
	"fmt"
	"net/netip"
	"slices"
	"strconv"
	"strings"
)

// word is one of the text, with its first character, from 1.
type word struct {
	text string
	at   int
}

// split cuts a text into words and signs. The last word is empty, and stands
// behind the text.
func split(text string) []word {
	var out []word
	for i := 0; i < len(text); {
		n := 1
		switch {
		case strings.ContainsRune(" \t\n", rune(text[i])):
			i++
			continue
		case strings.HasPrefix(text[i:], "&&"), strings.HasPrefix(text[i:], "||"):
			n = 2
		case !strings.ContainsRune("()!&|", rune(text[i])):
			n = len(text[i:])
			if end := strings.IndexAny(text[i:], " \t\n()!&|"); end >= 0 {
				n = end
			}
		}
		out = append(out, word{text[i : i+n], i + 1})
		i += n
	}
	return append(out, word{"", len(text) + 1})
}

type parser struct {
	words []word
	depth int
}

func (p *parser) peek() word { return p.words[0] }

// take returns the next word, and goes on behind it. The end stays.
func (p *parser) take() word {
	w := p.words[0]
	if w.text != "" {
		p.words = p.words[1:]
	}
	return w
}

// got takes the next word if it is one of these.
func (p *parser) got(words ...string) (string, bool) {
	for _, w := range words {
		if p.peek().text == w {
			return p.take().text, true
		}
	}
	return "", false
}

func (p *parser) whole() (expr, error) {
	e, err := p.chain()
	if err != nil {
		return nil, err
	}
	switch w := p.peek(); w.text {
	case "":
		return e, nil
	case ")":
		return nil, wrong(w, "there is no ( before this )", "")
	default:
		return nil, wrong(w, strconv.Quote(w.text)+" cannot stand here", `join two conditions with "and" or "or"`)
	}
}

// chain is conditions that are joined. "and" and "or" bind alike, and the
// first that comes is done first, as pcap-filter(7) has it.
func (p *parser) chain() (expr, error) {
	e, err := p.condition()
	for err == nil {
		var next expr
		if _, ok := p.got("and", "&&"); ok {
			next, err = p.condition()
			e = both{e, next}
		} else if _, ok := p.got("or", "||"); ok {
			next, err = p.condition()
			e = either{e, next}
		} else {
			break
		}
	}
	return e, err
}

// maxDepth is how many parentheses may be open.
const maxDepth = 50

func (p *parser) condition() (expr, error) {
	p.depth++
	defer func() { p.depth-- }()
	at := p.peek()
	if p.depth > maxDepth {
		return nil, wrong(at, "there are too many parentheses in each other", "")
	}
	if _, ok := p.got("not", "!"); ok {
		e, err := p.condition()
		return not{e}, err
	}
	if _, ok := p.got("("); !ok {
		return p.primitive()
	}
	e, err := p.chain()
	if err != nil {
		return nil, err
	}
	if _, ok := p.got(")"); !ok {
		return nil, wrong(at, "this ( is never closed", "")
	}
	return e, nil
}

// primitive is [protocol] [direction] [host|net|port VALUE].
func (p *parser) primitive() (expr, error) {
	first := p.peek()
	proto, _ := p.got("ip", "ip6", "arp", "icmp", "icmp6", "tcp", "udp", "ether")
	if _, ok := p.got("broadcast"); ok && (proto == "" || proto == "ether") {
		return station(dest, []byte{0xff, 0xff, 0xff, 0xff, 0xff, 0xff}), nil
	}
	if _, ok := p.got("multicast"); ok && (proto == "" || proto == "ether") {
		return group(), nil
	}
	d, err := p.direction()
	if err != nil {
		return nil, err
	}
	what := p.peek()
	kind, ok := p.got("host", "net", "port")
	switch {
	case ok && kind == "port":
		return p.port(what, proto, d)
	case ok && proto == "ether":
		return p.station(what, kind, d)
	case ok:
		return p.network(what, kind, proto, d)
	case d != oneOf || proto == "ether":
		return nil, wrong(what, fmt.Sprintf("after %q comes host, net or port", strings.TrimSpace(proto+" "+string(d))), "")
	case proto != "":
		return protocol(proto), nil
	}
	return nil, unknown(first)
}

func (p *parser) direction() (direction, error) {
	d, ok := p.got("src", "dst")
	if !ok {
		return oneOf, nil
	}
	if len(p.words) < 2 || p.words[1].text != "src" && p.words[1].text != "dst" {
		return direction(d), nil
	}
	join, ok := p.got("and", "or")
	if !ok {
		return direction(d), nil
	}
	other := p.take()
	switch {
	case other.text == d:
		return oneOf, wrong(other, "it says "+d+" twice", "")
	case join == "and":
		return bothSides, nil
	}
	return oneOf, nil
}

func protocol(name string) expr {
	switch name {
	case "ip":
		return ip4
	case "ip6":
		return ip6
	case "arp":
		return arp
	case "icmp":
		return inIP4(protoICMP)
	case "icmp6":
		return inIP6(protoICMP6)
	case "tcp":
		return inIP(protoTCP)
	}
	return inIP(protoUDP)
}

func (p *parser) port(what word, proto string, d direction) (expr, error) {
	var protos []uint32
	switch proto {
	case "":
		protos = []uint32{protoTCP, protoUDP, protoSCTP}
	case "tcp":
		protos = []uint32{protoTCP}
	case "udp":
		protos = []uint32{protoUDP}
	default:
		return nil, wrong(what, proto+" has no ports", `say "tcp port N", "udp port N" or "port N"`)
	}
	w := p.take()
	n, err := strconv.ParseUint(w.text, 10, 16)
	if err != nil {
		return nil, wrong(w, missing(w, "a port", "number from 0 to 65535"), "")
	}
	return port(d, uint32(n), protos...), nil
}

func (p *parser) network(what word, kind, proto string, d direction) (expr, error) {
	if proto != "" && proto != "ip" && proto != "ip6" && proto != "arp" {
		return nil, wrong(what, proto+" has no addresses of its own", fmt.Sprintf("say \"%s and %s …\"", proto, kind))
	}
	w := p.take()
	var n netip.Prefix
	var err error
	if kind == "host" {
		var a netip.Addr
		if a, err = netip.ParseAddr(w.text); err == nil {
			n, err = a.WithZone("").Prefix(a.BitLen())
		}
	} else if n, err = netip.ParsePrefix(w.text); err == nil && n != n.Masked() {
		return nil, wrong(w, fmt.Sprintf("%s is an address in the network %s", w.text, n.Masked()), "say host ADDRESS, or net "+n.Masked().String())
	}
	switch {
	case err != nil && kind == "host":
		return nil, wrong(w, missing(w, "host", "IP address"), "names are not looked up: write the address")
	case err != nil:
		return nil, wrong(w, missing(w, "net", "network"), "write it as 10.1.0.0/16")
	case n.Addr().Is6() && (proto == "ip" || proto == "arp"), n.Addr().Is4() && proto == "ip6":
		return nil, wrong(w, fmt.Sprintf("%s is no address of %s", w.text, proto), "")
	}
	return network(d, n, proto), nil
}

func (p *parser) station(what word, kind string, d direction) (expr, error) {
	if kind != "host" {
		return nil, wrong(what, `after "ether" comes host`, "")
	}
	w := p.take()
	mac, err := hex.DecodeString(strings.ReplaceAll(w.text, ":", ""))
	parts := strings.Split(w.text, ":")
	if err != nil || len(mac) != 6 || len(parts) != 6 || slices.ContainsFunc(parts, func(s string) bool { return len(s) != 2 }) {
		return nil, wrong(w, missing(w, "ether host", "hardware address"), "write it as 02:00:00:00:00:01")
	}
	return station(d, mac), nil
}
