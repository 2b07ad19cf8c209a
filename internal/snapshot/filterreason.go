package snapshot

import (
	"fmt"
	"slices"
	"strings"
)

// hookWords says which packets a chain is asked about.
func hookWords(f Filter, space string) string {
	thing := "packets"
	if f.Family == "bridge" || f.Family == "arp" {
		thing = "frames"
	}
	switch f.Hook {
	case "input":
		return thing + " to " + space + " itself"
	case "output":
		return thing + " that " + space + " itself sends"
	case "forward":
		return thing + " that " + space + " passes on"
	case "prerouting":
		return thing + " that arrive at " + space + " (before their route is looked up)"
	case "postrouting":
		return thing + " that leave " + space + " (after their route was looked up)"
	case "":
		return thing + " that another chain sends here"
	}
	return thing + " at the hook " + f.Hook
}

// filterCame says what a new rule or chain does.
func filterCame(f Filter, space string) string {
	if f.Policy != "" {
		return policyReason(f, space)
	}
	who := "such " + hookWords(f, space)
	verdict, to := f.verdict()
	if verdict == f.firstWord() {
		who = "all " + hookWords(f, space)
	}
	return who + " " + verdictWords(verdict, to, space)
}

// policyReason says what a chain does in the end.
func policyReason(f Filter, space string) string {
	does := "is accepted"
	if f.Policy == "drop" {
		does = "is dropped, and nobody is told"
	}
	return fmt.Sprintf("it is asked about %s: what no rule decides %s", hookWords(f, space), does)
}

// bare are the words of a rule that stand outside quotes.
func (f Filter) bare() []string {
	var all []string
	for i, part := range strings.Split(f.Text, `"`) {
		if i%2 == 0 {
			all = append(all, strings.Fields(part)...)
		}
	}
	return all
}

func (f Filter) firstWord() string {
	if w := f.bare(); len(w) > 0 {
		return w[0]
	}
	return ""
}

// verdict is what a rule decides, in nft's words, and the chain or address that
// goes with it; empty if it decides nothing.
func (f Filter) verdict() (verdict, to string) {
	w := f.bare()
	verdicts := []string{"accept", "drop", "reject", "masquerade", "snat", "dnat", "redirect", "jump", "goto", "return", "queue"}
	for i, word := range w {
		if f.Tool != "nft" {
			if word != "-j" && word != "-g" || i+1 == len(w) {
				continue
			}
			if lower := strings.ToLower(w[i+1]); slices.Contains(verdicts, lower) && w[i+1] != lower {
				return lower, ""
			}
			if strings.ToUpper(w[i+1]) == w[i+1] {
				return "", "" // a target that decides nothing, such as LOG
			}
			return "jump", w[i+1]
		}
		if slices.Contains(verdicts, word) {
			return word, strings.Join(w[i+1:min(i+2, len(w))], "")
		}
	}
	return "", ""
}

// verdictWords says what happens to packets.
func verdictWords(verdict, to, space string) string {
	switch verdict {
	case "accept":
		return "pass this chain: its other rules are not asked"
	case "drop":
		return "are dropped, and nobody is told"
	case "reject":
		return "are dropped, and their sender is told"
	case "masquerade":
		return "get the address of the link they leave by as their source; answers are changed back"
	case "snat":
		return "get another source; answers are changed back"
	case "dnat":
		return "get another destination; answers are changed back"
	case "redirect":
		return "go to a port of " + space + " itself"
	case "jump", "goto":
		return "are asked the rules of the chain " + to
	case "return":
		return "skip the rest of this chain"
	case "queue":
		return "wait until a program has decided about them"
	}
	return "are not decided here: the next rule is asked"
}
