package render

import (
	"fmt"
	"io"
	"strconv"
	"strings"

	"netlab/internal/snapshot"
	"netlab/internal/term"
)

// InspectOptions say what of a lab Inspect shows.
type InspectOptions struct {
	Nodes []string // namespaces, host among them; empty: all
	// All shows a lab of any size in full, and what is always the same, too:
	// the first rules of the routing policy, routes of fe80::/64, forwarding
	// entries of groups and of a link's own.
	All bool
	// Fresh are the settings of a new namespace: those that differ are shown.
	// nil: the kernel's own.
	Fresh map[string]string
}

// maxInFull is how many namespaces are shown in full when nobody has chosen
// some of them.
const maxInFull = 12

// Inspect writes the state of a lab to t.Out: for each namespace its links,
// routing policy, routes, neighbours, forwarding entries, sockets, firewall
// rules, files by which names are found, and settings. An empty namespace is
// one line, and so is each namespace of a large lab.
func Inspect(t *term.Term, lab snapshot.Lab, opt InspectOptions) error {
	i := &inspector{canvas: outCanvas(t), lab: lab, opt: opt}
	some := lab.Only(opt.Nodes).Spaces
	if len(opt.Nodes) == 0 && len(some) > maxInFull {
		i.overview(some)
		if !opt.All {
			i.blank()
			i.columns([][][]span{
				{{in(quiet, "one of them in full")}, {in(code, "netlab inspect NODE")}},
				{{in(quiet, "all of them in full")}, {in(code, "netlab inspect --all")}},
			}, pad(2), pad(2), false)
			return i.flush(t.Out)
		}
		i.blank()
	}
	empty := false
	for n, s := range some {
		bare := !opt.All && s.IsEmpty(opt.Fresh)
		if n > 0 && !(empty && bare) {
			i.blank()
		}
		i.space(s, bare)
		empty = bare
	}
	return i.flush(t.Out)
}

// InspectCommands writes the lines that rebuild a lab to t.Out, as a script:
// byte for byte into a file, and harmless on a terminal. fresh is as in
// InspectOptions.
func InspectCommands(t *term.Term, lab snapshot.Lab, fresh map[string]string) error {
	var b strings.Builder
	for _, l := range append([]string{"# rebuilds the lab from an empty host"}, lab.Commands(fresh)...) {
		if t.OutTTY {
			l = term.Clean(l)
		}
		b.WriteString(l + "\n")
	}
	_, err := io.WriteString(t.Out, b.String())
	return err
}

// inspector writes the state of a lab.
type inspector struct {
	*canvas
	lab snapshot.Lab
	opt InspectOptions
}

// tidy is text of the lab in a tone, made harmless and of one line.
func tidy(t tone, s string) span {
	return in(t, strings.Join(strings.Fields(term.Clean(s)), " "))
}

func (i *inspector) space(s snapshot.Space, bare bool) {
	name := line{rule(2, quiet), text(" "), tidy(title, s.Name), text(" ")}
	if bare {
		state := "down"
		if l, _ := s.Link("lo"); l.Up {
			state = "up"
		}
		i.hang(name, in(quiet, "· empty: only lo, and that is "+state))
		return
	}
	i.raw(join(name, rule(i.width-line(i.sayAll(name)).cells(), quiet)))
	i.table([]string{"link", "state", "about"}, rowsOf(s.Links, func(l snapshot.Link) [][]span { return i.link(s, l) }))
	i.table([]string{"rule", "packets, and what is asked"}, rowsOf(i.rules(s), ruleRow))
	i.table([]string{"route to", "via", "dev", "more"}, rowsOf(s.RoutesOf(i.opt.All), routeRow))
	i.table([]string{"neighbour", "dev", "MAC address", "state"}, rowsOf(s.Neighs, i.neigh))
	i.table([]string{"forwarding", "to", "about"}, rowsOf(s.Entries(i.opt.All), i.entry))
	i.table([]string{"socket", "state", "for whom"}, rowsOf(s.Sockets, func(o snapshot.Socket) [][]span { return socketRow(s, o) }))
	i.firewall(s.Filters)
	i.files(s)
	i.rest(s)
}

func rowsOf[T any](things []T, row func(T) [][]span) [][][]span {
	var rows [][][]span
	for _, t := range things {
		rows = append(rows, row(t))
	}
	return rows
}

// table writes rows under their headings; nothing if there are none.
func (i *inspector) table(head []string, rows [][][]span) {
	if len(rows) == 0 {
		return
	}
	var first [][]span
	for _, h := range head {
		first = append(first, []span{in(strong, h)})
	}
	i.blank()
	all := append([][][]span{first}, rows...)
	if _, ok := i.fits(natural(all), pad(2)); !ok {
		i.raw(join(pad(2), first[0]...))
	}
	i.columns(all, pad(2), pad(2), true)
}

// rest says how many rules there are that nobody could write down, and which
// settings are not as they were.
func (i *inspector) rest(s snapshot.Space) {
	changed := s.Changed(i.opt.Fresh)
	unread := s.Rules > 0 && len(s.Filters) == 0
	if !unread && len(changed) == 0 {
		return
	}
	i.blank()
	if unread {
		i.hang(pad(2), text(count(s.Rules, "nftables rule")), in(quiet, " · nft list ruleset shows them"))
	}
	for _, c := range changed {
		i.hang(pad(2), tidy(plain, c.Key+" = "+c.Value), text(" "), tidy(quiet, "· "+c.Fresh+" in a new namespace"))
	}
}

// overview writes one line for each namespace. What is up has a carrier; lo is
// not counted.
func (i *inspector) overview(spaces []snapshot.Space) {
	i.hang(pad(2), in(title, count(len(spaces), "namespace")))
	i.table([]string{"node", "links", "up", "routes", "neigh", "addresses"}, rowsOf(spaces, i.overviewRow))
}

func (i *inspector) overviewRow(s snapshot.Space) [][]span {
	links, up := 0, 0
	for _, l := range s.Links {
		if l.Kind == "loopback" {
			continue
		}
		links++
		if l.Up && l.Carrier {
			up++
		}
	}
	state := good
	if up < links {
		state = warn
	}
	return [][]span{
		{tidy(plain, s.Name)}, {text(strconv.Itoa(links))}, {in(state, strconv.Itoa(up))},
		{text(strconv.Itoa(len(s.RoutesOf(i.opt.All))))}, {text(strconv.Itoa(len(s.Neighs)))}, firstAddr(s),
	}
}

// firstAddr is the first address that means something outside, and how many
// more there are.
func firstAddr(s snapshot.Space) []span {
	var first string
	more := 0
	for _, a := range s.Addrs {
		switch {
		case a.Scope != "global":
		case first == "":
			first = a.Prefix.String()
		default:
			more++
		}
	}
	if more == 0 {
		return []span{text(first)}
	}
	return []span{text(first), in(quiet, fmt.Sprintf(" +%d", more))}
}
