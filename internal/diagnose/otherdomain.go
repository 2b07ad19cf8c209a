package diagnose

import (
	"fmt"
	"slices"
	"strings"

	"netlab/internal/dns"
)

// otherNames: the name that was typed is found in no domain that was searched,
// and there is one where it is.
func (q *search) otherNames() []Cause {
	if strings.HasSuffix(q.name, ".") || q.t.Direct != nil {
		return nil
	}
	for _, e := range q.all {
		short, _, _ := strings.Cut(e.Name, ".")
		domain, ok := strings.CutPrefix(e.Name, strings.ToLower(q.name)+".")
		if !ok || short == "" || domain == "" || e.Answer == nil || slices.Contains(q.candidates, e.Name) || e.Means().Sense != dns.Found {
			continue
		}
		domain = strings.TrimSuffix(domain, ".")
		if len(q.resolv.Search) == 0 {
			return []Cause{q.blame(SearchMissing, q.from, true, fmt.Sprintf("%s has no search list: it asks for %s alone, and the name is %s", q.from, q.name, shown(e.Name)),
				cat(q.from, "resolv.conf"), e.String(), "a line “search "+domain+"” is missing")}
		}
		return []Cause{q.blame(SearchWrong, q.from, true, fmt.Sprintf("%s looks for %s in %s (search), and the name is %s", q.from, q.name, strings.Join(q.resolv.Search, ", "), shown(e.Name)),
			cat(q.from, "resolv.conf"), e.String(), "the search list has no "+domain)}
	}
	return nil
}
