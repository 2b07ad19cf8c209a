package kernel

import (
	"regexp"
	"strconv"
	"strings"
)

// ruleKey is what nft knows a rule by.
type ruleKey struct {
	family, table string
	handle        uint64
}

// ruleTexts reads the output of "nft -s -a list ruleset": the text of each rule
// in one line, without its counter. nft breaks a line inside a long set; the
// handle stands at the end of a rule.
func ruleTexts(out string) map[ruleKey]string {
	texts := map[ruleKey]string{}
	var in ruleKey
	var pending []string
	for line := range strings.Lines(out) {
		line = strings.TrimSpace(line)
		if words := strings.Fields(line); len(words) > 3 && words[0] == "table" && words[3] == "{" {
			in, pending = ruleKey{family: words[1], table: words[2]}, nil
			continue
		}
		text, handle := cutHandle(line)
		switch {
		case strings.HasSuffix(text, "{") && handle != 0, line == "}", line == "", strings.HasSuffix(line, ";"):
			pending = nil // the head or the end of a chain or set, or what stands before the rules
		case handle == 0:
			pending = append(pending, line)
		default:
			in.handle = handle
			texts[in] = withoutCounter(strings.Join(append(pending, text), " "))
			pending = nil
		}
	}
	return texts
}

// cutHandle splits off the handle; 0 if there is none.
func cutHandle(line string) (text string, handle uint64) {
	const mark = "# handle "
	i := strings.LastIndex(line, mark)
	if i < 0 {
		return line, 0
	}
	handle, err := strconv.ParseUint(line[i+len(mark):], 10, 64)
	if err != nil {
		return line, 0
	}
	return strings.TrimSpace(line[:i]), handle
}

// withoutCounter takes the word counter out, and its numbers if there are some,
// but not the name of a counter that others share, and nothing between quotes.
func withoutCounter(text string) string {
	counter := regexp.MustCompile(`(^| )counter( packets \d+ bytes \d+)?( |$)`)
	parts := strings.Split(text, `"`)
	for i := 0; i < len(parts); i += 2 {
		for _, at := range counter.FindAllStringIndex(parts[i], -1) {
			if rest := parts[i][at[1]:]; !strings.HasPrefix(rest, "name ") {
				parts[i] = strings.TrimRight(parts[i][:at[0]], " ") + " " + rest
				break // a rule has one
			}
		}
	}
	return strings.TrimSpace(strings.Join(parts, `"`))
}
