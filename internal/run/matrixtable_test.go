package run

import (
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	faults "netlab/internal/fault"
)

// matrix is all cells, to be printed and judged.
type matrix struct {
	cells   []cell
	columns []string
	kinds   []string
}

func newMatrix(cells []cell, columns []string, kinds []faults.Kind) matrix {
	m := matrix{cells: slices.Clone(cells), columns: columns}
	slices.SortFunc(m.cells, func(a, b cell) int { return strings.Compare(a.Column+a.Place, b.Column+b.Place) })
	for _, k := range kinds {
		m.kinds = append(m.kinds, k.Name)
	}
	return m
}

// ofNetworks are the kinds of faults that are not about names.
func ofNetworks() []faults.Kind {
	names := faults.OfNames()
	return slices.DeleteFunc(faults.All(), func(k faults.Kind) bool {
		return slices.ContainsFunc(names, func(n faults.Kind) bool { return n.Name == k.Name })
	})
}

// signs are those of all places of a kind on a network: one sign for many that
// are the same, with their number.
func (m matrix) signs(kind, column string) string {
	count := map[string]int{}
	for _, c := range m.cells {
		if c.Kind == kind && c.Column == column {
			count[c.Sign]++
		}
	}
	var out []string
	for _, sign := range []string{signRight, signProved, signUnsure, signWrong, signTrouble, signLost} {
		switch n := count[sign]; n {
		case 0:
		case 1:
			out = append(out, sign)
		default:
			out = append(out, fmt.Sprint(sign, n))
		}
	}
	return strings.Join(out, " ")
}

// table has a row for each kind of fault and a column for each network.
func (m matrix) table() string {
	var b strings.Builder
	wide := 0
	for _, k := range m.kinds {
		wide = max(wide, len(k))
	}
	head := strings.Repeat(" ", wide)
	for _, c := range m.columns {
		head += fmt.Sprintf("  %-9s", c)
	}
	b.WriteString(strings.TrimRight(head, " ") + "\n")
	for _, k := range m.kinds {
		if !m.has(k) {
			continue
		}
		row := fmt.Sprintf("%-*s", wide, k)
		for i, c := range m.columns {
			row += fmt.Sprintf("  %-*s", max(9, len(m.columns[i])), m.signs(k, c))
		}
		b.WriteString(strings.TrimRight(row, " ") + "\n")
	}
	b.WriteString(m.shares())
	return b.String()
}

func (m matrix) has(kind string) bool {
	return slices.ContainsFunc(m.cells, func(c cell) bool { return c.Kind == kind })
}

func (m matrix) count(sign string) int {
	n := 0
	for _, c := range m.cells {
		if c.Sign == sign {
			n++
		}
	}
	return n
}

// shares is the last line: how much was right.
func (m matrix) shares() string {
	kinds := map[string]bool{}
	for _, c := range m.cells {
		kinds[c.Kind] = true
	}
	out := fmt.Sprintf("%d faults of %d kinds on %d networks: ", len(m.cells), len(kinds), len(m.columns))
	if proved := m.count(signProved); proved > 0 {
		return out + fmt.Sprintf("%d broke the network and were mended (%s); no diagnosis was asked", proved, signProved)
	}
	percent := func(sign string) string {
		return fmt.Sprintf("%s %d (%.1f %%)", sign, m.count(sign), 100*float64(m.count(sign))/float64(max(1, len(m.cells))))
	}
	return out + strings.Join([]string{percent(signRight) + " right", percent(signUnsure) + " not sure", percent(signWrong) + " wrong"}, ", ")
}

// unsure are the faults of which the diagnosis was not sure, with its guess.
func (m matrix) unsure() []string {
	var out []string
	for _, c := range m.cells {
		if c.Sign == signUnsure {
			out = append(out, fmt.Sprintf("%s %s: the cause is %s, and the diagnosis guesses: %s", c.Column, c.Place, c.Cause, c.Named))
		}
	}
	return out
}

// leastRight is the share of faults whose cause must be named.
const leastRight = 0.95

// troubles are the reasons for which the matrix is a failure.
func (m matrix) troubles() []string {
	var out []string
	for _, c := range m.cells {
		switch c.Sign {
		case signTrouble:
			out = append(out, c.Column+" "+c.Place+": "+c.Trouble)
		case signWrong:
			out = append(out, fmt.Sprintf("%s %s: the cause is %s, and the diagnosis says with confidence: %s", c.Column, c.Place, c.Cause, c.Named))
		}
	}
	for _, k := range m.kinds {
		if os.Getenv(partVar) == "" && !slices.ContainsFunc(m.cells, func(c cell) bool { return c.Kind == k && c.Sign != signLost }) {
			out = append(out, "no network has a place for "+k)
		}
	}
	if right, asked := m.count(signRight), m.count(signRight)+m.count(signUnsure)+m.count(signWrong); asked > 0 && float64(right) < leastRight*float64(asked) {
		out = append(out, fmt.Sprintf("the diagnosis is right in %d of %d, and must be in %.0f %%", right, asked, 100*leastRight))
	}
	return out
}

func TestTheMatrixIsJudged(t *testing.T) {
	all := func(sign string, n int) []cell {
		var out []cell
		for i := range n {
			out = append(out, cell{Column: "pair", Kind: "link-down", Place: fmt.Sprint("link-down@", i), Sign: sign, Cause: "link-down@A", Named: "wrong-mask@B"})
		}
		return out
	}
	tests := []struct {
		name  string
		cells []cell
		want  []string // what a trouble has, in order, those of missing kinds left out
		last  string
	}{
		{"all is right", all(signRight, 20), nil, "✓ 20 (100.0 %) right, ? 0 (0.0 %) not sure, ✗ 0 (0.0 %) wrong"},
		{"enough is right", append(all(signRight, 19), all(signUnsure, 1)...), nil, "✓ 19 (95.0 %) right, ? 1 (5.0 %) not sure"},
		{"not enough is right", append(all(signRight, 18), all(signUnsure, 2)...), []string{"right in 18 of 20"}, "✓ 18 (90.0 %)"},
		{"one is wrong", append(all(signRight, 39), all(signWrong, 1)...), []string{"says with confidence: wrong-mask@B"}, "✗ 1 (2.5 %) wrong"},
		{"nobody was asked", all(signProved, 3), nil, "3 broke the network and were mended (+); no diagnosis was asked"},
		{"a fault is none", []cell{{Column: "pair", Kind: "link-down", Sign: signTrouble, Trouble: "still answered"}}, []string{"still answered"}, ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			m := newMatrix(tt.cells, []string{"pair"}, ofNetworks())
			got := slices.DeleteFunc(m.troubles(), func(s string) bool { return strings.HasPrefix(s, "no network has a place for ") })
			if len(got) != len(tt.want) {
				t.Fatalf("%q, want %q", got, tt.want)
			}
			for i := range got {
				if !strings.Contains(got[i], tt.want[i]) {
					t.Errorf("%q, want %q", got[i], tt.want[i])
				}
			}
			if !strings.Contains(m.table(), tt.last) {
				t.Errorf("%s\nlacks %q", m.table(), tt.last)
			}
		})
	}
}
