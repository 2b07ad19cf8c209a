package interp

import "strings"

// dropSudo takes sudo and its options off the words: in a lab everybody is
// root already. failed says that the plan, which explains, is all there is.
func dropSudo(c *call) (p plan, failed bool) {
	args := c.args[1:]
	for end := false; !end && len(args) > 0 && strings.HasPrefix(args[0], "-"); {
		word := args[0]
		args = args[1:]
		switch {
		case word == "--":
			end = true
		case word == "-u" || word == "-g" || word == "--user" || word == "--group":
			if len(args) == 0 || args[0] != "root" {
				return refuse(1, "sudo: in a lab there is only root", ""), true
			}
			args = args[1:]
		case strings.Trim(word, "-EnH") != "" && !harmless(word):
			return refuse(1, "sudo: netlab drops sudo, and does not know its option "+word, "leave sudo out: in a lab you are root already"), true
		}
	}
	for len(args) > 0 && isAssignment(args[0]) {
		c.env = append(c.env, args[0])
		args = args[1:]
	}
	if len(args) == 0 {
		return refuse(1, "usage: sudo COMMAND", "in a lab you are root already: sudo does nothing here"), true
	}
	c.args = args
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
