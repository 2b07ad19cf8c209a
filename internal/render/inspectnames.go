package render

import (
	"fmt"
	"strings"

	"netlab/internal/nss"
	"netlab/internal/snapshot"
)

// maxFileLines is how many lines of a file are shown, unless all is.
const maxFileLines = 8

// files writes the files by which names are found, where they are not those of
// a new lab, or not those that all share.
func (i *inspector) files(s snapshot.Space) {
	all := s.OwnFiles()
	if i.opt.All && s.Names != (nss.Files{}) {
		all = s.Names.Each()
	}
	if len(all) == 0 {
		return
	}
	i.blank()
	i.hang(pad(2), in(strong, "files for names"))
	for _, f := range all {
		i.file(f)
	}
}

func (i *inspector) file(f nss.Named) {
	lines, hidden := i.meant(f.File.Text)
	switch {
	case f.File.Path == "":
		i.hang(pad(2), tidy(plain, "/etc/"+f.Name), in(quiet, " · there is no such file"))
		return
	case len(lines) == 0 && f.File.Flaw == "":
		i.hang(pad(2), tidy(plain, f.File.Path), in(quiet, " · it says nothing"))
		return
	}
	i.hang(pad(2), tidy(plain, f.File.Path))
	if f.File.Flaw != "" {
		i.put(pad(4), pad(6), tidy(warn, "it "+f.File.Flaw.Words()))
	}
	wrong := mistakes(f)
	for _, l := range lines {
		i.put(pad(4), pad(6), tidy(code, l.text))
		if why := wrong[l.at]; why != "" {
			i.put(pad(6), pad(8), tidy(warn, why))
		}
	}
	if hidden > 0 {
		i.hang(pad(4), in(quiet, "… "+count(hidden, "line")+" more"))
	}
}

// fileLine is a line that says something, with its number.
type fileLine struct {
	at   int
	text string
}

// meant are the first lines that are no comments, and how many there are more.
func (i *inspector) meant(text string) (lines []fileLine, hidden int) {
	n := 0
	for l := range strings.Lines(text) {
		n++
		words := strings.TrimSpace(l)
		switch {
		case words == "" || words[0] == '#' || words[0] == ';':
		case len(lines) == maxFileLines && !i.opt.All:
			hidden++
		default:
			lines = append(lines, fileLine{n, l})
		}
	}
	return lines, hidden
}

// mistakes are what glibc does not read as it was meant, by line.
func mistakes(f nss.Named) map[int]string {
	all := nss.ReadHosts(f.File.Text).Mistakes
	switch f.Name {
	case "resolv.conf":
		all = nss.ReadResolv(f.File.Text).Mistakes
	case "nsswitch.conf":
		all = nss.ReadSwitch(f.File.Text).Mistakes
	}
	by := map[int]string{}
	for _, m := range all {
		if by[m.Line] != "" {
			m.Why = fmt.Sprintf("%s; %s", by[m.Line], m.Why)
		}
		by[m.Line] = m.Why
	}
	return by
}
