package cli

import (
	"context"

	"github.com/spf13/cobra"

	"netlab/internal/render"
)

func newWhy(a *app, work func(context.Context, *app, traceOptions) error) *cobra.Command {
	var opt traceOptions
	cmd := &cobra.Command{
		Use:   "why FROM TO",
		Short: "Say why a packet does not arrive, or its answer does not come back",
		Long: `Send one real probe from a node to an address or to another node, and say in one
sentence why it is not answered, what shows it, and where to look. netlab looks
at the state of the kernel in all namespaces and at what was captured of the
probe at every interface, on the way there and on the way back.

It tells apart: there is no way to go, nobody answers for the hardware address,
the packet is lost on the way and where, it arrives and the answer is lost, it
arrives and is refused. Where two causes are possible, it says both.

Any other word is a name, which the node looks up by its resolver library. Why
is it not found, or leads to the wrong machine? netlab reads the files of the
node, hears who asks whom, and asks all name servers of the lab what they know.

The exit code is 0 when the probe was answered, else 1.`,
		Example: `  netlab why A 192.168.2.3
  netlab why A F
  netlab why A F --port 80
  netlab why A www.lab`,
	}
	probeCommand(cmd, a, &opt, work)
	return cmd
}

func whyNot(ctx context.Context, a *app, opt traceOptions) error {
	opt.why = true
	seen, err := opt.send(ctx)
	switch {
	case err != nil:
		return err
	case opt.asJSON:
		err = printJSON(a, seen)
	default:
		err = render.Why(a.term, seen)
	}
	return answered(seen, err)
}
