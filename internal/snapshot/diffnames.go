package snapshot

import (
	"fmt"
	"strings"

	"netlab/internal/nss"
)

// maxFileLines is how many changed lines of one file are told.
const maxFileLines = 8

// names compares the files by which a namespace finds names. What all share is
// told of host alone.
func (d *differ) names(was, now Space) {
	if _, old := d.before.Space(now.Name); !old { // it has begun with what all share
		host, _ := d.before.Space(Host)
		was.Names = host.Names
	}
	before, after := was.Names.Each(), now.Names.Each()
	for i := range after {
		d.file(fileChange{name: after[i].Name, space: now, was: before[i].File, now: after[i].File})
	}
}

// fileChange is one file of a namespace, before and after.
type fileChange struct {
	name     string // hosts, resolv.conf, nsswitch.conf
	space    Space  // after
	who      string // reads the file
	was, now nss.File
}

// own says that a file is the namespace's own, and not the one that all share.
func own(f nss.File) bool { return strings.HasPrefix(f.Path, "/etc/netns/") }

func (d *differ) file(c fileChange) {
	if c.space.Name != Host && !own(c.was) && !own(c.now) {
		return
	}
	c.who = c.space.Name
	if c.who == Host && d.shared(c.name) {
		c.who = "every node without a file of its own"
	}
	came := c.now.Path != "" && c.now.Path != c.was.Path && (own(c.now) || c.space.Name == Host)
	switch {
	case came && own(c.now):
		d.add("+", c.space.Name, c.now.Path, fmt.Sprintf("%s has a file of its own from now on, and does not read /etc/%s", c.space.Name, c.name))
		c.was = nss.File{}
	case came:
		d.add("+", Host, c.now.Path, "there was no such file before")
	case c.now.Path != c.was.Path:
		d.add("-", c.space.Name, c.was.Path, c.wentReason())
		return
	case c.now.Text == c.was.Text && c.now.Flaw == c.was.Flaw:
		return
	}
	if c.now.Flaw != c.was.Flaw {
		d.add("~", c.space.Name, c.now.Path, c.flawReason())
		if c.now.Flaw != "" { // which lines it has is not known
			return
		}
	}
	if c.now.Text != c.was.Text {
		d.fileLines(c)
	}
}

// shared says that another namespace reads host's file.
func (d *differ) shared(name string) bool {
	for _, s := range d.after.Spaces {
		for _, f := range s.Names.Each() {
			if s.Name != Host && f.Name == name && f.File.Path != "" && !own(f.File) {
				return true
			}
		}
	}
	return false
}

func (c fileChange) wentReason() string {
	if c.now.Path != "" {
		return fmt.Sprintf("%s reads %s again, like everybody else", c.who, c.now.Path)
	}
	if own(c.was) {
		return fmt.Sprintf("%s sees no such file any more: where there is no /etc/%s, nothing can stand in its place", c.who, c.name)
	}
	switch c.name {
	case "resolv.conf":
		return "where there is no such file, the machine itself is asked, 127.0.0.1"
	case "hosts":
		return "where there is no such file, no name is found in it"
	}
	return "where there is no such file, names are looked for in files, then by dns"
}

// flawReason: it has become another kind of file.
func (c fileChange) flawReason() string {
	if c.now.Flaw == "" {
		return "it is an ordinary file again, and read as a whole"
	}
	return "it " + c.now.Flaw.Words()
}

// fileLines tells which lines came and went.
func (d *differ) fileLines(c fileChange) {
	came, went := surplus(c.now.Text, c.was.Text), surplus(c.was.Text, c.now.Text)
	told := 0
	tell := func(sign, text string) {
		if told++; told <= maxFileLines {
			d.add("~", c.space.Name, c.now.Path+" "+sign+" "+oneLine(text), c.reason(sign, text))
		}
	}
	for _, l := range went {
		tell("-", l)
	}
	for _, l := range came {
		tell("+", l)
	}
	switch {
	case told > maxFileLines:
		d.add("~", c.space.Name, fmt.Sprintf("%s: %s more", c.now.Path, counted(told-maxFileLines, "line")), "the file itself has them all")
	case told == 0 && c.was.Path != "":
		d.add("~", c.space.Name, c.now.Path+" has the same lines in another form", c.formReason())
	}
}

// surplus are the lines of one text that another has not, or not as often.
// Lines that say nothing are left out.
func surplus(text, other string) []string {
	has := map[string]int{}
	for l := range strings.Lines(other) {
		has[strings.TrimSuffix(l, "\n")]++
	}
	var more []string
	for l := range strings.Lines(text) {
		l = strings.TrimSuffix(l, "\n")
		if has[l]--; has[l] < 0 && !silent(l) {
			more = append(more, l)
		}
	}
	return more
}

// silent is a line that is empty or a comment.
func silent(line string) bool {
	line = strings.TrimSpace(line)
	return line == "" || line[0] == '#' || line[0] == ';'
}

// oneLine makes a line of a file fit to be shown beside others.
func oneLine(text string) string {
	const most = 120
	text = strings.Join(strings.Fields(text), " ")
	if runes := []rune(text); len(runes) > most {
		text = string(runes[:most-1]) + "…"
	}
	return text
}

// formReason: the order, comments, or the end of the file are different.
func (c fileChange) formReason() string {
	if c.name == "nsswitch.conf" {
		if why := newMistake(nss.ReadSwitch(c.was.Text).Mistakes, nss.ReadSwitch(c.now.Text).Mistakes); why != "" {
			return why
		}
	}
	if sameLines(c.was.Text, c.now.Text) {
		return "only comments or blanks are different: nothing changes for " + c.who
	}
	return "their order counts: the first that fits is taken"
}

func newMistake(was, now []nss.Mistake) string {
	if len(now) <= len(was) {
		return ""
	}
	return now[len(now)-1].Why
}

// sameLines says that two texts have the same lines that mean something, in
// the same order.
func sameLines(a, b string) bool {
	meant := func(text string) string {
		var all []string
		for l := range strings.Lines(text) {
			if !silent(l) {
				all = append(all, strings.TrimSuffix(l, "\n"))
			}
		}
		return strings.Join(all, "\n")
	}
	return meant(a) == meant(b)
}
