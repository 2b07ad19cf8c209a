package scenario

import "regexp"

// wrappers gives the lines that put a program before the machine's own, for
// each one that the author's commands name.
func wrappers(authors string) string {
	out := ""
	if regexp.MustCompile(`\bping\b`).MatchString(authors) {
		out += pingWrapper
	}
	if regexp.MustCompile(`\bsudo\b`).MatchString(authors) {
		out += sudoWrapper
	}
	return out
}

// pingWrapper ends a ping that has neither a count nor a time, with the first
// answer: with both -c and -w, ping(8) goes on asking until then. The options
// before c in one word are those of iputils' ping(8) that take no value.
const pingWrapper = `
# ping goes on for ever unless it is told not to
wrap ping <<'END'
#!/bin/bash
PATH=${PATH#*:}
for word; do
  case $word in
  -c* | -w* | -[46abdnqv]c* | -[46abdnqv][46abdnqv]c*) exec ping "$@" ;;
  esac
done
exec ping -c 1 -w 3 "$@"
END
`

const sudoWrapper = `
# this script is root already
wrap sudo <<'END'
#!/bin/bash
exec "$@"
END
`
