package scenario

import (
	"fmt"
	"regexp"
	"strings"

	"go.yaml.in/yaml/v3"

	"netlab/internal/scene"
)

// maxExpanded bounds how many nodes one entry of a scene can stand for.
const maxExpanded = scene.MaxNodes

// expand makes of one entry as many as its ranges stand for: they all have the
// same length and go in step. The new nodes keep the places of the old.
func (d *decoder) expand(n *yaml.Node) []*yaml.Node {
	words := map[*yaml.Node]template{}
	count, from := -1, ""
	before := len(d.errs)
	eachScalar(n, func(word *yaml.Node) {
		t, bad := parseTemplate(word.Value, d.params)
		switch {
		case bad != nil:
			d.fail(word, bad.text, bad.hint)
			return
		case t.count >= 0 && count >= 0 && t.count != count:
			d.fail(word, fmt.Sprintf("%s stands for %d, and %s in the same entry for %d", cut(word.Value), t.count, cut(from), count), "all ranges of one entry go in step and have the same length")
			return
		case t.count >= 0:
			count, from = t.count, word.Value
		}
		words[word] = t
	})
	if len(d.errs) > before {
		return nil
	}
	if count < 0 {
		count = 1
	}
	out := make([]*yaml.Node, count)
	for i := range out {
		out[i] = filled(n, words, i)
	}
	return out
}

// eachScalar visits the values, not the keys, below n.
func eachScalar(n *yaml.Node, f func(*yaml.Node)) {
	switch n.Kind {
	case yaml.ScalarNode:
		f(n)
	case yaml.MappingNode:
		for i := 1; i < len(n.Content); i += 2 {
			eachScalar(n.Content[i], f)
		}
	default:
		for _, c := range n.Content {
			eachScalar(c, f)
		}
	}
}

// filled is a copy of n with the i-th value of each template in it.
func filled(n *yaml.Node, words map[*yaml.Node]template, i int) *yaml.Node {
	c := *n
	if t, ok := words[n]; ok {
		fill(&c, t.at(i))
	}
	c.Content = make([]*yaml.Node, len(n.Content))
	for j, child := range n.Content {
		c.Content[j] = filled(child, words, i)
	}
	return &c
}

// fill gives a scalar another value. One without quotes may be a number then.
func fill(n *yaml.Node, text string) {
	if n.Value == text {
		return
	}
	n.Value = text
	if n.Style&(yaml.SingleQuotedStyle|yaml.DoubleQuotedStyle|yaml.LiteralStyle|yaml.FoldedStyle) == 0 {
		n.Tag = ""
	}
}

// fillChecks puts the values of parameters into all checks: into the words
// that name nodes, and into the sentences about them.
func (d *decoder) fillChecks(top *yaml.Node) {
	if len(d.params) == 0 {
		return
	}
	known := d.knownTemplates()
	lists := []*yaml.Node{only(top, "checks")}
	if steps := only(top, "steps"); steps != nil {
		for _, step := range steps.Content {
			lists = append(lists, only(step, "checks"))
		}
	}
	for _, list := range lists {
		if list == nil {
			continue
		}
		eachScalar(list, func(word *yaml.Node) {
			fill(word, known.ReplaceAllStringFunc(word.Value, func(s string) string {
				t, bad := parseTemplate(s, d.params)
				if bad != nil || t.count >= 0 {
					return s
				}
				return t.at(0)
			}))
		})
	}
}

// knownTemplates matches $NAME, and an expression in braces that begins with
// one, for the parameters that there are: other dollars are text.
func (d *decoder) knownTemplates() *regexp.Regexp {
	var names []string
	for name := range d.params {
		names = append(names, regexp.QuoteMeta(name))
	}
	any := `\$(` + strings.Join(names, "|") + `)\b`
	return regexp.MustCompile(`\{` + any + `[^{}]*\}|` + any)
}

// only is the node of a key, or nil.
func only(n *yaml.Node, key string) *yaml.Node {
	if found := at(n, key); found != n {
		return found
	}
	return nil
}
