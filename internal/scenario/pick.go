package scenario

import (
	"fmt"
	"io/fs"
	"strings"
)

// VariantError says that the lesson called Name has no IPv6 variant. Have are
// the names of those that have one, in order.
type VariantError struct {
	Name string
	Have []string
}

// Error names what was asked for; Have is for the hint.
func (e *VariantError) Error() string {
	return fmt.Sprintf("the scenario %q has no IPv6 variant", cut(e.Name))
}

// Pick reads only the scenario called name and those at whose end it begins,
// which it returns as Chain does. Its errors are those of Load and Find.
func Pick(tree fs.FS, name string) (Scenario, []Scenario, error) { return pick(tree, name, false) }

// PickIPv6 is Pick for the IPv6 variants. For a lesson that has none the error
// is a *VariantError.
func PickIPv6(tree fs.FS, name string) (Scenario, []Scenario, error) { return pick(tree, name, true) }

func pick(tree fs.FS, name string, ipv6 bool) (Scenario, []Scenario, error) {
	folders, err := folders(tree)
	if err != nil {
		return Scenario{}, nil, err
	}
	known := folders[name] != ""
	c := Catalog{files: map[string][]byte{}, ipv6: ipv6}
	for next := name; folders[next] != ""; {
		before := len(c.all)
		if err := c.load(tree, folders[next]); err != nil {
			return Scenario{}, nil, err
		}
		delete(folders, next)
		if next = ""; len(c.all) > before {
			next = c.all[before].Start
		}
	}
	if len(c.all) == 0 {
		c, err = loadAll(tree, ipv6) // for the names that may be meant
		if err != nil {
			return Scenario{}, nil, err
		}
		if known {
			return Scenario{}, nil, &VariantError{Name: name, Have: c.Names()}
		}
	}
	s, err := c.Find(name)
	if err != nil {
		return Scenario{}, nil, err
	}
	chain, err := c.Before(s)
	return s, chain, err
}

// folders finds the folder of each name.
func folders(tree fs.FS) (map[string]string, error) {
	entries, err := fs.ReadDir(tree, ".")
	if err != nil {
		return nil, err
	}
	found := map[string]string{}
	for _, e := range entries {
		if _, name, ok := strings.Cut(e.Name(), "-"); ok && name != "" {
			found[name] = e.Name()
		}
	}
	return found, nil
}
