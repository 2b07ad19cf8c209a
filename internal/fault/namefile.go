package fault

import (
	"strings"

	"netlab/internal/nss"
)

// split gives the lines of a file.
func split(text string) []string {
	if text == "" {
		return nil
	}
	return strings.Split(strings.TrimSuffix(text, "\n"), "\n")
}

// place is where a file of the sender is, or would be.
func (n *naming) place(f nss.File, name string) string {
	if f.Path != "" {
		return f.Path
	}
	return "/etc/netns/" + n.in + "/" + name
}

// writing is a file as a person types it in.
func writing(path string, lines []string) string {
	if len(lines) == 0 {
		return ": > " + path
	}
	return "cat > " + path + " <<'EOF'\n" + strings.Join(lines, "\n") + "\nEOF"
}

// rewritten is a fault that writes other lines into a file.
func rewritten(path string, before nss.File, after []string) Fault {
	mend := writing(path, split(before.Text))
	if before.Path == "" {
		mend = "rm " + path
	}
	return Fault{Harm: lines(writing(path, after)), Mend: lines(mend)}
}

// each is the lines of a text, some of them changed. What turn returns stands
// for the line; false leaves it out.
func each(text string, turn func(line string) (string, bool)) []string {
	var out []string
	for _, l := range split(text) {
		if to, keep := turn(l); keep {
			out = append(out, to)
		}
	}
	return out
}

// first is the first word of a line that is no comment.
func first(line string) string {
	f := strings.Fields(line)
	if len(f) == 0 || strings.HasPrefix(f[0], "#") || strings.HasPrefix(f[0], ";") {
		return ""
	}
	return f[0]
}
