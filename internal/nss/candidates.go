package nss

import "strings"

// The limits of RFC 1035 section 2.3.4, in octets.
const (
	maxLabel = 63
	maxName  = 255 // with a length before each label, and the root
)

// Candidates returns the names that name servers are asked for, one after the
// other, until one of them has what is looked for. They are absolute, with the
// last dot. A name that is an address is not looked up: it has none.
//
// Where a name has fewer dots than ndots, the search list comes first, and the
// name as it is last. Else it is the other way round. A name that ends with a
// dot is asked for as it is, and not otherwise (resolv.conf(5)). What is too
// long to be asked ends the search.
func (r Resolv) Candidates(name string) []string {
	t := r.tries(name)
	var all []string
	if t.first != "" {
		all = append(all, t.first)
	}
	all = append(all, t.searched...)
	if t.last != "" {
		all = append(all, t.last)
	}
	return all
}

// tries are the names that are asked for: those of the search list, and the
// name as it is before or behind them. Empty: not there.
type tries struct {
	first    string
	searched []string
	last     string
}

func (r Resolv) tries(name string) tries {
	if _, is := literal(name); is || name == "" {
		return tries{}
	}
	asIs := absolute(name)
	if !sendable(asIs) {
		asIs = ""
	}
	if strings.HasSuffix(name, ".") {
		return tries{first: asIs}
	}
	var t tries
	root := false
	for _, domain := range r.Search {
		whole := absolute(absolute(name) + domain)
		if !sendable(whole) {
			break
		}
		t.searched = append(t.searched, whole)
		root = root || domain == "" // this is the name as it is
	}
	dots := strings.Count(name, ".")
	switch {
	case dots >= r.Ndots:
		t.first = asIs
	case !root && (dots > 0 || !r.NoTLD || len(r.Search) == 0):
		t.last = asIs
	}
	return t
}

func absolute(name string) string {
	if strings.HasSuffix(name, ".") {
		return name
	}
	return name + "."
}

// hostName says whether a name has only letters that names of machines have
// (res_hnok in glibc). Only who wants both families at once is refused others.
func hostName(name string) bool {
	good := func(r rune) bool {
		return r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || r == '-' || r == '_' || r == '.'
	}
	return !strings.HasPrefix(name, "-") && strings.TrimFunc(name, good) == ""
}

// sendable says whether an absolute name fits into a question.
func sendable(name string) bool {
	if name == "." {
		return true
	}
	for label := range strings.SplitSeq(strings.TrimSuffix(name, "."), ".") {
		if label == "" || len(label) > maxLabel {
			return false
		}
	}
	return len(name)+1 <= maxName
}
