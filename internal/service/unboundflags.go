package service

import (
	"errors"
	"fmt"
	"strings"
)

// flags are the arguments of unbound(8).
type flags struct {
	file      string
	verbosity int
	daemon    bool
	noPidFile bool
	help      bool
	version   bool
}

const unboundUsage = `usage: unbound [options]
  -c file  the settings, as unbound.conf(5) has them; /etc/unbound/unbound.conf
  -d       do not fork into the background (this one never does)
  -p       make no file with the process's number
  -v       say more; more of it, more
  -V       say what this is
  -h       this help`

func parseFlags(args []string) (flags, error) {
	f := flags{file: "/etc/unbound/unbound.conf", daemon: true}
	for i := 0; i < len(args); i++ {
		letters, ok := strings.CutPrefix(args[i], "-")
		if !ok || letters == "" {
			return f, fmt.Errorf("unbound: what is %q for?", args[i])
		}
		letters, file, isFile := strings.Cut(letters, "c")
		for _, c := range letters {
			if !f.set(c) {
				return f, fmt.Errorf("unbound: invalid option -- '%c'", c)
			}
		}
		if !isFile {
			continue
		}
		if file == "" && i+1 < len(args) {
			i++
			file = args[i]
		}
		if f.file = file; file == "" {
			return f, errors.New("unbound: option requires an argument -- 'c'")
		}
	}
	return f, nil
}

// set switches an option on, and says whether there is one of that letter.
func (f *flags) set(letter rune) bool {
	switch letter {
	case 'd':
		f.daemon = false
	case 'p':
		f.noPidFile = true
	case 'v':
		f.verbosity++
	case 'V':
		f.version = true
	case 'h':
		f.help = true
	default:
		return false
	}
	return true
}
