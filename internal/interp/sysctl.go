package interp

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"strings"

	"netlab/internal/op"
)

// sysctlLine is a line of sysctl that netlab does itself: settings that are
// read and written, with the options people use.
type sysctlLine struct {
	write  bool // -w: all words are KEY=VALUE
	values bool // -n
	quiet  bool // -q
	ignore bool // -e: keys that are not there are no error
	words  []string
}

// readSysctlLine reads the words behind sysctl. ok is false for what is left
// to the machine's program.
func readSysctlLine(args []string) (l sysctlLine, ok bool) {
	for len(args) > 0 && strings.HasPrefix(args[0], "-") {
		for _, c := range args[0][1:] {
			switch c {
			case 'w':
				l.write = true
			case 'n':
				l.values = true
			case 'q':
				l.quiet = true
			case 'e':
				l.ignore = true
			default:
				return l, false
			}
		}
		args = args[1:]
	}
	l.words = args
	for _, w := range args {
		key, value, sets := strings.Cut(w, "=")
		if key == "" || strings.HasPrefix(key, "-") || sets && value == "" || l.write && !sets || strings.ContainsAny(key, "*?[ \t") {
			return l, false
		}
	}
	return l, len(args) > 0
}

func (s *session) planSysctl(ns string, c *call, args []string) plan {
	l, ok := readSysctlLine(args[1:])
	if !ok {
		if p := s.planMachine(ns, c, args); p.by == byMachine {
			return p
		}
		return refuse(127, missing("sysctl"), "without the program netlab reads and writes settings: sysctl KEY, sysctl -w KEY=VALUE")
	}
	p := plan{by: byNetlab, run: func(_ context.Context, c *call) outcome {
		var last outcome
		for _, w := range l.words {
			if o := s.sysctl(ns, c, l, w); o.exit != 0 {
				last = o
			}
		}
		return last
	}}
	if line, err := s.tools.parse(inside(ns, args)); err == nil {
		p.text = s.tools.summary(line)
	}
	return p
}

// sysctl reads or writes one setting.
func (s *session) sysctl(ns string, c *call, l sysctlLine, word string) outcome {
	name, value, sets := strings.Cut(word, "=")
	key, path := sysctlKey(name)
	if !sets {
		return s.sysctlShow(ns, c, l, key, path)
	}
	if no := s.tools.do(op.Line{Netns: ns, Op: &op.SysctlSet{Key: key, Value: value}}); no != nil {
		if l.ignore && strings.Contains(no.text, "cannot stat") {
			return outcome{}
		}
		return c.fail(no.exit, no.text, no.hint)
	}
	if !l.quiet {
		l.print(c, key, value)
	}
	return outcome{}
}

func (s *session) sysctlShow(ns string, c *call, l sysctlLine, key, path string) outcome {
	text, err := s.tools.setting(ns, path)
	switch {
	case errors.Is(err, fs.ErrNotExist) && l.ignore:
		return outcome{}
	case errors.Is(err, fs.ErrNotExist):
		return c.fail(1, "sysctl: cannot stat "+path+": No such file or directory", "")
	case err != nil:
		return c.fail(1, `sysctl: permission denied on key "`+key+`"`, "")
	}
	for line := range strings.Lines(text) {
		l.print(c, key, strings.TrimSuffix(line, "\n"))
	}
	return outcome{}
}

func (l sysctlLine) print(c *call, key, value string) {
	if l.values {
		fmt.Fprintln(c.stdout, value)
		return
	}
	fmt.Fprintln(c.stdout, key+" = "+value)
}

// sysctlKey gives the key with dots, and its file. Which of . and / comes
// first separates the parts; the other then stands for a dot in a name.
func sysctlKey(word string) (key, path string) {
	key = word
	if i := strings.IndexAny(word, "./"); i >= 0 && word[i] == '/' {
		key = strings.NewReplacer("/", ".", ".", "/").Replace(word)
	}
	return key, filepath.Join("/proc/sys", filepath.Clean("/"+op.SysctlPath(key)))
}
