package scenario

import (
	"cmp"
	"fmt"
	"net/netip"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"go.yaml.in/yaml/v3"

	"netlab/internal/check"
)

// problem is why a value is refused; the decoder adds the place.
type problem struct{ text, hint string }

// scalar reads one word, number or text.
type scalar[T any] struct {
	to    *T
	name  string // with its article: "an IP address"
	about string // what the reference says in place of name
	tags  []string
	parse func(string) (T, *problem)
	shape schema
}

func (v scalar[T]) words() string { return cmp.Or(v.about, v.name) }

func (v scalar[T]) schema() *schema { s := v.shape; return &s }

func (v scalar[T]) read(d *decoder, n *yaml.Node) {
	if n.Kind != yaml.ScalarNode || !slices.Contains(v.tags, n.ShortTag()) {
		d.fail(n, fmt.Sprintf("%s is needed here, not %s", v.name, kindWords(n)), v.typeHint(n))
		return
	}
	if line, column, r, ok := badRune(n); ok {
		d.failAt(line, column, fmt.Sprintf("control character %U is not allowed", r), "in a command write it as the shell does, as in printf '\\033'")
		return
	}
	got, bad := v.parse(n.Value)
	if bad != nil {
		d.fail(n, bad.text, bad.hint)
		return
	}
	*v.to = got
}

func (v scalar[T]) typeHint(n *yaml.Node) string {
	switch {
	case n.Kind == yaml.ScalarNode && slices.Contains(v.tags, "!!str"):
		return fmt.Sprintf("put quotes around it: %q", cut(n.Value))
	case slices.Contains(v.tags, "!!bool"):
		return "write true or false"
	default:
		return ""
	}
}

// badRune finds a control character that an escape in double quotes brought in.
func badRune(n *yaml.Node) (line, column int, bad rune, ok bool) {
	for _, r := range n.Value {
		if r != '\n' && r != '\t' && (dangerous(r) || r == utf8.RuneError) {
			return n.Line, n.Column, r, true
		}
	}
	return 0, 0, 0, false
}

func text() []string { return []string{"!!str"} }

// looksNumeric is for text that YAML takes for a number when part of it is
// missing: its own rule then explains better what is wrong.
func looksNumeric() []string { return []string{"!!str", "!!int", "!!float"} }

// line is text without a line break, of at most limit characters.
func line(to *string, limit int) value {
	return scalar[string]{to: to, name: "text in one line", about: fmt.Sprintf("one line, up to %d characters", limit), tags: text(), shape: schema{Type: "string", Pattern: fmt.Sprintf(`^\s*(\S|\S[^\n]{0,%d}\S)\s*$`, limit-2)},
		parse: func(s string) (string, *problem) {
			s = strings.Trim(s, " \t\n")
			switch length := utf8.RuneCountInString(s); {
			case strings.TrimSpace(s) == "":
				return "", &problem{"the text is empty", ""}
			case strings.ContainsAny(s, "\n\t"):
				return "", &problem{"the text must be one line without tabs", ""}
			case length > limit:
				return "", &problem{fmt.Sprintf("the text has %d characters; at most %d fit on the screen", length, limit), "make it shorter"}
			}
			return s, nil
		}}
}

// markdown is text of any length, shown as Markdown.
func markdown(to *string) value { return long(to, "text (Markdown)") }

// script is POSIX shell.
func script(to *string) value { return long(to, "shell commands") }

func long(to *string, name string) value {
	return scalar[string]{to: to, name: name, tags: text(), shape: schema{Type: "string", Pattern: `\S`},
		parse: func(s string) (string, *problem) {
			if strings.TrimSpace(s) == "" {
				return "", &problem{"the text is empty", "leave the key out when there is nothing to say"}
			}
			return s, nil
		}}
}

// word is a short text that may look like a number or a truth value.
func word(to *string) value {
	return scalar[string]{to: to, name: "a word, number or text", tags: []string{"!!str", "!!int", "!!float", "!!bool"},
		shape: schema{Type: []string{"string", "number", "boolean"}, MaxLength: 200},
		parse: func(s string) (string, *problem) {
			if strings.TrimSpace(s) == "" || strings.ContainsAny(s, "\n") || utf8.RuneCountInString(s) > 200 {
				return "", &problem{"one line of text is needed here, with at most 200 characters", ""}
			}
			return s, nil
		}}
}

func number(to *int, low, high int) value {
	return scalar[int]{to: to, name: fmt.Sprintf("a number from %d to %d", low, high), tags: []string{"!!int"},
		shape: schema{Type: "integer", Minimum: &low, Maximum: &high},
		parse: func(s string) (int, *problem) {
			n, err := strconv.Atoi(s)
			if err != nil || n < low || n > high || strconv.Itoa(n) != s { // 010 is 8 for some readers
				return 0, &problem{fmt.Sprintf("%s is not a number from %d to %d", cut(s), low, high), ""}
			}
			return n, nil
		}}
}

func truth(to *bool) value {
	return scalar[bool]{to: to, name: "true or false", tags: []string{"!!bool"}, shape: schema{Type: "boolean"},
		parse: func(s string) (bool, *problem) { return strings.EqualFold(s, "true"), nil }}
}

func maybeTruth(to **bool) value {
	return scalar[*bool]{to: to, name: "true or false", tags: []string{"!!bool"}, shape: schema{Type: "boolean"},
		parse: func(s string) (*bool, *problem) { b := strings.EqualFold(s, "true"); return &b, nil }}
}

func oneOf(to *string, words ...string) value {
	return choice(to, words)
}

func choice(to *string, words []string) scalar[string] {
	return scalar[string]{to: to, name: "one word", about: "one of: " + strings.Join(words, ", "), tags: text(), shape: schema{Type: "string", Enum: words},
		parse: func(s string) (string, *problem) {
			if !slices.Contains(words, s) {
				return "", &problem{fmt.Sprintf("%q is not known here", cut(s)), didYouMean(s, words)}
			}
			return s, nil
		}}
}

// span is a time such as 500ms, 2s or 1m.
func span(to *time.Duration) value {
	const pattern = `^([0-9.]+(ms|s|m))+$`
	return scalar[time.Duration]{to: to, name: "a time", about: "a time such as 500ms or 2s, up to 1m", tags: looksNumeric(), shape: schema{Type: "string", Pattern: pattern},
		parse: func(s string) (time.Duration, *problem) {
			got, err := time.ParseDuration(s)
			if err != nil || got < time.Millisecond || got > time.Minute || !regexp.MustCompile(pattern).MatchString(s) {
				return 0, &problem{fmt.Sprintf("%q is not a time from 1ms to 1m", cut(s)), "write it as 500ms or 2s"}
			}
			return got, nil
		}}
}

// named makes a value of a rule for names.
func named(to *string, rule nameRule) value {
	return scalar[string]{to: to, name: rule.what, tags: text(), shape: schema{Type: "string", Pattern: rule.pattern()},
		parse: func(s string) (string, *problem) {
			if p := rule.check(s); p != nil {
				return "", p
			}
			return s, nil
		}}
}

// master is the name of a bridge, or none for a link that is no bridge's port.
func master(to **string) value {
	return scalar[*string]{to: to, name: "the name of a bridge, or none", tags: text(), shape: schema{Type: "string", Pattern: linkName().pattern()},
		parse: func(s string) (*string, *problem) {
			if s == "none" {
				s = ""
				return &s, nil
			}
			return &s, linkName().check(s)
		}}
}

func sysctl(to *string) value {
	return scalar[string]{to: to, name: "the key of a kernel setting, such as net.ipv4.ip_forward", tags: text(), shape: schema{Type: "string", Pattern: `^net\.[A-Za-z0-9_.-]+$`},
		parse: func(s string) (string, *problem) { return s, sysctlKey(s) }}
}

func address(to *netip.Addr) value {
	return scalar[netip.Addr]{to: to, name: "an IP address", tags: looksNumeric(), shape: schema{Type: "string", MinLength: 2}, parse: parseHost}
}

// maxHops is how many hops a packet of Linux can do.
const maxHops = 64

// hop is the address of one machine, or silent for one that is not valid.
func hop(to *netip.Addr) value {
	return scalar[netip.Addr]{to: to, name: "an IP address, or silent", tags: looksNumeric(), shape: schema{Type: "string", MinLength: 2},
		parse: func(s string) (netip.Addr, *problem) {
			if s == check.Silent {
				return netip.Addr{}, nil
			}
			return parseHost(s)
		}}
}

func addressAndLength(to *netip.Prefix) value {
	return scalar[netip.Prefix]{to: to, name: "an IP address with its prefix length, such as 10.1.1.1/24", tags: looksNumeric(), shape: schema{Type: "string", Pattern: `/[0-9]+$`}, parse: parseOwn}
}

func destination(to *netip.Prefix) value {
	return scalar[netip.Prefix]{to: to, name: "a network such as 10.1.1.0/24, or default", tags: looksNumeric(), shape: schema{Type: "string", Pattern: `^default$|/[0-9]+$`}, parse: parseNetwork}
}
