package interp

import "strings"

// sudoLine is what stands behind sudo and its options.
type sudoLine struct {
	env  []string // NAME=VALUE
	args []string
}

// readSudo takes sudo and its options off the words: in a lab everybody is
// root already. The text says what is wrong with the line, if anything is.
func readSudo(words []string) (l sudoLine, text, hint string) {
	args := words[1:]
	for end := false; !end && len(args) > 0 && strings.HasPrefix(args[0], "-"); {
		word := args[0]
		args = args[1:]
		switch {
		case word == "--":
			end = true
		case word == "-u" || word == "-g" || word == "--user" || word == "--group":
			if len(args) == 0 || args[0] != "root" {
				return l, "sudo: in a lab there is only root", ""
			}
			args = args[1:]
		case strings.Trim(word, "-EnH") != "" && !harmless(word):
			return l, "sudo: netlab drops sudo, and does not know its option " + word, "leave sudo out: in a lab you are root already"
		}
	}
	for len(args) > 0 && isAssignment(args[0]) {
		l.env = append(l.env, args[0])
		args = args[1:]
	}
	if len(args) == 0 {
		return l, "usage: sudo COMMAND", "in a lab you are root already: sudo does nothing here"
	}
	l.args = args
	return l, "", ""
}

// dropSudo takes sudo off a call. failed says that the plan, which explains,
// is all there is.
func dropSudo(c *call) (p plan, failed bool) {
	l, text, hint := readSudo(c.args)
	c.env = append(c.env, l.env...)
	if text != "" {
		return refuse(1, text, hint), true
	}
	c.args = l.args
	return plan{}, false
}

func harmless(option string) bool {
	switch option {
	case "--preserve-env", "--non-interactive", "--set-home", "--user=root", "--group=root", "-uroot", "-groot":
		return true
	}
	return false
}

func isAssignment(word string) bool {
	name, _, ok := strings.Cut(word, "=")
	return ok && name != "" && !strings.ContainsFunc(name, func(c rune) bool {
		return c != '_' && (c < 'a' || c > 'z') && (c < 'A' || c > 'Z') && (c < '0' || c > '9')
	})
}
