// Package scenario reads lessons from YAML: strictly, with the place of every
// mistake, and within limits that make files from strangers safe to read. The
// package is pure.
package scenario

import (
	"netlab/internal/check"
	"netlab/internal/scene"
)

// Scenario is a lesson.
type Scenario struct {
	Name     string `json:"name"`
	Order    int    `json:"order"` // the number of its folder; 0 for one's own
	Title    string `json:"title"`
	Summary  string `json:"summary"`  // one line
	Question string `json:"question"` // what the lesson answers
	Minutes  int    `json:"minutes"`  // how long it takes a learner
	// IPv6 says that this is the IPv6 variant of its lesson, from the file
	// FileIPv6. The file itself does not say so.
	IPv6 bool `json:"ipv6,omitempty"`
	// Start names the scenario at whose end this one begins.
	Start    string   `json:"start,omitempty"`
	Requires []string `json:"requires,omitempty"` // kernel features and programs: veth, bridge, nft …
	// Params are the numbers that may be chosen; Set chooses them.
	Params []Param `json:"params,omitempty"`
	// Scene is what exists before step 1, with the parameters' values in it.
	Scene scene.Scene `json:"scene,omitzero"`
	// Checks are about the scene itself, before step 1.
	Checks    []check.Check `json:"checks,omitempty"`
	Steps     []Step        `json:"steps"`
	Recap     []string      `json:"recap"`
	Questions []Quiz        `json:"questions,omitempty"`
	// Origin is what Set reads anew; nil for a scenario without parameters.
	Origin *Origin `json:"-"`
}

// Label is the name for reports, which tells the IPv6 variant of a lesson from
// the lesson: "bridge (ipv6)".
func (s Scenario) Label() string {
	if s.IPv6 {
		return s.Name + " (ipv6)"
	}
	return s.Name
}

// Step is one step of a lesson.
type Step struct {
	Title   string   `json:"title"`
	Explain string   `json:"explain"` // Markdown
	Predict *Predict `json:"predict,omitempty"`
	Run     string   `json:"run,omitempty"` // POSIX shell
	// Fails says that the last command of Run is meant to fail: its exit
	// status must not be 0. Otherwise every command must succeed.
	Fails     bool          `json:"fails,omitempty"`
	Requires  []string      `json:"requires,omitempty"` // without these the step is skipped, and says so
	Checks    []check.Check `json:"checks"`
	Hints     []string      `json:"hints"`
	Misbelief string        `json:"misbelief,omitempty"` // Markdown
	RealLife  string        `json:"real_life,omitempty"` // Markdown
}

// Predict is a question put before the commands run.
type Predict struct {
	Ask     string   `json:"ask"`
	Choices []string `json:"choices"`
	Answer  int      `json:"answer"` // from 1
	Why     string   `json:"why"`
}

// Quiz is a question at the end, with its answer.
type Quiz struct {
	Ask    string `json:"ask"`
	Answer string `json:"answer"`
}
