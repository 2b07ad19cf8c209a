// Package event is everything that happens in a run, as one stream of flat
// values. JSON lines are the events themselves; every other output is made
// from them by a renderer; Report is their fold. The package is pure.
package event

import (
	"netlab/internal/nlmsg"
	"netlab/internal/topology"
)

// Version of the event format, carried by each event.
const Version = 1

// Kind says what happened.
type Kind string

// The kinds of events, in the order in which a run has them. Inside a lesson
// every event also carries Lesson, and inside a step Step, so that the streams
// of several labs can be mixed; Report makes do without them in a single one.
const (
	RunStart    Kind = "run-start"    // Text: netlab's version; Total: number of lessons
	LessonStart Kind = "lesson-start" // Lesson, Title, Text (summary), Question, Total (number of steps)
	Scene       Kind = "scene"        // Picture: what exists before the first step; Text: the files that are there, with blanks between
	StepStart   Kind = "step-start"   // Step, Title, Text (explanation, Markdown)
	Predict     Kind = "predict"      // Text (question), Choices
	Predicted   Kind = "predicted"    // Answer, Want, OK, Text (why)
	Command     Kind = "command"      // Line, Place, By, Text (what it means); before it runs
	Word        Kind = "word"         // Line (a word of the command before it), Text (what it means)
	Netlink     Kind = "netlink"      // Line, Place, Netlink: a request that the command before it sent to the kernel, and the answers; without Netlink, Text: why there is none
	Output      Kind = "output"       // Stream, Text
	CommandEnd  Kind = "command-end"  // Line, Exit, Status (fail: not as the lesson meant it), Text and Hint (a failed native op), Millis
	Change      Kind = "change"       // Sign, Place, Line, Text (the reason), By (unseen: no command that netlab saw did it), Millis (of a watch: since it began)
	Picture     Kind = "picture"      // Picture: the lab after a step that changed how it looks, what is new marked; or what a foreign script has built
	Check       Kind = "check"        // Check, Text (the claim), Status, Want, Got, Cause, Millis
	Misbelief   Kind = "misbelief"    // Text: a misconception that people really have (Markdown)
	RealLife    Kind = "real-life"    // Text (Markdown)
	Hint        Kind = "hint"         // Text
	Note        Kind = "note"         // Text: said by netlab about itself: limits, what was skipped and why
	StepEnd     Kind = "step-end"     // Step, Status, Text (why skipped), Millis
	Recap       Kind = "recap"        // Text: one point (Markdown)
	Quiz        Kind = "quiz"         // Text (question), Answer
	Built       Kind = "built"        // Line: what a foreign script has made, kind by kind
	Left        Kind = "left"         // Line: what it would have left behind on a real machine; without Line: nothing
	LessonEnd   Kind = "lesson-end"   // Lesson, Status, Text (why skipped), Millis
	Fault       Kind = "fault"        // Text, Hint, Code: netlab itself or the machine failed; never the learner
	RunEnd      Kind = "run-end"      // Millis
)

// ByScript is the By of the command that is a foreign script as a whole.
const ByScript = "script"

// Status is how a check, a step or a lesson ended.
type Status string

// The statuses.
const (
	Pass Status = "pass"
	Fail Status = "fail"
	Skip Status = "skip"
)

// Event is one thing that happened. Which fields are used depends on Kind and
// is said there; unused ones are left out of the JSON.
type Event struct {
	V        int             `json:"v"`
	Kind     Kind            `json:"kind"`
	Lesson   string          `json:"lesson,omitempty"`
	Step     int             `json:"step,omitempty"` // from 1
	Title    string          `json:"title,omitempty"`
	Text     string          `json:"text,omitempty"`
	Question string          `json:"question,omitempty"`
	Choices  []string        `json:"choices,omitempty"`
	Answer   string          `json:"answer,omitempty"`
	Line     string          `json:"line,omitempty"`   // a command as the learner would type it
	Place    string          `json:"place,omitempty"`  // namespace: host, ns1 …
	By       string          `json:"by,omitempty"`     // who ran the command: netlab, ip, or machine; script: it is a foreign script
	Stream   string          `json:"stream,omitempty"` // stdout or stderr
	Sign     string          `json:"sign,omitempty"`   // + - ~
	Check    string          `json:"check,omitempty"`  // the check as text: ping ns1 10.1.1.2
	Status   Status          `json:"status,omitempty"`
	Want     string          `json:"want,omitempty"`
	Got      string          `json:"got,omitempty"`
	Cause    string          `json:"cause,omitempty"` // one line: why a check failed
	Hint     string          `json:"hint,omitempty"`
	OK       bool            `json:"ok,omitempty"`
	Exit     int             `json:"exit,omitempty"` // exit code of a command
	Code     int             `json:"code,omitempty"` // exit code that a fault asks netlab to end with
	Total    int             `json:"total,omitempty"`
	Picture  *topology.Graph `json:"picture,omitempty"`
	Netlink  *nlmsg.Exchange `json:"netlink,omitempty"`
	Millis   float64         `json:"ms,omitempty"` // how long it took, in milliseconds
}

// Sink receives events one at a time, in order.
type Sink func(Event)
