package scenario

import (
	"fmt"
	"strings"
)

// nameRule is what a name may look like. Names become file names, so that no
// rule lets a slash or a leading dot through.
type nameRule struct {
	what   string // with its article
	first  string // as inside [ ] of a regular expression
	rest   string
	length int
}

// scenarioName is for scenarios and labs.
func scenarioName() nameRule { return nameRule{"the name of a scenario", "a-z0-9", "a-z0-9-", 41} }

// NotAName says why a scenario or a lab cannot have a name; empty: it can.
func NotAName(name string) string {
	if p := scenarioName().check(name); p != nil {
		return p.text
	}
	return ""
}

// spaceName is for network namespaces; "host" means the lab's own root.
func spaceName() nameRule {
	return nameRule{"the name of a namespace", "A-Za-z0-9", "A-Za-z0-9_.-", 63}
}

// linkName is for interfaces: the kernel allows 15 bytes (IFNAMSIZ in linux/if.h).
func linkName() nameRule {
	return nameRule{"the name of an interface", "A-Za-z0-9", "A-Za-z0-9_.-", 15}
}

// sysctlKey checks the key of a setting of the network: the only settings
// that each namespace has for itself.
func sysctlKey(s string) *problem {
	rule := nameRule{"the key of a kernel setting", "a-z", "A-Za-z0-9_.-", 100}
	if p := rule.check(s); p != nil {
		return p
	}
	if !strings.HasPrefix(s, "net.") || strings.Contains(s, "..") || strings.HasSuffix(s, ".") {
		return &problem{fmt.Sprintf("%q is not a setting of the network", cut(s)), "its key begins with net. as in net.ipv4.ip_forward"}
	}
	return nil
}

func (r nameRule) pattern() string {
	return fmt.Sprintf("^[%s][%s]{0,%d}$", r.first, r.rest, r.length-1)
}

func (r nameRule) check(s string) *problem {
	if s == "" {
		return &problem{"the name is empty", r.hint()}
	}
	for i, c := range s {
		allowed := r.rest
		if i == 0 {
			allowed = r.first
		}
		if !inClass(c, allowed) {
			return &problem{fmt.Sprintf("%q is not %s: %q is not allowed there", cut(s), r.what, c), r.hint()}
		}
	}
	if len(s) > r.length {
		return &problem{fmt.Sprintf("%q is not %s: it has %d characters", cut(s), r.what, len(s)), r.hint()}
	}
	return nil
}

func (r nameRule) hint() string {
	return fmt.Sprintf("%s has the characters %s, begins with one of %s, and has at most %d", r.what, spaced(r.rest), spaced(r.first), r.length)
}

// inClass says whether c is in a class written as inside [ ], with - last.
func inClass(c rune, class string) bool {
	for i := 0; i < len(class); i++ {
		if i+2 < len(class) && class[i+1] == '-' {
			if rune(class[i]) <= c && c <= rune(class[i+2]) {
				return true
			}
			i += 2
		} else if c == rune(class[i]) {
			return true
		}
	}
	return false
}

// spaced writes a class for people: "a-z0-9-" as "a-z 0-9 -".
func spaced(class string) string {
	var parts []string
	for i := 0; i < len(class); i++ {
		if i+2 < len(class) && class[i+1] == '-' {
			parts = append(parts, class[i:i+3])
			i += 2
		} else {
			parts = append(parts, class[i:i+1])
		}
	}
	return strings.Join(parts, " ")
}

// cut shortens what is quoted in a message.
func cut(s string) string {
	if runes := []rune(s); len(runes) > 40 {
		return string(runes[:40]) + "…"
	}
	return s
}

func list(words []string) string { return strings.Join(words, ", ") }
