package render

import (
	"cmp"
	"fmt"
	"slices"
	"time"

	"netlab/internal/snapshot"
	"netlab/internal/term"
)

// ChangesOptions say what two states of a lab are compared.
type ChangesOptions struct {
	Lab, Since string    // the lab, and the name of the mark
	At, Now    time.Time // when that was, and what time it is
	More       bool      // all lines, not only about a dozen
}

// Changes writes what has changed in a lab to t.Out: namespace by namespace,
// in each what came, went or is different, and why.
func Changes(t *term.Term, changes []snapshot.Change, opt ChangesOptions) error {
	c := outCanvas(t)
	since := fmt.Sprintf("since the mark %s, %s", opt.Since, ago(opt.Now.Sub(opt.At)))
	if opt.Since == "start" {
		since = "since it came to its step, " + ago(opt.Now.Sub(opt.At))
	}
	if len(changes) == 0 {
		c.hang(pad(2), text("nothing has changed in the lab "), tidy(code, opt.Lab), text(" "), in(quiet, since))
		return c.flush(t.Out)
	}
	c.hang(pad(2), in(strong, count(len(changes), "change")), text(" in the lab "), tidy(code, opt.Lab), text(" "), in(quiet, since))
	w := &changeWriter{canvas: c}
	w.more = opt.More
	w.reset()
	for _, space := range spacesOf(changes) {
		for _, change := range changes {
			if change.Space == space {
				w.change(change)
			}
		}
	}
	if n := w.end(); n > 0 {
		c.blank()
		c.hang(pad(2), in(quiet, "… and "+count(n, "more line")+" (--more)"))
	}
	return c.flush(t.Out)
}

// spacesOf are the namespaces of changes: host first, then by name.
func spacesOf(changes []snapshot.Change) []string {
	var all []string
	for _, c := range changes {
		if !slices.Contains(all, c.Space) {
			all = append(all, c.Space)
		}
	}
	slices.SortFunc(all, func(a, b string) int {
		return cmp.Or(-compareBool(a == snapshot.Host, b == snapshot.Host), cmp.Compare(a, b))
	})
	return all
}

func compareBool(a, b bool) int {
	switch {
	case a == b:
		return 0
	case a:
		return 1
	}
	return -1
}

// changeWriter writes changes, about a dozen lines of them.
type changeWriter struct {
	*canvas
	budget
	space, reason string
}

// change writes a change. Its namespace stands above the first one there, and
// a reason that holds for several in a row is said once.
func (w *changeWriter) change(c snapshot.Change) {
	body := []span{tidy(plain, c.Line)}
	n := len(wrap(w.sayAll(body), w.width-6))
	reason := c.Reason
	if reason == w.reason && c.Space == w.space {
		reason = ""
	}
	if reason != "" {
		n += len(wrap(w.sayAll([]span{tidy(quiet, reason)}), w.width-8))
	}
	head := c.Space != w.space
	w.space, w.reason = c.Space, c.Reason
	w.add(n, func() {
		if head {
			w.blank()
			name := line{rule(2, quiet), text(" "), tidy(title, c.Space), text(" ")}
			w.raw(join(name, rule(w.width-line(w.sayAll(name)).cells(), quiet)))
		}
		w.put(line{text("  "), sigil(c.Sign), text(" ")}, pad(6), body...)
		if reason != "" {
			w.hang(pad(6), tidy(quiet, reason))
		}
	})
}

// ago words how long something is past.
func ago(d time.Duration) string {
	switch {
	case d < 2*time.Second:
		return "just now"
	case d < 2*time.Minute:
		return fmt.Sprintf("%d seconds ago", int(d.Seconds()))
	case d < 2*time.Hour:
		return fmt.Sprintf("%d minutes ago", int(d.Minutes()))
	case d < 48*time.Hour:
		return fmt.Sprintf("%d hours ago", int(d.Hours()))
	}
	return fmt.Sprintf("%d days ago", int(d.Hours())/24)
}

// Watch shows changes as they come.
type Watch struct {
	t      *term.Term
	reason string // of the last one
}

// NewWatch makes a Watch that writes to t.Out.
func NewWatch(t *term.Term) *Watch { return &Watch{t: t} }

// Change writes a change, with the time since the watch began. A reason that
// holds for several in a row is said once.
func (w *Watch) Change(since time.Duration, c snapshot.Change) error {
	out := outCanvas(w.t)
	first := line{in(quiet, fmt.Sprintf("%9.3f ", since.Seconds())), sigil(c.Sign), text(" ")}
	out.put(first, pad(14), tidy(code, c.Space), text(" "), tidy(plain, c.Line))
	if c.Reason != w.reason {
		out.hang(pad(14), tidy(quiet, c.Reason))
	}
	w.reason = c.Reason
	return out.flush(w.t.Out)
}

// Say writes one sentence of netlab's own to t.Out.
func Say(t *term.Term, sentence string) error {
	c := outCanvas(t)
	c.hang(pad(2), tidy(plain, sentence))
	return c.flush(t.Out)
}
