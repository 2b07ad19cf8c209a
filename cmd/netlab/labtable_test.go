package main_test

import (
	"fmt"
	"io"
	"slices"
	"strings"
	"testing"
	"text/tabwriter"
)

// value is a result beside its limit.
type value struct {
	v     float64
	have  bool    // it was measured
	limit float64 // 0: none
	least bool    // it must be reached, not kept
}

func (v value) missed() bool {
	return v.have && v.limit > 0 && (v.least && v.v < v.limit || !v.least && v.v > v.limit)
}

// text has as many decimals as make sense, and marks what misses its limit.
func (v value) text() string {
	if !v.have {
		return "-"
	}
	out := short(v.v)
	if v.limit > 0 {
		sign := "≤"
		if v.least {
			sign = "≥"
		}
		out += " (" + sign + " " + fmt.Sprint(v.limit) + ")"
	}
	if v.missed() {
		out += " MISSED"
	}
	return out
}

func short(v float64) string {
	switch {
	case v < 10:
		return fmt.Sprintf("%.2f", v)
	case v < 100:
		return fmt.Sprintf("%.1f", v)
	}
	return fmt.Sprintf("%.0f", v)
}

// row is a line of the first table: milliseconds of netlab, and the medians of
// the rounds' ratios.
type row struct {
	name                    string
	up, check, down, all    value
	upFloor, checkFloor     value
	allFloor, ipBatch, mini value
}

const upAt, checkAt, downAt = 0, 1, 2

func newRow(w work, found map[string][]times) row {
	at := func(i int) func(times) float64 { return func(t times) float64 { return t[i] } }
	ours := found["netlab"]
	ratio := func(over, under string, of func(times) float64) value {
		var list []float64
		for i, t := range found[over] {
			if i < len(found[under]) && of(found[under][i]) > 0 {
				list = append(list, of(t)/of(found[under][i]))
			}
		}
		return middle(list)
	}
	r := row{
		name: strings.ReplaceAll(w.name(), "-", " "),
		up:   middle(each(ours, at(upAt))).atMost(w.limits.up), down: middle(each(ours, at(downAt))),
		all:     middle(each(ours, times.all)),
		upFloor: ratio("netlab", "floor", at(upAt)).atMost(w.limits.upToFloor), allFloor: ratio("netlab", "floor", times.all),
		ipBatch: ratio("ip-batch", "netlab", times.all).atLeast(w.limits.ipBatch),
		mini:    ratio("mininet", "netlab", times.all).atLeast(w.limits.mn),
	}
	if w.pings {
		r.check = middle(each(ours, at(checkAt)))
		r.checkFloor = ratio("netlab", "floor", at(checkAt)).atMost(w.limits.checkFloor)
	}
	return r
}

func each(list []times, of func(times) float64) (out []float64) {
	for _, t := range list {
		out = append(out, of(t))
	}
	return out
}

func middle(list []float64) value {
	if len(list) == 0 {
		return value{}
	}
	return value{have: true, v: median(list)}
}

func (v value) atMost(limit float64) value { v.limit = limit; return v }

func (v value) atLeast(limit float64) value { v.limit, v.least = limit, true; return v }

func (r row) report(b *testing.B) {
	for _, m := range []struct {
		name  string
		value value
	}{
		{"up-ms", r.up}, {"check-ms", r.check}, {"down-ms", r.down}, {"up/floor", r.upFloor}, {"check/floor", r.checkFloor},
		{"all/floor", r.allFloor}, {"ip-batch/all", r.ipBatch}, {"mininet/all", r.mini},
	} {
		if m.value.have {
			b.ReportMetric(m.value.v, m.name)
		}
	}
}

func printRows(to io.Writer, rows []row) {
	if len(rows) == 0 {
		return
	}
	fmt.Fprintln(to, "\nup, check and down as three commands: medians of the rounds, limits in brackets")
	t := tabwriter.NewWriter(to, 0, 0, 2, ' ', 0)
	fmt.Fprintln(t, "\tnetlab, ms\t\t\t\ttimes the floor's\t\t\ttimes netlab's\t\n\tup\tcheck\tdown\tall\tup\tcheck\tall\tip -batch\tMininet")
	for _, r := range rows {
		cells := []string{r.name}
		for _, v := range []value{r.up, r.check, r.down, r.all, r.upFloor, r.checkFloor, r.allFloor, r.ipBatch, r.mini} {
			cells = append(cells, v.text())
		}
		fmt.Fprintln(t, strings.Join(cells, "\t"))
	}
	t.Flush()
	if missing := lacking("mn"); missing != "" {
		fmt.Fprintln(to, "Mininet is not installed (Debian package mininet)")
	}
	if missing := lacking("fping"); missing != "" {
		fmt.Fprintln(to, "fping is not installed: the pings beside ip -batch are those of ping")
	}
}

// fact is a line of the second table.
type fact struct {
	what, unit string
	metric     string // its name in the line of the benchmark
	value      value
}

func printFacts(to io.Writer, facts []fact) {
	if len(facts) == 0 {
		return
	}
	fmt.Fprintln(to)
	t := tabwriter.NewWriter(to, 0, 0, 2, ' ', 0)
	for _, f := range facts {
		fmt.Fprintf(t, "%s\t%s\t%s\n", f.what, f.unit, f.value.text())
	}
	t.Flush()
}

func TestTheTableSaysWhatMissesItsLimit(t *testing.T) {
	found := map[string][]times{
		"netlab": {{10, 2, 3}, {30, 4, 5}, {20, 3, 4}}, "floor": {{10, 1, 1}, {10, 2, 1}, {10, 1, 1}},
		"ip-batch": {{30, 30, 30}, {30, 30, 30}, {30, 30, 30}},
	}
	r := newRow(work{kind: "star", n: 8, pings: true, limits: limits{upToFloor: 1.4, checkFloor: 2, ipBatch: 9}}, found)
	var out strings.Builder
	printRows(&out, []row{r})
	fields := strings.Fields(strings.Split(out.String(), "\n")[4])
	want := strings.Fields("star 8 20.0 3.00 4.00 27.0 2.00 (≤ 1.4) MISSED 2.00 (≤ 2) 2.25 3.33 (≥ 9) MISSED -")
	if !slices.Equal(fields, want) {
		t.Errorf("got  %q\nwant %q", fields, want)
	}
}
