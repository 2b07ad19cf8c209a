package dns

import (
	"slices"
	"strconv"
	"strings"
	"time"
)

// plusOption is an option of dig with a plus. Set is nil for one that dig has
// and netlab has not.
type plusOption struct {
	name  string
	value bool // it may have a value behind =
	set   func(p *digParser, l *Lookup, on bool, value string) error
}

// flag is an option that is on or off.
func flag(name string, field func(*Lookup) *bool) plusOption {
	return plusOption{name: name, set: func(_ *digParser, l *Lookup, on bool, _ string) error {
		*field(l) = on
		return nil
	}}
}

// without is a flag whose field says the opposite.
func without(name string, field func(*Lookup) *bool) plusOption {
	return plusOption{name: name, set: func(_ *digParser, l *Lookup, on bool, _ string) error {
		*field(l) = !on
		return nil
	}}
}

func plusOptions() []plusOption {
	out := append(shownOptions(), sentOptions()...)
	for _, name := range strings.Fields(`aaflag aaonly badcookie besteffort coflag co crypto dns64prefix dscp ednsflags ednsopt
		expandaaaa expire header-only https https-get https-post http-plain http-plain-get http-plain-post idnin idnout keepalive keepopen
		mapped multiline nssearch onesoa opcode padding raflag rrcomments showbadcookie sigchase subnet tcflag tls tls-ca tls-certfile
		tls-hostname tls-keyfile topdown trusted-key unknownformat yaml zflag`) {
		out = append(out, plusOption{name: name})
	}
	return out
}

// PlusOptions are the options with a plus that netlab's own dig has.
func PlusOptions() []string {
	var out []string
	for _, o := range plusOptions() {
		if o.set != nil {
			out = append(out, "+"+o.name)
		}
	}
	slices.Sort(out)
	return out
}

// shownOptions are about what is shown.
func shownOptions() []plusOption {
	return []plusOption{
		{name: "all", set: setAll},
		{name: "cmd", set: func(p *digParser, _ *Lookup, on bool, _ string) error { p.cmd.Cmd = on; return nil }},
		{name: "short", set: setShort},
		{name: "trace", set: setTrace},
		{name: "split", value: true, set: setSplit},
		{name: "ttlunits", set: func(_ *digParser, l *Lookup, on bool, _ string) error {
			l.Style.TTLUnits, l.Style.NoTTL = on, l.Style.NoTTL && !on
			return nil
		}},
		flag("additional", func(l *Lookup) *bool { return &l.Style.Additional }),
		flag("answer", func(l *Lookup) *bool { return &l.Style.Answer }),
		flag("authority", func(l *Lookup) *bool { return &l.Style.Authority }),
		flag("comments", func(l *Lookup) *bool { return &l.Style.Comments }),
		flag("question", func(l *Lookup) *bool { return &l.Style.Question }),
		flag("stats", func(l *Lookup) *bool { return &l.Style.Stats }),
		flag("identify", func(l *Lookup) *bool { return &l.Identify }),
		flag("qr", func(l *Lookup) *bool { return &l.ShowSent }),
		without("class", func(l *Lookup) *bool { return &l.Style.NoClass }),
		without("ttlid", func(l *Lookup) *bool { return &l.Style.NoTTL }),
	}
}

// sentOptions are about what is sent, and to whom.
func sentOptions() []plusOption {
	recurse := func(l *Lookup) *bool { return &l.Recurse }
	search := func(l *Lookup) *bool { return &l.Search }
	return []plusOption{
		{name: "bufsize", value: true, set: setBufsize},
		{name: "cookie", value: true, set: setCookie},
		{name: "dnssec", set: setDNSSEC},
		{name: "do", set: setDNSSEC},
		{name: "domain", value: true, set: setDomain},
		{name: "edns", value: true, set: setEDNS},
		{name: "ndots", value: true, set: setNdots},
		{name: "qid", value: true, set: setID},
		{name: "retry", value: true, set: setTries("+retry", 1)},
		{name: "tries", value: true, set: setTries("+tries", 0)},
		{name: "timeout", value: true, set: setTimeout},
		{name: "tcp", set: setTCP},
		{name: "vc", set: setTCP},
		{name: "showsearch", set: func(_ *digParser, l *Lookup, on bool, _ string) error {
			l.Search, l.ShowSearch = on, on
			return nil
		}},
		{name: "nsid", set: func(_ *digParser, l *Lookup, on bool, _ string) error {
			if l.NSID = on; on {
				l.needEDNS()
			}
			return nil
		}},
		flag("adflag", func(l *Lookup) *bool { return &l.AuthenticData }),
		flag("cdflag", func(l *Lookup) *bool { return &l.CheckingDisabled }),
		flag("defname", search),
		flag("ignore", func(l *Lookup) *bool { return &l.Ignore }),
		flag("rdflag", recurse),
		flag("recurse", recurse),
		flag("search", search),
		without("ednsnegotiation", func(l *Lookup) *bool { return &l.KeepVersion }),
		without("fail", func(l *Lookup) *bool { return &l.NextOnFail }),
	}
}

// plus reads an option with a plus, whose name may be shortened as long as one
// option of dig alone begins so.
func (p *digParser) plus(word string) error {
	name, value, hasValue := strings.Cut(strings.ToLower(word[1:]), "=")
	if hasValue {
		_, value, _ = strings.Cut(word, "=")
	}
	name, off := strings.CutPrefix(name, "no")
	o, err := findPlus(name, word)
	switch {
	case err != nil:
		return err
	case o.set == nil:
		return usage("dig knows +%s, netlab's own does not", o.name)
	case hasValue && !o.value:
		return usage("+%s takes no value", o.name)
	}
	return o.set(p, p.at(), !off, value)
}

// short are the options that dig takes though others begin in the same way.
func short(name string) string {
	switch name {
	case "ad":
		return "adflag"
	case "i":
		return "identify"
	case "ttl":
		return "ttlid"
	}
	return name
}

func findPlus(name, word string) (plusOption, error) {
	var near []plusOption
	name = short(name)
	for _, o := range plusOptions() {
		if o.name == name {
			return o, nil
		}
		if name != "" && strings.HasPrefix(o.name, name) {
			near = append(near, o)
		}
	}
	switch len(near) {
	case 0:
		return plusOption{}, usage("dig has no option %s", cut(word))
	case 1:
		return near[0], nil
	}
	var names []string
	for _, o := range near {
		names = append(names, "+"+o.name)
	}
	return plusOption{}, usage("%s may be %s", cut(word), strings.Join(names, " or "))
}

func setAll(p *digParser, l *Lookup, on bool, _ string) error {
	s := &l.Style
	s.Question, s.Answer, s.Authority, s.Additional, s.Comments, s.Stats = on, on, on, on, on, on
	p.cmd.Cmd = on
	return nil
}

func setShort(p *digParser, l *Lookup, on bool, _ string) error {
	s := &l.Style
	if p.short = on; on {
		s.Question, s.Answer, s.Authority, s.Additional, s.Comments, s.Stats = false, true, false, false, false, false
		p.cmd.Cmd = false
	}
	return nil
}

func setTrace(_ *digParser, l *Lookup, on bool, _ string) error {
	l.Trace, l.Style.Typed = on, on
	if on {
		l.Recurse, l.Identify, l.SendCookie, l.Search = true, true, true, false
		s := &l.Style
		s.Question, s.Authority, s.Additional, s.Comments, s.Stats = false, true, false, false, false
		l.needEDNS()
		l.EDNS.DO = true
	}
	return nil
}

func setSplit(_ *digParser, l *Lookup, on bool, value string) error {
	const group = 4
	switch {
	case !on:
		l.Style.Split = 0
	case value == "":
		l.Style.Split = DefaultStyle().Split
	default:
		n, err := number("+split", value, 0, 1024)
		l.Style.Split = (n + group - 1) / group * group
		return err
	}
	return nil
}

// needEDNS adds EDNS to a query without it.
func (l *Lookup) needEDNS() {
	if l.EDNS == nil {
		l.EDNS = &EDNS{UDPSize: DefaultUDPSize}
	}
}

func setBufsize(_ *digParser, l *Lookup, on bool, value string) error {
	l.needEDNS()
	if !on || value == "" {
		l.EDNS.UDPSize = DefaultUDPSize
		return nil
	}
	n, err := number("+bufsize", value, 0, 65535)
	l.EDNS.UDPSize = uint16(n)
	return err
}

func setCookie(_ *digParser, l *Lookup, on bool, value string) error {
	l.SendCookie, l.Cookie = on, nil
	if on {
		l.needEDNS()
	}
	if !on || value == "" {
		return nil
	}
	return l.setCookie(value)
}

func setDNSSEC(_ *digParser, l *Lookup, on bool, _ string) error {
	if on {
		l.needEDNS()
	}
	if l.EDNS != nil {
		l.EDNS.DO = on
	}
	return nil
}

func setDomain(_ *digParser, l *Lookup, on bool, value string) error {
	if !on || value == "" {
		return usage("+domain wants a domain: +domain=lab")
	}
	l.Domain, l.Search = value, true
	return nil
}

func setEDNS(_ *digParser, l *Lookup, on bool, value string) error {
	if !on {
		l.EDNS = nil
		return nil
	}
	l.needEDNS()
	if value == "" {
		l.EDNS.Version = 0
		return nil
	}
	n, err := number("+edns", value, 0, 255)
	l.EDNS.Version = uint8(n)
	return err
}

func setID(_ *digParser, l *Lookup, on bool, value string) error {
	l.ID = 0
	if !on {
		return nil
	}
	n, err := number("+qid", value, 0, 65535)
	l.ID = uint16(n)
	return err
}

func setNdots(_ *digParser, l *Lookup, on bool, value string) error {
	if !on {
		l.Ndots = -1
		return nil
	}
	n, err := number("+ndots", value, 0, 15)
	l.Ndots = n
	return err
}

// The most that dig takes; nobody waits longer in a lab.
const (
	maxTries   = 255
	maxSeconds = 65535
)

// setTries reads how often a server is asked: value and so many more.
func setTries(name string, more int) func(*digParser, *Lookup, bool, string) error {
	return func(_ *digParser, l *Lookup, on bool, value string) error {
		if !on {
			return usage("%s cannot be switched off", name)
		}
		n, err := number(name, value, 0, maxTries)
		l.Tries = max(n+more, 1)
		return err
	}
}

func setTimeout(_ *digParser, l *Lookup, on bool, value string) error {
	if !on {
		return usage("+timeout cannot be switched off")
	}
	n, err := number("+timeout", value, 0, maxSeconds)
	l.Timeout = time.Duration(max(n, 1)) * time.Second
	return err
}

func setTCP(_ *digParser, l *Lookup, on bool, _ string) error {
	l.TCP, l.tcpSaid = on, true
	return nil
}

func number(option, value string, least, most int) (int, error) {
	n, err := strconv.Atoi(value)
	if err != nil || n < least || n > most {
		return least, usage("%s wants a number from %d to %d, not %q", option, least, most, cut(value))
	}
	return n, nil
}
