package scenario

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
)

// template is a text with parts that depend on parameters: $hosts is the
// value of a parameter, {$hosts-1} that of an expression, and {1..$hosts}
// stands for all numbers of a range, one after the other.
type template struct {
	parts []templatePart
	// count is how many texts it stands for; -1: it has no range, and is one.
	count int
}

// templatePart is text, or the beginning of a range.
type templatePart struct {
	text  string
	first int
	isRun bool // a range
}

// at is the text for the i-th number of the range, counted from 0.
func (t template) at(i int) string {
	var b strings.Builder
	for _, p := range t.parts {
		if p.isRun {
			b.WriteString(strconv.Itoa(p.first + i))
			continue
		}
		b.WriteString(p.text)
	}
	return b.String()
}

// expression matches what parseTemplate reads at once.
var expression = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`^(\$[a-z0-9_]*|\{[^{}]*\}|.)`) })

// parseTemplate reads a template. Only what begins with $ or stands in braces
// is looked at.
func parseTemplate(s string, params map[string]int) (template, *problem) {
	t := template{count: -1}
	for s != "" {
		at := strings.IndexAny(s, "${}")
		if at < 0 {
			at = len(s)
		}
		if at > 0 {
			t.parts = append(t.parts, templatePart{text: s[:at]})
			s = s[at:]
			continue
		}
		end := len(expression().FindString(s))
		if bad := t.add(s[:end], params); bad != nil {
			return t, bad
		}
		s = s[end:]
	}
	return t, nil
}

// add reads $NAME or {…}.
func (t *template) add(s string, params map[string]int) *problem {
	if s[0] == '$' {
		n, bad := value1(s, params)
		t.parts = append(t.parts, templatePart{text: strconv.Itoa(n)})
		return bad
	}
	if len(s) < 2 || s[0] != '{' {
		return &problem{"a brace stands alone", "a range is written {1..8}, a number {$hosts-1}"}
	}
	low, high, isRange := strings.Cut(s[1:len(s)-1], "..")
	first, bad := evaluate(low, params)
	if bad != nil || !isRange {
		t.parts = append(t.parts, templatePart{text: strconv.Itoa(first)})
		return bad
	}
	last, bad := evaluate(high, params)
	switch {
	case bad != nil:
		return bad
	case t.count >= 0:
		return &problem{"two ranges stand in one word", "only one can be counted through"}
	case last < first-1:
		return &problem{fmt.Sprintf("the range %s runs backwards: from %d to %d", cut(s), first, last), ""}
	case first < 0 || last-first >= maxExpanded:
		return &problem{fmt.Sprintf("the range %s is from %d to %d; at most %d numbers from 0 on are allowed", cut(s), first, last, maxExpanded), ""}
	}
	t.count = last - first + 1
	t.parts = append(t.parts, templatePart{first: first, isRun: true})
	return nil
}

// evaluate reads an expression of numbers, parameters, + - and *.
func evaluate(s string, params map[string]int) (int, *problem) {
	sum, sign := 0, 1
	for {
		at := strings.IndexAny(s, "+-")
		term := s
		if at >= 0 {
			term = s[:at]
		}
		product := 1
		for factor := range strings.SplitSeq(term, "*") {
			n, bad := value1(strings.TrimSpace(factor), params)
			if bad != nil {
				return 0, bad
			}
			product = bounded(product * n)
		}
		sum = bounded(sum + sign*product)
		if at < 0 {
			return sum, nil
		}
		sign = 1
		if s[at] == '-' {
			sign = -1
		}
		s = s[at+1:]
	}
}

// bounded keeps a result where the next multiplication cannot run over.
func bounded(n int) int { return max(-maxParam*maxParam, min(n, maxParam*maxParam)) }

// value1 is the value of one number or one $NAME.
func value1(s string, params map[string]int) (int, *problem) {
	if name, ok := strings.CutPrefix(s, "$"); ok {
		n, known := params[name]
		if !known {
			names := slices.Sorted(maps.Keys(params))
			hint := didYouMean(name, names)
			if len(names) == 0 {
				hint = "params: declares the parameters of a scenario"
			}
			return 0, &problem{fmt.Sprintf("there is no parameter %q", "$"+cut(name)), hint}
		}
		return n, nil
	}
	n, err := strconv.Atoi(s)
	if err != nil || n < 0 || n > maxParam {
		return 0, &problem{fmt.Sprintf("%q is not a number", cut(s)), "in braces stand numbers and parameters with + - and *: {1..8}, {2..$hosts}, {$hosts-1}"}
	}
	return n, nil
}
