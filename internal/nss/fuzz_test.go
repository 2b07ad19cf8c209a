package nss_test

import (
	"slices"
	"strings"
	"testing"

	"netlab/internal/nss"
)

// longName is a domain that is longer than a name may be.
const longName = "n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n." +
	"n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n"

// Whatever the text is, a reader ends, and what it says of lines is true of
// the text.

func FuzzReadHosts(f *testing.F) {
	for _, row := range glibcRows() {
		f.Add(row.hosts, row.name)
	}
	f.Fuzz(func(t *testing.T, text, name string) {
		h := nss.ReadHosts(text)
		mistakesStandThere(t, text, h.Mistakes)
		for _, l := range h.Lines {
			if !l.Addr.IsValid() || len(l.Names) == 0 || l.Line < 1 || l.Line > count(text) {
				t.Errorf("%q: %+v", text, l)
			}
		}
		for _, family := range []int{0, 4, 6} {
			for _, l := range h.Find(name, family) {
				if family == 4 && !l.Addr.Is4() || family == 6 && !l.Addr.Is6() {
					t.Errorf("%q: %s is not of family %d", text, l.Addr, family)
				}
			}
		}
	})
}

func FuzzReadResolv(f *testing.F) {
	for _, rows := range []map[string]lookedUp{glibcRows(), candidateRows()} {
		for _, row := range rows {
			f.Add(row.resolv, row.name)
		}
	}
	f.Fuzz(func(t *testing.T, text, name string) {
		r := nss.ReadResolv(text)
		mistakesStandThere(t, text, r.Mistakes)
		if n := len(r.Servers); n < 1 || n > 3 || r.Assumed != (r.Servers[0].Line == 0) {
			t.Errorf("%q: servers %v", text, r.Servers)
		}
		if r.Ndots < 0 || r.Ndots > 15 || r.Timeout < 1 || r.Timeout > 30 || r.Attempts < 0 || r.Attempts > 5 {
			t.Errorf("%q: ndots %d, timeout %d, attempts %d", text, r.Ndots, r.Timeout, r.Attempts)
		}
		for _, c := range r.Candidates(name) {
			if !strings.HasSuffix(c, ".") || len(c) > 254 || c != "." && !strings.HasPrefix(c, strings.TrimSuffix(name, ".")) {
				t.Errorf("%q: %q is asked for %q", text, c, name)
			}
		}
	})
}

func FuzzReadSwitch(f *testing.F) {
	for _, row := range glibcRows() {
		f.Add(row.sw)
	}
	f.Fuzz(func(t *testing.T, text string) {
		s := nss.ReadSwitch(text)
		mistakesStandThere(t, text, s.Mistakes)
		for _, source := range s.Sources {
			if source.Name == "" || strings.ContainsAny(source.Name, " [\n") {
				t.Errorf("%q: source %q", text, source.Name)
			}
			for _, status := range []string{nss.Success, nss.NotFound, nss.Unavail, nss.TryAgain} {
				if !slices.Contains([]string{nss.Return, nss.Continue, nss.Merge}, source.Then(status)) {
					t.Errorf("%q: %s of %s: %q", text, status, source.Name, source.Then(status))
				}
			}
		}
	})
}

func mistakesStandThere(t *testing.T, text string, all []nss.Mistake) {
	t.Helper()
	lines := strings.Split(text, "\n")
	for _, m := range all {
		if m.Why == "" || m.Line < 1 || m.Line > len(lines) || !strings.HasPrefix(lines[m.Line-1], m.Text) {
			t.Errorf("%q: %+v", text, m)
		}
	}
}

func count(text string) int { return strings.Count(text, "\n") + 1 }
