package cli

import (
	"context"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"netlab/internal/render"
	"netlab/internal/term"
	"netlab/internal/topology"
)

type graphOptions struct {
	lab    string
	format string // empty: by the name of the file, or ascii
	file   string
	asJSON bool
	all    bool
}

func newGraph(a *app, work func(context.Context, *app, graphOptions) error) *cobra.Command {
	var opt graphOptions
	cmd := &cobra.Command{
		Use:   "graph",
		Short: "Draw the picture of a lab: namespaces, links, bridges, cables",
		Long: `Draw what the kernel has in a lab: each namespace is a box, each link a dot with
its addresses, each bridge a line to its ports; a cable runs from dot to dot.
● is up, ◐ is up without a carrier, ○ is down. Where the boxes do not fit into
the terminal, a tree says the same. Of more than a dozen namespaces those that
differ only in name and address are drawn as one; --all draws each of them, and
what is always the same, such as lo.

Formats: ascii, tree, mermaid (for Markdown), dot (for Graphviz), svg (a picture
that stands alone, for light and dark) and json (for programs, always whole).
With -o, the end of the file's name says the format if --format does not.`,
		Example: `  netlab graph
  netlab graph --format mermaid
  netlab graph -o lab.svg
  netlab graph --json`,
		Args: noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return work(cmd.Context(), a, opt)
		},
	}
	labFlag(cmd, &opt.lab)
	cmd.Flags().StringVar(&opt.format, "format", "", "ascii, tree, mermaid, dot, svg or json")
	cmd.Flags().StringVarP(&opt.file, "output", "o", "", "write into this `file`; one that is there is replaced")
	cmd.Flags().BoolVar(&opt.all, "all", false, "each namespace by itself; also what is always the same")
	cmd.Flags().BoolVar(&opt.asJSON, "json", false, "the same as --format json")
	_ = cmd.RegisterFlagCompletionFunc("format", cobra.FixedCompletions(graphFormats(), cobra.ShellCompDirectiveNoFileComp))
	return cmd
}

func graphFormats() []string { return []string{"ascii", "tree", "mermaid", "dot", "svg", "json"} }

// formatOfFile is the format that the end of a file's name means.
func formatOfFile(name string) string {
	ends := map[string]string{".svg": "svg", ".json": "json", ".dot": "dot", ".gv": "dot", ".mmd": "mermaid", ".mermaid": "mermaid"}
	if format, ok := ends[strings.ToLower(filepath.Ext(name))]; ok {
		return format
	}
	return "ascii"
}

// chosen is the format that is meant.
func (o graphOptions) chosen() (string, error) {
	formats := graphFormats()
	switch {
	case o.asJSON && o.format != "" && o.format != "json":
		return "", &usageError{"--json and --format " + o.format + " exclude each other", "choose one of them"}
	case o.asJSON:
		return "json", nil
	case o.format == "":
		return formatOfFile(o.file), nil
	case !slices.Contains(formats, o.format):
		return "", &usageError{"there is no format " + quote(o.format), "the formats are " + strings.Join(formats[:len(formats)-1], ", ") + " and json"}
	}
	return o.format, nil
}

func graph(ctx context.Context, a *app, opt graphOptions) error {
	format, err := opt.chosen()
	if err != nil {
		return err
	}
	home := openLabs()
	defer home.Close()
	client, lab, err := home.enter(ctx, opt.lab)
	if err != nil {
		return err
	}
	defer client.Close()
	state, _, err := client.Look(ctx)
	if err != nil {
		return left(ctx, err)
	}
	g := topology.Of(state)
	if opt.file == "" || opt.file == "-" {
		return drawGraph(a, g, lab.Name, format, opt.all)
	}
	return a.intoFile(opt.file, func(a *app) error { return drawGraph(a, g, lab.Name, format, opt.all) })
}

// drawGraph writes a graph to the terminal of a.
func drawGraph(a *app, g topology.Graph, name, format string, all bool) error {
	opt := topology.Options{All: all}
	out := ""
	switch format {
	case "json":
		return printJSON(a, g.Document())
	case "ascii", "tree":
		return render.Graph(a.term, g, format == "tree", all)
	case "mermaid":
		out = topology.Mermaid(g, opt)
	case "dot":
		out = topology.DOT(g, opt)
	case "svg":
		out = topology.SVG(g, "the lab "+name, opt)
	}
	if a.term.OutTTY {
		out = term.Clean(out)
	}
	_, err := a.term.Out.Write([]byte(out))
	return err
}
