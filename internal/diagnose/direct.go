package diagnose

import (
	"netlab/internal/dns"
	"netlab/internal/measure"
)

// answered says why a server's answer to one question is not as it should be:
// no library and no file has a part in it.
func (q *search) answered(d measure.DNS) []Cause {
	e := q.asking(d)
	if e.Answer == nil {
		return q.unanswered(e, nil)
	}
	r := e.Means()
	if r.Sense != dns.Found {
		return q.explain(e, nil)
	}
	if q.knows(e) || !q.unwanted(r.Addrs) {
		return nil
	}
	return q.kept(e)
}
