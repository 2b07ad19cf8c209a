package render

import (
	"path/filepath"
	"strings"
	"testing"

	"netlab/internal/complaint"
	"netlab/internal/netlabtest/golden"
	"netlab/internal/term"
)

// TestWhatAnErrorMeansIsShown: golden files of a page in all looks.
func TestWhatAnErrorMeansIsShown(t *testing.T) {
	found := func(text string) complaint.Found {
		f, err := complaint.Find(text)
		if err != nil {
			t.Fatal(err)
		}
		return f
	}
	for name, f := range map[string]complaint.Found{
		"general": found("RTNETLINK answers: File exists"),
		"special": found("ip route add default via 10.0.0.1\nRTNETLINK answers: File exists"),
		"hostile": {Complaint: complaint.Complaint{Said: "a", Causes: []complaint.Cause{{Why: "b", Look: "c"}}}, Line: "\x1b[31mred\x1b[0m\x1b]0;owned\x07 line", Others: []string{"ip x"}},
	} {
		for _, l := range []look{{width: 80}, {width: 60, ascii: true}, {width: 40, colour: true}} {
			t.Run(name+" "+l.String(), func(t *testing.T) {
				tm, bufs := term.Test(strings.NewReader(""), l.width)
				tm.OutColour, tm.UTF8 = l.colour, !l.ascii
				if err := Complaint(tm, f); err != nil {
					t.Fatal(err)
				}
				got := bufs.Out.String()
				if strings.Contains(got, "owned\x07") || strings.Contains(got, "\x1b]") {
					t.Errorf("it acts on the terminal: %q", got)
				}
				golden.Equal(t, filepath.Join("testdata", "complaint", name+"."+l.String()), got)
			})
		}
	}
}
