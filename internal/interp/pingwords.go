package interp

import (
	"context"
	"fmt"
	"math"
	"net/netip"
	"strings"
	"time"

	"netlab/internal/measure"
	"netlab/internal/probe"
)

// The words here are those of iputils' ping, version 20221126.

// The lengths that ping counts to the size of a packet, in bytes.
const (
	icmpHeader = 8
	ipv4Header = 20
	stampSize  = 16 // of the time inside the data: with less, ping tells no times
)

func (p *pinging) header() {
	t, size := p.target, p.line.size
	shown := t.addr.String()
	if t.addr.Is4() {
		fmt.Fprintf(p.out, "PING %s (%s) %d(%d) bytes of data.\n", t.typed, shown, size, size+icmpHeader+ipv4Header)
		return
	}
	if t.named && !p.line.numeric {
		shown = p.name(t.addr)
	}
	fmt.Fprintf(p.out, "PING %s(%s) %d data bytes\n", t.typed, shown, size)
}

// reply prints what became of one echo.
func (p *pinging) reply(r probe.Reply, cancel context.CancelFunc) {
	p.mu.Lock()
	defer p.mu.Unlock()
	switch {
	case r.Fate == measure.Answered:
		p.answer(r)
		if len(p.answered) == p.line.count {
			cancel()
		}
	case r.ICMP != nil:
		p.noticed(r)
		p.errors++
		p.print("From %s icmp_seq=%d %s\n", p.show(r.ICMP.From), r.Seq, r.ICMP.Text)
		if p.line.deadline > 0 {
			// With -w the first error is the end, with those that come along.
			p.stop.Reset(10 * time.Millisecond)
		}
	case r.Fate == measure.Refused:
		fmt.Fprintf(p.err, "ping: sendmsg: %s\n", strings.ToUpper(r.Text[:1])+r.Text[1:])
	}
}

func (p *pinging) answer(r probe.Reply) {
	p.noticed(r)
	p.rtts = append(p.rtts, r.RTT)
	p.lastSent = time.Now().Add(-r.RTT)
	twice := ""
	if p.answered[r.Seq] {
		twice = " (DUP!)"
	}
	p.answered[r.Seq] = true
	took := ""
	if p.timed() {
		took = " time=" + milliseconds(r.RTT) + " ms"
	}
	p.print("%d bytes from %s: icmp_seq=%d ttl=%d%s%s\n", r.Size, p.show(r.From), r.Seq, r.TTL, took, twice)
	p.expect()
}

// noticed counts how many echoes were under way when one of them came back.
func (p *pinging) noticed(r probe.Reply) { p.pipe = max(p.pipe, p.sent()-r.Seq+1) }

func (p *pinging) timed() bool { return p.line.size >= stampSize }

func (p *pinging) print(format string, args ...any) {
	if !p.line.quiet {
		fmt.Fprintf(p.out, format, args...)
	}
}

func (p *pinging) show(a netip.Addr) string {
	if p.line.numeric || !p.target.named {
		return a.String()
	}
	return p.name(a)
}

// finish prints the statistics and returns the exit code.
func (p *pinging) finish() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	sent, got := max(p.sent(), len(p.answered)), len(p.answered)
	if p.line.deadline > 0 && p.line.count > 0 && got >= p.line.count {
		sent = got + p.errors
	}
	fmt.Fprintf(p.out, "\n--- %s ping statistics ---\n%d packets transmitted, %d received, ", p.target.typed, sent, got)
	if dup := len(p.rtts) - got; dup > 0 {
		fmt.Fprintf(p.out, "+%d duplicates, ", dup)
	}
	if p.errors > 0 {
		fmt.Fprintf(p.out, "+%d errors, ", p.errors)
	}
	fmt.Fprintf(p.out, "%g%% packet loss, time %dms\n", float32(sent-got)*100/float32(sent), p.span(sent).Milliseconds())
	var last []string
	if got > 0 && p.timed() {
		last = append(last, p.times())
	}
	if p.pipe > 1 {
		last = append(last, fmt.Sprintf("pipe %d", p.pipe))
	}
	fmt.Fprintln(p.out, strings.Join(last, ", "))
	if got == 0 || p.line.deadline > 0 && got < p.line.count {
		return 1
	}
	return 0
}

// span is the time from the first echo to the last.
func (p *pinging) span(sent int) time.Duration {
	planned := time.Duration(sent-1) * p.line.interval
	if got := p.lastSent.Sub(p.start); len(p.rtts) > 0 {
		return max(planned, got.Truncate(time.Millisecond))
	}
	return planned
}

// times are the least, mean and longest time, and how much they differ: the
// root of the mean square less the square of the mean.
func (p *pinging) times() string {
	low, high, sum, squares := p.rtts[0], p.rtts[0], time.Duration(0), 0.0
	for _, r := range p.rtts {
		low, high = min(low, r), max(high, r)
		sum += r
		squares += r.Seconds() * r.Seconds()
	}
	mean := sum / time.Duration(len(p.rtts))
	differ := math.Sqrt(max(0, squares/float64(len(p.rtts))-mean.Seconds()*mean.Seconds()))
	return fmt.Sprintf("rtt min/avg/max/mdev = %.3f/%.3f/%.3f/%.3f ms", ms(low), ms(mean), ms(high), differ*1000)
}

func ms(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }

// milliseconds shows a time with as many digits as are worth it.
func milliseconds(d time.Duration) string {
	switch us := d.Microseconds(); {
	case us >= 100_000-50:
		return fmt.Sprintf("%d", (us+500)/1000)
	case us >= 10_000-5:
		return fmt.Sprintf("%.1f", float64((us+50)/100)/10)
	case us >= 1000:
		return fmt.Sprintf("%.2f", float64((us+5)/10)/100)
	}
	return fmt.Sprintf("%.3f", ms(d))
}
