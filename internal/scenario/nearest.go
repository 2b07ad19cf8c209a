package scenario

import (
	"cmp"
	"slices"
	"strings"
)

// Nearest returns the names that somebody who typed name may have meant, the
// likeliest first.
func Nearest(name string, names []string) []string { return nearest(name, names) }

// nearest returns the words that somebody who typed word may have meant, the
// likeliest first: few letters differ, or one begins with the other.
func nearest(word string, words []string) []string {
	type found struct {
		word string
		far  int
	}
	var near []found
	for _, w := range words {
		far := distance(strings.ToLower(word), strings.ToLower(w))
		switch {
		case len(word) > 1 && strings.HasPrefix(w, word):
			far = min(far, 1)
		case len(w) > 1 && strings.HasPrefix(word, w):
			far = min(far, 2)
		}
		if far <= max(1, min(max(len(word), len(w)), longest)/3) {
			near = append(near, found{w, far})
		}
	}
	slices.SortStableFunc(near, func(a, b found) int { return cmp.Compare(a.far, b.far) })
	out := make([]string, len(near))
	for i, f := range near {
		out[i] = f.word
	}
	return out
}

// didYouMean is a hint that names the nearest word, or all of them when none is near.
func didYouMean(word string, words []string) string {
	if near := nearest(word, words); len(near) > 0 {
		return "did you mean " + near[0] + "?"
	}
	return "one of: " + strings.Join(words, ", ")
}

// longest is how much of a word is compared: enough for keys and names.
const longest = 64

// distance counts the letters to insert, delete, replace or swap with their
// neighbour (Damerau and Levenshtein).
func distance(a, b string) int {
	x, y := []rune(a), []rune(b)
	x, y = x[:min(len(x), longest)], y[:min(len(y), longest)]
	rows := make([][]int, len(x)+1)
	for i := range rows {
		rows[i] = make([]int, len(y)+1)
		rows[i][0] = i
	}
	for j := range rows[0] {
		rows[0][j] = j
	}
	for i := 1; i <= len(x); i++ {
		for j := 1; j <= len(y); j++ {
			differ := 1
			if x[i-1] == y[j-1] {
				differ = 0
			}
			rows[i][j] = min(rows[i-1][j]+1, rows[i][j-1]+1, rows[i-1][j-1]+differ)
			if i > 1 && j > 1 && x[i-1] == y[j-2] && x[i-2] == y[j-1] {
				rows[i][j] = min(rows[i][j], rows[i-2][j-2]+1)
			}
		}
	}
	return rows[len(x)][len(y)]
}
