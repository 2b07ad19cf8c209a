package render

import (
	"fmt"
	"strings"
)

// few is how many names are listed before the rest is only counted.
const few = 12

// Few lists names, the first dozen of many.
func Few(names []string) string {
	if len(names) <= few {
		return strings.Join(names, ", ")
	}
	return fmt.Sprintf("%s … and %d more", strings.Join(names[:few], ", "), len(names)-few)
}

// Count is a number with its noun: "1 node", "2 nodes".
func Count(n int, noun string) string { return count(n, noun) }
