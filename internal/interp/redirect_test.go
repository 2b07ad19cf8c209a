package interp

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// The place of a command in its text means something only in that text.
func TestAFunctionTakesNoRedirectionOfAnotherText(t *testing.T) {
	s := open(t, Options{})
	do(t, s, "f() { env echo a; }")
	k := do(t, s, "x=1; env echo b >/tmp/ev; f; rm /tmp/ev")
	k2 := do(t, s, "      env echo c >/tmp/ev; f; rm /tmp/ev")
	want := func(word string) string {
		return "$ env echo " + word + " > /tmp/ev  [host, machine]\n= 0\n$ env echo a  [host, machine]\nstdout: a\n= 0\n$ rm /tmp/ev  [host, machine]\n= 0\n"
	}
	if d := cmp.Diff(want("b"), k.story()); d != "" {
		t.Error(d)
	}
	if d := cmp.Diff(want("c"), k2.story()); d != "" {
		t.Error(d)
	}
}

func TestManyWritingsAreToldUpToALimit(t *testing.T) {
	s := open(t, Options{})
	for range 2 { // the second snippet has a new allowance
		k := do(t, s, "i=0; while [ $i -lt 300 ]; do echo $i >/tmp/ev; i=$((i+1)); done; echo 1")
		told := strings.Count(k.story(), "$ echo ")
		notes := strings.Count(k.story(), "is not shown")
		if told != maxWritings || notes != 1 || !strings.HasSuffix(k.story(), "stdout: 1\n") {
			t.Errorf("%d are told, with %d notes:\n%s", told, notes, k.story())
		}
	}
	k := do(t, s, "x=0123456789; x=$x$x$x$x$x$x$x$x; x=$x$x$x$x$x$x$x$x; x=$x$x$x$x$x$x$x$x; echo $x >/tmp/ev")
	if d := cmp.Diff("", k.story()); d != "" {
		t.Error(d)
	}
}
