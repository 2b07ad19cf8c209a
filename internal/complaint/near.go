package complaint

import (
	"cmp"
	"slices"
	"strings"
)

// maxNearest is how many complaints are named when none is meant for sure.
const maxNearest = 3

// nearest finds what is known and shares most words with a text, slips of the
// hand counted out.
func nearest(known []Complaint, text string) []string {
	type near struct {
		said  string
		score int
	}
	asked := wordsOf(text)
	var found []near
	for _, c := range known {
		score := 0
		for _, w := range wordsOf(c.Said) {
			if slices.ContainsFunc(asked, func(a string) bool { return alike(a, w) }) {
				score += len(w)
			}
		}
		if score > 0 && !slices.ContainsFunc(found, func(n near) bool { return n.said == c.Said }) {
			found = append(found, near{c.Said, score})
		}
	}
	slices.SortStableFunc(found, func(a, b near) int { return cmp.Compare(b.score, a.score) })
	var out []string
	for _, n := range found[:min(len(found), maxNearest)] {
		out = append(out, n.said)
	}
	return out
}

// wordsOf are the words of a message that say something: not those of the
// tools, which stand in many.
func wordsOf(text string) []string {
	const short = 4
	var out []string
	for word := range strings.FieldsFuncSeq(strings.ToLower(text), func(r rune) bool { return !('a' <= r && r <= 'z') }) {
		if len(word) >= short && !slices.Contains(out, word) && word != "from" && word != "error" && word != "answers" && word != "rtnetlink" && word != "icmp" && word != "ping" {
			out = append(out, word)
		}
	}
	return out
}

// alike says that two words are one, with at most one slip: a letter more, less
// or another one, or two that changed places.
func alike(a, b string) bool {
	if a == b {
		return true
	}
	if len(a) > len(b) {
		a, b = b, a
	}
	at := 0
	for at < len(a) && a[at] == b[at] {
		at++
	}
	switch len(b) - len(a) {
	case 1:
		return a[at:] == b[at+1:]
	case 0:
		return a[at+1:] == b[at+1:] || at+1 < len(a) && a[at] == b[at+1] && a[at+1] == b[at] && a[at+2:] == b[at+2:]
	}
	return false
}
