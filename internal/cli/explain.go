package cli

import (
	"context"
	"errors"
	"strings"

	"github.com/spf13/cobra"

	"netlab/internal/op"
	"netlab/internal/render"
)

type explainOptions struct {
	args    []string
	netlink bool
	bare    bool
	more    bool
	asJSON  bool
}

func newExplain(a *app, work func(context.Context, *app, explainOptions) error) *cobra.Command {
	var opt explainOptions
	cmd := &cobra.Command{
		Use:   "explain 'ip …'|'ERROR'",
		Short: "Say what each word of a command means, or what an error means",
		Long: `Say what each word of an ip, bridge or sysctl command means. Nothing is run.

Given what a program printed when something did not work, say who said it, on
which machine, what it means exactly, its usual causes with where to look, and
what it does not mean. With the command that was typed, in front of the error or
as an argument of its own, the answer is about that command. Whole lines from a
terminal can be pasted, several of them too.

With --netlink, do the command in a lab that is thrown away at once, and show
what goes to the kernel and what comes back: the netlink messages, decoded from
the bytes that were really sent and received. What the command needs, such as a
link of that name, is made first; --bare leaves that out.`,
		Example: `  netlab explain 'ip link add veth_ns1 type veth peer name veth_ns2'
  netlab explain ip route add default via 10.1.1.254
  netlab explain 'RTNETLINK answers: File exists'
  netlab explain 'ip route add default via 10.1.1.1' 'File exists'
  netlab explain --netlink 'ip link add veth0 type veth peer name veth1'`,
		Args:              wantArgs("a command, such as 'ip link set lo up', or an error, such as 'No route to host'", 1, -1),
		ValidArgsFunction: cobra.NoFileCompletions,
		RunE: func(cmd *cobra.Command, args []string) error {
			opt.args = args
			return work(cmd.Context(), a, opt)
		},
	}
	cmd.Flags().SetInterspersed(false)
	cmd.Flags().BoolVar(&opt.netlink, "netlink", false, "do the command in a lab, and show its netlink messages")
	cmd.Flags().BoolVar(&opt.bare, "bare", false, "with --netlink: make nothing first, to see the kernel refuse")
	cmd.Flags().BoolVar(&opt.more, "more", false, "with --netlink: also all that the kernel answers")
	cmd.Flags().BoolVar(&opt.asJSON, "json", false, "print JSON")
	return cmd
}

func explain(ctx context.Context, a *app, opt explainOptions) error {
	if opt.netlink {
		return explainNetlink(ctx, a, opt, strings.Join(opt.args, " "))
	}
	if opt.more || opt.bare {
		return &usageError{"--more and --bare belong to --netlink", "leave them out, or add --netlink"}
	}
	return explainText(a, opt)
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
