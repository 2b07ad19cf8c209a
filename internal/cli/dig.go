package cli

import (
	"context"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"netlab/internal/control"
	"netlab/internal/dns"
	"netlab/internal/event"
	"netlab/internal/measure"
	"netlab/internal/render"
	"netlab/internal/run"
)

type digOptions struct {
	lab, node string
	args      []string // dig's own
	asJSON    bool
}

func newDig(a *app, work func(context.Context, *app, digOptions) error) *cobra.Command {
	var opt digOptions
	cmd := &cobra.Command{
		Use:   "dig NODE NAME [TYPE] [@SERVER] [DIG-OPTION…]",
		Short: "Ask a name server from a node, as dig does",
		Long: `Ask a name server from a node of the lab that is up, and show the answer as dig
shows it. What stands behind NODE is what dig takes: a name, a type (A, AAAA,
CNAME, MX, NS, PTR, SOA, SRV, TXT …), a server behind @, and most of its
everyday options: -x ADDRESS, -t, -p, -4, -6, +short, +noall +answer, +trace,
+tcp, +norecurse, +search, +noedns, +bufsize=N, +dnssec, +time=N, +tries=N …

Without @SERVER the first name server of the node's own resolv.conf is asked,
and the next one when it is silent; when there is none, this machine itself, as
dig does. dig never looks at hosts or nsswitch.conf, and at the search list only
with +search. No dig is needed: netlab asks itself, with sockets in the node.
The first lines have the command that does the same with the real one.

The exit code is 0 when there was an answer, whatever it says (also that there
is no such name), else 1.`,
		Example: `  netlab dig A mail.yahoo.com
  netlab dig A mail.yahoo.com MX @192.168.1.2
  netlab dig A -x 192.168.1.1 +short
  netlab dig A mail.yahoo.com --trace
  netlab dig A mail.yahoo.com --json`,
		DisableFlagParsing: true, // dig's options are none of cobra's
		ValidArgsFunction:  completeDig(&opt.lab),
	}
	labFlag(cmd, &opt.lab)
	f := cmd.Flags()
	walk := f.Bool("trace", false, "walk from the root servers down, as +trace does")
	f.BoolVar(&opt.asJSON, "json", false, "print JSON: each question, what became of it, the answer")
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		own, rest := splitDig(args)
		if err := cmd.Flags().Parse(own); err != nil {
			return wrongFlag(cmd, err)
		}
		if help, _ := cmd.Flags().GetBool("help"); help {
			return cmd.Help()
		}
		if err := a.term.SetColour(cmd.Flag("color").Value.String()); err != nil {
			return &usageError{err.Error(), "netlab --help shows the flags"}
		}
		if len(rest) == 0 || strings.ContainsAny(rest[0][:min(1, len(rest[0]))], "@+-") {
			return &usageError{"dig needs a node before what it asks for", "usage: " + cmd.UseLine()}
		}
		if opt.node, opt.args = rest[0], rest[1:]; *walk {
			opt.args = append([]string{"+trace"}, opt.args...)
		}
		return work(cmd.Context(), a, opt)
	}
	return cmd
}

// splitDig takes netlab's own flags from a command line: those with two dashes,
// and -l and -h. All else is for dig.
func splitDig(args []string) (own, rest []string) {
	for i := 0; i < len(args); i++ {
		switch arg := args[i]; {
		case (arg == "--lab" || arg == "-l" || arg == "--color") && i+1 < len(args):
			own = append(own, arg, args[i+1])
			i++
		case strings.HasPrefix(arg, "--") || arg == "-h" || strings.HasPrefix(arg, "-l"):
			own = append(own, arg)
		default:
			rest = append(rest, arg)
		}
	}
	return own, rest
}

// completeDig completes the node; what is asked for nobody can guess.
func completeDig(lab *string) func(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
	return func(cmd *cobra.Command, args []string, word string) ([]string, cobra.ShellCompDirective) {
		own, rest := splitDig(args)
		_ = cmd.Flags().Parse(own)
		switch {
		case len(args) > 0 && (args[len(args)-1] == "-l" || args[len(args)-1] == "--lab"):
			return completeLabs(cmd, nil, word)
		case strings.HasPrefix(word, "+no"):
			var off []string
			for _, o := range dns.PlusOptions() {
				off = append(off, "+no"+o[1:])
			}
			return off, cobra.ShellCompDirectiveNoFileComp
		case strings.HasPrefix(word, "-"):
			return []string{"--lab", "--trace", "--json", "--help", "-x", "-t", "-p", "-4", "-6"}, cobra.ShellCompDirectiveNoFileComp
		case strings.HasPrefix(word, "+"):
			return dns.PlusOptions(), cobra.ShellCompDirectiveNoFileComp
		case len(rest) > 0:
			return nil, cobra.ShellCompDirectiveNoFileComp
		}
		return completeNodes(lab, true)(cmd, rest, word)
	}
}

// command reads what is for dig.
func (o digOptions) command() (dns.Command, error) {
	const hint = "netlab dig --help shows examples"
	cmd, err := dns.ParseDig(o.args)
	switch {
	case err != nil:
		return cmd, &usageError{err.Error(), hint}
	case cmd.Help || cmd.Version:
		return cmd, &usageError{"-h and -v are for dig itself", hint}
	}
	for _, l := range cmd.Lookups {
		if err := dns.CheckName(l.Name); err != nil {
			return cmd, &usageError{err.Error(), hint}
		}
	}
	return cmd, nil
}

func digIn(ctx context.Context, a *app, opt digOptions) error {
	cmd, err := opt.command()
	if err != nil {
		return err
	}
	home := openLabs()
	defer home.Close()
	client, _, err := home.enter(ctx, opt.lab, opt.node)
	if err != nil {
		return err
	}
	defer client.Close()
	found := []measure.DNS{}
	page := render.NewDig(a.term, cmd, opt.head())
	exit, err := client.Dig(ctx, opt.node, opt.args, func(dug control.Dug) error {
		if !opt.asJSON {
			return page.Tell(dug)
		}
		if dug.Found != nil {
			found = append(found, *dug.Found)
		}
		return nil
	})
	switch {
	case err != nil:
		return left(ctx, err)
	case opt.asJSON:
		err = printJSON(a, found)
	}
	if err == nil && exit != run.DigAnswered {
		return &exitError{event.CodeFailed}
	}
	return err
}

// head is what netlab dig begins with: who speaks, and how the real dig is
// asked.
func (o digOptions) head() string {
	return fmt.Sprintf("; %s. With the real one:\n; %s\n", ownView, o.real())
}

// real is the command that asks the same with the real dig.
func (o digOptions) real() string {
	words := []string{"dig"}
	if o.node != "host" {
		words = []string{"ip", "netns", "exec", o.node, "dig"}
	}
	for _, arg := range o.args {
		words = append(words, shellWord(arg))
	}
	return strings.Join(words, " ")
}

// shellWord quotes a word where a shell would not leave it as it is.
func shellWord(word string) string {
	const plain = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789@%_+=:,./-"
	if word != "" && strings.Trim(word, plain) == "" {
		return word
	}
	return "'" + strings.ReplaceAll(word, "'", `'\''`) + "'"
}
