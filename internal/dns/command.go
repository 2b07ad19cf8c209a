package dns

import (
	"fmt"
	"net/netip"
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

	tcpSaid, typeSaid, classSaid, sizeSaid bool
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
	for len(args) > 0 && !p.ended {
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
	p.cmd.Cmd = p.cmd.Cmd && p.shown
	return p.cmd, nil
}

// digParser reads word after word.
type digParser struct {
	cmd    Command
	common Lookup // what stands before the first name is for all
	types  bool   // a word may still be a type or a class
	short  bool   // for all names, wherever it stands
	shown  bool   // the command line was to be shown when the first name came
	ended  bool   // no more words are read
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
		p.cmd.Served, p.shown = l.Server != "", p.cmd.Cmd
	}
	p.cmd.Lookups = append(p.cmd.Lookups, l)
	return p.at()
}

// word reads the first of the words, and says how many it took.
func (p *digParser) word(args []string) (int, error) {
	word := args[0]
	switch {
	case strings.HasPrefix(word, "%"): // dig reads no further
		p.ended = true
		return 1, nil
	case strings.HasPrefix(word, "@"):
		if p.at().Server = word[1:]; word == "@" {
			return 1, usage("behind @ belongs the name or the address of a server")
		}
		return 1, nil
	case strings.HasPrefix(word, "+"):
		return 1, p.plus(word)
	case word == "-":
		return 1, usage("dig has no option -")
	case strings.HasPrefix(word, "-"):
		return p.dash(args)
	case p.types && incremental(word):
		return 1, noTransfer("IXFR")
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
