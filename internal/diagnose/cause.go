package diagnose

import (
	"fmt"
	"slices"
	"strings"

	"netlab/internal/snapshot"
)

// cause puts one together, with where to look.
func (q inquest) cause(kind Kind, at end, sure bool, text, evidence string) Cause {
	return Cause{Finding: Finding{text, eachOnce(evidence)}, Kind: kind, Space: at.space, Link: at.link, Look: look(kind, at), Sure: sure}
}

// eachOnce leaves out the lines of evidence that stand there already.
func eachOnce(evidence string) string {
	var out []string
	for _, l := range strings.Split(evidence, "\n") {
		if l != "" && !slices.Contains(out, l) {
			out = append(out, l)
		}
	}
	return strings.Join(out, "\n")
}

// mtuLine shows the MTU of a link much as ip does.
func mtuLine(space string, l snapshot.Link) string {
	return fmt.Sprintf("%s: %s: mtu %d", space, l.Name, l.MTU)
}
