package render

import (
	"fmt"
	"strings"

	"netlab/internal/control"
	"netlab/internal/measure"
)

// lostText is what dig says when a server does not answer.
func lostText(dug control.Dug) string {
	f := dug.Found
	server := dig(f.Server.Addr().String(), int(f.Server.Port()))
	text := ""
	if f.Fallback {
		text = ";; Truncated, retrying in TCP mode.\n"
	}
	if !dug.Unsent() {
		return fmt.Sprintf("%s;; communications error to %s: %s\n", text, server, lostReason(f))
	}
	how := "UDP setup with"
	if f.TCP || f.Fallback {
		how = "Connection to"
	}
	question := f.Question.Name
	if len(question) > 1 {
		question = strings.TrimSuffix(question, ".")
	}
	return fmt.Sprintf("%s;; %s %s(%s) for %s failed: %s.\n", text, how, server, f.Server.Addr(), question, lostReason(f))
}

// lostReason says why there is no answer: in dig's words, and who has said so.
func lostReason(f *measure.DNS) string {
	words := map[string]string{
		"ENETUNREACH": "network unreachable", "EHOSTUNREACH": "host unreachable", "EADDRNOTAVAIL": "address not available",
		"EACCES": "permission denied", "EPERM": "permission denied",
	}
	text := f.Text
	switch {
	case f.Closed:
		return "connection refused"
	case f.Fate == measure.Silent && text == "":
		return "timed out"
	case f.Fate == measure.Reported:
		text = "host unreachable"
		if f.ICMP != nil && (f.ICMP.Text == "Destination Net Unreachable" || strings.HasSuffix(f.ICMP.Text, "No route")) {
			text = "network unreachable"
		}
	case words[f.Errno] != "":
		text = words[f.Errno]
	}
	if f.ICMP != nil {
		text += fmt.Sprintf(" (%s: %s)", f.ICMP.From, f.ICMP.Text)
	}
	return text
}
