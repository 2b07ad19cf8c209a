package op

import (
	"errors"
	"net/netip"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// plain lets cmp compare addresses as values.
func plain() cmp.Option {
	return cmp.Options{
		cmp.Comparer(func(a, b netip.Addr) bool { return a == b }),
		cmp.Comparer(func(a, b netip.Prefix) bool { return a == b }),
	}
}

func TestEveryGoodLineIsReadAndPrintedAndReadAgain(t *testing.T) {
	for _, line := range lines(t, "lines.txt", "ok\t") {
		t.Run(line, func(t *testing.T) {
			got, err := ParseLine(line)
			if err != nil {
				t.Fatal(err)
			}
			again, err := Parse(got.Args())
			if err != nil {
				t.Fatalf("printed as %q: %v", got, err)
			}
			if diff := cmp.Diff(got, again, plain()); diff != "" {
				t.Errorf("printed as %q and read again (-first +again):\n%s", got, diff)
			}
			if got.String() != again.String() {
				t.Errorf("printed first as %q, then as %q", got, again)
			}
			typed, err := ParseLine(got.String())
			if err != nil || typed.String() != got.String() {
				t.Errorf("typed as %q it is read as %q, %v", got, typed, err)
			}
		})
	}
}

func TestEveryBadLineIsRefusedWithItsPlace(t *testing.T) {
	for _, line := range append(lines(t, "lines.txt", "bad\t"), lines(t, "left.txt", "")...) {
		t.Run(line, func(t *testing.T) {
			args, err := Split(line)
			if err != nil {
				args = []string{line}
			}
			got, err := Parse(args)
			var syntax *SyntaxError
			if !errors.As(err, &syntax) {
				t.Fatalf("read as %q, %v", got, err)
			}
			if syntax.Index < 0 || syntax.Index > len(args) || syntax.Index < len(args) && syntax.Word != args[syntax.Index] {
				t.Errorf("word %d is not %q", syntax.Index, syntax.Word)
			}
		})
	}
}

func TestEveryQuestionIsToldFromAChange(t *testing.T) {
	for _, line := range lines(t, "questions.txt", "") {
		t.Run(line, func(t *testing.T) {
			if _, err := ParseLine(line); !errors.Is(err, ErrQuestion) {
				t.Errorf("got the error %v", err)
			}
		})
	}
}
