package snapshot

import (
	"slices"
	"strconv"
	"strings"

	"netlab/internal/nss"
)

// OwnFiles are the files by which the namespace finds names and that say
// something: those that no other namespace has, and of host those that are not
// as in a new lab. One that host has lost has no path.
func (s Space) OwnFiles() []nss.Named {
	if s.Names == (nss.Files{}) {
		return nil // nobody has looked
	}
	fresh := nss.Fresh().Each()
	all := s.Names.Each()
	var worth []nss.Named
	for i, f := range all {
		if s.Name == Host && f != fresh[i] || s.Name != Host && own(f.File) {
			worth = append(worth, f)
		}
	}
	return worth
}

// fileLines are the files that say something, as lines of Lines.
func (s Space) fileLines() []string {
	var all []string
	for _, f := range s.OwnFiles() {
		head := "# " + s.Name + ": " + f.File.Path
		switch {
		case f.File.Path == "":
			all = append(all, "# "+s.Name+": no /etc/"+f.Name)
			continue
		case f.File.Flaw != "":
			all = append(all, "# "+s.Name+": "+f.File.Flawed())
		case f.File.Text == "":
			all = append(all, head+" is empty")
		}
		for l := range strings.Lines(f.File.Text) {
			line, closed := strings.CutSuffix(l, "\n")
			if !closed {
				line += " (without a newline)"
			}
			if strings.ContainsFunc(line, func(c rune) bool { return c < ' ' && c != '\t' }) {
				line = strconv.Quote(line)
			}
			all = append(all, head+": "+line)
		}
	}
	return all
}

// linesOfPrintf is how many lines of a file one command writes.
const linesOfPrintf = 8

// files writes the files by which names are found.
func (r *rebuilder) files(s Space) {
	made := s.Name == Host
	for _, f := range s.OwnFiles() {
		switch {
		case f.File.Path == "":
			r.add("rm -f /etc/" + f.Name)
		case f.File.Flaw != "":
			r.note(s, "%s", f.File.Flawed())
		case strings.Contains(f.File.Text, "\x00"):
			r.note(s, "the file %s: a shell cannot write it", f.File.Path)
		default:
			if !made {
				r.add("mkdir -p /etc/netns/" + s.Name)
				made = true
			}
			r.write(f.File)
		}
	}
}

func (r *rebuilder) write(f nss.File) {
	if f.Text == "" {
		r.add(": > " + f.Path)
		return
	}
	whole, rest := "", f.Text // rest has no newline at its end
	if i := strings.LastIndexByte(f.Text, '\n'); i >= 0 {
		whole, rest = f.Text[:i+1], f.Text[i+1:]
	}
	to := " > "
	for part := range slices.Chunk(slices.Collect(strings.Lines(whole)), linesOfPrintf) {
		line := words{`printf '%s\n'`}
		for _, l := range part {
			line.add(shellWord(strings.TrimSuffix(l, "\n")))
		}
		r.add(line.String() + to + f.Path)
		to = " >> "
	}
	if rest != "" {
		r.add("printf %s " + shellWord(rest) + to + f.Path)
	}
}

// shellWord is a text as one word of a shell, whatever is in it.
func shellWord(text string) string { return "'" + strings.ReplaceAll(text, "'", `'\''`) + "'" }

// FileDoc is a file by which names are found.
type FileDoc struct {
	Path string `json:"path"`
	Text string `json:"text"`
	Flaw string `json:"flaw,omitempty"`
}

// NamesDoc are the files by which names are found; one that is not there is
// left out.
type NamesDoc struct {
	Switch *FileDoc `json:"nsswitch_conf,omitempty"`
	Hosts  *FileDoc `json:"hosts,omitempty"`
	Resolv *FileDoc `json:"resolv_conf,omitempty"`
}

func namesDocument(f nss.Files) NamesDoc {
	doc := func(f nss.File) *FileDoc {
		if f.Path == "" {
			return nil
		}
		return &FileDoc{f.Path, f.Text, string(f.Flaw)}
	}
	return NamesDoc{doc(f.Switch), doc(f.Hosts), doc(f.Resolv)}
}
