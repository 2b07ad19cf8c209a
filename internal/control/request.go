package control

import (
	"time"

	"netlab/internal/diagnose"
	"netlab/internal/measure"
	"netlab/internal/scenario"
	"netlab/internal/trace"
)

// Version of the protocol. Hello, its answer and the shape of frames are the
// same in all versions, so that a lab of another netlab can be named.
const Version = 1

// Verb is what the engine is asked to do.
type Verb string

// The verbs.
const (
	Load     Verb = "load"     // Scenario, Chain: take a lesson; what it begins with is built
	Step     Verb = "step"     // Number, Quiet, Pictures: run a step of the loaded lesson
	Shell    Verb = "shell"    // Rows, Cols, Node, Args, Term: a program, else a shell, on a terminal; frames of bytes until its answer
	Resize   Verb = "resize"   // Rows, Cols: while a shell runs; has no answer
	Exec     Verb = "exec"     // Node, Args: a program without a terminal; frames of bytes, errors, end and taken until its answer
	Signal   Verb = "signal"   // Number: a signal for what Exec runs; has no answer
	Features Verb = "features" // try what this machine can do
	Hello    Verb = "hello"    // what lab this is
	Check    Verb = "check"    // judge the checks of the step that the lab is at
	Look     Verb = "look"     // the lab's state: a frame of space for each namespace
	Mark     Verb = "mark"     // Text: remember the lab's state under this name
	Recall   Verb = "recall"   // Text: a state that was remembered; frames as for Look
	Watch    Verb = "watch"    // what changes in the lab, as events of change, until the caller goes
	Play     Verb = "play"     // Script, Args: run a foreign script; frames as for Exec, and events, until its answer
	Begin    Verb = "begin"    // Args, Text: a command of the script begins; Text is who runs it, as in an event's By
	Trace    Verb = "trace"    // Probe: send one, and tell its way
	Op       Verb = "op"       // Args, Text: do the op line Text, after the lines Args, and tell what it sends to the kernel
	Capture  Verb = "capture"  // Capture: listen; frames of points, packets, marks and losses until its answer
	Dig      Verb = "dig"      // Node, Args: ask name servers as dig does with these arguments; frames of dug until its answer, whose Exit is dig's
	Stop     Verb = "stop"     // that ends a capture; has no answer
	End      Verb = "end"      // Number, Text: that command has ended with this exit code; Text is what to say of it
)

// Request is one thing that the engine is asked to do.
type Request struct {
	Verb     Verb                `json:"verb"`
	Scenario *scenario.Scenario  `json:"scenario,omitempty"`
	Chain    []scenario.Scenario `json:"chain,omitempty"`    // lessons whose end the scenario starts from, first one first
	Number   int                 `json:"number,omitempty"`   // step, from 1; 0: what is claimed of the scene
	Pictures bool                `json:"pictures,omitempty"` // tell how the lab looks when a step has changed that
	Quiet    bool                `json:"quiet,omitempty"`    // only the commands, no events and no checks
	Rows     int                 `json:"rows,omitempty"`
	Cols     int                 `json:"cols,omitempty"`
	Node     string              `json:"node,omitempty"` // namespace; empty is host
	Args     []string            `json:"args,omitempty"`
	Term     string              `json:"term,omitempty"`    // what kind of terminal, as in TERM
	Netlink  bool                `json:"netlink,omitempty"` // of Load: tell what netlab's own commands send to the kernel
	Netlab   string              `json:"netlab,omitempty"`  // version of the program that loads the lesson
	Script   *Script             `json:"script,omitempty"`
	Text     string              `json:"text,omitempty"`
	Probe    *Probe              `json:"probe,omitempty"`
	Capture  *Listening          `json:"capture,omitempty"`
}

// Listening is what a capture listens to.
type Listening struct {
	Places []Place `json:"places,omitempty"` // none: everywhere, there too what comes later
	Filter string  `json:"filter,omitempty"` // in the words of package filter
	Snap   int     `json:"snap"`             // how many bytes of a frame are kept
}

// Place is a node, or one of its interfaces.
type Place struct {
	Node string `json:"node"`
	Link string `json:"link,omitempty"`
}

// Moment is something that happened in the lab while packets were captured.
type Moment struct {
	Time time.Time `json:"time"`
	Text string    `json:"text"`
	// Command says that it is one of many in a step.
	Command bool `json:"command,omitempty"`
}

// Probe is one that is to be sent and followed.
type Probe struct {
	From    string        `json:"from"`             // node
	To      string        `json:"to"`               // node, address, or a name to be looked up
	Name    bool          `json:"name,omitempty"`   // To is a name, even where a node is called so
	Why     bool          `json:"why,omitempty"`    // find out what is wrong with a name even where it leads to an answer
	Family  int           `json:"family,omitempty"` // 4 or 6: of the address of a node; 0: any
	Proto   measure.Proto `json:"proto"`
	Port    uint16        `json:"port,omitempty"`
	Size    int           `json:"size,omitempty"` // bytes of data; 0: as many as a ping has
	Timeout time.Duration `json:"timeout"`
}

// Seen is what became of a probe.
type Seen struct {
	Story   trace.Story      `json:"story"`
	Causes  []diagnose.Cause `json:"causes"` // why it was not answered
	Capture measure.Capture  `json:"capture"`
	Tunnels []uint16         `json:"tunnels,omitempty"` // UDP ports of the lab's tunnels
	// Name is how To was looked up, where it is a name. If no address came of it,
	// nothing was sent, and Story is empty.
	Name *trace.NameStory `json:"name,omitempty"`
	// NodeMeant says that To was taken for a node, and that it is a name as well.
	NodeMeant bool `json:"node_meant,omitempty"`
	// Near are nodes that are called much as a name that was not found.
	Near []string `json:"near,omitempty"`
}

// Script is a shell script that somebody else wrote.
type Script struct {
	Name    string        `json:"name"` // of its file, without a folder
	Text    []byte        `json:"text"`
	Shell   []string      `json:"shell"`             // what stands before its name on its command line
	Time    time.Duration `json:"time"`              // how long it may run
	Explain bool          `json:"explain,omitempty"` // tell what each word of its commands means
}

// Answer ends a request.
type Answer struct {
	Status   string    `json:"status,omitempty"` // pass, fail or skip
	Text     string    `json:"text,omitempty"`   // why skipped
	Exit     int       `json:"exit,omitempty"`   // of a shell
	Error    string    `json:"error,omitempty"`  // the engine could not do it: netlab's fault or the machine's
	Limit    string    `json:"limit,omitempty"`  // with Error: it is a limit of this machine, and which one; of Play: what ended the script
	Features []Feature `json:"features,omitempty"`
	Lab      *Lab      `json:"lab,omitempty"` // of Hello
	// Fresh, of Look, are the settings that a new namespace would have.
	Fresh   map[string]string `json:"fresh,omitempty"`
	Missing Missing           `json:"missing,omitempty"` // what Error is about
	Seen    *Seen             `json:"seen,omitempty"`    // of Trace
	At      time.Time         `json:"at,omitzero"`       // of Mark and Recall: when that state was
	Marks   []string          `json:"marks,omitempty"`   // with MissingMark: those that there are
}

// Missing is what a request names and the lab does not have.
type Missing string

// What may be missing.
const (
	MissingNode    Missing = "node"
	MissingProgram Missing = "program" // there is none of that name
	MissingRight   Missing = "right"   // there is, and it cannot be executed
	MissingAddress Missing = "address" // a node has none
	MissingMark    Missing = "mark"    // a state that was remembered
	MissingRoom    Missing = "room"    // for one more mark
	MissingLink    Missing = "link"    // a node has no such interface
)

// Lab is what a lab says of itself.
type Lab struct {
	V      int       `json:"v"`      // of the protocol
	Netlab string    `json:"netlab"` // version of the program that started it
	Name   string    `json:"name"`
	Lesson string    `json:"lesson"`
	Title  string    `json:"title"`
	Step   int       `json:"step"`  // that was done last; 0: none
	Steps  int       `json:"steps"` // that the lesson has
	Since  time.Time `json:"since"`
	Nodes  []string  `json:"nodes"` // its named namespaces
}

// Feature is one thing that a lesson may require of a machine.
type Feature struct {
	Name string `json:"name"` // veth, bridge, nft …
	OK   bool   `json:"ok"`
	What string `json:"what"`          // what it is
	Why  string `json:"why,omitempty"` // why it is missing
	Get  string `json:"get,omitempty"` // how to get it
}
