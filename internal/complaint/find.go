package complaint

import (
	"cmp"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"netlab/internal/op"
)

// Found is what is known of a text.
type Found struct {
	Complaint
	Line   string   `json:"line"`             // of the text, in which it was found
	Others []string `json:"others,omitempty"` // commands after which the same words mean something of their own
}

// Unknown is the error of Find for a text in which nothing is known.
type Unknown struct {
	Text    string
	Nearest []string // what is known and looks most like it, likeliest first
}

func (u *Unknown) Error() string { return "netlab knows no error like " + strconv.Quote(u.Text) }

// Find says what a text means that a program printed. It may be a line of a
// terminal, or many, in any case, with the command in front of the message or in
// a line before it; the first message that is known counts. An error number may
// be given by its name, too. The error is an *Unknown.
func Find(text string) (Found, error) {
	known, of := all(), ""
	for line := range strings.Lines(text) {
		clean := plainLine(line)
		if command := commandOf(clean); command != "" {
			of = command
		}
		if c, others := best(known, withNumbers(clean), of); c != nil {
			return Found{*c, strings.TrimSpace(line), others}, nil
		}
	}
	return Found{}, &Unknown{strings.TrimSpace(text), nearest(known, text)}
}

// plainLine is a line as it is compared: without a prompt, in small letters, with
// plain quotation marks and single blanks.
func plainLine(line string) string {
	line = strings.NewReplacer("“", `"`, "”", `"`, "‘", "'", "’", "'", "\x00", " ").Replace(line)
	line = strings.ToLower(strings.Join(strings.Fields(line), " "))
	return regexp.MustCompile(`^([\w.-]+ )?\S*[$#%>] +`).ReplaceAllString(line, "")
}

// withNumbers adds to a line the words for the error number that it names.
func withNumbers(line string) string {
	for word := range strings.FieldsFuncSeq(line, func(r rune) bool { return !('a' <= r && r <= 'z' || '0' <= r && r <= '9') }) {
		if e, ok := byName(word); ok && len(word) > 3 {
			line += " " + strings.ToLower(e.Text)
		}
	}
	if m := regexp.MustCompile(`errno:? ?=?-?(\d+)`).FindStringSubmatch(line); m != nil {
		n, _ := strconv.Atoi(m[1])
		line += " " + strings.ToLower(ByNumber(n).Text)
	}
	return line
}

// commandOf is the command with which a line begins, or whose message it is.
func commandOf(line string) string {
	words := strings.Fields(strings.TrimPrefix(line, "sudo "))
	if len(words) == 0 {
		return ""
	}
	first := words[0]
	name := strings.TrimRight(first, ":")
	switch name {
	case "ip", "bridge", "sysctl":
		if called := op.Called(words); called != "" && name == first {
			return asAdd(called)
		}
		return name
	case "ping", "ping4", "ping6":
		return "ping"
	case "siocaddrt": // the old command route
		return routeAdd
	case "siocdelrt":
		return routeDel
	case "connect", "bind", "listen", "bash", "sh", "curl", "wget", "nc", "ncat", "netcat", "ssh", "scp", "telnet", "socat", "python", "python3", "dial":
		return Connects
	}
	for _, sign := range []string{"connect", "connection to", "dial tcp", "/dev/tcp", "bind(", "[errno"} {
		if strings.Contains(line, sign) && !strings.HasPrefix(line, "rtnetlink") {
			return Connects
		}
	}
	return ""
}

// asAdd counts the verbs that add in another way as add.
func asAdd(called string) string {
	for _, verb := range []string{" replace", " change", " append", " prepend"} {
		if rest, ok := strings.CutSuffix(called, verb); ok {
			return rest + " add"
		}
	}
	return called
}

// best chooses the entry for a line: what belongs to the command before what
// belongs to any, then the longest piece of text. What only other commands have
// counts if the kernel's part for network settings said it, and only one does.
func best(known []Complaint, line, of string) (*Complaint, []string) {
	var fits []*Complaint
	for i := range known {
		c := &known[i]
		if c.weight = c.fit(line); c.weight == 0 {
			continue
		}
		if of != "" && c.Of == of {
			const own = 1000 // more than a line is long
			c.weight += own
		}
		fits = append(fits, c)
	}
	var others []string
	for _, c := range fits {
		if c.Of != "" && c.Of != of && !slices.Contains(others, c.Of) {
			others = append(others, c.Of)
		}
	}
	free := slices.DeleteFunc(slices.Clone(fits), func(c *Complaint) bool { return c.Of != "" && c.Of != of })
	if of == "" && strings.HasPrefix(line, "rtnetlink") {
		settings := slices.DeleteFunc(slices.Clone(fits), func(c *Complaint) bool { return !strings.HasPrefix(c.Of, "ip ") && !strings.HasPrefix(c.Of, "bridge ") })
		if len(settings) == 1 {
			return settings[0], nil
		}
		others = slices.DeleteFunc(others, func(s string) bool { return !strings.Contains(s, " ") })
	}
	if len(free) == 0 {
		return nil, nil
	}
	chosen := slices.MaxFunc(free, func(a, b *Complaint) int { return cmp.Compare(a.weight, b.weight) })
	if chosen.Of != "" || len(others) == 0 || chosen.Errno == "" {
		return chosen, nil
	}
	return chosen, others
}

// fit is how long the piece of the line is that belongs to the complaint.
func (c Complaint) fit(line string) int {
	longest := 0
	for _, pattern := range c.match {
		if contains(line, pattern) {
			longest = max(longest, len(pattern))
		}
	}
	return longest
}

// contains tells whether a line has the pieces of a pattern, which stars
// separate, one behind the other.
func contains(line, pattern string) bool {
	for piece := range strings.SplitSeq(pattern, "*") {
		_, rest, found := strings.Cut(line, piece)
		if !found {
			return false
		}
		line = rest
	}
	return true
}
