package op

import (
	"net/netip"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func ip(s string) netip.Addr    { return netip.MustParseAddr(s) }
func net(s string) netip.Prefix { return netip.MustParsePrefix(s) }

// aLine is a line and the whole value that it must be read as.
type aLine struct {
	line string
	want Line
}

// readAll also prints each value and reads that, in full words, again.
func readAll(t *testing.T, tests []aLine) {
	t.Helper()
	for _, tt := range tests {
		t.Run(tt.line, func(t *testing.T) {
			got, err := ParseLine(tt.line)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(tt.want, got, plain()); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
			sameAgain(t, tt.want)
		})
	}
}
