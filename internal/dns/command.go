package dns

import (
	"encoding/hex"
	"fmt"
	"net/netip"
	"strconv"
	"strings"
	"time"
)

// Command is a command line of dig(1).
type Command struct {
	Lookups []Lookup
	Notes   []string // what dig warns of, in its words
	Cmd     bool     // +cmd: the command line is shown first
	Help    bool     // -h
	Version bool     // -v
	Micro   bool     // -u: times in microseconds
	// Served says that a server stands before the first name: dig says then that
	// it has found one.
	Served bool
}

// Lookup is one name of a command line, and how it is asked for.
type Lookup struct {
	Name, Type, Class string
	Server            string // as it stands behind @; empty: those of resolv.conf
	Port              uint16
	Source            netip.AddrPort // -b; not valid: the kernel chooses
	Family            int            // 4 or 6: of the server's address; 0: any
	Timeout           time.Duration  // of each try
	Tries             int

	TCP, Ignore      bool // Ignore: an answer that was cut short is taken as it is
	NextOnFail       bool // +nofail: SERVFAIL is no answer if there is one more server
	Recurse          bool
	AuthenticData    bool
	CheckingDisabled bool
	EDNS             *EDNS
	KeepVersion      bool // +noednsnegotiation: a server that knows only a lower version of EDNS is not asked again
	SendCookie       bool
	Cookie           []byte // given; else one is made up
	NSID             bool
	ID               uint16 // 0: any

	Search     bool // names are tried with the search list
	ShowSearch bool
	Domain     string // +domain: the search list
	Ndots      int    // less than 0: as resolv.conf has it

	Trace    bool
	ShowSent bool // +qr
	Identify bool // with Short: who has answered
	Style    Style

	tcpSaid, typeSaid, classSaid bool
}

// UsageError is a mistake in a command line of dig.
type UsageError struct{ Text string }

func (e *UsageError) Error() string { return e.Text }

func usage(format string, args ...any) error { return &UsageError{fmt.Sprintf(format, args...)} }

// ParseDig reads the arguments of dig, without its name. The error is a
// *UsageError: an option that dig does not have, or one that netlab does not
// do. Names are not checked, see CheckName.
func ParseDig(args []string) (Command, error) {
	p := &digParser{cmd: Command{Cmd: true}, types: true}
	p.common = Lookup{
		Type: "A", Class: "IN", Port: Port, Timeout: 5 * time.Second, Tries: 3, Recurse: true, AuthenticData: true,
		EDNS: &EDNS{UDPSize: DefaultUDPSize}, SendCookie: true, Ndots: -1, Style: DefaultStyle(),
	}
	for len(args) > 0 {
		n, err := p.word(args)
		if err != nil {
			return p.cmd, err
		}
		args = args[n:]
	}
	if len(p.cmd.Lookups) == 0 {
		p.add(".").Type = "NS"
	}
	for i := range p.cmd.Lookups {
		p.cmd.Lookups[i].Style.Short = p.short
	}
	return p.cmd, nil
}

// digParser reads word after word.
type digParser struct {
	cmd    Command
	common Lookup // what stands before the first name is for all
	types  bool   // a word may still be a type or a class
	short  bool   // for all names, wherever it stands
}

// at is the lookup that options are for.
func (p *digParser) at() *Lookup {
	if n := len(p.cmd.Lookups); n > 0 {
		return &p.cmd.Lookups[n-1]
	}
	return &p.common
}

// add begins a lookup.
func (p *digParser) add(name string) *Lookup {
	l := p.common
	l.Name = name
	if l.EDNS != nil {
		own := *l.EDNS
		l.EDNS = &own
	}
	if len(p.cmd.Lookups) == 0 {
		p.cmd.Served = l.Server != ""
	}
	p.cmd.Lookups = append(p.cmd.Lookups, l)
	return p.at()
}

// word reads the first of the words, and says how many it took.
func (p *digParser) word(args []string) (int, error) {
	word := args[0]
	switch {
	case word == "%": // dig passes over it
		return 1, nil
	case strings.HasPrefix(word, "@"):
		if p.at().Server = word[1:]; word == "@" {
			return 1, usage("behind @ belongs the name or the address of a server")
		}
		return 1, nil
	case strings.HasPrefix(word, "+"):
		return 1, p.plus(word)
	case strings.HasPrefix(word, "-") && len(word) > 1:
		return p.dash(args)
	}
	if p.types && p.typeOrClass(word) {
		return 1, noTransfer(p.at().Type)
	}
	if word == "" {
		return 1, usage("a name is empty")
	}
	p.add(word)
	return 1, nil
}

// typeOrClass takes a word that is one.
func (p *digParser) typeOrClass(word string) bool {
	l := p.at()
	if typ, ok := ParseType(word); ok {
		if l.typeSaid {
			p.cmd.Notes = append(p.cmd.Notes, ";; Warning, extra type option")
		}
		l.setType(typ)
		return true
	}
	if class, ok := ParseClass(word); ok {
		if l.classSaid {
			p.cmd.Notes = append(p.cmd.Notes, ";; Warning, extra class option")
		}
		l.Class, l.classSaid = class, true
		return true
	}
	return false
}

func (l *Lookup) setType(typ string) {
	l.Type, l.typeSaid = typ, true
	if typ == "ANY" && !l.tcpSaid {
		l.TCP = true // the answer is large
	}
}

// dash reads an option with one dash: letters without a value, which may stand
// together, or one with a value, in the same word or in the next.
func (p *digParser) dash(args []string) (int, error) {
	word := args[0][1:]
	for i, c := range word {
		switch c {
		case '4', '6':
			p.at().Family = int(c - '0')
		case 'r': // there is no file of one's own options
		case 'u':
			p.cmd.Micro = true
		case 'h':
			p.cmd.Help = true
		case 'v':
			p.cmd.Version = true
		case 'b', 'c', 'p', 'q', 't', 'x':
			if value := word[i+1:]; value != "" {
				return 1, p.valued(c, value)
			}
			if len(args) < 2 {
				return 1, usage("-%c wants a value", c)
			}
			return 2, p.valued(c, args[1])
		case 'f', 'k', 'm', 'y', 'd', 'i':
			return 1, usage("dig knows -%c, netlab's own does not", c)
		default:
			return 1, usage("dig has no option -%c", c)
		}
	}
	return 1, nil
}

func (p *digParser) valued(option rune, value string) error {
	l := p.at()
	switch option {
	case 'b':
		return l.setSource(value)
	case 'c', 't':
		return p.named(option, value)
	case 'p':
		port, err := strconv.ParseUint(value, 10, 16)
		l.Port = uint16(port)
		if err != nil {
			return usage("%q is no port: a number up to 65535 is", cut(value))
		}
	case 'q':
		if value == "" {
			return usage("a name is empty")
		}
		p.add(value)
	case 'x':
		return p.reverse(value)
	}
	return nil
}

// named takes -t and -c. What is no type or class, dig only warns of.
func (p *digParser) named(option rune, value string) error {
	l := p.at()
	what, before := "type", p.types
	p.types = false
	if option == 't' {
		if typ, ok := ParseType(value); ok {
			l.setType(typ)
			return noTransfer(typ)
		}
		if strings.HasPrefix(strings.ToUpper(value), "IXFR=") {
			return noTransfer("IXFR")
		}
	} else {
		if class, ok := ParseClass(value); ok {
			l.Class, l.classSaid = class, true
			return nil
		}
		what = "class"
	}
	p.types = before
	p.cmd.Notes = append(p.cmd.Notes, fmt.Sprintf(";; Warning, ignoring invalid %s %s", what, cut(value)))
	return nil
}

func noTransfer(typ string) error {
	if typ == "AXFR" || typ == "IXFR" {
		return usage("dig knows %s, the transfer of a zone; netlab's own does not", typ)
	}
	return nil
}

// reverse takes -x: an address, or the beginning of an IPv4 address.
func (p *digParser) reverse(value string) error {
	var name string
	if addr, err := netip.ParseAddr(value); err == nil {
		name = ReverseName(addr)
	} else if strings.Contains(value, ":") || value == "" {
		return usage("%q is no IP address", cut(value))
	} else {
		for part := range strings.SplitSeq(value, ".") {
			name = part + "." + name
		}
		name += "in-addr.arpa."
	}
	l := p.add(name)
	if !l.typeSaid {
		l.Type, l.typeSaid = "PTR", true
	}
	return nil
}

func (l *Lookup) setSource(value string) error {
	text, port, has := strings.Cut(value, "#")
	addr, err := netip.ParseAddr(text)
	number := uint64(0)
	if err == nil && has {
		number, err = strconv.ParseUint(port, 10, 16)
	}
	if err != nil {
		return usage("%q is no address to send from: an address is, or an address#port", cut(value))
	}
	l.Source = netip.AddrPortFrom(addr, uint16(number))
	return nil
}

// setCookie reads the value of +cookie.
func (l *Lookup) setCookie(value string) error {
	b, err := hex.DecodeString(value)
	if err != nil || len(b) < 8 || len(b) > 40 {
		return usage("%q is no cookie: 16 to 80 hexadecimal digits are", cut(value))
	}
	l.SendCookie, l.Cookie = true, b
	return nil
}

// Query is the question for a name of the lookup, which must be absolute. The
// caller chooses id and cookie where the command line does not.
func (l Lookup) Query(name string, id uint16, cookie []byte) Query {
	if l.ID != 0 {
		id = l.ID
	}
	q := Query{
		Question: Question{Name: name, Type: l.Type, Class: l.Class}, ID: id, RecursionDesired: l.Recurse,
		AuthenticData: l.AuthenticData, CheckingDisabled: l.CheckingDisabled, EDNS: l.EDNS, NSID: l.NSID,
	}
	switch {
	case l.EDNS == nil || !l.SendCookie:
	case len(l.Cookie) > 0:
		q.Cookie = l.Cookie
	default:
		q.Cookie = cookie
	}
	return q
}
