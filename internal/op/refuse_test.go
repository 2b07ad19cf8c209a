package op

import (
	"errors"
	"testing"
)

// aRefusal is a line, the word at which it is refused, the right word that is
// near it, and the whole text of the error.
type aRefusal struct {
	line    string
	index   int
	nearest string
	text    string
}

// refuseAll reads with Parse, or another reader of lines.
func refuseAll(t *testing.T, read func([]string) error, tests []aRefusal) {
	t.Helper()
	for _, tt := range tests {
		t.Run(tt.line, func(t *testing.T) {
			args, err := Split(tt.line)
			if err != nil {
				t.Fatal(err)
			}
			err = read(args)
			var syntax *SyntaxError
			if !errors.As(err, &syntax) {
				t.Fatalf("the error is %v", err)
			}
			if syntax.Index != tt.index || syntax.Nearest != tt.nearest {
				t.Errorf("at word %d, nearest %q; want %d, %q", syntax.Index, syntax.Nearest, tt.index, tt.nearest)
			}
			if err.Error() != tt.text {
				t.Errorf("got  %s\nwant %s", err, tt.text)
			}
		})
	}
}

func parseOnly(args []string) error {
	_, err := Parse(args)
	return err
}

func askOnly(args []string) error {
	_, err := ParseQuery(args)
	return err
}
