package interp

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"
)

// pingLine is a line of ping that netlab does itself, with the options of
// iputils' ping(8) that people use.
type pingLine struct {
	family   int // 4, 6, or 0
	count    int // 0: without end
	interval time.Duration
	wait     time.Duration // -W
	deadline time.Duration // -w; 0: none
	size     int
	ttl      int // 0: the kernel's
	quiet    bool
	numeric  bool
	target   string
	usage    string // what ping says of a wrong value
	exit     int    // its exit code then
	odd      bool   // a value that is left to the machine's ping
}

// The defaults of ping(8): -s, -i, and how long it waits for the first answer.
const (
	pingSize     = 56
	pingInterval = time.Second
	pingWait     = 10 * time.Second
	pingMaxSize  = 65507 // what an IPv4 packet can carry besides its headers
)

// readPingLine reads the words of a ping line. ok is false for options that
// are left to the machine's ping.
func readPingLine(args []string) (l pingLine, ok bool) {
	l = pingLine{interval: pingInterval, wait: pingWait, size: pingSize}
	switch tool(args[0]) {
	case "ping4":
		l.family = 4
	case "ping6":
		l.family = 6
	}
	words := args[1:]
	var targets []string
	for i := 0; i < len(words); i++ {
		w := words[i]
		switch {
		case w == "--":
			targets = append(targets, words[i+1:]...)
			i = len(words)
		case len(w) < 2 || w[0] != '-':
			targets = append(targets, w)
		default:
			used, known := l.options(w[1:], words[i+1:])
			if !known {
				return l, false
			}
			i += used
		}
	}
	if len(targets) == 0 {
		l.wrong(1, "usage error: Destination address required")
	}
	if len(targets) == 1 {
		l.target = targets[0]
	}
	return l, len(targets) < 2 && !l.odd
}

// options reads a word of option letters. A letter with a value takes the rest
// of the word, or the next word: then used is 1.
func (l *pingLine) options(letters string, next []string) (used int, known bool) {
	for i, c := range letters {
		switch c {
		case '4', '6':
			l.family = int(c - '0')
		case 'n':
			l.numeric = true
		case 'q':
			l.quiet = true
		case 'c', 'i', 'W', 'w', 's', 't':
			value := letters[i+1:]
			if value == "" {
				if len(next) == 0 {
					return 0, false
				}
				value, used = next[0], 1
			}
			l.value(c, value)
			return used, true
		default:
			return 0, false
		}
	}
	return 0, true
}

func (l *pingLine) value(letter rune, value string) {
	switch letter {
	case 'c':
		l.count = l.number(value, 1, math.MaxInt64)
	case 's':
		l.size = l.number(value, 0, math.MaxInt32)
		l.odd = l.odd || l.size > pingMaxSize
	case 't':
		if l.ttl = l.number(value, 0, 255); l.ttl == 0 {
			l.wrong(2, "cannot set unicast time-to-live: Invalid argument")
		}
	case 'w':
		l.deadline = time.Duration(l.number(value, 0, math.MaxInt32)) * time.Second
	case 'i':
		l.interval = l.seconds(value)
	case 'W':
		l.wait = l.seconds(value)
	}
}

// wrong keeps the first complaint.
func (l *pingLine) wrong(exit int, text string) {
	if l.usage == "" {
		l.usage, l.exit = text, exit
	}
}

func (l *pingLine) number(word string, low, high int64) int {
	n, err := strconv.ParseInt(word, 10, 64)
	switch {
	case err != nil:
		l.wrong(1, "invalid argument: '"+word+"'")
	case n < low || n > high:
		l.wrong(1, fmt.Sprintf("invalid argument: '%s': out of range: %d <= value <= %d", word, low, high))
	}
	return int(n)
}

// seconds reads a plain number with or without a fraction.
func (l *pingLine) seconds(word string) time.Duration {
	f, err := strconv.ParseFloat(word, 64)
	if err != nil || f < 0 || f > 1<<20 || strings.Trim(word, "0123456789.") != "" {
		l.odd = true
		return time.Second
	}
	return time.Duration(f * float64(time.Second))
}
