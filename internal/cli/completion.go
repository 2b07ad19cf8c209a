package cli

import (
	"github.com/spf13/cobra"
)

func newCompletion(a *app) *cobra.Command {
	shells := []string{"bash", "zsh", "fish"}
	return &cobra.Command{
		Use:   "completion bash|zsh|fish",
		Short: "Print a script that completes commands and lesson names",
		Long: `Print a script that lets your shell complete commands, flags and lesson names.

    bash:  source <(netlab completion bash)
    zsh:   netlab completion zsh > "${fpath[1]}/_netlab"
    fish:  netlab completion fish > ~/.config/fish/completions/netlab.fish`,
		ValidArgs: shells,
		Args:      wantArgs("the name of a shell: bash, zsh or fish", 1, 1),
		RunE: func(cmd *cobra.Command, args []string) error {
			root := cmd.Root()
			switch args[0] {
			case "bash":
				return root.GenBashCompletionV2(a.term.Out, true)
			case "zsh":
				return root.GenZshCompletion(a.term.Out)
			case "fish":
				return root.GenFishCompletion(a.term.Out, true)
			}
			return &usageError{"there is no completion for " + quote(args[0]), "the shells are bash, zsh and fish"}
		},
	}
}
