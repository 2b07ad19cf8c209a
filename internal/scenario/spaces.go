package scenario

import "netlab/internal/op"

// spaces is the name of a namespace, or of several: h{1..8}.
func spaces(to *string) value {
	rule := spaceName()
	return scalar[string]{to: to, name: "the name of a namespace, or of several as in h{1..8}", tags: text(),
		shape: schema{Type: "string", Pattern: "^[" + rule.first + "{][" + rule.first + "_.{}-]*$"},
		parse: func(s string) (string, *problem) {
			names, err := op.Braces(s)
			if err != nil {
				return "", &problem{err.Error(), ""}
			}
			for _, n := range names {
				if p := rule.check(n); p != nil {
					return "", p
				}
			}
			return s, nil
		}}
}

// ipFamily is the number of a version of IP.
func ipFamily(to *int) value {
	low, high := 4, 6
	return scalar[int]{to: to, name: "4 or 6", tags: []string{"!!int"}, shape: schema{Type: "integer", Minimum: &low, Maximum: &high},
		parse: func(s string) (int, *problem) {
			switch s {
			case "4":
				return low, nil
			case "6":
				return high, nil
			}
			return 0, &problem{cut(s) + " is no version of IP", "write 4 or 6"}
		}}
}
