package scenario

import (
	"bytes"
	"encoding/json"
)

// schema is the part of JSON Schema (draft 2020-12) that scenarios need.
type schema struct {
	Dialect              string              `json:"$schema,omitempty"`
	Title                string              `json:"title,omitempty"`
	Description          string              `json:"description,omitempty"`
	Type                 any                 `json:"type,omitempty"`
	Properties           map[string]*schema  `json:"properties,omitempty"`
	Required             []string            `json:"required,omitempty"`
	DependentRequired    map[string][]string `json:"dependentRequired,omitempty"`
	AdditionalProperties any                 `json:"additionalProperties,omitempty"` // false, or a schema
	PropertyNames        *schema             `json:"propertyNames,omitempty"`
	Items                *schema             `json:"items,omitempty"`
	MinItems             *int                `json:"minItems,omitempty"`
	MaxItems             *int                `json:"maxItems,omitempty"`
	Enum                 []string            `json:"enum,omitempty"`
	Pattern              string              `json:"pattern,omitempty"`
	MinLength            int                 `json:"minLength,omitempty"`
	MaxLength            int                 `json:"maxLength,omitempty"`
	Minimum              *int                `json:"minimum,omitempty"`
	Maximum              *int                `json:"maximum,omitempty"`
	OneOf                []*schema           `json:"oneOf,omitempty"`
	AnyOf                []*schema           `json:"anyOf,omitempty"`
}

// Schema gives the JSON schema of scenario.yaml (draft 2020-12), for editors.
// It accepts every file that Parse accepts; Parse is stricter where a schema
// has no words for a rule.
func Schema() ([]byte, error) {
	top := scenarioRecord(new(Scenario)).schema()
	top.Dialect = "https://json-schema.org/draft/2020-12/schema"
	top.Title = "netlab scenario"
	var out bytes.Buffer
	enc := json.NewEncoder(&out)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	err := enc.Encode(top)
	return out.Bytes(), err
}

func (r record) schema() *schema {
	s := &schema{Type: "object", Description: r.doc, Properties: map[string]*schema{}, AdditionalProperties: false}
	for _, f := range r.fields {
		one := f.val.schema()
		one.Description = f.doc
		s.Properties[f.key] = one
		if f.need {
			s.Required = append(s.Required, f.key)
		}
	}
	if r.refine != nil {
		r.refine(s)
	}
	return s
}

// allowTemplates lets each word below s be written with parameters.
func (s *schema) allowTemplates() {
	for key, p := range s.Properties {
		s.Properties[key] = p.orTemplate()
	}
	for i, a := range s.AnyOf {
		s.AnyOf[i] = a.orTemplate()
	}
}

func (s *schema) orTemplate() *schema {
	if s.Type != nil && s.Type != "object" && s.Type != "array" {
		word := *s
		word.Description = ""
		return &schema{Description: s.Description, AnyOf: []*schema{&word, templateSchema()}}
	}
	s.allowTemplates()
	return s
}

func (v inside[T]) schema() *schema {
	full := v.rec(new(T)).schema()
	if v.bare == nil {
		return full
	}
	return &schema{AnyOf: []*schema{v.bare(new(T)).schema(), full}}
}

func (v many[T]) schema() *schema {
	return &schema{Type: "array", Items: v.item(new(T)).schema(), MinItems: &v.min, MaxItems: &v.max}
}
