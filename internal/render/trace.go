package render

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"netlab/internal/control"
	"netlab/internal/measure"
	"netlab/internal/term"
	"netlab/internal/trace"
)

// TraceOptions say how much of a packet's way is shown.
type TraceOptions struct {
	More bool // details of each hop, and all headers
}

// Trace writes the way of a packet to t.Out, hop by hop, and at the end why it
// was not answered, if so.
func Trace(t *term.Term, seen control.Seen, opt TraceOptions) error {
	w := &wayfarer{canvas: outCanvas(t), seen: seen, opt: opt}
	w.story()
	return w.flush(t.Out)
}

// wayfarer writes the way of a packet.
type wayfarer struct {
	*canvas
	seen control.Seen
	opt  TraceOptions
	name int // width of the names of nodes

	shown []byte // the frame whose headers were shown last
}

func (w *wayfarer) story() {
	s := w.seen.Story
	if w.seen.Name != nil {
		w.nameStory(*w.seen.Name)
		if notSent(w.seen) {
			w.causes(w.seen.Causes)
			w.near(w.seen.Near)
			return
		}
		w.blank()
	}
	w.put(nil, pad(2), in(title, term.Clean(s.From)+" → "+s.To.String()), text(", "+probeText(s)))
	for _, leg := range s.Legs {
		for _, h := range leg.Hops {
			w.name = max(w.name, cells(term.Clean(h.Space)))
		}
	}
	for _, leg := range s.Legs {
		w.blank()
		w.put(nil, pad(2), in(strong, legText(leg)))
		for _, h := range leg.Hops {
			w.hop(h)
		}
	}
	w.blank()
	w.end(s)
	if w.seen.NodeMeant {
		w.nodeMeant(s)
	}
	if s.Fate != measure.Answered || len(w.seen.Causes) > 0 {
		w.causes(w.seen.Causes)
	}
}

func probeText(s trace.Story) string {
	switch s.Proto {
	case measure.TCP:
		return "TCP port " + strconv.Itoa(int(s.Port)) + ": the beginning of a connection"
	case measure.UDP:
		return "UDP port " + strconv.Itoa(int(s.Port)) + ": one datagram"
	}
	return "one echo request"
}

func legText(l trace.Leg) string {
	from := " "
	if l.Source.IsValid() {
		from = " from " + l.Source.String() + " "
	}
	switch l.Part {
	case trace.Reply:
		return "← the reply" + from + "to " + l.Dest.String()
	case trace.Report:
		says := ""
		if l.Says != "" {
			says = ": " + term.Clean(l.Says)
		}
		return "! a report" + from + "to " + l.Dest.String() + says
	}
	return "→ the request" + from + "to " + l.Dest.String()
}

func (w *wayfarer) hop(h trace.Hop) {
	name := term.Clean(h.Space)
	label := line{text("  "), in(code, name), text(strings.Repeat(" ", w.name-cells(name)+2))}
	for _, ask := range h.Asks {
		w.hang(label, asked(term.Clean(ask))...)
	}
	body := []span{in(hopTone(h), term.Clean(h.Text))}
	if h.Does == trace.Ignores {
		body[0].tone = quiet
	}
	if ttl := ttlText(h); ttl != "" {
		body = append(body, text(" "), span{text: "· " + ttl, tone: quiet, whole: true})
	}
	w.hang(label, body...)
	under := pad(label.cells())
	for _, c := range h.Changes {
		w.hang(join(under, in(warn, "~ ")), text(term.Clean(c)))
	}
	for _, r := range h.Rules {
		w.hang(join(under, in(warn, "# ")), text(term.Clean(r)))
	}
	if w.opt.More {
		for _, d := range h.Details {
			w.put(under, under, in(quiet, term.Clean(d)))
		}
		w.frames(under, h)
	}
}

// asked keeps the address that was told on one line with its "at".
func asked(ask string) []span {
	before, address, ok := strings.Cut(ask, ", at ")
	if !ok {
		return []span{in(quiet, ask)}
	}
	return []span{in(quiet, before+", "), {text: "at " + address, tone: quiet, whole: true}}
}

func hopTone(h trace.Hop) tone {
	switch h.Does {
	case trace.Ignores:
		return quiet
	case trace.Stops:
		return bad
	}
	return plain
}

func ttlText(h trace.Hop) string {
	switch {
	case h.TTL != 0 && h.TTLOut != 0 && h.TTL != h.TTLOut:
		return fmt.Sprintf("TTL %d → %d", h.TTL, h.TTLOut)
	case h.Does == trace.Switches || h.Does == trace.Ignores:
		return ""
	case h.TTLOut != 0:
		return fmt.Sprintf("TTL %d", h.TTLOut)
	case h.TTL != 0:
		return fmt.Sprintf("TTL %d", h.TTL)
	}
	return ""
}

func (w *wayfarer) end(s trace.Story) {
	seen := ""
	if s.Frames > 0 {
		seen = fmt.Sprintf(" · %s at %s", count(s.Frames, "frame"), count(s.Points, "interface"))
	}
	if s.Lost > 0 {
		seen += fmt.Sprintf(" · %s not captured, for want of room", count(s.Lost, "frame"))
	}
	if s.Fate == measure.Answered {
		w.put(nil, pad(2), in(good, "✓ "), text("answered after "+short(s.RTT)), in(quiet, seen))
		return
	}
	w.put(nil, pad(2), in(bad, "✗ "), text(fateText(s.Fate)), in(quiet, seen))
}

func fateText(f measure.Fate) string {
	switch f {
	case measure.Closed:
		return "refused: nobody listens there"
	case measure.Reported:
		return "no answer, but a report that it cannot be delivered"
	case measure.Refused:
		return "not sent"
	}
	return "no answer"
}

// short is a time as ping prints it: in milliseconds, with three digits.
func short(d time.Duration) string {
	ms := float64(d) / float64(time.Millisecond)
	switch {
	case ms < 10:
		return fmt.Sprintf("%.2f ms", ms)
	case ms < 100:
		return fmt.Sprintf("%.1f ms", ms)
	}
	return fmt.Sprintf("%.0f ms", ms)
}
