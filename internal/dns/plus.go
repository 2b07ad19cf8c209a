package dns

import (
	"slices"
	"strings"
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
	name, value, hasValue := strings.Cut(word[1:], "=")
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
