package scenario

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/google/jsonschema-go/jsonschema"
	"go.yaml.in/yaml/v3"
)

func resolved(t testing.TB) *jsonschema.Resolved {
	t.Helper()
	text, err := Schema()
	if err != nil {
		t.Fatal(err)
	}
	var s jsonschema.Schema
	if err := json.Unmarshal(text, &s); err != nil {
		t.Fatal(err)
	}
	r, err := s.Resolve(&jsonschema.ResolveOptions{ValidateDefaults: true})
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// asJSON reads YAML into the values that a JSON reader would give.
func asJSON(text string) (any, error) {
	var v any
	if err := yaml.Unmarshal([]byte(text), &v); err != nil {
		return nil, err
	}
	out, err := json.Marshal(v)
	if err != nil {
		return nil, err
	}
	var again any
	return again, json.Unmarshal(out, &again)
}

func TestSchemaAcceptsTheLessons(t *testing.T) {
	schema := resolved(t)
	for file, src := range lessons(t) {
		v, err := asJSON(string(src))
		if err != nil {
			t.Fatal(err)
		}
		if err := schema.Validate(v); err != nil {
			t.Errorf("%s: %v", file, err)
		}
	}
}

// beyondSchema are the mistakes that only Parse finds: rules about several
// values, about addresses, and about how YAML is written.
func beyondSchema() string {
	return `address-as-network address-is-a-name address-is-multicast address-is-unspecified address-part-too-big address-with-leading-zero
		address-with-prefix address-with-three-parts anchor answer-out-of-range broadcast-set-as-address choice-twice error-without-not
		fails-with-two-commands fails-without-command flag-of-ipv4 host-as-namespace link-local-without-zone negated-link-with-two-properties network-set-as-address
		no-checks-at-all prefix-too-long route-of-two-families second-document start-is-itself tag ttl-with-not escape-sequence-in-quotes
		dns-error-without-not dns-name-for-address dns-records-of-what-fails dns-server-is-a-name name-too-long resolves-an-address resolves-asks-twice
		resolves-other-family resolves-to-with-not`
}

func TestSchemaRefusesBadFiles(t *testing.T) {
	schema := resolved(t)
	beyond := strings.Fields(beyondSchema())
	refused := 0
	for _, c := range errorCases(t) {
		v, err := asJSON(c.input)
		if err != nil {
			continue // not YAML at all
		}
		known := false
		for _, name := range beyond {
			known = known || name == c.name
		}
		switch err := schema.Validate(v); {
		case err == nil && !known:
			t.Errorf("%s: the schema accepts it", c.name)
		case err != nil && known:
			t.Errorf("%s: the schema refuses it now (%v); take it from the list", c.name, err)
		case err != nil:
			refused++
		}
	}
	if refused < 30 {
		t.Errorf("only %d bad files are refused", refused)
	}
}

func TestSchemaDescribesEveryKey(t *testing.T) {
	text, err := Schema()
	if err != nil {
		t.Fatal(err)
	}
	if strings.Contains(string(text), `\u003`) {
		t.Error("signs such as < are escaped")
	}
	var check func(path string, v any)
	check = func(path string, v any) {
		m, _ := v.(map[string]any)
		properties, _ := m["properties"].(map[string]any)
		for key, sub := range properties {
			if d, _ := sub.(map[string]any)["description"].(string); d == "" {
				t.Errorf("%s.%s has no description", path, key)
			}
			check(path+"."+key, sub)
		}
		check2, _ := m["items"].(map[string]any)
		if check2 != nil {
			check(path, check2)
		}
	}
	var v any
	if err := json.Unmarshal(text, &v); err != nil {
		t.Fatal(err)
	}
	check("", v)
}

// TestSchemaAgreesWithParse holds what Schema promises: it accepts what Parse
// accepts. Where both can say no, both do.
func TestSchemaAgreesWithParse(t *testing.T) {
	tests := []struct {
		name, file   string
		parse, valid bool
	}{
		{"each key", whole, true, true},
		{"the shortest", small, true, true},
		{"text with space around it", set("title", `"  A demo\n"`), true, true},
		{"a block as a title", set("title", "|\n  A demo"), true, true},
		{"the longest title, with space around it", set("title", `"  `+strings.Repeat("a", 120)+` \n"`), true, true},
		{"a title that is too long", set("title", strings.Repeat("a", 121)), false, false},
		{"a title of one letter", set("title", "a"), true, true},
		{"a title of two lines", set("title", `"a\nb"`), false, false},
		{"a title of blanks", set("title", `"  "`), false, false},
		{"fails: false without commands", inStep("fails: false"), true, true},
		{"no minutes", set("minutes", "0"), false, false},
		{"half a minute", set("minutes", "0.5"), false, false},
		{"minutes in quotes", set("minutes", `"5"`), false, false},
		{"a time of two units", withCheck("within: 1s500ms\nnamespace: a"), true, true},
		{"a time with a part", withCheck("within: .5s\nnamespace: a"), true, true},
		{"a time of another unit", withCheck("within: 5us\nnamespace: a"), false, false},
		{"a time with a sign", withCheck("within: +5s\nnamespace: a"), false, false},
		{"a time without a unit", withCheck("within: 5\nnamespace: a"), false, false},
		{"a number for a word", withCheck("sysctl: {in: a, key: net.a, is: 5}"), true, true},
		{"a truth value for a word", withCheck("sysctl: {in: a, key: net.a, is: true}"), true, true},
		{"a list for a word", withCheck("sysctl: {in: a, key: net.a, is: [a]}"), false, false},
		{"both forms of a namespace", withCheck("namespace: {name: a}"), true, true},
		{"a namespace with too much", withCheck("namespace: {name: a, in: b}"), false, false},
		{"two claims in one", withCheck("namespace: a\nrules: {in: a, count: 1}"), false, false},
		{"an unknown key deep inside", withCheck("fdb: {in: a, bridge: b, of: {in: a, dev: b, x: y}}"), false, false},
		{"no master", withCheck("link: {in: a, name: b, master: none}"), true, true},
		{"an unknown word of requires", set("requires", "[vteh]"), false, false},
		{"an empty recap", strings.Replace(small, "  - It works.", "  []", 1), false, false},
		{"a destination", withCheck("route: {in: a, to: default}"), true, true},
		{"a destination without a length", withCheck("route: {in: a, to: 10.0.0.0}"), false, false},
	}
	schema := resolved(t)
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, parsed := Parse("f", []byte(tt.file))
			v, err := asJSON(tt.file)
			if err != nil {
				t.Fatal(err)
			}
			valid := schema.Validate(v)
			if (parsed == nil) != tt.parse || (valid == nil) != tt.valid {
				t.Errorf("Parse: %v\nschema: %v", parsed, valid)
			}
		})
	}
}
