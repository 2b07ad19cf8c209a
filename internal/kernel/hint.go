package kernel

import (
	"fmt"
	"slices"
	"strings"

	"golang.org/x/sys/unix"

	"netlab/internal/complaint"
	"netlab/internal/op"
	"netlab/internal/snapshot"
)

// hint says what to look at after a failed op, from the state of the lab. It
// never contains the command that would help. It is empty where the kernel's
// words say it all.
func hint(lab snapshot.Lab, e *Error) string {
	h := &hinter{lab: lab, err: e, where: e.Line.Netns}
	if h.where == "" {
		h.where = snapshot.Host
	}
	space, ok := lab.Space(h.where)
	if !ok || e.Line.Netns == snapshot.Host {
		return h.noSpace(e.Line.Netns)
	}
	h.space = space
	switch {
	case e.Errno == unix.EPERM || e.Errno == unix.EACCES && !strings.Contains(e.Ext, "IPv6"):
		return complaint.NotAllowed + ": it is outside of what a lab may change"
	case strings.HasPrefix(e.Text, "Cannot find "), strings.HasPrefix(e.Text, "Device "):
		return h.noDevice()
	}
	return h.byOp()
}

// hinter has what a hint is made from.
type hinter struct {
	lab   snapshot.Lab
	err   *Error
	where string         // name of the namespace in which the op was done
	space snapshot.Space // its state
}

func (h *hinter) byOp() string {
	switch o := h.err.Line.Op.(type) {
	case *op.NetnsAdd:
		if h.err.Errno == unix.EEXIST {
			return o.Name + " was made before: " + complaint.SpacesUnique
		}
	case *op.NetnsDel:
		return h.noSpace(o.Name)
	case *op.LinkAdd:
		return h.linkAdd(o)
	case *op.LinkSet:
		return h.linkSet(o)
	case *op.LinkDel:
		return h.linkDel(o)
	case *op.AddrAdd:
		return h.addrAdd(o)
	case *op.AddrDel:
		return h.addrDel(o)
	case *op.RouteAdd:
		return h.routeAdd(o)
	case *op.RouteDel:
		return h.routeDel(o)
	case *op.SysctlSet:
		return h.sysctl(o)
	}
	return h.entry()
}

// entry is about neighbours and forwarding entries, which fail alike.
func (h *hinter) entry() string {
	switch h.err.Errno {
	case unix.EEXIST:
		return complaint.EntryThere
	case unix.ENOENT:
		return complaint.EntryMissing
	case unix.EOPNOTSUPP, unix.EINVAL:
		return complaint.TableOfBridge
	}
	return ""
}

// noSpace is about a namespace that is not there.
func (h *hinter) noSpace(name string) string {
	if name == snapshot.Host {
		return complaint.HostUnnamed
	}
	names := h.names()
	if len(names) == 0 {
		return "the lab has no named namespace yet"
	}
	if near := nearest(name, names); near != "" {
		return fmt.Sprintf("the lab has no namespace called %q; the nearest name is %s", name, near)
	}
	return fmt.Sprintf("the lab has no namespace called %q; it has %s", name, list(names))
}

func (h *hinter) names() []string {
	var names []string
	for _, s := range h.lab.Spaces {
		if s.Name != snapshot.Host {
			names = append(names, s.Name)
		}
	}
	return names
}

// quoted is the first word between double quotes in what ip says.
func quoted(text string) string {
	_, rest, _ := strings.Cut(text, `"`)
	word, _, _ := strings.Cut(rest, `"`)
	return word
}

// noDevice is about a link that is not where the op was done.
func (h *hinter) noDevice() string { return h.missing(quoted(h.err.Text)) }

func (h *hinter) missing(name string) string {
	for _, s := range h.lab.Spaces {
		if _, ok := s.Link(name); ok && s.Name != h.where {
			return fmt.Sprintf("%s is in %s, not in %s: %s", name, s.Name, h.where, complaint.MovedAway)
		}
	}
	var names []string
	for _, l := range h.space.Links {
		names = append(names, l.Name)
	}
	if near := nearest(name, names); near != "" {
		return fmt.Sprintf("%s has no link called %s; the nearest name is %s", h.where, name, near)
	}
	return fmt.Sprintf("%s has no link called %s; it has %s", h.where, name, list(names))
}

func (h *hinter) sysctl(o *op.SysctlSet) string {
	switch h.err.Errno {
	case unix.ENOENT:
		return fmt.Sprintf("this kernel has no setting %s: %s", o.Key, complaint.SettingParts)
	case unix.EINVAL, unix.ERANGE:
		return fmt.Sprintf("%q is not a value that %s can have", o.Value, o.Key)
	}
	return ""
}

// maxListed is how many names a hint lists.
const maxListed = 8

// list joins names as a sentence does.
func list(names []string) string {
	if n := len(names); n > maxListed {
		return fmt.Sprintf("%s and %d more", strings.Join(names[:maxListed], ", "), n-maxListed)
	}
	if len(names) < 2 {
		return strings.Join(names, "")
	}
	return strings.Join(names[:len(names)-1], ", ") + " and " + names[len(names)-1]
}

// nearest is the name that was probably meant: at most two letters apart.
func nearest(name string, names []string) string {
	best, found := 3, ""
	for _, n := range names {
		if d := distance(name, n); d < best && d < len(name) {
			best, found = d, n
		}
	}
	return found
}

// distance is how many letters must change to make b of a (Levenshtein).
func distance(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		before := slices.Clone(row)
		row[0] = i + 1
		for j := range len(b) {
			change := 1
			if a[i] == b[j] {
				change = 0
			}
			row[j+1] = min(before[j]+change, before[j+1]+1, row[j]+1)
		}
	}
	return row[len(b)]
}
