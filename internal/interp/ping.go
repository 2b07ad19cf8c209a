package interp

import (
	"context"
	"errors"
	"io"
	"net/netip"
	"strings"
	"sync"
	"time"

	"golang.org/x/sys/unix"

	"netlab/internal/event"
	"netlab/internal/netns"
	"netlab/internal/probe"
)

// planPing plans a ping from the namespace ns. What netlab's own does not know
// is left to the machine's.
func (s *session) planPing(ns string, c *call, args []string) plan {
	l, ok := readPingLine(args)
	if addr, err := netip.ParseAddr(l.target); err == nil && addr.IsLinkLocalUnicast() && addr.Is6() && addr.Zone() == "" {
		ok = false // needs a guess at the interface
	}
	if !ok {
		if p := s.planMachine(ns, c, args); p.by == byMachine {
			return p
		}
		return refuse(127, missing("ping"), "without the program netlab's ping knows -4 -6 -c -i -n -q -s -t -W -w")
	}
	if l.usage != "" {
		return refuse(l.exit, "ping: "+l.usage, "")
	}
	return plan{by: byNetlab, run: func(ctx context.Context, c *call) outcome {
		return s.ping(ctx, ns, c, l, args)
	}}
}

func (s *session) ping(ctx context.Context, ns string, c *call, l pingLine, args []string) outcome {
	t, err := s.resolve(ctx, ns, c, l)
	if p := s.planMachine(ns, c, args); errors.Is(err, errNoName) && p.by == byMachine {
		return p.run(ctx, c) // the C library knows why there is no such name; getent does not say
	}
	if err != nil {
		return c.fail(2, "ping: "+l.target+": "+err.Error(), "")
	}
	switch err := s.tools.connect(ns, t.addr); {
	case errors.Is(err, unix.EACCES) && t.addr.Is4():
		return c.fail(2, "ping: Do you want to ping broadcast? Then -b. If not, check your local firewall rules", "")
	case err != nil:
		return c.fail(2, "ping: connect: "+netns.Words(err), "")
	}
	l, endless := l.untilAnswered()
	p := &pinging{line: l, target: t, out: c.stdout, err: c.stderr, name: s.namer(ctx, ns, c)}
	if err := p.run(ctx, ns, s.tools.echo); err != nil {
		return c.fail(2, "ping: "+err.Error(), "")
	}
	if endless && s.toldEndless.CompareAndSwap(false, true) {
		s.out.say(event.Event{Kind: event.Note, Text: "ping without -c goes on until Ctrl-C; here it stops after the first answer"})
	}
	return outcome{exit: p.finish()}
}

// untilAnswered bounds a ping that would go on for ever: it ends with the first
// answer, or when -W has passed without one. Its first request alone would not
// do: it is lost where the kernel asks in vain for a MAC address already, and
// is about to give up (mcast_solicit in arp(7)).
func (l pingLine) untilAnswered() (bounded pingLine, endless bool) {
	if l.count > 0 || l.deadline > 0 {
		return l, false
	}
	l.count, l.deadline = 1, max(l.wait, time.Millisecond)
	return l, true
}

// target is whom to ping: the name as it was typed, and its address.
type target struct {
	typed string
	addr  netip.Addr
	named bool // typed is not an address
}

var (
	errNoName = errors.New("Name or service not known")                 //nolint:staticcheck // ping's words
	errFamily = errors.New("Address family for hostname not supported") //nolint:staticcheck // ping's words
)

// resolve finds the address for a name as a program in the namespace does: by
// the C library, which reads hosts, nsswitch.conf and resolv.conf there.
func (s *session) resolve(ctx context.Context, ns string, c *call, l pingLine) (target, error) {
	t := target{typed: l.target}
	if addr, err := netip.ParseAddr(l.target); err == nil {
		t.addr = addr
		if !l.fits(addr) {
			return t, errFamily
		}
		return t, nil
	}
	t.named = strings.ContainsFunc(l.target, func(r rune) bool { return r != '.' && (r < '0' || r > '9') })
	for line := range strings.Lines(s.getent(ctx, ns, c, "ahosts", l.target)) {
		word, _, _ := strings.Cut(line, " ")
		if addr, err := netip.ParseAddr(word); err == nil && l.fits(addr) && !addr.Is4In6() {
			t.addr = addr
			return t, nil
		}
	}
	return t, errNoName
}

func (l pingLine) fits(a netip.Addr) bool {
	return l.family == 0 || a.Is4() == (l.family == 4)
}

// getent asks the C library's databases in the namespace.
func (s *session) getent(ctx context.Context, ns string, c *call, words ...string) string {
	var b strings.Builder
	quiet := *c
	quiet.stdout, quiet.stderr = &b, io.Discard
	p := s.planMachine(ns, &quiet, append([]string{"getent"}, words...))
	if p.by == byMachine && p.run(ctx, &quiet).exit == 0 {
		return b.String()
	}
	return ""
}

// namer shows an address as ping does: with its name, if the target was given
// by name and -n was not.
func (s *session) namer(ctx context.Context, ns string, c *call) func(netip.Addr) string {
	known := map[netip.Addr]string{}
	return func(a netip.Addr) string {
		text, seen := known[a]
		if !seen {
			text = a.String()
			if fields := strings.Fields(s.getent(ctx, ns, c, "hosts", text)); len(fields) > 1 {
				text = fields[1] + " (" + text + ")"
			}
			known[a] = text
		}
		return text
	}
}

// pinging is one ping while it goes on.
type pinging struct {
	line     pingLine
	target   target
	out, err io.Writer
	name     func(netip.Addr) string

	start    time.Time
	mu       sync.Mutex
	stop     *time.Timer // ends it when no more answers are to be expected
	rtts     []time.Duration
	answered map[int]bool
	errors   int
	pipe     int       // most echoes that were under way at once
	lastSent time.Time // as far as answers tell
}

// run sends the echoes and prints what comes.
func (p *pinging) run(ctx context.Context, ns string, echo func(context.Context, probe.Request, func(probe.Reply)) error) error {
	p.header()
	p.answered = map[int]bool{}
	p.start = time.Now()
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	p.stop = time.AfterFunc(time.Hour, cancel)
	defer p.stop.Stop()
	if p.line.deadline > 0 {
		defer time.AfterFunc(p.line.deadline, cancel).Stop()
	}
	err := echo(ctx, p.request(ns), func(r probe.Reply) { p.reply(r, cancel) })
	if errors.Is(err, context.Canceled) {
		return nil
	}
	return err
}

// request is what is asked of the prober. With -w, ping goes on until -c
// answers have come.
func (p *pinging) request(ns string) probe.Request {
	l := p.line
	gap := max(l.interval, time.Millisecond)
	r := probe.Request{From: ns, To: p.target.addr, Count: l.count, Interval: l.interval, Timeout: l.wait, Size: l.size, TTL: l.ttl}
	if l.deadline > 0 {
		r.Count = int(max(1, (l.deadline+gap-1)/gap))
	}
	if l.size == 0 {
		r.Size = -1
	}
	r.Interval = gap
	r.Timeout = max(r.Timeout, time.Millisecond)
	return r
}

// total is how many echoes there will be at most.
func (p *pinging) total() int {
	return p.request("").Count
}

// sent is how many echoes have been sent by now.
func (p *pinging) sent() int {
	return min(p.total(), int(time.Since(p.start)/max(p.line.interval, time.Millisecond))+1)
}

// expect sets when to stop waiting: after the first answer, twice the longest
// time that one took, but at least one interval, is enough for the last.
func (p *pinging) expect() {
	if len(p.rtts) == 0 {
		return
	}
	longest := time.Duration(0)
	for _, r := range p.rtts {
		longest = max(longest, r)
	}
	last := p.start.Add(time.Duration(p.total()-1) * p.line.interval)
	p.stop.Reset(time.Until(last.Add(max(2*longest, p.line.interval))))
}
