package scenario

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/google/jsonschema-go/jsonschema"
	"go.yaml.in/yaml/v3"
)

func resolved(t *testing.T) *jsonschema.Resolved {
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
		fails-with-two-commands fails-without-command host-as-namespace link-local-without-zone negated-link-with-two-properties network-set-as-address
		no-checks-at-all prefix-too-long route-of-two-families second-document start-is-itself tag ttl-with-not escape-sequence-in-quotes`
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
