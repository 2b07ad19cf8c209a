package render

import (
	"fmt"
	"strconv"
	"strings"

	"netlab/internal/event"
	"netlab/internal/term"
)

// page shows lessons to a person, on a terminal or in a file: the renderers
// tty and plain. It only ever adds lines; the cursor is never moved.
type page struct {
	*canvas
	t   *term.Term
	opt Options
	err error

	report  event.Report
	last    block
	steps   int      // of the lesson
	choices []string // of the last prediction
	outputs budget
	changes budget
	partial string          // of an output line that has not ended
	said    string          // what the running command has printed
	reason  string          // of the last change
	by      string          // who made it
	noted   string          // the last note of the step
	failed  string          // how the last command failed, as a check would word it
	notes   []string        // to be shown behind the running command
	known   map[string]bool // notes of commands that the lesson has shown
	answers []string
}

// block is what the last lines show; a blank line stands between blocks that
// do not belong together.
type block string

const (
	blockNone    block = ""
	blockHead    block = "head"
	blockProse   block = "prose"
	blockPredict block = "predict"
	blockCommand block = "command"
	blockBare    block = "bare command" // without a line below it
	blockOutput  block = "output"
	blockEnd     block = "end of command"
	blockChange  block = "change"
	blockCheck   block = "check"
	blockFailed  block = "failed check"
	blockNote    block = "note"
	blockBox     block = "box"
	blockPoint   block = "point"
	blockPicture block = "picture"
)

func newPage(t *term.Term, opt Options, colour bool) *page {
	p := &page{canvas: newCanvas(colour, t.UTF8, t.Width()), t: t, opt: opt, known: map[string]bool{}}
	p.outputs.more, p.changes.more = opt.More, opt.More
	p.outputs.reset()
	p.changes.reset()
	return p
}

func (p *page) Event(e event.Event) {
	p.report.Add(e)
	p.resize()
	if e.Kind != event.Output {
		p.endOutput()
	}
	if e.Kind != event.Change {
		p.endChanges()
		p.by = ""
	}
	if !ofCommand(e.Kind) {
		p.showNotes()
	}
	p.show(e)
	p.write()
}

// ofCommand says that an event belongs to the command before it.
func ofCommand(k event.Kind) bool {
	return k == event.Word || k == event.Netlink || k == event.Output || k == event.CommandEnd || k == event.Change || k == event.Note
}

// resize takes the width that the terminal has now.
func (p *page) resize() {
	p.wide = p.t.Width()
	p.width = min(p.wide, maxProse)
}

func (p *page) Close(event.Report) error {
	p.endOutput()
	p.endChanges()
	p.showNotes()
	p.write()
	return p.err
}

func (p *page) write() {
	if p.err != nil {
		p.buf.Reset()
		return
	}
	p.err = p.flush(p.t.Out)
}

func (p *page) show(e event.Event) {
	switch e.Kind {
	case event.LessonStart:
		p.lessonStart(e)
	case event.StepStart:
		p.stepStart(e)
	case event.Command:
		p.command(e)
	case event.CommandEnd:
		p.commandEnd(e)
	case event.Check:
		p.check(e)
	case event.Note:
		p.note(e)
	case event.StepEnd:
		p.stepEnd(e)
	case event.LessonEnd:
		p.lessonEnd(e)
	case event.Fault:
		p.write()
		p.fault(e)
	case event.Hint:
		p.hint(e)
	default:
		p.showMore(e)
	}
}

// showMore shows what Quiet leaves out.
func (p *page) showMore(e event.Event) {
	if p.opt.Quiet {
		return
	}
	switch e.Kind {
	case event.Scene:
		p.scene(e)
	case event.Predict:
		p.predict(e)
	case event.Predicted:
		p.predicted(e)
	case event.Output:
		p.output(e)
	case event.Netlink:
		p.netlink(e)
	case event.Word:
		p.word(e)
	case event.Built:
		p.built(e)
	case event.Left:
		p.left(e)
	case event.Change:
		p.change(e)
	case event.Picture:
		p.picture(e)
	case event.Misbelief:
		p.aside("easy to get wrong", warn, e.Text)
	case event.RealLife:
		p.aside("in real life", title, e.Text)
	case event.Recap:
		p.recap(e)
	case event.Quiz:
		p.quiz(e)
	}
}

// begin puts a blank line before a block if it needs one.
func (p *page) begin(b block) {
	if p.last != blockNone && !together(p.last, b) {
		p.blank()
	}
	p.last = b
}

func together(last, next block) bool {
	switch next {
	case blockWords:
		return last == blockCommand || last == blockBare || last == blockWords
	case blockNetlink:
		return last == blockCommand || last == blockBare || last == blockWords || last == blockNetlink
	case blockOutput, blockEnd, blockChange:
		return last == blockCommand || last == blockBare || last == blockWords || last == blockNetlink || last == blockOutput || last == blockEnd || last == blockChange
	case blockCommand, blockBare:
		return last == blockBare
	case blockCheck, blockNote, blockPoint, blockFailed:
		return last == next || last == blockCheck && next == blockFailed
	}
	return false
}

func (p *page) lessonStart(e event.Event) {
	p.steps = e.Total
	p.answers = nil
	clear(p.known)
	p.begin(blockHead)
	name := e.Title
	if name == "" {
		name = e.Lesson
	}
	p.hang(pad(2), in(title, name))
	p.hang(pad(2), dots(in(quiet, e.Lesson), in(quiet, count(e.Total, "step")))...)
	if p.opt.Quiet {
		return
	}
	if e.Question != "" {
		p.begin(blockProse)
		p.hang(line{in(warn, "  ? ")}, p.rich(strong, e.Question)...)
	}
	if e.Text != "" {
		p.begin(blockProse)
		p.markdown(e.Text, pad(2), pad(2))
	}
}

func (p *page) stepStart(e event.Event) {
	p.outputs.reset()
	p.changes.reset()
	p.reason, p.noted = "", ""
	p.begin(blockHead)
	place := strconv.Itoa(e.Step)
	if p.steps > 0 {
		place = fmt.Sprintf("%d of %d", e.Step, p.steps)
	}
	head := line{rule(2, quiet), in(quiet, " "+place+" · ")}
	lines := wrap(p.sayAll([]span{in(title, e.Title)}), p.width-head.cells()-1)
	for i, l := range lines {
		prefix := head
		if i > 0 {
			prefix = pad(head.cells())
		}
		l = join(p.sayAll(prefix), l...)
		if i == len(lines)-1 {
			l = join(l, text(" "), rule(p.width-l.cells()-1, quiet))
		}
		p.raw(l)
	}
	if e.Text != "" && !p.opt.Quiet {
		p.begin(blockProse)
		p.markdown(e.Text, pad(2), pad(2))
	}
}

func (p *page) stepEnd(e event.Event) {
	if e.Status != event.Skip {
		return
	}
	reason := because(e.Text)
	if strings.Contains(p.noted, e.Text) {
		reason = "" // a note has just said it
	}
	p.begin(blockNote)
	p.hang(line{text("  "), sign(e.Status), text(" ")}, text("this step is skipped"), in(quiet, reason))
}

func (p *page) lessonEnd(e event.Event) {
	if len(p.answers) > 0 {
		p.begin(blockHead)
		p.hang(pad(2), in(strong, "Answers"))
		for i, a := range p.answers {
			p.hang(line{in(quiet, fmt.Sprintf("  %d. ", i+1))}, p.rich(plain, a)...)
		}
		p.answers = nil
	}
	p.begin(blockHead)
	if l, ok := find(p.report, e.Lesson); ok {
		p.hang(line{text("  "), sign(l.Status), text(" ")}, outcome(l)...)
	}
}

// note shows a note. One that comes with a command waits until all of the
// command is shown, and is said once a lesson.
func (p *page) note(e event.Event) {
	p.noted = e.Text
	command := p.last == blockCommand || p.last == blockBare || p.last == blockWords || p.last == blockNetlink || p.last == blockOutput
	if command && p.known[e.Text] {
		return
	}
	p.notes = append(p.notes, e.Text)
	if !command {
		p.showNotes()
		return
	}
	p.known[e.Text] = true
}

func (p *page) showNotes() {
	for _, n := range p.notes {
		p.begin(blockNote)
		p.hang(line{in(quiet, "  note: ")}, in(quiet, n))
	}
	p.notes = nil
}

func (p *page) fault(e event.Event) {
	if err := Error(p.t, e.Text, e.Hint); err != nil && p.err == nil {
		p.err = err
	}
	p.last = blockHead
}

func because(reason string) string {
	if reason == "" {
		return ""
	}
	return ": " + strings.TrimSpace(reason)
}
