package scenario

import (
	"fmt"
	"strconv"
	"strings"
)

// Origin is the file of a scenario with parameters, from which it is read anew
// when they get other values.
type Origin struct {
	File string
	Text []byte
}

// SettingError is a parameter that cannot be set so.
type SettingError struct{ Text, Hint string }

// Error gives the text without the hint.
func (e *SettingError) Error() string { return e.Text }

// Set gives parameters other values: each setting is NAME=VALUE, and counts
// for those of the scenarios that have the parameter. The error is a
// *SettingError, or Errors for a scenario that a value makes invalid.
func Set(all []Scenario, settings []string) ([]Scenario, error) {
	if len(settings) == 0 {
		return all, nil
	}
	chosen, err := choose(all, settings)
	if err != nil {
		return nil, err
	}
	out := make([]Scenario, len(all))
	for i, s := range all {
		if out[i], err = s.with(chosen); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// choose reads settings and compares them with all parameters there are.
func choose(all []Scenario, settings []string) (map[string]int, error) {
	chosen := map[string]int{}
	for _, setting := range settings {
		name, value, ok := strings.Cut(setting, "=")
		if !ok {
			return nil, &SettingError{fmt.Sprintf("--set %s: a value is missing", cut(setting)), "write it as --set NAME=VALUE"}
		}
		if _, twice := chosen[name]; twice {
			return nil, &SettingError{fmt.Sprintf("--set %s: the parameter is set twice", cut(name)), ""}
		}
		found := false
		for _, s := range all {
			for _, p := range s.Params {
				if p.Name != name {
					continue
				}
				found = true
				n, err := p.parse(setting, value)
				if err != nil {
					return nil, err
				}
				chosen[name] = n
			}
		}
		if !found {
			return nil, unknownParam(all, setting, name)
		}
	}
	return chosen, nil
}

func (p Param) parse(setting, value string) (int, error) {
	n, err := strconv.Atoi(value)
	text := ""
	switch {
	case err != nil && strings.Trim(value, "0123456789") == "" && value != "":
		text = fmt.Sprintf("at most %d", p.Max)
	case err != nil:
		text = fmt.Sprintf("%s is not a number", strconv.Quote(cut(value)))
	case n > p.Max:
		text = fmt.Sprintf("at most %d", p.Max)
	case n < p.Min:
		text = fmt.Sprintf("at least %d", p.Min)
	default:
		return n, nil
	}
	return 0, &SettingError{fmt.Sprintf("--set %s: %s", cut(setting), text), fmt.Sprintf("%s: %s, a number from %d to %d", p.Name, p.Doc, p.Min, p.Max)}
}

func unknownParam(all []Scenario, setting, name string) error {
	names := ParamNames(all)
	e := &SettingError{Text: fmt.Sprintf("--set %s: there is no parameter %q", cut(setting), cut(name)), Hint: didYouMean(name, names)}
	if len(names) == 0 {
		e.Hint = "nothing can be set here"
	}
	return e
}

// ParamNames lists the names of all parameters of the scenarios, each once.
func ParamNames(all []Scenario) []string {
	var names []string
	seen := map[string]bool{}
	for _, s := range all {
		for _, p := range s.Params {
			if !seen[p.Name] {
				names = append(names, p.Name)
			}
			seen[p.Name] = true
		}
	}
	return names
}

// with reads the scenario anew with the values that concern it.
func (s Scenario) with(chosen map[string]int) (Scenario, error) {
	mine := map[string]int{}
	for _, p := range s.Params {
		if v, ok := chosen[p.Name]; ok {
			mine[p.Name] = v
		}
	}
	if s.Origin == nil || len(mine) == 0 {
		return s, nil
	}
	got, _, errs := parseWith(s.Origin.File, s.Origin.Text, mine)
	got.Order, got.IPv6 = s.Order, s.IPv6 // they come from the folder
	if len(errs) > 0 {
		return s, errs
	}
	return got, nil
}
