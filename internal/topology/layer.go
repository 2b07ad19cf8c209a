package topology

import (
	"slices"
)

// web is a graph as numbers: who is next to whom. Tunnels do not count, for
// they run over the cables.
type web struct {
	g    *Graph
	at   map[string]int // node's name → place in g.Nodes
	next [][]int        // neighbours, each once, never the node itself
	far  map[End]End    // of cables, from each end
}

func webOf(g *Graph) *web {
	w := &web{g: g, at: map[string]int{}, next: make([][]int, len(g.Nodes)), far: map[End]End{}}
	for i, n := range g.Nodes {
		w.at[n.Name] = i
	}
	for _, c := range g.Cables {
		a, okA := w.at[c.A.Node]
		b, okB := w.at[c.B.Node]
		if !okA || !okB || c.Kind != Veth {
			continue
		}
		w.far[c.A], w.far[c.B] = c.B, c.A
		if a == b || slices.Contains(w.next[a], b) {
			continue
		}
		w.next[a], w.next[b] = append(w.next[a], b), append(w.next[b], a)
	}
	return w
}

// distances counts the cables from a node to each other one, over nodes that
// may be passed; -1: there is no way.
func (w *web) distances(from int, pass func(int) bool) []int {
	dist := make([]int, len(w.next))
	for i := range dist {
		dist[i] = -1
	}
	dist[from] = 0
	for queue := []int{from}; len(queue) > 0; queue = queue[1:] {
		for _, n := range w.next[queue[0]] {
			if dist[n] < 0 && pass(n) {
				dist[n] = dist[queue[0]] + 1
				queue = append(queue, n)
			}
		}
	}
	return dist
}

// islands are the parts of the graph between which no cable runs, each in the
// graph's order.
func (w *web) islands() [][]int {
	var out [][]int
	seen := make([]bool, len(w.next))
	for i := range w.next {
		if seen[i] {
			continue
		}
		var part []int
		for n, d := range w.distances(i, func(int) bool { return true }) {
			if d >= 0 {
				part, seen[n] = append(part, n), true
			}
		}
		out = append(out, part)
	}
	return out
}

// layers puts the nodes of an island in rows, so that cables run only inside a
// row or between rows next to each other: the nodes with several neighbours by
// their distance from the first one at an end of the longest way, and the leaves
// on the outer side of where they hang.
func (w *web) layers(part []int) [][]int {
	core := slices.DeleteFunc(slices.Clone(part), func(n int) bool { return len(w.next[n]) < 2 })
	if len(core) == 0 {
		return [][]int{part}
	}
	inner := func(n int) bool { return len(w.next[n]) >= 2 }
	end := w.farthest(core, w.distances(core[0], inner))
	end = min(end, w.farthest(core, w.distances(end, inner)))
	dist := w.distances(end, inner)
	depth := 0
	for _, n := range core {
		depth = max(depth, dist[n])
	}
	rows := make([][]int, depth+3)
	for _, n := range part {
		switch {
		case inner(n):
			rows[dist[n]+1] = append(rows[dist[n]+1], n)
		case dist[w.next[n][0]] == 0:
			rows[0] = append(rows[0], n)
		default:
			d := dist[w.next[n][0]] + 2
			rows[d] = append(rows[d], n)
		}
	}
	return slices.DeleteFunc(rows, func(r []int) bool { return len(r) == 0 })
}

// farthest is the first of the nodes that are farthest away.
func (w *web) farthest(nodes, dist []int) int {
	best := nodes[0]
	for _, n := range nodes {
		if dist[n] > dist[best] {
			best = n
		}
	}
	return best
}

// order sorts the nodes of each row by where their neighbours are, so that few
// cables cross.
func (w *web) order(rows [][]int) {
	for range 2 {
		for i := 1; i < len(rows); i++ {
			w.sortBy(rows[i], rows[i-1])
		}
		for i := len(rows) - 2; i >= 0; i-- {
			w.sortBy(rows[i], rows[i+1])
		}
	}
}

// sortBy sorts a row by the middle of each node's neighbours in another row.
// Those without any stay where they are, as far as that goes.
func (w *web) sortBy(row, other []int) {
	place := map[int]float64{}
	for i, n := range row {
		sum, count := 0.0, 0.0
		for _, next := range w.next[n] {
			if at := slices.Index(other, next); at >= 0 {
				sum, count = sum+float64(at)/float64(len(other)), count+1
			}
		}
		place[n] = float64(i) / float64(len(row))
		if count > 0 {
			place[n] = sum / count
		}
	}
	slices.SortStableFunc(row, func(a, b int) int {
		switch {
		case place[a] < place[b]:
			return -1
		case place[a] > place[b]:
			return 1
		}
		return 0
	})
}
