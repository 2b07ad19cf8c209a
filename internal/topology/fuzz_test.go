package topology

import (
	"math/rand/v2"
	"strings"
	"testing"
	"unicode"
)

// oddNames are what a namespace, a link or a program may be called.
func oddNames() []string {
	return []string{
		"", " ", "a b", "eth0", "网卡网卡网卡", "é", "e\u0301", "\u0301", "👩‍👩‍👧", "🇩🇪", "a\nb", "\t", "\x1b[31mred", "\xff\xfe", "\u202eabc", "\u200b", "…", "●", "│",
		"┼", "═", strings.Repeat("x", 63), strings.Repeat("网", 40), "\u1160", "+new", "host", "a:b", `\x01`,
	}
}

// check draws a graph in every way, and looks at what must always hold.
func check(t testing.TB, g Graph) {
	t.Helper()
	for _, width := range []int{1, 20, 40, 60, 80} {
		for _, opt := range []Options{{Width: width}, {Width: width, ASCII: true}, {Width: width, All: true}} {
			boxes, _ := Boxes(g, opt)
			for _, text := range []Text{boxes, Tree(g, opt), ASCII(g, opt)} {
				checkText(t, text, opt)
			}
		}
	}
	checkMermaid(t, Mermaid(g, Options{}))
	checkDOT(t, DOT(g, Options{}))
	elements(t, SVG(g, "odd", Options{}))
}

func checkText(t testing.TB, text Text, opt Options) {
	t.Helper()
	for _, l := range text {
		s := l.String()
		if w := cells(s); w > max(opt.Width, 12) { // narrower than a branch and a name there is nothing
			t.Fatalf("%d cells in a width of %d: %q", w, opt.Width, s)
		}
		for _, r := range s {
			if !unicode.IsPrint(r) || opt.ASCII && r > 0x7e {
				t.Fatalf("%q in %q", r, s)
			}
		}
	}
}

func TestOddNames(t *testing.T) {
	for _, name := range oddNames() {
		g := drawn(t, "a eth0 up 10.0.0.1/24\nb br0 up bridge 10.0.0.2/24\nb v up of br0\na eth0 - b v")
		for _, f := range []func(string) string{
			func(s string) string { return s + name },
			func(s string) string { return name + s },
			func(string) string { return name },
		} {
			check(t, g.Map(f))
		}
	}
}

// FuzzDrawing draws random labs with any names in them.
func FuzzDrawing(f *testing.F) {
	for i, name := range oddNames() {
		f.Add(uint64(i), name, name)
	}
	f.Fuzz(func(t *testing.T, seed uint64, first, second string) {
		r := rand.New(rand.NewPCG(seed, 1))
		g := randomLab(r)
		for range 3 {
			n := &g.Nodes[r.IntN(len(g.Nodes))]
			if r.IntN(2) == 0 {
				n.Name = first // its cables are now cables of nobody
			}
			for i := range n.Links {
				n.Links[i].Name = []string{second, first, n.Links[i].Name}[r.IntN(3)]
			}
		}
		check(t, g)
		marked, _ := Marked(randomLab(r), g)
		check(t, marked)
		for range 20 {
			g.Nodes = append(g.Nodes, g.Nodes[0])
			g.Nodes[len(g.Nodes)-1].Name = string(rune('a'+r.IntN(26))) + first
		}
		check(t, g)
	})
}
