package cli

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"netlab/internal/render"
)

func newRoot(a *app) *cobra.Command {
	var colour string
	root := &cobra.Command{
		Use:   "netlab",
		Short: "Learn Linux and Kubernetes networking on the real thing",
		Long: `netlab teaches Linux and Kubernetes networking on the real thing: it builds
real network namespaces, runs the commands of a lesson, proves each claim with
real packets, and explains what happened and why. It needs no root, and it
changes nothing on this machine.`,
		Args:                       noArgs,
		SilenceErrors:              true,
		SilenceUsage:               true,
		SuggestionsMinimumDistance: 2,
		CompletionOptions:          cobra.CompletionOptions{DisableDefaultCmd: true},
		PersistentPreRunE: func(*cobra.Command, []string) error {
			if err := a.term.SetColour(colour); err != nil {
				return &usageError{err.Error(), "netlab --help shows the flags"}
			}
			return nil
		},
		RunE: func(cmd *cobra.Command, _ []string) error {
			if !a.term.Interactive() {
				return cmd.Help()
			}
			return welcome(a)
		},
	}
	root.PersistentFlags().StringVar(&colour, "color", "auto", "`when` to use colour: auto, always or never")
	root.SetFlagErrorFunc(wrongFlag)
	root.SetHelpCommand(newHelp())
	cobra.EnableCommandSorting = false // they stand in the order in which one needs them
	addGroup(root, "Lessons", newList(a), newShow(a), newRun(a, runLesson), newVerify(a, verify), newScript(a))
	addGroup(root, "A lab that stays", newUp(a, up), newPs(a), newShell(a, shell), newExec(a, execute), newDown(a, down))
	addGroup(root, "See into it", newCheck(a, checkLab), newInspect(a, inspect), newGraph(a, graph), newDiff(a, diff), newWatch(a, watch),
		newTrace(a, traceWay), newWhy(a, whyNot), newDig(a, digIn), newCapture(a, captureLab))
	addGroup(root, "Commands, errors and scripts of others", newExplain(a, explain), newPlay(a, playFile))
	addGroup(root, "Lessons of your own", newLint(a), newSchema(a))
	root.SetHelpCommandGroupID(thisMachine)
	addGroup(root, thisMachine, newDoctor(a), newCompletion(a), newVersion(a))
	root.AddCommand(exitCodes())
	return root
}

const thisMachine = "This machine"

// addGroup adds commands that the help shows together, in this order.
func addGroup(root *cobra.Command, title string, commands ...*cobra.Command) {
	root.AddGroup(&cobra.Group{ID: title, Title: title + ":"})
	for _, c := range commands {
		c.GroupID = title
		root.AddCommand(c)
	}
}

// noArgs refuses what is not a verb, and names the nearest ones.
func noArgs(cmd *cobra.Command, args []string) error {
	if len(args) == 0 {
		return nil
	}
	if cmd.HasParent() {
		return &usageError{fmt.Sprintf("%s takes no argument, but was given %s", cmd.Name(), quote(args[0])), cmd.CommandPath() + " --help shows its use"}
	}
	return notAVerb(cmd, args[0])
}

// notAVerb refuses a word where a verb belongs. Many type the lesson's name
// there.
func notAVerb(root *cobra.Command, word string) error {
	hint := "netlab --help shows all commands"
	cat, err := catalog()
	if err != nil {
		return err
	}
	switch near := root.SuggestionsFor(word); {
	case word == "": // every verb begins so
	case slices.Contains(near, word): // it came after --
		hint = "a verb stands before any --: netlab " + word
	case slices.Contains(cat.Names(), word):
		hint = "it is a lesson: netlab run " + word
	case len(near) > 0:
		hint = didYouMean(near)
	}
	return &usageError{quote(word) + " is not a command of netlab", hint}
}

// wrongFlag words a flag that there is not, or a value that it does not take.
func wrongFlag(cmd *cobra.Command, err error) error {
	text, _, _ := strings.Cut(err.Error(), ": strconv.") // the parser's own name says nothing to a user
	return &usageError{text, cmd.CommandPath() + " --help shows the flags"}
}

// maxQuoted is how much of a wrong word is said again.
const maxQuoted = 80

func quote(word string) string {
	if runes := []rune(word); len(runes) > maxQuoted {
		word = string(runes[:maxQuoted]) + "…"
	}
	return strconv.Quote(word)
}

func newHelp() *cobra.Command {
	return &cobra.Command{
		Use:   "help [COMMAND]",
		Short: "Show the help of a command",
		ValidArgsFunction: func(cmd *cobra.Command, args []string, _ string) ([]string, cobra.ShellCompDirective) {
			var names []string
			for _, c := range cmd.Root().Commands() {
				if len(args) == 0 && c.IsAvailableCommand() {
					names = append(names, c.Name()+"\t"+c.Short)
				}
			}
			return names, cobra.ShellCompDirectiveNoFileComp
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			of, rest, err := cmd.Root().Find(args)
			switch {
			case len(args) > 0 && (err != nil || of == cmd.Root()):
				return notAVerb(cmd.Root(), args[0])
			case len(rest) > 0:
				return &usageError{fmt.Sprintf("help takes one command: %s is too much", quote(rest[0])), "usage: " + cmd.UseLine()}
			}
			of.InitDefaultHelpFlag()
			return of.Help()
		},
	}
}

// wantArgs asks for between least and most arguments (most < 0: any number).
func wantArgs(what string, least, most int) cobra.PositionalArgs {
	return func(cmd *cobra.Command, args []string) error {
		usage := "usage: " + cmd.UseLine()
		switch {
		case len(args) < least:
			return &usageError{fmt.Sprintf("%s needs %s", cmd.Name(), what), usage}
		case most >= 0 && len(args) > most:
			return &usageError{fmt.Sprintf("%s takes only %s: %s is too much", cmd.Name(), what, quote(args[most])), usage}
		}
		return nil
	}
}

func exitCodes() *cobra.Command {
	return &cobra.Command{
		Use:   "exit-codes",
		Short: "What the exit codes of netlab mean",
		Long: `The exit codes of netlab:

    0    all well
    1    a check failed, or a command of the lesson
    2    wrong usage: an unknown verb, flag or scenario
    3    this machine cannot run it (rights, kernel, a missing program);
         nothing was done
    4    a scenario file is invalid; the message has file:line:column
    5    busy: a lab of that name is up, or it does not answer
    70   netlab's own fault
    128+n  ended by signal n: 129 hangup, 130 Ctrl-C, 141 closed output,
         143 terminated

exec, shell and play end with the exit code of what they ran. exec has 127 for
a program that is not there, 126 for one that cannot be executed; exec and play
have 125 for what netlab itself could not do. A script that play had to stop at
a limit is 1.`,
	}
}

// welcome is what a bare netlab says to a person.
func welcome(a *app) error {
	return render.Welcome(a.term, "learn networking on the real thing: real namespaces, real packets, nothing on this machine changed",
		render.Entry{Command: "netlab run veth-pair", Meaning: "start with two namespaces and one cable"},
		[]render.Entry{
			{Command: "netlab list", Meaning: "all lessons"},
			{Command: "netlab explain 'ip link set lo up'", Meaning: "what each word of a command means"},
			{Command: "netlab doctor", Meaning: "what this machine can do"},
			{Command: "netlab --help", Meaning: "all commands"},
		})
}
