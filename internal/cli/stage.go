package cli

import (
	"errors"
	"io"
	"os"
	"strings"
	"sync"
	"syscall"
	"time"
	"unicode/utf8"

	"netlab/internal/event"
	"netlab/internal/render"
	"netlab/internal/term"
)

// stage is where a foreign script is shown: its own output, and what netlab
// says of it.
type stage struct {
	app      *app
	opt      playOptions
	file     string
	renderer render.Renderer // nil: netlab says nothing
	together bool            // the script's output is shown as events
	out, err io.Writer       // for the script's output
	begun    time.Time

	mu     sync.Mutex
	report event.Report
	prompt *time.Timer // shows a line that has not ended; nil: no person looks
}

// promptTime is how long a line may stay without its end before it is shown: it
// is a question.
const promptTime = 300 * time.Millisecond

func newStage(a *app, opt playOptions) (*stage, error) {
	s := &stage{app: a, opt: opt, file: scriptName(opt.file), begun: time.Now()}
	name, t := "plain", a.term.OnErr()
	switch {
	case opt.format != "":
		s.together, name, t = true, opt.format, a.term
	case a.term.OutTTY && !opt.quiet:
		s.together, name, t = true, "tty", a.term
		s.prompt = time.AfterFunc(time.Hour, s.endLine)
	case a.term.ErrTTY:
		name = "tty"
	}
	if !opt.quiet || opt.format != "" {
		r, err := render.New(name, t, render.Options{More: true})
		if err != nil {
			return nil, err
		}
		s.renderer = r
	}
	s.out, s.err = s.writer("stdout", a.term.Out, a.term.OutTTY), s.writer("stderr", a.term.Err, a.term.ErrTTY)
	s.event(event.Event{Kind: event.RunStart, Text: version()})
	return s, nil
}

// scriptName is what a script is called when it is spoken of.
func scriptName(file string) string {
	if file == "-" {
		return "standard input"
	}
	return file
}

// writer takes one of the script's outputs.
func (s *stage) writer(name string, to io.Writer, tty bool) io.Writer {
	switch {
	case s.together:
		return &texts{say: func(text string) { s.event(event.Event{Kind: event.Output, Stream: name, Text: text}) }}
	case tty:
		return &texts{say: func(text string) { _, _ = io.WriteString(to, term.Clean(text)) }}
	}
	return to
}

// texts makes whole characters of the bytes that are written.
type texts struct {
	say  func(string)
	held []byte
}

// Write says what is whole, and holds back the beginning of a character.
func (t *texts) Write(b []byte) (int, error) {
	t.held = append(t.held, b...)
	end := len(t.held)
	for i := 1; i < utf8.UTFMax && i <= end; i++ {
		if c := t.held[end-i]; utf8.RuneStart(c) {
			if !utf8.FullRune(t.held[end-i:]) {
				end -= i
			}
			break
		}
	}
	if end > 0 {
		t.say(string(t.held[:end]))
		t.held = append(t.held[:0], t.held[end:]...)
	}
	return len(b), nil
}

// event shows an event.
func (s *stage) event(ev event.Event) {
	if s.renderer == nil {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.show(ev)
	if s.prompt == nil {
		return
	}
	s.prompt.Stop()
	if ev.Kind == event.Output && !strings.HasSuffix(ev.Text, "\n") {
		s.prompt.Reset(promptTime)
	}
}

func (s *stage) show(ev event.Event) {
	ev.V = event.Version
	s.report.Add(ev)
	s.renderer.Event(ev)
}

// endLine shows what has no end of line yet.
func (s *stage) endLine() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.show(event.Event{Kind: event.Output, Text: "\n"})
}

func (s *stage) say(kind event.Kind, text string) { s.event(event.Event{Kind: kind, Text: text}) }

// stopped says that a limit stopped the script. What is shown with the other
// events has said it.
func (s *stage) stopped(text string) {
	if s.renderer == nil {
		_ = render.Error(s.app.term, text, "")
	}
}

// end says what went wrong, if anything did, and gives the exit code.
func (s *stage) end(code int, err error) error {
	if s.app.term.OutErr() != nil { // nobody reads: finish knows what that means
		return err
	}
	fault, text, hint := playFault(err)
	switch {
	case text != "" && s.renderer != nil:
		s.event(event.Event{Kind: event.Fault, Text: text, Hint: hint, Code: fault})
	case text != "":
		_ = render.Error(s.app.term, text, hint)
	}
	s.event(event.Event{Kind: event.RunEnd, Millis: float64(time.Since(s.begun).Microseconds()) / 1000})
	if s.renderer != nil {
		_ = s.renderer.Close(s.report) // finish asks the terminal
	}
	if code = max(code, fault); code != event.CodeOK {
		return &exitError{code}
	}
	return nil
}

// asSignalled is why a context ended that a signal ended.
func asSignalled(s os.Signal) error {
	if sig, ok := s.(syscall.Signal); ok {
		return &signalled{sig}
	}
	return errors.New(s.String())
}
