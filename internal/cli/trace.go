package cli

import (
	"context"
	"errors"
	"fmt"
	"net/netip"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"netlab/internal/control"
	"netlab/internal/event"
	"netlab/internal/measure"
	"netlab/internal/render"
	"netlab/internal/run"
	"netlab/internal/scenario"
)

type traceOptions struct {
	lab, from, to, proto string
	port                 uint16
	size                 int
	wait                 time.Duration
	four, six            bool
	more, asJSON         bool
	name, why            bool // the target is a name; say what is wrong with it
}

func newTrace(a *app, work func(context.Context, *app, traceOptions) error) *cobra.Command {
	var opt traceOptions
	cmd := &cobra.Command{
		Use:   "trace FROM TO",
		Short: "Show the way of a packet through a lab, hop by hop",
		Long: `Send one real probe from a node to an address or to another node, listen at
every interface of the lab while it is under way, and tell where it came by:
who was asked for a hardware address, out of which ports a switch sent it and
why, which route each router took, what each of them changed, what firewall
rules said, and the way back.

Any other word is a name. The node looks it up by its resolver library, as every
program there does; first comes what that read in nsswitch.conf, hosts and
resolv.conf, who asked which name server for what, and what the answers mean.

The probe is an echo request (icmp), the beginning of a TCP connection, or a UDP
datagram. What it leaves behind is removed. The exit code is 0 when it was
answered, else 1.`,
		Example: `  netlab trace A 192.168.2.3
  netlab trace A F --more
  netlab trace A F --proto tcp --port 80
  netlab trace A www.lab
  netlab trace A F --json`,
	}
	probeCommand(cmd, a, &opt, work)
	cmd.Flags().BoolVar(&opt.more, "more", false, "routes, MAC addresses, and all headers with their bytes")
	return cmd
}

// probeCommand gives a command what those that send a probe have in common.
func probeCommand(cmd *cobra.Command, a *app, opt *traceOptions, work func(context.Context, *app, traceOptions) error) {
	cmd.Args = wantArgs("two nodes, or a node and an address or a name", 2, 2)
	cmd.ValidArgsFunction = completeEnds(&opt.lab)
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		opt.from, opt.to = args[0], args[1]
		return work(cmd.Context(), a, *opt)
	}
	labFlag(cmd, &opt.lab)
	f := cmd.Flags()
	f.StringVar(&opt.proto, "proto", "", "`what` to send: icmp, tcp or udp (icmp; with --port tcp)")
	f.Uint16Var(&opt.port, "port", 0, "the port to try, of tcp or udp")
	f.IntVarP(&opt.size, "size", "s", 0, "bytes of data in an echo or a datagram")
	f.DurationVarP(&opt.wait, "wait", "W", time.Second, "how long to wait for the answer")
	f.BoolVarP(&opt.four, "ipv4", "4", false, "use an IPv4 address of the node")
	f.BoolVarP(&opt.six, "ipv6", "6", false, "use an IPv6 address of the node")
	f.BoolVar(&opt.name, "name", false, "look TO up, even if a node is called so")
	f.BoolVar(&opt.asJSON, "json", false, "print JSON")
	_ = cmd.RegisterFlagCompletionFunc("proto", cobra.FixedCompletions([]string{"icmp", "tcp", "udp"}, cobra.ShellCompDirectiveNoFileComp))
}

// completeEnds completes the two ends of a way by the nodes of the lab.
func completeEnds(lab *string) func(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
	nodes := completeNodes(lab, true)
	return func(cmd *cobra.Command, args []string, word string) ([]string, cobra.ShellCompDirective) {
		if len(args) > 1 {
			return nil, cobra.ShellCompDirectiveNoFileComp
		}
		return nodes(cmd, args, word)
	}
}

// Bounds of what a probe may be told: an IPv4 packet holds no more, and longer
// nobody waits.
const (
	maxProbeSize = 65507
	maxProbeWait = time.Minute
)

// probe is the request that the options mean.
func (o traceOptions) probe() (control.Probe, error) {
	p := control.Probe{From: o.from, To: o.to, Name: o.name, Why: o.why, Proto: measure.Proto(strings.ToLower(o.proto)), Port: o.port, Size: o.size, Timeout: o.wait}
	if p.Proto == "" {
		p.Proto = measure.ICMP
		if p.Port != 0 {
			p.Proto = measure.TCP
		}
	}
	const hint = "--help shows examples"
	to, _ := netip.ParseAddr(o.to)
	switch {
	case p.Proto != measure.ICMP && p.Proto != measure.TCP && p.Proto != measure.UDP:
		return p, &usageError{quote(o.proto) + " is no protocol that can be sent", "use --proto icmp, tcp or udp"}
	case p.Proto == measure.ICMP && p.Port != 0:
		return p, &usageError{"an echo request (icmp) has no port", "leave --port out, or use --proto tcp"}
	case p.Proto != measure.ICMP && p.Port == 0:
		return p, &usageError{string(p.Proto) + " needs a port", "add --port, such as --port 80"}
	case p.Proto == measure.TCP && p.Size != 0:
		return p, &usageError{"the beginning of a connection (tcp) carries no data", "--size is for icmp and udp"}
	case p.Size < 0 || p.Size > maxProbeSize:
		return p, &usageError{fmt.Sprintf("a packet carries from 1 to %d bytes of data, not %d", maxProbeSize, p.Size), hint}
	case o.wait <= 0 || o.wait > maxProbeWait:
		return p, &usageError{fmt.Sprintf("--wait must be more than 0, and one minute at most, not %v", o.wait), "give it a unit, such as 500ms or 2s"}
	case o.four && o.six:
		return p, &usageError{"-4 and -6 exclude each other", "choose one of them"}
	case to.IsValid() && o.name:
		return p, &usageError{quote(o.to) + " is an address: there is nothing to look up", "leave --name out"}
	case to.IsUnspecified() || to.IsMulticast():
		return p, &usageError{quote(o.to) + " is not the address of one machine", "give a node, or an address that a node has"}
	case to.IsValid() && (o.four && !to.Unmap().Is4() || o.six && to.Unmap().Is4()):
		return p, &usageError{quote(o.to) + " is an address of the other family", "leave -4 and -6 out: they choose among the addresses of a node"}
	}
	if o.four {
		p.Family = 4
	}
	if o.six {
		p.Family = 6
	}
	return p, nil
}

// send has the probe sent in the lab that is meant.
func (o traceOptions) send(ctx context.Context) (control.Seen, error) {
	p, err := o.probe()
	if err != nil {
		return control.Seen{}, err
	}
	home := openLabs()
	defer home.Close()
	client, lab, err := home.enter(ctx, o.lab, o.from)
	if err != nil {
		return control.Seen{}, err
	}
	defer client.Close()
	seen, err := client.Trace(ctx, p)
	return seen, left(ctx, noTarget(lab, o.to, err))
}

// noTarget words a target that is no address and no node.
func noTarget(lab control.Lab, to string, err error) error {
	var l *run.Lacking
	switch {
	case !errors.As(err, &l):
		return err
	case l.What == control.MissingAddress:
		return &usageError{l.Text, "netlab inspect " + to + " shows its addresses"}
	}
	return &usageError{quote(to) + " is no address, and no node of the lab " + lab.Name, nodesHint(lab, to)}
}

// nodesHint lists the nodes of a lab, those first that a word looks like.
func nodesHint(lab control.Lab, word string) string {
	hint := "its nodes are " + render.Few(append([]string{"host"}, lab.Nodes...))
	if near := scenario.Nearest(word, append([]string{"host"}, lab.Nodes...)); len(near) > 0 {
		hint = didYouMean(near) + " " + hint
	}
	return hint
}

func traceWay(ctx context.Context, a *app, opt traceOptions) error {
	seen, err := opt.send(ctx)
	switch {
	case err != nil:
		return err
	case opt.asJSON:
		err = printJSON(a, seen)
	default:
		err = render.Trace(a.term, seen, render.TraceOptions{More: opt.more})
	}
	return answered(seen, err)
}

// answered is the error of a command whose probe was not answered.
func answered(seen control.Seen, err error) error {
	if err == nil && seen.Story.Fate != measure.Answered {
		return &exitError{event.CodeFailed}
	}
	return err
}
