package render

import (
	"fmt"

	"netlab/internal/event"
)

// The kinds of blocks that only foreign scripts have.
const (
	blockWords block = "words"
	blockBuilt block = "built"
	blockLeft  block = "left"
)

// word shows what a word of the running command means.
func (p *page) word(e event.Event) {
	p.begin(blockWords)
	p.hang(line{text("      "), in(code, e.Line), text("  ")}, in(quiet, e.Text))
}

// unseen says, once for several in a row, that changes came with no command.
func (p *page) unseen(e event.Event) {
	if e.By != "" && p.by != e.By {
		p.begin(blockNote)
		p.hang(pad(2), in(quiet, "meanwhile, by the kernel itself or by a program that netlab does not see:"))
		p.last = blockChange
	}
	p.by = e.By
}

// scriptEnd says how a foreign script ended, unless it just succeeded.
func (p *page) scriptEnd(e event.Event) {
	p.begin(blockHead)
	mark, t, status := text("~"), warn, fmt.Sprintf("the script ended with exit status %d", e.Exit)
	if e.Status == event.Fail {
		mark, t, status = sign(event.Fail), bad, e.Text
	}
	mark.tone = t
	p.hang(line{text("  "), mark, text(" ")}, in(t, status))
}

// built shows what a foreign script has made.
func (p *page) built(e event.Event) {
	if p.last != blockBuilt {
		p.begin(blockHead)
		p.hang(pad(2), in(title, "What the script built"))
	}
	p.last = blockBuilt
	p.hang(line{text("    "), in(good, "+"), text(" ")}, text(e.Line))
}

// left shows what a foreign script would have left behind.
func (p *page) left(e event.Event) {
	if p.last != blockLeft {
		p.begin(blockHead)
		p.hang(pad(2), in(title, "What it would have left behind on a real machine"))
	}
	p.last = blockLeft
	if e.Line == "" {
		p.hang(line{text("    "), sign(event.Pass), text(" ")}, text("nothing"))
		return
	}
	p.hang(line{text("    "), in(warn, "~"), text(" ")}, text(e.Line))
}
