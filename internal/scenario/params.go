package scenario

import (
	"fmt"

	"go.yaml.in/yaml/v3"
)

// maxParam bounds the values of parameters.
const maxParam = 1_000_000

// Param is a number in a scenario that whoever runs it may choose.
type Param struct {
	Name    string `json:"name"`
	Doc     string `json:"doc"`
	Default int    `json:"default"`
	Min     int    `json:"min"`
	Max     int    `json:"max"`
	Value   int    `json:"value"` // with which the scenario was read
}

// paramName is for parameters: what may stand behind a $.
func paramName() nameRule {
	return nameRule{what: "the name of a parameter", first: "a-z", rest: "a-z0-9_", length: 20}
}

func paramRecord(p *Param) record {
	return record{title: "a parameter", doc: "A number that can be chosen: `--set NAME=VALUE`. In a scene and in checks, `$NAME` stands for it.", fields: []field{
		{"default", number(&p.Default, 0, maxParam), true, "the value when nobody chooses"},
		{"min", number(&p.Min, 0, maxParam), true, "the smallest value"},
		{"max", number(&p.Max, 0, maxParam), true, "the largest value"},
		{"doc", line(&p.Doc, maxLine), true, "what it is"},
	}, verify: func(d *decoder, n *yaml.Node) {
		switch {
		case p.Min > p.Max:
			d.fail(at(n, "min"), fmt.Sprintf("min is %d and max is %d: no value is allowed", p.Min, p.Max), "")
		case p.Default < p.Min || p.Default > p.Max:
			d.fail(at(n, "default"), fmt.Sprintf("the default %d is not from %d to %d", p.Default, p.Min, p.Max), "")
		}
	}}
}

// paramTable reads parameters under their names.
type paramTable struct{ to *[]Param }

func (v paramTable) words() string {
	return "names, each with " + paramRecord(new(Param)).words()
}

func (v paramTable) schema() *schema {
	return &schema{Type: "object", AdditionalProperties: paramRecord(new(Param)).schema(), PropertyNames: &schema{Pattern: paramName().pattern()}}
}

func (v paramTable) records() []record { return []record{paramRecord(new(Param))} }

func (v paramTable) read(d *decoder, n *yaml.Node) {
	if n.Kind != yaml.MappingNode {
		d.fail(n, "parameters are written as names with keys, not as "+kindWords(n), "hosts: {default: 8, min: 2, max: 200, doc: how many hosts}")
		return
	}
	lines := map[string]int{}
	for i := 0; i+1 < len(n.Content); i += 2 {
		key := n.Content[i]
		p := Param{Name: key.Value}
		if bad := paramName().check(key.Value); bad != nil {
			d.fail(key, bad.text, bad.hint)
			continue
		}
		if lines[p.Name] > 0 {
			d.fail(key, fmt.Sprintf("%q is here twice", p.Name), fmt.Sprintf("the first is in line %d", lines[p.Name]))
			continue
		}
		lines[p.Name] = key.Line
		paramRecord(&p).read(d, n.Content[i+1])
		p.Value = p.Default
		if chosen, ok := d.chosen[p.Name]; ok {
			p.Value = chosen
		}
		*v.to = append(*v.to, p)
	}
}

// readParams finds the parameters' values before anything else is read. What
// is wrong with them is told when the whole is read.
func (d *decoder) readParams(top *yaml.Node) {
	n := at(top, "params")
	if n == top {
		return
	}
	var all []Param
	paramTable{&all}.read(&decoder{src: d.src, chosen: d.chosen}, n)
	d.params = map[string]int{}
	for _, p := range all {
		d.params[p.Name] = p.Value
	}
}
