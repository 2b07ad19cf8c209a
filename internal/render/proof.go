package render

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"netlab/internal/event"
)

// sign is the mark of a status.
func sign(s event.Status) span {
	switch s {
	case event.Pass:
		return in(good, "✓")
	case event.Fail:
		return in(bad, "✗")
	}
	return in(warn, "-")
}

func (p *page) check(e event.Event) {
	says := e.Text
	if says == "" {
		says = e.Check
	}
	first := line{text("  "), sign(e.Status), text(" ")}
	switch e.Status {
	case event.Fail:
		if e.Line != "" && e.Got == p.failed {
			return // the command has just said so
		}
		p.begin(blockFailed)
		p.hang(first, p.rich(strong, says)...)
		p.evidence("      ", e.Want, e.Got, e.Cause)
	case event.Skip:
		p.begin(blockCheck)
		p.hang(first, append(p.rich(plain, says), in(quiet, " · not checked"+because(e.Cause)))...)
	default:
		p.begin(blockCheck)
		body := p.rich(plain, says)
		if e.Got != "" && p.opt.More {
			body = append(body, in(quiet, " · "+e.Got))
		}
		p.hang(first, body...)
	}
}

// evidence writes what was expected, what was found, and why.
func (c *canvas) evidence(indent, want, got, cause string) {
	for _, row := range []struct {
		label, text string
		tone        tone
	}{{"expected", want, plain}, {"got", got, plain}, {"cause", cause, warn}} {
		if row.text != "" {
			c.labelled(indent, row.label, len("expected"), in(row.tone, row.text))
		}
	}
}

// labelled writes a paragraph beside a label of a fixed width.
func (c *canvas) labelled(indent, label string, width int, body ...span) {
	c.hang(line{text(indent), in(quiet, fmt.Sprintf("%-*s  ", width, label))}, body...)
}

func (p *page) predict(e event.Event) {
	p.choices = e.Choices
	p.begin(blockPredict)
	p.hang(line{in(warn, "  ? ")}, p.rich(strong, e.Text)...)
	for i, choice := range e.Choices {
		p.hang(line{in(code, fmt.Sprintf("    %d  ", i+1))}, p.rich(plain, choice)...)
	}
}

// predicted is the reaction to an answer: it names the right one and says why.
func (p *page) predicted(e event.Event) {
	p.begin(blockPredict)
	mark, word, t := "→", "The answer is ", quiet
	switch {
	case e.OK:
		mark, word, t = "✓", "Right: ", good
	case e.Answer != "":
		mark, word, t = "~", "Not quite. It is ", warn
	}
	first := line{text("  "), in(t, mark+" ")}
	p.hang(first, append([]span{in(t, word)}, p.choice(e.Want)...)...)
	if e.Text != "" {
		p.hang(pad(line(p.sayAll(first)).cells()), p.rich(plain, e.Text)...)
	}
}

// choice is an answer with its number and its words; the event gives one of
// the two.
func (p *page) choice(answer string) []span {
	n := slices.Index(p.choices, answer)
	if n < 0 {
		var err error
		if n, err = strconv.Atoi(answer); err != nil || n < 1 || n > len(p.choices) {
			return p.rich(strong, answer)
		}
		n--
	}
	out := append([]span{in(strong, fmt.Sprintf("%d, “", n+1))}, p.rich(strong, p.choices[n])...)
	return append(out, in(strong, "”"))
}

// aside is a text beside the way, with a bar at its left.
func (p *page) aside(head string, t tone, src string) {
	p.begin(blockProse)
	p.hang(pad(2), in(t, strings.ToUpper(head[:1])+head[1:]))
	bar := line{in(t, "  │ ")}
	p.markdown(src, bar, bar)
}

// hint is a box.
func (p *page) hint(e event.Event) {
	p.begin(blockBox)
	const label = " hint "
	room := p.width - 6
	lines := wrap(p.sayAll(p.rich(plain, e.Text)), room)
	inner := cells(label)
	for _, l := range lines {
		inner = max(inner, l.cells())
	}
	edge := func(parts ...span) { p.raw(join(pad(2), parts...)) }
	edge(in(warn, "╭─"), in(warn, label), rule(inner+1-cells(label), warn), in(warn, "╮"))
	for _, l := range lines {
		edge(join(line{in(warn, "│ ")}, append(l, text(strings.Repeat(" ", inner-l.cells())), in(warn, " │"))...)...)
	}
	edge(in(warn, "╰"), rule(inner+2, warn), in(warn, "╯"))
}

func (p *page) recap(e event.Event) {
	if p.last != blockPoint {
		p.begin(blockHead)
		p.hang(pad(2), in(title, "To keep"))
		p.last = blockPoint
	}
	p.markdown(e.Text, line{in(quiet, "  • ")}, pad(4))
}

// quiz shows a question, and its answer below it; a person who reads along
// gets the answers after the last question.
func (p *page) quiz(e event.Event) {
	p.begin(blockProse)
	if !p.opt.Guided {
		p.hang(line{in(warn, "  ? ")}, p.rich(strong, e.Text)...)
		p.hang(pad(4), p.rich(plain, e.Answer)...)
		return
	}
	p.answers = append(p.answers, e.Answer)
	p.hang(line{in(warn, fmt.Sprintf("  %d. ", len(p.answers)))}, p.rich(strong, e.Text)...)
}
