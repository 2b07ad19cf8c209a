package op

import (
	"slices"
	"strings"
)

// options are those that change only what is shown.
type options struct{ brief, stats, details, oneline, json bool }

// optionWords are the options of ip and bridge in the order they are tried.
func optionWords(program string) string {
	if program == "bridge" {
		return "help* Version* stats* statistics*=stats details* oneline* timestamp* family* 4 6 " +
			"netns* color* compressvlans* force* json* pretty* batch*"
	}
	return "loops* family* 4 6 0 M B human* human-readable* iec* stats* statistics*=stats details* " +
		"resolve* oneline* timestamp* tshort* Version* force* batch* brief* json* pretty* rcvbuf* " +
		"color* help* netns* Numeric* all* echo"
}

// options reads the words in front of the object that begin with a dash.
func (r *reader) options(program string) error {
	for strings.HasPrefix(r.peek(), "-") {
		word := strings.TrimPrefix(strings.TrimPrefix(r.peek(), "-"), "-")
		if r.peek() == "--" {
			r.keyword("--", "the end of the options")
			return nil
		}
		word, when, _ := strings.Cut(word, "=")
		full, ok := lookup(optionWords(program), word)
		if !ok || when != "" && (full != "color" || !slices.Contains([]string{"always", "auto", "never"}, when)) {
			return r.fail(r.at, "is not an option that netlab knows", optionHints(program), nil)
		}
		if err := r.option(program, full); err != nil {
			return err
		}
	}
	return nil
}

func optionHints(program string) []string {
	if program == "bridge" {
		return []string{"-n NETNS", "-s", "-d", "-o", "-j"}
	}
	return []string{"-n NETNS", "-4", "-6", "-br", "-s", "-d", "-o", "-j"}
}

// option reads one option and its value.
func (r *reader) option(program, full string) error {
	shown := map[string]*bool{
		"brief": &r.shown.brief, "stats": &r.shown.stats, "details": &r.shown.details,
		"oneline": &r.shown.oneline, "json": &r.shown.json,
	}
	switch {
	case full == "netns":
		r.keyword("-netns", "do it inside a network namespace")
		return r.netns("the namespace in which the command works")
	case full == "family":
		r.keyword("-family", "only one family of addresses")
		return r.familyName()
	case full == "4":
		r.line.Family = IPv4
		r.keyword("-4", "IPv4 only")
	case full == "6":
		r.line.Family = IPv6
		r.keyword("-6", "IPv6 only")
	case full == "color", full == "pretty", full == "human", full == "human-readable":
		r.keyword("-"+full, "changes only how the answer looks")
	case shown[full] != nil:
		*shown[full] = true
		r.keyword("-"+full, optionHelp(full))
	default:
		return r.fail(r.at, "is an option that is left to the real command", optionHints(program), nil)
	}
	return nil
}

// familyName reads the word behind -family.
func (r *reader) familyName() error {
	switch r.peek() {
	case "inet":
		r.line.Family = IPv4
		r.keyword("inet", "IPv4")
	case "inet6":
		r.line.Family = IPv6
		r.keyword("inet6", "IPv6")
	default:
		return r.fail(r.at, "", []string{"inet", "inet6"}, []string{"inet", "inet6"})
	}
	return nil
}

func optionHelp(full string) string {
	switch full {
	case "brief":
		return "a short answer, one line for each thing"
	case "stats":
		return "with counters: packets, bytes, errors"
	case "details":
		return "with more details"
	case "oneline":
		return "each answer on one line"
	}
	return "the answer as JSON, for programs"
}
