package nss

import (
	"fmt"
	"slices"
	"strings"
)

// What a source may say of a name, nsswitch.conf(5).
const (
	Success  = "SUCCESS"  // here is the answer
	NotFound = "NOTFOUND" // there is no such name
	Unavail  = "UNAVAIL"  // the source cannot be used
	TryAgain = "TRYAGAIN" // it cannot be used just now
)

// What is done then.
const (
	Return   = "return"   // nobody else is asked
	Continue = "continue" // the next source is asked
	Merge    = "merge"    // for groups; for a host it is an error
)

// DefaultSources is the order without a line "hosts:".
const DefaultSources = "files dns"

// ReadSwitch reads the line "hosts:" of /etc/nsswitch.conf, nsswitch.conf(5).
// It never fails. Where glibc gives up the whole file, so that no name can be
// looked up at all, there are no sources, and Line is where it gives up.
func ReadSwitch(text string) Switch {
	s := Switch{Sources: defaultSources()}
	for l := range lines(text) {
		base, rest := database(l.text)
		switch {
		case !slices.Contains(databases(), base):
			if slices.Contains(databases(), lowered(base)) { // another one may be of another program
				s.wrong(l, fmt.Sprintf("this line is ignored: %s is written in small letters", lowered(base)))
			}
		case !l.closed:
			s.wrong(l, "this line is not read: no newline stands at its end")
		default:
			sources, why := sources(rest)
			if why != "" {
				s.wrong(l, "glibc cannot read this, and gives up the whole file: no name is found; "+why)
				s.Line, s.Sources = l.at, nil
				return s
			}
			if base == "hosts" {
				s.take(l, sources)
			}
		}
	}
	return s
}

func (s *Switch) wrong(l line, why string) { s.Mistakes = append(s.Mistakes, l.mistake(why)) }

// take makes a line "hosts:" the one that counts.
func (s *Switch) take(l line, sources []Source) {
	if s.Line > 0 {
		s.wrong(l, fmt.Sprintf("this line undoes line %d: the last one counts", s.Line))
	}
	s.Line, s.Sources = l.at, sources
	if len(sources) == 0 {
		s.wrong(l, "no source is named: no name is found")
	}
	for _, source := range sources {
		switch _, known := About(source.Name); {
		case strings.HasPrefix(source.Name, "#"):
			s.wrong(l, fmt.Sprintf("a comment has a line of its own: %q and what follows it are sources for glibc", source.Name))
			return
		case !known:
			s.wrong(l, fmt.Sprintf("no source %q is known: where there is no libnss_%s.so.2, it is passed over", source.Name, source.Name))
		}
	}
}

func defaultSources() []Source {
	all, _ := sources(DefaultSources)
	return all
}

// database parts a line into the name in front of the colon, which may be
// missing, and the sources.
func database(text string) (name, rest string) {
	text = strings.TrimLeftFunc(text, space)
	sign := func(r rune) bool { return space(r) || r == ':' }
	i := strings.IndexFunc(text, sign)
	if i < 0 {
		return text, ""
	}
	return text[:i], strings.TrimLeftFunc(text[i:], sign)
}

// databases are those that glibc reads, and whose lines must not have mistakes.
func databases() []string {
	return []string{
		"aliases", "ethers", "group", "group_compat", "gshadow", "hosts", "initgroups", "netgroup", "networks",
		"passwd", "passwd_compat", "protocols", "publickey", "rpc", "services", "shadow", "shadow_compat",
	}
}

// Then is what is done when the source has said status.
func (s Source) Then(status string) string {
	then := map[string]string{Success: Return, NotFound: Continue, Unavail: Continue, TryAgain: Continue}
	for _, a := range s.Actions {
		for known := range then {
			if (known == a.Status) != a.Not {
				then[known] = a.Then
			}
		}
	}
	return then[status]
}

// String is the action as it stands on the line.
func (a Action) String() string {
	not := ""
	if a.Not {
		not = "!"
	}
	return "[" + not + a.Status + "=" + a.Then + "]"
}
