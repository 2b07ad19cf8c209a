package op

// nearest finds the candidate that word was most likely meant to be; "" when
// none is near: one slip in a short word, two in a longer one.
func nearest(word string, candidates []string) string {
	const longest = 40
	if len(word) < 2 || len(word) > longest {
		return ""
	}
	best, limit := "", 1
	if len(word) > 4 {
		limit = 2
	}
	for _, c := range candidates {
		if d := distance(word, c); d > 0 && d <= limit && d < len(c) {
			best, limit = c, d-1
		}
	}
	return best
}

// distance counts the slips between two words: a letter more, a letter less,
// another letter, or two neighbours swapped.
func distance(a, b string) int {
	before, last, row := make([]int, len(b)+1), make([]int, len(b)+1), make([]int, len(b)+1)
	for j := range last {
		last[j] = j
	}
	for i := 1; i <= len(a); i++ {
		row[0] = i
		for j := 1; j <= len(b); j++ {
			cost := 1
			if a[i-1] == b[j-1] {
				cost = 0
			}
			row[j] = min(last[j]+1, row[j-1]+1, last[j-1]+cost)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				row[j] = min(row[j], before[j-2]+1)
			}
		}
		before, last, row = last, row, before
	}
	return last[len(b)]
}
