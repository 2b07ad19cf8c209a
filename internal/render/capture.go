package render

import (
	"bytes"
	"encoding/json"
	"fmt"
	"time"

	"netlab/internal/measure"
	"netlab/internal/term"
	"netlab/internal/trace"
)

// Captured is a packet with what happened in the lab just before it.
type Captured struct {
	measure.Packet
	Notes []string
}

// CaptureLines writes captured packets to t.Out, a line for each, as they
// come: the time since the beginning, where, whether it left or came, and what
// it is.
type CaptureLines struct {
	t      *term.Term
	begin  time.Time
	points []measure.Point
	name   int // width of the widest name so far
}

// NewCaptureLines counts time from begin.
func NewCaptureLines(t *term.Term, begin time.Time) *CaptureLines {
	return &CaptureLines{t: t, begin: begin}
}

// maxPlace bounds the column of names: a longer one pushes the rest aside.
const maxPlace = 20

// Point adds an interface.
func (c *CaptureLines) Point(p measure.Point) error {
	c.points = append(c.points, p)
	c.name = max(c.name, min(cells(placeName(p)), maxPlace))
	return nil
}

func placeName(p measure.Point) string { return term.Clean(p.Space + ":" + p.Link) }

// Packets writes some packets at once.
func (c *CaptureLines) Packets(all []Captured) error {
	out := outCanvas(c.t)
	out.width = out.wide // a packet may take the whole line
	for _, p := range all {
		for _, n := range p.Notes {
			out.hang(line{in(quiet, "# ")}, in(quiet, term.Clean(n)))
		}
		at := c.points[p.Point]
		arrow := in(strong, " ← ")
		if p.Out() {
			arrow = in(good, " → ")
		}
		name := placeName(at)
		first := line{in(quiet, fmt.Sprintf("%6.4f ", p.Time.Sub(c.begin).Seconds())), text(name), pad(c.name - cells(name))[0], arrow}
		out.hang(first, text(term.Clean(gist(p.Packet, at))))
	}
	return out.flush(c.t.Out)
}

func gist(p measure.Packet, at measure.Point) string {
	s := trace.Read(p.Data, at.Ether, trace.UsualTunnels()).Summary()
	if len(p.Data) < p.Len {
		s += fmt.Sprintf(" (%d of %d bytes)", len(p.Data), p.Len)
	}
	return s
}

// End writes nothing: what was lost is told elsewhere.
func (c *CaptureLines) End(time.Time, map[string]int) error { return nil }

// CaptureJSON writes captured packets as JSON lines.
type CaptureJSON struct {
	t      *term.Term
	points []measure.Point
}

// NewCaptureJSON writes to t.Out.
func NewCaptureJSON(t *term.Term) *CaptureJSON { return &CaptureJSON{t: t} }

// Point adds an interface.
func (c *CaptureJSON) Point(p measure.Point) error {
	c.points = append(c.points, p)
	return nil
}

type packetJSON struct {
	Time      time.Time   `json:"time"`
	Node      string      `json:"node"`
	Interface string      `json:"interface"`
	Direction string      `json:"direction"` // in or out
	For       measure.For `json:"for"`
	Length    int         `json:"length"`
	Text      string      `json:"text"`
	Data      []byte      `json:"data"`
	Notes     []string    `json:"notes,omitempty"`
}

// Packets writes some packets at once.
func (c *CaptureJSON) Packets(all []Captured) error {
	var out bytes.Buffer
	lines := json.NewEncoder(&out)
	lines.SetEscapeHTML(false)
	for _, p := range all {
		at, direction := c.points[p.Point], "in"
		if p.Out() {
			direction = "out"
		}
		err := lines.Encode(packetJSON{
			Time: p.Time, Node: at.Space, Interface: at.Link, Direction: direction, For: p.For, Length: p.Len, Text: gist(p.Packet, at),
			Data: p.Data, Notes: p.Notes,
		})
		if err != nil {
			return err
		}
	}
	_, err := c.t.Out.Write(out.Bytes())
	return err
}

// End writes nothing.
func (c *CaptureJSON) End(time.Time, map[string]int) error { return nil }
