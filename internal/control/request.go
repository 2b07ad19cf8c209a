package control

import "netlab/internal/scenario"

// Verb is what the engine is asked to do.
type Verb string

// The verbs.
const (
	Load     Verb = "load"     // Scenario, Chain: take a lesson; what it begins with is built
	Step     Verb = "step"     // Number, Quiet: run a step of the loaded lesson
	Shell    Verb = "shell"    // Rows, Cols, Node: a shell on a terminal; frames of bytes until its answer
	Resize   Verb = "resize"   // Rows, Cols: while a shell runs; has no answer
	Features Verb = "features" // try what this machine can do
)

// Request is one thing that the engine is asked to do.
type Request struct {
	Verb     Verb                `json:"verb"`
	Scenario *scenario.Scenario  `json:"scenario,omitempty"`
	Chain    []scenario.Scenario `json:"chain,omitempty"`  // lessons whose end the scenario starts from, first one first
	Number   int                 `json:"number,omitempty"` // step, from 1; 0: what is claimed of the scene
	Quiet    bool                `json:"quiet,omitempty"`  // only the commands, no events and no checks
	Rows     int                 `json:"rows,omitempty"`
	Cols     int                 `json:"cols,omitempty"`
	Node     string              `json:"node,omitempty"` // namespace; empty is host
}

// Answer ends a request.
type Answer struct {
	Status   string    `json:"status,omitempty"` // pass, fail or skip
	Text     string    `json:"text,omitempty"`   // why skipped
	Exit     int       `json:"exit,omitempty"`   // of a shell
	Error    string    `json:"error,omitempty"`  // the engine could not do it: netlab's fault or the machine's
	Limit    string    `json:"limit,omitempty"`  // with Error: it is a limit of this machine, and which one
	Features []Feature `json:"features,omitempty"`
}

// Feature is one thing that a lesson may require of a machine.
type Feature struct {
	Name string `json:"name"` // veth, bridge, nft …
	OK   bool   `json:"ok"`
	What string `json:"what"`          // what it is
	Why  string `json:"why,omitempty"` // why it is missing
	Get  string `json:"get,omitempty"` // how to get it
}
