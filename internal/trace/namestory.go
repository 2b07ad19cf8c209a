package trace

import (
	"net/netip"
	"time"

	"netlab/internal/measure"
	"netlab/internal/nss"
	"netlab/internal/snapshot"
)

// NameStory is how a name was looked up: what the resolver library read, whom
// it asked, and whom these asked in their turn.
type NameStory struct {
	From      string        `json:"from"`
	Name      string        `json:"name"`
	Family    int           `json:"family"` // 4 or 6: of the addresses that are wanted
	By        string        `json:"by"`     // "getent", or who did it for want of that
	Addrs     []netip.Addr  `json:"addrs,omitempty"`
	Canon     string        `json:"canon,omitempty"`
	Source    string        `json:"source,omitempty"` // who says so: a line of the hosts file, or a server
	Slow      bool          `json:"slow,omitempty"`   // it was ended, because it took too long
	Took      time.Duration `json:"took"`             // nanoseconds
	Lines     []NameLine    `json:"lines"`
	Questions int           `json:"questions"` // that were asked, of all name servers
}

// NameDoes is what a namespace does to find a name.
type NameDoes string

// What a namespace does.
const (
	ReadsFile NameDoes = "reads"
	Asks      NameDoes = "asks"
	Answers   NameDoes = "answers"
	Fails     NameDoes = "fails" // what it asks or answers comes to nothing
	Finds     NameDoes = "finds" // the end
	FindsNot  NameDoes = "finds not"
)

// NameLine is one thing that happened.
type NameLine struct {
	Space string   `json:"space"`
	Does  NameDoes `json:"does"`
	Text  string   `json:"text"`
	// At is since the lookup began, of what was heard (nanoseconds).
	At time.Duration `json:"at,omitempty"`
	// Records are those of an answer, for those who want to know more.
	Records []string `json:"records,omitempty"`
}

// TellName tells how a name was looked up. The state is that of the lab just
// before.
func TellName(lab snapshot.Lab, r measure.Resolved) NameStory {
	s := NameStory{From: r.From, Name: r.Name, Family: r.Family, By: r.By, Addrs: r.Addrs, Canon: r.Canon, Slow: r.Slow, Took: r.Took}
	space, _ := lab.Space(r.From)
	t := nameTeller{lab: lab, r: r, files: space.Names, all: Exchanges(lab, r.Heard)}
	t.sources()
	t.end()
	s.Lines, s.Questions = t.lines, len(t.all)
	if len(r.Addrs) > 0 {
		s.Source = t.source
	}
	return s
}

// nameTeller puts a lookup into words.
type nameTeller struct {
	lab   snapshot.Lab
	r     measure.Resolved
	files nss.Files
	all   []Exchange
	lines []NameLine

	source string
}

func (t *nameTeller) say(does NameDoes, text string) {
	t.lines = append(t.lines, NameLine{Space: t.r.From, Does: does, Text: text})
}
