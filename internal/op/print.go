package op

import "strings"

// Args gives the line as words, in full and in a fixed order, as ip, bridge
// or sysctl takes them: Parse(l.Args()) is l again. A sysctl in a namespace is
// printed behind "ip netns exec", since sysctl has no -n for it.
func (l Line) Args() []string {
	if l.Op == nil {
		return nil
	}
	verb := l.Op.verb()
	var args []string
	if verb[0] == "sysctl" {
		if l.Netns != "" {
			args = append(args, "ip", "netns", "exec", l.Netns)
		}
		args = append(args, verb...)
	} else {
		args = append(args, verb[0])
		args = append(args, l.options()...)
		args = append(args, verb[1:]...)
	}
	for _, row := range l.Op.fields() {
		args = append(args, row.print()...)
	}
	return args
}

// options gives the words between ip and its object.
func (l Line) options() []string {
	var args []string
	if l.Netns != "" {
		args = append(args, "-n", l.Netns)
	}
	switch l.Family {
	case IPv4:
		args = append(args, "-4")
	case IPv6:
		args = append(args, "-6")
	}
	return args
}

// print gives the words of the row. A value that may stand alone gets its
// keyword only where it would be taken for a keyword itself: a link called
// "a" is to ip the start of "address".
func (f field) print() []string {
	word, ok := f.val.get()
	switch {
	case !ok:
		return nil
	case f.val.flag, f.key == "":
		return []string{word}
	case f.bare && !f.confusing(word):
		return []string{word}
	}
	return []string{f.key, word}
}

func (f field) confusing(word string) bool {
	_, taken := lookup(vocabulary(f.in), word)
	return taken || f.named(word)
}

// String gives the line as one would type it in a shell.
func (l Line) String() string {
	args := l.Args()
	for i, a := range args {
		args[i] = quote(a)
	}
	return strings.Join(args, " ")
}

// quote puts a word into single quotes unless the shell leaves it as it is.
func quote(word string) string {
	plain := func(c rune) bool {
		return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || strings.ContainsRune("_@%+=:,./-", c)
	}
	if word != "" && strings.IndexFunc(word, func(c rune) bool { return !plain(c) }) < 0 {
		return word
	}
	return "'" + strings.ReplaceAll(word, "'", `'\''`) + "'"
}
