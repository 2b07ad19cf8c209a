package render

import (
	"fmt"
	"strings"
	"time"

	"netlab/internal/control"
	"netlab/internal/term"
	"netlab/internal/trace"
)

// nameStory is how the name was looked up to which a probe was to go.
func (w *wayfarer) nameStory(s trace.NameStory) {
	kind := "IPv4"
	if s.Family == 6 {
		kind = "IPv6"
	}
	w.put(nil, pad(2), in(title, term.Clean(s.From)+" looks up "+term.Clean(s.Name)), text(", for an "+kind+" address"))
	w.blank()
	wide := 0
	for _, l := range s.Lines {
		wide = max(wide, cells(term.Clean(l.Space)))
	}
	last := ""
	for _, l := range s.Lines {
		if l.Does == trace.Finds || l.Does == trace.FindsNot {
			continue // the end says it
		}
		name := term.Clean(l.Space)
		label := line{text("  "), in(code, name), text(strings.Repeat(" ", wide-cells(name)+2))}
		if name == last {
			label = pad(wide + 4)
		}
		last = name
		w.hang(label, in(nameTone(l), term.Clean(l.Text)))
		if w.opt.More {
			under := pad(label.cells())
			for _, r := range l.Records {
				w.put(under, under, in(quiet, term.Clean(r)))
			}
		}
	}
	w.blank()
	w.nameEnd(s)
}

func nameTone(l trace.NameLine) tone {
	switch l.Does {
	case trace.ReadsFile:
		return quiet
	case trace.Fails:
		return bad
	}
	return plain
}

// nameEnd says what came of a lookup, and whose word it is.
func (w *wayfarer) nameEnd(s trace.NameStory) {
	asked := "no name server was asked"
	switch {
	case s.Questions > 0:
		asked = count(s.Questions, "question") + " to name servers"
	case len(s.Addrs) == 0: // perhaps it tried
		asked = "no question to a name server left " + s.From
	}
	seen := " · by " + term.Clean(s.By) + ", " + term.Clean(asked)
	switch {
	case len(s.Addrs) > 0:
		var all []string
		for _, a := range s.Addrs {
			all = append(all, a.String())
		}
		says := ""
		if s.Source != "" {
			says = ", says " + term.Clean(s.Source)
		}
		w.put(nil, pad(2), in(good, "✓ "), text(term.Clean(s.Name)+" is "+Few(all)+says), in(quiet, " · after "+taken(s.Took)+seen))
	case s.Slow:
		w.put(nil, pad(2), in(bad, "✗ "), text("no address was found for "+term.Clean(s.Name)+" in "+taken(s.Took)), in(quiet, seen))
	default:
		w.put(nil, pad(2), in(bad, "✗ "), text("no address was found for "+term.Clean(s.Name)), in(quiet, " · after "+taken(s.Took)+seen))
	}
}

// taken is a time that may be one for people to wait.
func taken(d time.Duration) string {
	if d < time.Second {
		return short(d)
	}
	return fmt.Sprintf("%.1f s", d.Seconds())
}

// near tells of nodes that may have been meant.
func (w *wayfarer) near(all []string) {
	if len(all) > 0 {
		w.put(pad(2), pad(2), in(quiet, "a node of the lab is called nearly so: "+term.Clean(Few(all))))
	}
}

// notSent says that nothing was sent, for want of an address.
func notSent(seen control.Seen) bool { return seen.Name != nil && len(seen.Name.Addrs) == 0 }

// nodeMeant says that a word is a node and a name as well.
func (w *wayfarer) nodeMeant(s trace.Story) {
	w.put(nil, pad(2), in(quiet, "the node was meant: with --name "+term.Clean(s.From)+" looks the name up"))
}
