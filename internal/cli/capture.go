package cli

import (
	"context"
	"errors"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"netlab/internal/control"
	"netlab/internal/filter"
	"netlab/internal/run"
)

type captureOptions struct {
	lab, file, filter string
	places            []string
	duration          time.Duration
	count, snap       int
	asJSON            bool
}

// maxSnap is how much of a frame is kept if nothing is said, and at most: as
// much as tcpdump keeps.
const maxSnap = 262144

func newCapture(a *app, work func(context.Context, *app, captureOptions) error) *cobra.Command {
	var opt captureOptions
	cmd := &cobra.Command{
		Use:   "capture [all | NODE | NODE:INTERFACE]…",
		Short: "Capture packets at many interfaces of a lab at once",
		Long: `Capture packets at all interfaces of the lab, or at those that are named, until
Ctrl-C. Without -o each packet is a line: the time since the beginning, where,
→ if it left its node there or ← if it came in, and what it is.

-o writes a file for Wireshark (pcapng). It has one interface for each one of
each node, named as in ns1:eth0, times in nanoseconds, directions, and comments
where a step or a command of the lesson began. "-o -" writes it to standard
output, for a pipe into Wireshark.

What begins to exist meanwhile is captured too. Packets that were lost because
netlab was too slow are counted and told.

--filter takes words of tcpdump's syntax (pcap-filter(7)), not all of it:
` + filter.Words + `.`,
		Example: `  netlab capture
  netlab capture ns1 host:br0 --filter 'icmp or arp'
  netlab capture -o lab.pcapng --duration 10s
  netlab capture -o - | wireshark -k -i -`,
		Args:              wantArgs("nodes and interfaces", 0, -1),
		ValidArgsFunction: completePlaces(&opt.lab),
		RunE: func(cmd *cobra.Command, args []string) error {
			opt.places = args
			return work(cmd.Context(), a, opt)
		},
	}
	labFlag(cmd, &opt.lab)
	f := cmd.Flags()
	f.StringVarP(&opt.file, "output", "o", "", "write a pcapng `file`; - is standard output")
	f.DurationVar(&opt.duration, "duration", 0, "end after this time, such as 10s")
	f.IntVar(&opt.count, "count", 0, "end after so many packets")
	f.StringVar(&opt.filter, "filter", "", "capture only these packets (above: the words)")
	f.IntVar(&opt.snap, "snaplen", maxSnap, "keep so many bytes of a packet")
	f.BoolVar(&opt.asJSON, "json", false, "print JSON lines")
	return cmd
}

// wrong says what is wrong with the options, whatever the lab.
func (o captureOptions) wrong(a *app) error {
	const hint = "netlab capture --help shows examples"
	switch {
	case o.asJSON && o.file != "":
		return &usageError{"--json and -o exclude each other", "choose one of them"}
	case o.duration < 0:
		return &usageError{"--duration is a time above 0, not " + o.duration.String(), hint}
	case o.count < 0:
		return &usageError{"--count is a number above 0", hint}
	case o.snap < 1 || o.snap > maxSnap:
		return &usageError{"--snaplen is a number of bytes from 1 to 262144", hint}
	case o.file == "-" && a.term.OutTTY:
		return &usageError{"a capture file is no text, and would spoil the terminal", "write it to a file with -o FILE, or into a pipe: netlab capture -o - | wireshark -k -i -"}
	}
	_, err := filter.Compile(o.filter, o.snap, filter.AnyLink)
	var wrong *filter.Error
	if errors.As(err, &wrong) {
		return &usageError{wrong.Error(), wrong.Hint}
	}
	return err
}

// listening is what to ask a lab for.
func (o captureOptions) listening(lab control.Lab) (control.Listening, error) {
	out := control.Listening{Filter: o.filter, Snap: o.snap}
	if len(o.places) == 0 || len(o.places) == 1 && o.places[0] == "all" {
		return out, nil
	}
	for _, arg := range o.places {
		if arg == "all" {
			return out, &usageError{"all means every interface, and stands alone", "leave the others out"}
		}
		node, link, named := strings.Cut(arg, ":")
		if named && (link == "" || strings.Contains(link, ":")) {
			return out, &usageError{quote(arg) + " is no node and no interface of one", "write it as NODE or NODE:INTERFACE, such as ns1:eth0"}
		}
		if !run.HasNode(lab, node) {
			return out, noNode(lab, node)
		}
		if p := (control.Place{Node: node, Link: link}); !slices.Contains(out.Places, p) {
			out.Places = append(out.Places, p)
		}
	}
	return out, o.twice(out.Places)
}

// twice refuses an interface beside its whole node: each of its packets would
// be there twice.
func (o captureOptions) twice(places []control.Place) error {
	for _, p := range places {
		if p.Link != "" && slices.Contains(places, control.Place{Node: p.Node}) {
			return &usageError{p.Node + " means all its interfaces, " + p.Link + " too", "leave one of the two out"}
		}
	}
	return nil
}

// completePlaces completes nodes, and behind a colon their interfaces.
func completePlaces(lab *string) func(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
	nodes := completeNodes(lab, true)
	return func(cmd *cobra.Command, args []string, word string) ([]string, cobra.ShellCompDirective) {
		node, _, colon := strings.Cut(word, ":")
		if !colon {
			names, how := nodes(cmd, args, word)
			if len(args) == 0 && len(names) > 0 {
				names = append(names, "all")
			}
			return names, how
		}
		home := openLabs()
		defer home.Close()
		client, _, err := home.enter(cmd.Context(), *lab)
		if err != nil {
			return nil, cobra.ShellCompDirectiveNoFileComp
		}
		defer client.Close()
		state, _, err := client.Look(cmd.Context())
		if err != nil {
			return nil, cobra.ShellCompDirectiveNoFileComp
		}
		var out []string
		for _, s := range state.Spaces {
			for _, l := range s.Links {
				if name := s.Name + ":" + l.Name; s.Name == node && !slices.Contains(args, name) {
					out = append(out, name)
				}
			}
		}
		return out, cobra.ShellCompDirectiveNoFileComp
	}
}
