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
	if seen.Story.Fate == measure.Answered && len(seen.Causes) == 0 {
		w.put(nil, pad(2), in(good, "✓ "), text("nothing is wrong: "), text(seen.Story.To.String()+" answered "+seen.Story.From+" after "+short(seen.Story.RTT)))
		return w.flush(t.Out)
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
		for l := range strings.Lines(c.Evidence) {
			w.put(pad(2), pad(4), in(quiet, term.Clean(strings.TrimRight(l, "\n"))))
		}
		if c.Look != "" {
			w.put(line{text("  "), in(quiet, "look: ")}, pad(8), in(code, term.Clean(c.Look)))
		}
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

func (w *wayfarer) header(under line, h trace.Header) {
	var fields []string
	for _, f := range h.Fields {
		fields = append(fields, f.Name+" "+f.Value)
	}
	label := join(under, in(strong, h.Name+" "))
	w.put(label, pad(under.cells()+2), text(term.Clean(strings.Join(fields, ", "))), in(quiet, " ["+hexText(h.Bytes)+"]"))
}

// maxHex is how many bytes of a header are shown.
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
