package cli

import (
	"errors"
	"strings"

	"github.com/spf13/cobra"

	"netlab/internal/op"
	"netlab/internal/render"
)

func newExplain(a *app) *cobra.Command {
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "explain 'ip …'",
		Short: "Say what each word of a command means",
		Long:  "Say what each word of an ip, bridge or sysctl command means. Nothing is run.",
		Example: `  netlab explain 'ip link add veth_ns1 type veth peer name veth_ns2'
  netlab explain ip route add default via 10.1.1.254`,
		Args: wantArgs("a command, such as 'ip link set lo up'", 1, -1),
		RunE: func(_ *cobra.Command, args []string) error {
			text := strings.Join(args, " ")
			meanings, err := op.Explain(text)
			if err != nil {
				return notUnderstood(err)
			}
			if asJSON {
				return printJSON(a, asWords(meanings))
			}
			return printMeanings(a, render.Table{}, meanings)
		},
	}
	cmd.Flags().SetInterspersed(false)
	cmd.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	return cmd
}

// word is a word of a command and its meaning, for programs.
type word struct {
	Word    string `json:"word"`
	Meaning string `json:"meaning"`
}

func asWords(meanings []op.Meaning) []word {
	var out []word
	for _, m := range meanings {
		out = append(out, word{m.Word, m.Text})
	}
	return out
}

// notUnderstood makes a wrong command line a wrong use of explain.
func notUnderstood(err error) error {
	var syn *op.SyntaxError
	hint := "quote the whole command: netlab explain 'ip addr add 10.1.1.1/24 dev eth0'"
	if errors.As(err, &syn) && syn.Nearest != "" {
		hint = "" // the error names the nearest word
	}
	return &usageError{err.Error(), hint}
}

// printMeanings fills a table with words and their meanings, and prints it.
func printMeanings(a *app, table render.Table, meanings []op.Meaning) error {
	table.Head = []string{"word", "meaning"}
	for _, m := range meanings {
		table.Rows = append(table.Rows, row("", m.Word, m.Text))
	}
	return table.Print(a.term)
}
