package render

import (
	"fmt"
	"strings"

	"netlab/internal/event"
	"netlab/internal/scene"
	"netlab/internal/term"
)

// scene draws what exists before the first step: each switch, and each cable
// without one, with what hangs on it; or so many in words.
func (p *page) scene(e event.Event) {
	if e.Scene == nil {
		return
	}
	p.begin(blockHead)
	p.hang(pad(2), in(strong, "Already there"))
	width := 0
	for _, n := range e.Scene.Nets {
		for _, s := range n.Ends {
			if s.Dev != "" {
				width = max(width, line{text(p.say(seatName(s)))}.cells())
			}
		}
	}
	for _, n := range e.Scene.Nets {
		p.net(n, width)
	}
	for _, g := range e.Scene.Groups {
		p.hang(pad(2), groupWords(g)...)
	}
}

func (p *page) net(n scene.Net, width int) {
	switch {
	case n.Switch != "":
		p.hang(pad(2), in(code, n.Switch), in(quiet, " (switch)"))
	case len(n.Ends) == 1:
		p.hang(pad(2), in(code, seatName(n.Ends[0])), in(quiet, " (without a cable)"))
		return
	default:
		p.hang(pad(2), in(quiet, "a cable"))
	}
	for i, s := range n.Ends {
		branch := "   ├─ "
		if i == len(n.Ends)-1 {
			branch = "   └─ "
		}
		name := seatName(s)
		if s.Dev == "" {
			p.hang(line{in(quiet, branch)}, in(code, name))
			continue
		}
		gap := strings.Repeat(" ", width-line{text(p.say(name))}.cells())
		p.hang(line{in(quiet, branch), in(code, name), text(gap + "  " + s.Dev + "  ")}, in(quiet, strings.Join(s.Addrs, " ")))
	}
}

// seatName is the node's name, and what it is where that is not plain.
func seatName(s scene.Seat) string {
	if s.Kind == scene.Host || s.Node == string(s.Kind) {
		return s.Node
	}
	return fmt.Sprintf("%s (%s)", s.Node, s.Kind)
}

// groupWords say a group in one line: 200 hosts on switch1: h1 … h200,
// 192.168.1.1/24 … 192.168.1.200/24.
func groupWords(g scene.Group) []span {
	var on []span
	if g.On != "" {
		on = []span{text(" on "), in(code, g.On)}
	}
	var out []span
	if g.Count == 1 {
		out = append([]span{text(string(g.Kind) + " "), in(code, g.First)}, on...)
	} else {
		out = append([]span{text(fmt.Sprintf("%d %s", g.Count, plural(g.Kind)))}, on...)
		out = append(out, text(": "), in(code, g.First), text(between(g)), in(code, g.Last))
	}
	if len(g.From) > 0 {
		out = append(out, in(quiet, ", "+strings.Join(g.From, " ")))
	}
	if g.Count > 1 && len(g.To) > 0 {
		out = append(out, in(quiet, between(g)+strings.Join(g.To, " ")))
	}
	return out
}

// between stands for the nodes of a group that are not named.
func between(g scene.Group) string {
	if g.Count == 2 {
		return " and "
	}
	return " … "
}

func plural(k scene.Kind) string {
	if k == scene.Switch {
		return "switches"
	}
	return string(k) + "s"
}

// cleanScene makes the names in a scene harmless.
func cleanScene(s *scene.Picture) *scene.Picture {
	if s == nil {
		return nil
	}
	var out scene.Picture
	for _, n := range s.Nets {
		n.Switch = term.Clean(n.Switch)
		ends := make([]scene.Seat, len(n.Ends))
		for i, e := range n.Ends {
			ends[i] = scene.Seat{Node: term.Clean(e.Node), Kind: scene.Kind(term.Clean(string(e.Kind))), Dev: term.Clean(e.Dev), Addrs: cleanAll(e.Addrs)}
		}
		n.Ends = ends
		out.Nets = append(out.Nets, n)
	}
	for _, g := range s.Groups {
		g.Kind, g.First, g.Last, g.On = scene.Kind(term.Clean(string(g.Kind))), term.Clean(g.First), term.Clean(g.Last), term.Clean(g.On)
		g.From, g.To = cleanAll(g.From), cleanAll(g.To)
		out.Groups = append(out.Groups, g)
	}
	return &out
}

func cleanAll(list []string) []string {
	out := make([]string, len(list))
	for i, s := range list {
		out[i] = term.Clean(s)
	}
	return out
}
