package render

import (
	"netlab/internal/event"
	"netlab/internal/term"
	"netlab/internal/topology"
)

// Graph draws the picture of a lab on t.Out: boxes, or a tree where they do not
// fit or if nothing else is wanted.
func Graph(t *term.Term, g topology.Graph, tree, all bool) error {
	c := outCanvas(t)
	opt := topology.Options{Width: t.Width(), ASCII: !t.UTF8, All: all}
	draw := topology.ASCII
	if tree {
		draw = topology.Tree
	}
	c.drawing(draw(g, opt), nil)
	return c.flush(t.Out)
}

// drawing shows a drawing, with first before each line.
func (c *canvas) drawing(t topology.Text, first line) {
	for _, l := range t {
		out := append(line{}, first...)
		for _, s := range l {
			out = append(out, in(drawnTone(s.Tone), s.Text))
		}
		c.raw(out)
	}
}

// The lines that a picture may take: in a step it must leave room for what the
// step says; who wants more has more.
const (
	maxPicture     = 12
	maxPictureMore = 40
)

// picture shows how the lab looks, to a person who reads along or wants to see
// all: as boxes, as a tree, or not at all, whichever has room.
func (p *page) picture(e event.Event) {
	if e.Picture == nil || !p.opt.Guided && !p.opt.More {
		return
	}
	most := maxPicture
	if p.opt.More {
		most = maxPictureMore
	}
	if drawn := p.fitting(*e.Picture, most, most); drawn != nil {
		p.begin(blockPicture)
		p.drawing(drawn, pad(2))
	}
}

// fitting draws a graph as boxes or as a tree, whichever takes no more lines
// than it may; nil: neither does.
func (p *page) fitting(g topology.Graph, boxes, tree int) topology.Text {
	opt := topology.Options{Width: p.wide - 2, ASCII: !p.utf8}
	if drawn := topology.ASCII(g, opt); len(drawn) <= boxes {
		return drawn
	}
	if drawn := topology.Tree(g, opt); len(drawn) <= tree {
		return drawn
	}
	return nil
}

// maxScene is how many lines the tree of a scene may take.
const maxScene = 20

// scene shows what exists before the first step: drawn, or, if that is too
// much, by the names of its nodes.
func (p *page) scene(e event.Event) {
	if e.Picture == nil || len(e.Picture.Nodes) == 0 {
		return
	}
	p.begin(blockHead)
	p.hang(pad(2), in(strong, "Already there"))
	if drawn := p.fitting(*e.Picture, maxPicture, maxScene); drawn != nil {
		p.drawing(drawn, pad(2))
	} else {
		p.hang(pad(2), text(topology.Names(*e.Picture)))
	}
	if e.Text != "" {
		p.hang(pad(2), text("files: "+e.Text))
	}
}

func drawnTone(t topology.Tone) tone {
	switch t {
	case topology.Quiet:
		return quiet
	case topology.Title:
		return strong
	case topology.Good, topology.Fresh:
		return good
	case topology.Bad:
		return bad
	case topology.Warn, topology.Differs:
		return warn
	}
	return plain
}
