package render

import (
	"fmt"
	"strings"

	"netlab/internal/event"
)

// maxLines is how many lines of outputs, and of changes, a step shows; minLines
// is what each command gets though the step has used its share.
const (
	maxLines = 12
	minLines = 3
)

// budget counts the lines that are shown and those that are not. One item
// over the end is kept back: if it stays the only one it is shown after all,
// since saying that a line is missing takes a line too.
type budget struct {
	more   bool
	room   int
	kept   func()
	keptN  int
	hidden int
}

func (b *budget) reset() { b.room = maxLines }

// allow makes sure that there is room for a little more.
func (b *budget) allow() { b.room = max(b.room, minLines) }

// add shows an item of n lines, now or never.
func (b *budget) add(n int, show func()) {
	switch {
	case b.more || b.room >= n && b.hidden == 0 && b.kept == nil:
		b.room -= n
		show()
	case b.hidden == 0 && b.kept == nil:
		b.kept, b.keptN = show, n
	default:
		b.hidden += n + b.keptN
		b.kept, b.keptN = nil, 0
	}
}

// end shows what was kept back, and returns how many lines stay hidden.
func (b *budget) end() int {
	if b.kept != nil {
		b.kept()
	}
	n := b.hidden
	b.kept, b.keptN, b.hidden = nil, 0, 0
	return n
}

func (p *page) command(e event.Event) {
	block := blockCommand
	meaning := e.Text != "" && !p.opt.Quiet
	if !meaning {
		block = blockBare
	}
	p.begin(block)
	p.outputs.allow()
	p.changes.allow()
	p.said, p.failed = "", ""
	prompt := p.prompt(e.Place)
	for i, typed := range strings.Split(strings.TrimRight(e.Line, "\n"), "\n") {
		if i > 0 {
			prompt = pad(prompt.cells())
		}
		p.typed(prompt, typed)
	}
	if meaning {
		p.hang(pad(4), in(quiet, e.Text))
	}
}

// prompt is what stands before a command that is run in a namespace; a long
// name of one has a line of its own.
func (p *page) prompt(place string) line {
	bare := line{in(quiet, "  $ ")}
	if place == "" || place == "host" {
		return bare
	}
	long := line{text("  "), in(code, place), in(quiet, " $ ")}
	if line(p.sayAll(long)).cells() > p.width/3 {
		p.hang(pad(2), in(code, place))
		return bare
	}
	return long
}

// typed writes a line of shell. Where it is too long it is broken so that it
// can still be pasted, unless a quotation mark makes that unsure.
func (p *page) typed(prompt line, s string) {
	s = p.say(s)
	prompt = p.sayAll(prompt)
	more := pad(prompt.cells() + 2)
	quoted := strings.ContainsAny(s, `'"`)
	rows := chop(s, p.wide-more.cells()-2)
	for i, row := range rows {
		first := prompt
		if i > 0 {
			first = more
		}
		if i < len(rows)-1 && !quoted && strings.HasSuffix(row, " ") {
			row += `\`
		}
		p.raw(join(first, in(strong, row)))
	}
}

// maxPartial ends a line of output that never ends, in bytes.
const maxPartial = 1 << 16

func (p *page) output(e event.Event) {
	if len(p.said) < maxPartial {
		p.said += e.Text
	}
	p.partial += e.Text
	for {
		l, rest, found := strings.Cut(p.partial, "\n")
		if !found && len(p.partial) < maxPartial {
			return
		}
		p.partial = rest
		p.outputLine(l)
	}
}

// maxRows is how many rows of the screen one line of output may fill.
const maxRows = 4

func (p *page) outputLine(l string) {
	rows := chop(p.say(l), p.wide-6)
	if len(rows) > maxRows && !p.opt.More {
		rows = append(rows[:maxRows], p.say("…"))
	}
	p.outputs.add(len(rows), func() {
		p.begin(blockOutput)
		for _, row := range rows {
			p.raw(line{in(quiet, "    │ "), in(quiet, row)})
		}
	})
}

// endOutput writes what of an output has not been written.
func (p *page) endOutput() {
	if p.partial != "" {
		l := p.partial
		p.partial = ""
		p.outputLine(l)
	}
	p.hidden(&p.outputs, blockOutput)
}

func (p *page) endChanges() { p.hidden(&p.changes, blockChange) }

func (p *page) hidden(b *budget, kind block) {
	if n := b.end(); n > 0 {
		p.begin(kind)
		p.hang(pad(4), in(quiet, "… "+count(n, "more line")+" (--more)"))
	}
}

// commandEnd says how a command ended, unless it just succeeded.
func (p *page) commandEnd(e event.Event) {
	unmeant := e.Status == event.Fail
	if e.Exit == 0 && !unmeant {
		return
	}
	if e.By == event.ByScript {
		p.scriptEnd(e)
		return
	}
	p.begin(blockEnd)
	status, t := fmt.Sprintf("exit status %d", e.Exit), warn
	mark := text("~")
	switch {
	case unmeant && e.Exit == 0:
		p.failed = "it succeeded"
		status, t, mark = "it succeeded, and the lesson expects it to fail", bad, sign(event.Fail)
	case unmeant:
		p.failed = status
		t, mark = bad, sign(event.Fail)
	}
	if e.Text != "" && !strings.Contains(p.said, strings.TrimSpace(e.Text)) {
		status += ": " + e.Text
	}
	mark.tone = t
	p.hang(line{text("    "), mark, text(" ")}, in(t, status))
	if e.Hint != "" {
		p.labelled("      ", "hint", 4, text(e.Hint))
	}
}

// change shows one difference of the kernel's state, and why it came; a reason
// that holds for several in a row is said once.
func (p *page) change(e event.Event) {
	reason := e.Text
	if reason == p.reason {
		reason = ""
	}
	p.reason = e.Text
	first := line{text("    "), sigil(e.Sign), text(" ")}
	body := []span{text(e.Line)}
	if e.Place != "" {
		body = append([]span{in(code, e.Place), text(" ")}, body...)
	}
	n := len(wrap(p.sayAll(body), p.width-6))
	if reason != "" {
		n += len(wrap(p.sayAll([]span{text(reason)}), p.width-8))
	}
	p.unseen(e)
	p.changes.add(n, func() {
		p.begin(blockChange)
		p.put(first, pad(8), body...)
		if reason != "" {
			p.hang(pad(8), in(quiet, reason))
		}
	})
}

// sigil is the sign of a change: what came, went or became different.
func sigil(s string) span {
	switch s {
	case "+":
		return in(good, "+")
	case "-":
		return in(bad, "−")
	}
	return in(warn, "~")
}
