package render

import (
	"bytes"
	"strings"

	"netlab/internal/control"
	"netlab/internal/diagnose"
	"netlab/internal/measure"
	"netlab/internal/term"
	"netlab/internal/trace"
)

// Why writes why a probe was not answered, to t.Out: the cause, what shows it,
// and where to look.
func Why(t *term.Term, seen control.Seen) error {
	w := &wayfarer{canvas: outCanvas(t), seen: seen}
	if n := seen.Name; n != nil && len(n.Addrs) > 0 {
		w.nameEnd(*n)
	}
	if notSent(seen) {
		w.nameEnd(*seen.Name)
		w.causes(seen.Causes)
		w.near(seen.Near)
		return w.flush(t.Out)
	}
	answered := seen.Story.To.String() + " answered " + term.Clean(seen.Story.From) + " after " + short(seen.Story.RTT)
	switch {
	case seen.Story.Fate == measure.Answered && len(seen.Causes) == 0:
		w.put(nil, pad(2), in(good, "✓ "), text("nothing is wrong: "+answered))
		if seen.NodeMeant {
			w.nodeMeant(seen.Story)
		}
		return w.flush(t.Out)
	case seen.Story.Fate == measure.Answered:
		w.put(nil, pad(2), in(good, "✓ "), text(answered+", and yet something is wrong"))
	}
	if seen.NodeMeant {
		w.nodeMeant(seen.Story)
	}
	w.causes(seen.Causes)
	return w.flush(t.Out)
}

// maxCauses is how many causes are told: what is behind them is guesswork.
const maxCauses = 3

func (w *wayfarer) causes(all []diagnose.Cause) {
	if len(all) == 0 {
		w.put(pad(2), pad(2), in(quiet, "the state of the lab and what was captured show no cause"))
		return
	}
	for i, c := range all[:min(maxCauses, len(all))] {
		label := "cause: "
		switch {
		case i > 0:
			label = "or: "
		case !c.Sure:
			label = "perhaps: "
		}
		w.hang(line{in(strong, label)}, text(term.Clean(c.Text)))
		w.evidence(c.Evidence)
		if c.Look != "" {
			w.put(line{text("  "), in(quiet, "look: ")}, pad(8), in(code, term.Clean(c.Look)))
		}
	}
}

// maxEvidence is how many lines of evidence are shown, so that where to look
// stays in sight.
const maxEvidence = 4

func (w *wayfarer) evidence(text string) {
	if text == "" {
		return
	}
	all := strings.Split(text, "\n")
	shown := all
	if len(all) > maxEvidence+1 {
		shown = all[:maxEvidence]
	}
	for _, l := range shown {
		w.put(pad(2), pad(4), in(quiet, term.Clean(l)))
	}
	if n := len(all) - len(shown); n > 0 {
		w.put(pad(2), pad(4), in(quiet, "… and "+count(n, "more line")+" (--json has all)"))
	}
}

// frames shows the headers of the frames of a hop, one in the other: of a frame
// that comes by several interfaces unchanged once.
func (w *wayfarer) frames(under line, h trace.Hop) {
	c := w.seen.Capture
	for _, n := range h.Frames {
		if n >= len(c.Packets) || c.Packets[n].Point >= len(c.Points) || bytes.Equal(c.Packets[n].Data, w.shown) {
			continue
		}
		p := c.Packets[n]
		w.shown = p.Data
		at := c.Points[p.Point]
		way := "in at "
		if p.Out() {
			way = "out at "
		}
		w.put(under, under, in(quiet, "frame "+way), in(code, term.Clean(at.Link)), in(quiet, ", "+count(p.Len, "byte")))
		for depth, head := range trace.Read(p.Data, at.Ether, w.seen.Tunnels).Headers() {
			w.header(join(under, text(strings.Repeat(" ", 2+depth))), head)
		}
	}
}

// header is the name and the fields of one, and below them its bytes.
func (w *wayfarer) header(under line, h trace.Header) {
	var fields []string
	for _, f := range h.Fields {
		fields = append(fields, f.Name+" "+f.Value)
	}
	rest := pad(under.cells() + 2)
	w.put(under, rest, in(strong, h.Name+" "), text(term.Clean(strings.Join(fields, ", "))))
	w.put(rest, rest, in(quiet, hexText(h.Bytes)))
}

// maxHex is how many bytes of a header are shown: those of IPv6, or of TCP
// with some options.
const maxHex = 40

func hexText(b []byte) string {
	var out strings.Builder
	for i, c := range b[:min(maxHex, len(b))] {
		if i > 0 && i%4 == 0 {
			out.WriteByte(' ')
		}
		const digits = "0123456789abcdef"
		out.WriteByte(digits[c>>4])
		out.WriteByte(digits[c&15])
	}
	if len(b) > maxHex {
		out.WriteString(" …")
	}
	return out.String()
}
