package scenario

import (
	"cmp"
	"fmt"
	"slices"

	"go.yaml.in/yaml/v3"
)

// maxErrors bounds how many mistakes of one file are told.
const maxErrors = 20

// decoder collects mistakes while values read their nodes.
type decoder struct {
	src    *source
	errs   Errors
	chosen map[string]int // values of parameters other than their defaults
	params map[string]int // the values of all parameters
}

func (d *decoder) fail(n *yaml.Node, text, hint string) {
	d.failAt(n.Line, n.Column, text, hint)
}

func (d *decoder) failAt(line, column int, text, hint string) {
	if len(d.errs) < maxErrors {
		d.errs = append(d.errs, d.src.errorAt(line, column, text, hint))
	}
}

// value is where a YAML node goes: it reads the node into the Go value that it
// was made for, and tells how it is written.
type value interface {
	read(d *decoder, n *yaml.Node)
	// words says in a few words what is written here, for the reference page.
	words() string
	schema() *schema
}

// field is one key of a mapping. The same row reads the file, makes the JSON
// schema and the reference page.
type field struct {
	key  string
	val  value
	need bool
	doc  string
}

// record is a mapping with fixed keys.
type record struct {
	title  string // with its article: "a step"
	doc    string
	fields []field
	// verify looks at what concerns several keys; nil: nothing.
	verify func(d *decoder, n *yaml.Node)
	// waive names needed keys that this mapping may lack; nil: none.
	waive func(n *yaml.Node) []string
	// refine adds to the schema what verify demands; nil: nothing.
	refine func(*schema)
}

func (r record) words() string { return "[" + r.title + "](#" + anchor(r.title) + ")" }

func (r record) read(d *decoder, n *yaml.Node) {
	if n.Kind != yaml.MappingNode {
		d.fail(n, fmt.Sprintf("%s is written as keys with values, not as %s", r.title, kindWords(n)), "its keys: "+list(r.keys()))
		return
	}
	before := len(d.errs)
	if before == maxErrors {
		return // the rest stays unread, so that nothing can be said about it
	}
	seen := map[string]int{}
	for i := 0; i+1 < len(n.Content) && len(d.errs) < maxErrors; i += 2 {
		r.readKey(d, n.Content[i], n.Content[i+1], seen)
	}
	r.needs(d, n, seen)
	if r.verify != nil && len(d.errs) == before {
		r.verify(d, n)
	}
}

// misspelled is the line of a key that is there under a wrong name: it is not
// missing as well.
const misspelled = -1

func (r record) needs(d *decoder, n *yaml.Node, seen map[string]int) {
	var missing []string
	var hint string
	var waived []string
	if r.waive != nil {
		waived = r.waive(n)
	}
	for _, f := range r.fields {
		if f.need && seen[f.key] == 0 && !slices.Contains(waived, f.key) {
			missing = append(missing, f.key)
			hint = cmp.Or(hint, f.key+": "+f.doc)
		}
	}
	if len(missing) > 0 {
		d.fail(n, r.title+" needs "+list(missing), hint)
	}
}

func (r record) readKey(d *decoder, key, val *yaml.Node, seen map[string]int) {
	f, known := r.field(key.Value)
	switch line := seen[key.Value]; {
	case key.Kind != yaml.ScalarNode:
		d.fail(key, "a key must be one word", "")
	case line > 0:
		d.fail(key, fmt.Sprintf("%q is here twice", key.Value), fmt.Sprintf("the first is in line %d", line))
	case !known:
		if near := nearest(key.Value, r.keys()); len(near) > 0 && seen[near[0]] == 0 {
			seen[near[0]] = misspelled
		}
		d.fail(key, fmt.Sprintf("%s has no key %q", r.title, cut(key.Value)), didYouMean(key.Value, r.keys()))
	case val.ShortTag() == "!!null" && val.Kind == yaml.ScalarNode:
		seen[key.Value] = key.Line
		d.fail(val, fmt.Sprintf("%q is empty", key.Value), key.Value+": "+f.doc)
	default:
		seen[key.Value] = key.Line
		f.val.read(d, val)
	}
}

func (r record) field(key string) (field, bool) {
	for _, f := range r.fields {
		if f.key == key {
			return f, true
		}
	}
	return field{}, false
}

func (r record) keys() []string {
	keys := make([]string, len(r.fields))
	for i, f := range r.fields {
		keys[i] = f.key
	}
	return keys
}

// inside reads a mapping into a value that is made only when the key is there.
type inside[T any] struct {
	to   **T
	rec  func(*T) record
	bare func(*T) value // the short form, a single word; nil: there is none
}

func (v inside[T]) read(d *decoder, n *yaml.Node) {
	*v.to = new(T)
	if v.bare != nil && n.Kind == yaml.ScalarNode {
		v.bare(*v.to).read(d, n)
		return
	}
	v.rec(*v.to).read(d, n)
}

func (v inside[T]) words() string {
	if v.bare != nil {
		return v.bare(new(T)).words() + ", or " + v.rec(new(T)).words()
	}
	return v.rec(new(T)).words()
}

// many reads a list.
type many[T any] struct {
	to       *[]T
	item     func(*T) value
	min, max int
}

func (v many[T]) words() string { return "list: " + v.item(new(T)).words() }

func (v many[T]) read(d *decoder, n *yaml.Node) {
	if n.Kind != yaml.SequenceNode {
		d.fail(n, "a list is needed here, not "+kindWords(n), `begin each entry with "- "`)
		return
	}
	if len(n.Content) < v.min {
		d.fail(n, fmt.Sprintf("the list needs %d or more, and has %d", v.min, len(n.Content)), "")
	}
	if len(n.Content) > v.max {
		d.fail(n.Content[v.max], fmt.Sprintf("the list may have %d entries, and has %d", v.max, len(n.Content)), "")
		return
	}
	*v.to = make([]T, len(n.Content))
	for i, entry := range n.Content {
		if entry.Kind == yaml.ScalarNode && entry.ShortTag() == "!!null" {
			d.fail(entry, "this entry is empty", "")
			continue
		}
		v.item(&(*v.to)[i]).read(d, entry)
	}
}

// at returns the node of a key's value, or the mapping itself without the key.
func at(n *yaml.Node, key string) *yaml.Node {
	for i := 0; n.Kind == yaml.MappingNode && i+1 < len(n.Content); i += 2 {
		if n.Content[i].Value == key {
			return n.Content[i+1]
		}
	}
	return n
}

// entry returns the i-th node of the list under key, or the nearest there is.
func entry(n *yaml.Node, key string, i int) *yaml.Node {
	n = at(n, key)
	if n.Kind == yaml.SequenceNode && i < len(n.Content) {
		return n.Content[i]
	}
	return n
}

func kindWords(n *yaml.Node) string {
	switch {
	case n.Kind == yaml.MappingNode:
		return "keys with values"
	case n.Kind == yaml.SequenceNode:
		return "a list"
	case n.ShortTag() == "!!null":
		return "nothing"
	case n.ShortTag() == "!!int", n.ShortTag() == "!!float":
		return "a number"
	case n.ShortTag() == "!!bool":
		return "true or false"
	case n.ShortTag() == "!!timestamp":
		return "a date"
	default:
		return "text"
	}
}
