package topology

import (
	"slices"
	"strings"
)

// maxAligned is the widest name for which others get out of the way.
const maxAligned = 16

// align makes the names of lines below each other of one width, so that what
// stands behind them does too.
func align(items []item) {
	w := 0
	for _, it := range items {
		if n := cells(it.words[0].text()); n <= maxAligned && len(it.words) > 1 {
			w = max(w, n)
		}
	}
	for _, it := range items {
		if n := cells(it.words[0].text()); n < w && len(it.words) > 1 {
			it.words[0] = append(it.words[0], Span{strings.Repeat(" ", w-n), Plain})
		}
	}
}

// items draws lines below each other with their branches.
func (t *tree) items(before Line, items []item) {
	align(items)
	branch, pass, last := "├─ ", "│  ", "└─ "
	if t.opt.ASCII {
		branch, pass, last = "|- ", "|  ", "`- "
	}
	for i, it := range items {
		first, rest := branch, pass
		if i == len(items)-1 {
			first, rest = last, "   "
		}
		under := append(slices.Clip(before), Span{rest, Quiet})
		hang := append(slices.Clip(under), Span{"  ", Plain})
		if len(it.below) > 0 {
			hang[len(hang)-1] = Span{pass[:len(pass)-2] + " ", Quiet}
		}
		t.fold(append(slices.Clip(before), Span{first, Quiet}), hang, it.words)
		t.items(under, it.below)
	}
}

// fold writes words into one line or, where it is too narrow, into several:
// first stands before the first one, rest before the others.
func (t *tree) fold(first, rest Line, words []Line) {
	line, room := slices.Clone(first), t.opt.Width
	used := cells(first.text())
	start := used
	for _, w := range words {
		need := cells(w.text())
		if used > start {
			if used+2+need <= room {
				line = append(line, Span{"  ", Plain})
				used += 2
			} else {
				t.out = append(t.out, line)
				line = slices.Clone(rest)
				used = cells(rest.text())
				start = used
			}
		}
		w = w.clipped(room-used, t.opt.ASCII)
		line = append(line, w...)
		used += cells(w.text())
	}
	t.out = append(t.out, line)
}

// clipped is the line cut where it takes more than n cells.
func (l Line) clipped(n int, ascii bool) Line {
	var out Line
	for _, s := range l {
		if w := cells(s.Text); w > n {
			if n > 2 {
				out = append(out, Span{clip(s.Text, n, ascii), s.Tone})
			}
			break
		} else {
			n -= w
		}
		out = append(out, s)
	}
	return out
}
