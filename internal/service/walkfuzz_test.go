package service

import (
	"maps"
	"testing"
	"time"

	"github.com/miekg/dns"
)

// FuzzWalk lets servers answer with anything: a walk ends, within its limits,
// and remembers of a server nothing that is not below its zone.
func FuzzWalk(f *testing.F) {
	for _, server := range smallInternet(f) {
		for _, name := range []string{"www.yahoo.com.", "www.glueless.com.", "nope.net."} {
			if a := server(question(ask{name: name, rtype: dns.TypeA})); a != nil {
				b, err := a.Pack()
				if err != nil {
					f.Fatal(err)
				}
				f.Add(b, b)
			}
		}
	}
	f.Fuzz(func(t *testing.T, first, later []byte) {
		l := newLab(nil)
		w := newWalk(l.rules, l.cache, l.health, func(int) int { return 0 }, "www.yahoo.com.", dns.TypeA)
		for turn := 0; ; turn++ {
			q, end := w.next(l.now)
			if end != nil {
				break
			}
			if turn > l.rules.maxAsked {
				t.Fatalf("%d questions", turn)
			}
			m, b := new(dns.Msg), later
			if turn == 0 {
				b = first
			}
			if m.Unpack(b) != nil {
				w.silent(l.now, q)
				continue
			}
			before := maps.Clone(l.cache.known)
			w.heard(l.now, q, m)
			for k := range l.cache.known {
				if _, old := before[k]; !old && !dns.IsSubDomain(q.zone, k.name) {
					t.Errorf("of the servers of %s it remembers %v", q.zone, k)
				}
			}
		}
		for k, e := range l.cache.known {
			if e.life < 0 || e.life > 24*time.Hour {
				t.Errorf("%v is remembered for %v", k, e.life)
			}
		}
	})
}
