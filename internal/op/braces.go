package op

import (
	"fmt"
	"strconv"
	"strings"
)

// MaxNames is how many names one word with braces may stand for.
const MaxNames = 1024

// Braces gives the names that a word stands for, as in bash(1), Brace
// Expansion: h{1..3} is h1, h2 and h3. A word without braces stands for
// itself. It knows one range of numbers, upwards.
func Braces(word string) ([]string, error) {
	before, rest, found := strings.Cut(word, "{")
	if !found && !strings.Contains(word, "}") {
		return []string{word}, nil
	}
	inner, after, closed := strings.Cut(rest, "}")
	low, high, isRange := strings.Cut(inner, "..")
	if !closed || !isRange || strings.ContainsAny(before+after, "{}") {
		return nil, fmt.Errorf("%q is not understood: a range is written h{1..8}, once in a name", word)
	}
	first, err1 := counted(low)
	last, err2 := counted(high)
	switch {
	case err1 != nil || err2 != nil:
		return nil, fmt.Errorf("%q needs two numbers, as in {1..8}", word)
	case last < first:
		return nil, fmt.Errorf("%q counts down: the first number is larger than the second", word)
	case last-first >= MaxNames:
		return nil, fmt.Errorf("%q stands for more than %d names", word, MaxNames)
	}
	out := make([]string, 0, last-first+1)
	for n := first; n <= last; n++ {
		out = append(out, before+strconv.Itoa(n)+after)
	}
	return out, nil
}

// counted reads a number as Itoa writes it, from 0.
func counted(s string) (int, error) {
	n, err := strconv.Atoi(s)
	if err != nil || n < 0 || strconv.Itoa(n) != s {
		return 0, fmt.Errorf("%q is not a number", s)
	}
	return n, nil
}
