package topology

// ASCII draws the graph as boxes or, where that does not fit, as a tree. At
// the end it says what the signs mean that are not plain.
func ASCII(g Graph, opt Options) Text {
	out, ok := Boxes(g, opt)
	if !ok {
		out = Tree(g, opt)
	}
	return append(out, legend(g, opt)...)
}

// legend is Legend of what is drawn, in lines of the width.
func legend(g Graph, opt Options) Text {
	if opt.Width <= 0 {
		opt.Width = 80
	}
	words := signsInWords(shown(g, opt), opt.ASCII)
	if len(words) == 0 {
		return nil
	}
	t := &tree{opt: opt}
	t.fold(nil, nil, words)
	return t.out
}
