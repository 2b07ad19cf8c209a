package scenario

import (
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strconv"
	"strings"
)

// Catalog is all the scenarios of a tree of folders, in the order of the
// folders' numbers. The zero value is empty.
type Catalog struct {
	all   []Scenario
	files map[string][]byte // by name
	ipv6  bool              // it is of the variants
}

// The files of a lesson's folder. The second one is a whole lesson of its own,
// the same in IPv6, and need not be there.
const (
	File     = "scenario.yaml"
	FileIPv6 = "ipv6.yaml"
)

// UnknownError says that there is no scenario of this name. Nearest are names
// that may be meant, the likeliest first; there may be none.
type UnknownError struct {
	Name    string
	Nearest []string
}

// Error names what was asked for; Nearest is for the hint.
func (e *UnknownError) Error() string { return fmt.Sprintf("there is no scenario %q", cut(e.Name)) }

// Load reads every NN-name/scenario.yaml of the tree. It fails on the first
// folder that is not as it must be: with Errors for a mistake in a file, with
// another error for a wrong folder name, a doubled number, or a start that
// does not exist or goes round in a circle.
func Load(tree fs.FS) (Catalog, error) { return loadAll(tree, false) }

// LoadIPv6 is Load for the IPv6 variants, NN-name/ipv6.yaml, of the lessons
// that have one. In their files start means the IPv6 variant of that lesson.
func LoadIPv6(tree fs.FS) (Catalog, error) { return loadAll(tree, true) }

func loadAll(tree fs.FS, ipv6 bool) (Catalog, error) {
	entries, err := fs.ReadDir(tree, ".")
	if err != nil {
		return Catalog{}, err
	}
	c := Catalog{files: map[string][]byte{}, ipv6: ipv6}
	for _, e := range entries {
		if !e.IsDir() || strings.HasPrefix(e.Name(), ".") {
			continue
		}
		if err := c.load(tree, e.Name()); err != nil {
			return Catalog{}, err
		}
	}
	slices.SortFunc(c.all, func(a, b Scenario) int { return cmp.Compare(a.Order, b.Order) })
	return c, c.verify()
}

func (c *Catalog) load(tree fs.FS, folder string) error {
	number, name, _ := strings.Cut(folder, "-")
	order, err := strconv.Atoi(number)
	if err != nil || order < 1 || len(number) != 2 || number[0] == '+' || scenarioName().check(name) != nil {
		return fmt.Errorf("folder %q is not named as in 02-veth-pair: two digits, a hyphen, the name", folder)
	}
	file := path.Join(folder, File)
	if c.ipv6 {
		file = path.Join(folder, FileIPv6)
	}
	src, err := fs.ReadFile(tree, file)
	switch {
	case c.ipv6 && errors.Is(err, fs.ErrNotExist):
		return nil
	case err != nil:
		return err
	}
	s, err := Parse(file, src)
	if err != nil {
		return err
	}
	if s.Name != name {
		return fmt.Errorf("%s: the name is %q, and by its folder it must be %q", file, s.Name, name)
	}
	if _, twice := c.files[name]; twice {
		return fmt.Errorf("folder %q: there is another scenario %s", folder, name)
	}
	s.Order, s.IPv6 = order, c.ipv6
	c.all = append(c.all, s)
	c.files[name] = src
	return nil
}

func (c Catalog) verify() error {
	seen := map[int]string{}
	for _, s := range c.all {
		if other, twice := seen[s.Order]; twice {
			return fmt.Errorf("the scenarios %s and %s have the same number %d", other, s.Name, s.Order)
		}
		seen[s.Order] = s.Name
		if _, err := c.Chain(s.Name); err != nil {
			return fmt.Errorf("scenario %s: start: %w", s.Name, err)
		}
	}
	return nil
}

// All returns the scenarios in order. The slice is the caller's own.
func (c Catalog) All() []Scenario { return slices.Clone(c.all) }

// Names returns the names in order, for completion and help.
func (c Catalog) Names() []string {
	names := make([]string, len(c.all))
	for i, s := range c.all {
		names[i] = s.Name
	}
	return names
}

// Find returns the scenario called name, or an *UnknownError.
func (c Catalog) Find(name string) (Scenario, error) {
	for _, s := range c.all {
		if s.Name == name {
			return s, nil
		}
	}
	near := nearest(name, c.Names())
	return Scenario{}, &UnknownError{Name: name, Nearest: near[:min(len(near), 3)]}
}

// Source returns the file of a scenario as it is in the tree, and whether
// there is one. The caller must not change it.
func (c Catalog) Source(name string) ([]byte, bool) {
	src, ok := c.files[name]
	return src, ok
}

// Chain returns the scenarios at whose end the named one begins, the first to
// be run first, without the named one itself.
func (c Catalog) Chain(name string) ([]Scenario, error) {
	s, err := c.Find(name)
	if err != nil {
		return nil, err
	}
	return c.Before(s)
}

// Before is Chain for a scenario that need not be in the catalog, such as one
// from a person's own file.
func (c Catalog) Before(s Scenario) ([]Scenario, error) {
	var chain []Scenario
	for at := s; at.Start != ""; {
		next, err := c.Find(at.Start)
		if err != nil {
			return nil, err
		}
		if next.Name == s.Name || slices.ContainsFunc(chain, func(o Scenario) bool { return o.Name == next.Name }) {
			return nil, fmt.Errorf("the start scenarios go round in a circle at %q", next.Name)
		}
		chain = append(chain, next)
		at = next
	}
	slices.Reverse(chain)
	return chain, nil
}
