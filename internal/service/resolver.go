package service

import (
	"context"
	"fmt"
	"math/rand/v2"
	"net/netip"
	"sync"
	"time"

	"github.com/miekg/dns"
)

// resolver answers questions by walks, with one cache. What it decides is the
// walks'; it sends and keeps the time.
type resolver struct {
	rules walkRules
	send  func(ctx context.Context, q ask) (*dns.Msg, error)
	tell  func(level int, format string, args ...any) // to the log
	now   func() time.Time
	limit time.Duration // for one question

	mu      sync.Mutex // of what follows
	cache   *cache
	health  *health
	walking map[key]*walking
}

// walking is a walk that several wait for.
type walking struct {
	done  chan struct{}
	found found
}

// walkTime is the longest that a question may take: who asks waits for five
// seconds (resolv.conf(5), timeout).
const walkTime = 4500 * time.Millisecond

func newResolver(r walkRules, l ttlLimits, send func(context.Context, ask) (*dns.Msg, error), tell func(int, string, ...any)) *resolver {
	return &resolver{rules: r, send: send, tell: tell, now: time.Now, limit: walkTime,
		cache: newCache(l), health: newHealth(), walking: map[key]*walking{}}
}

// resolve finds the answer. Who asks what is being asked already waits with
// the first one.
func (r *resolver) resolve(name string, rtype uint16) found {
	k := keyOf(name, rtype)
	r.mu.Lock()
	if w, ok := r.walking[k]; ok {
		r.mu.Unlock()
		<-w.done
		return w.found
	}
	w := &walking{done: make(chan struct{})}
	r.walking[k] = w
	r.mu.Unlock()
	w.found = r.walk(k)
	r.mu.Lock()
	delete(r.walking, k)
	r.mu.Unlock()
	close(w.done)
	return w.found
}

// walk walks until there is an answer, or the time is over.
func (r *resolver) walk(k key) found {
	ctx, cancel := context.WithTimeout(context.Background(), r.limit)
	defer cancel()
	r.mu.Lock()
	defer r.mu.Unlock() // not while a question is out
	w := newWalk(r.rules, r.cache, r.health, rand.N, k.name, k.rtype)
	for {
		q, end := w.next(r.now())
		if end == nil && ctx.Err() != nil {
			end = &found{rcode: dns.RcodeServerFailure, why: fmt.Sprintf("it takes longer than %v", r.limit)}
		}
		if end != nil {
			if end.why != "" {
				r.tell(logProblems, "SERVFAIL for %s %s: %s", k.name, typeName(k.rtype), end.why)
			}
			return *end
		}
		r.mu.Unlock()
		r.tell(logSteps, "asking %s (zone %s) for %s %s", q.to, q.zone, q.name, typeName(q.rtype))
		m, err := r.send(ctx, q)
		r.mu.Lock()
		if err != nil {
			r.tell(logSteps, "%s: %v", q.to, err)
			w.silent(r.now(), q)
			continue
		}
		r.tell(logSteps, "%s: %s", q.to, w.heard(r.now(), q, m))
	}
}

// forget empties the cache.
func (r *resolver) forget() {
	r.mu.Lock()
	defer r.mu.Unlock()
	clear(r.cache.known)
	clear(r.health.bad)
}

// mayAsk says whether a server may have an address: not this machine itself,
// unless the settings allow it.
func mayAsk(localhost bool) func(netip.Addr) bool {
	return func(a netip.Addr) bool {
		return a.IsValid() && !a.IsUnspecified() && !a.IsMulticast() && (localhost || !a.IsLoopback())
	}
}

// typeName is a type in words: A, AAAA, TYPE65280.
func typeName(t uint16) string { return dns.Type(t).String() }
