package dns

import (
	"math"
	"strconv"
	"time"
)

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
		n, err := number("+split", value, 1024)
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
	if l.sizeSaid = on && value != ""; !l.sizeSaid {
		l.EDNS.UDPSize = DefaultUDPSize
		return nil
	}
	n, err := number("+bufsize", value, 65535)
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
	if !on && l.EDNS != nil && (l.EDNS.DO || l.sizeSaid) { // these want EDNS, and stand
		l.EDNS.Version = 0
		return nil
	}
	if !on {
		l.EDNS = nil
		return nil
	}
	l.needEDNS()
	if value == "" {
		l.EDNS.Version = 0
		return nil
	}
	n, err := number("+edns", value, 255)
	l.EDNS.Version = uint8(n)
	return err
}

func setID(_ *digParser, l *Lookup, on bool, value string) error {
	l.ID = 0
	if !on {
		return nil
	}
	n, err := number("+qid", value, 65535)
	l.ID = uint16(n)
	return err
}

func setNdots(_ *digParser, l *Lookup, on bool, value string) error {
	if !on {
		l.Ndots = -1
		return nil
	}
	n, err := number("+ndots", value, math.MaxInt32)
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
		n, err := number(name, value, maxTries)
		l.Tries = max(n+more, 1)
		return err
	}
}

func setTimeout(_ *digParser, l *Lookup, on bool, value string) error {
	if !on {
		return usage("+timeout cannot be switched off")
	}
	n, err := number("+timeout", value, maxSeconds)
	l.Timeout = time.Duration(max(n, 1)) * time.Second
	return err
}

func setTCP(_ *digParser, l *Lookup, on bool, _ string) error {
	l.TCP, l.tcpSaid = on, true
	return nil
}

func number(option, value string, most int) (int, error) {
	n, err := strconv.Atoi(value)
	if err != nil || n < 0 || n > most {
		return 0, usage("%s wants a number from 0 to %d, not %q", option, most, cut(value))
	}
	return n, nil
}
