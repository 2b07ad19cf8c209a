package topology

import (
	"cmp"
	"strconv"

	"netlab/internal/snapshot"
)

// natural compares names so that h9 comes before h10; host comes first.
func natural(a, b string) int {
	if c := cmp.Compare(rank(a), rank(b)); c != 0 {
		return c
	}
	for a != "" && b != "" {
		x, y := chunk(a), chunk(b)
		if c := compareChunks(x, y); c != 0 {
			return c
		}
		a, b = a[len(x):], b[len(y):]
	}
	return cmp.Compare(len(a), len(b))
}

func rank(name string) int {
	if name == snapshot.Host {
		return 0
	}
	return 1
}

// chunk is the beginning of a name that is all digits, or has none.
func chunk(s string) string {
	digit := func(c byte) bool { return '0' <= c && c <= '9' }
	i := 1
	for i < len(s) && digit(s[i]) == digit(s[0]) {
		i++
	}
	return s[:i]
}

func compareChunks(a, b string) int {
	x, errA := strconv.Atoi(a)
	y, errB := strconv.Atoi(b)
	if errA == nil && errB == nil && x != y {
		return cmp.Compare(x, y)
	}
	return cmp.Compare(a, b)
}
