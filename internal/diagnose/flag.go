package diagnose

import (
	"slices"

	"netlab/internal/snapshot"
)

// Flag says why the kernel does not say a flag of an address, and why it does:
// tentative, dadfailed or deprecated.
func Flag(lab snapshot.Lab, in string, a snapshot.Addr, flag string) (lacks, has string) {
	in = place(in)
	s, _ := lab.Space(in)
	l, _ := s.Link(a.Link)
	address := a.Prefix.Addr().String()
	switch flag {
	case "tentative":
		has = in + " still finds out whether another one has " + address
		if !l.Up || !l.Carrier {
			has = (end{in, a.Link}).String() + " does not work yet, so " + in + " can ask nobody whether " + address + " is free"
		}
		lacks = "duplicate address detection is over"
		if slices.Contains(a.Flags, "nodad") {
			lacks = "nobody was asked whether " + address + " is free (nodad)"
		}
	case "dadfailed":
		has = "another one in this network has " + address + ", too"
		lacks = "nobody else in this network has said that it has " + address
	case "deprecated":
		has, lacks = "its time to be preferred is over", "its time to be preferred is not over"
	}
	return lacks, has
}
