package cli

import (
	"errors"
	"strings"

	"netlab/internal/complaint"
	"netlab/internal/op"
	"netlab/internal/render"
)

// explainText says what a text means: a command, or what a program said.
func explainText(a *app, opt explainOptions) error {
	meanings, err := op.Explain(strings.Join(opt.args, " "))
	if err == nil && !pasted(opt.args) {
		if opt.asJSON {
			return printJSON(a, asWords(meanings))
		}
		return printMeanings(a, render.Table{}, meanings)
	}
	found, unknown := complaint.Find(asLines(opt.args))
	switch {
	case unknown == nil && opt.asJSON:
		return printJSON(a, found)
	case unknown == nil:
		return render.Complaint(a.term, found)
	case err == nil: // a command with words that are none of its own
		return printMeanings(a, render.Table{}, meanings)
	}
	return notKnown(err, unknown)
}

// pasted tells whether arguments are more than a command: several of them with
// blanks inside, or several lines, or a ping with what it printed.
func pasted(args []string) bool {
	_, err := op.ParseTyped(strings.Join(args, " "))
	return err != nil && !errors.Is(err, op.ErrQuestion)
}

// asLines makes a line of each argument that is a text by itself; single words
// make one line together.
func asLines(args []string) string {
	for _, arg := range args {
		if strings.Contains(arg, " ") {
			return strings.Join(args, "\n")
		}
	}
	return strings.Join(args, " ")
}

// notKnown words why a text is neither a command nor an error that netlab knows.
func notKnown(err, unknown error) error {
	var syn *op.SyntaxError
	var no *complaint.Unknown
	command := errors.As(err, &syn) && (syn.Index > 0 || syn.Nearest != "")
	if command || !errors.As(unknown, &no) {
		return notUnderstood(err)
	}
	if len(no.Nearest) == 0 {
		return &usageError{err.Error() + ", and netlab knows no error with these words", "quote the whole command, or the whole line that a program printed"}
	}
	return &usageError{no.Error(), "the nearest that it knows: " + strings.Join(no.Nearest, " | ")}
}
