package event

// Report is the fold of all events of a run: what a summary, a JUnit file or
// an exit code is made from. The zero value is ready for use; it is not safe
// for use by several goroutines at once.
type Report struct {
	Version string // of netlab
	Total   int    // lessons that the run set out to do
	Lessons []Lesson
	Faults  []Failure
	Notes   []string // those said outside any lesson
	Begun   bool     // a run-start came
	Ended   bool     // a run-end came
	Millis  float64
}

// Lesson is what became of one lesson. Status is empty while it runs, and
// stays so when the learner left it before its end.
type Lesson struct {
	Name   string
	Title  string
	Total  int // steps that it has
	Steps  []Step
	Status Status
	Reason string // why it was skipped
	Notes  []string
	Millis float64
}

// Step is what became of one step, the last time that it was done: going back
// in guided mode replaces it. Number 0 holds what happened before the first
// step; it has no title.
type Step struct {
	Number   int
	Title    string
	Commands []CommandRun
	Checks   []CheckResult
	Hints    int // how many were shown
	Status   Status
	Reason   string // why it was skipped
	Millis   float64
}

// CommandRun is a command of a step and how it ended.
type CommandRun struct {
	Line   string
	Place  string
	Exit   int
	Status Status // Fail: it did not end as the lesson meant; empty: still running
	Text   string
	Hint   string
	Millis float64
}

// CheckResult is a check and how it ended.
type CheckResult struct {
	Check  string
	Says   string
	Status Status
	Want   string
	Got    string
	Cause  string
	Millis float64
}

// Failure is a fault of netlab or of the machine.
type Failure struct {
	Text   string
	Hint   string
	Code   int    // exit code it asks for; never 0
	Lesson string // empty: not inside one
}

// Add takes one event into the report.
func (r *Report) Add(e Event) {
	switch e.Kind {
	case RunStart:
		r.Begun, r.Version, r.Total = true, e.Text, e.Total
	case RunEnd:
		r.Ended, r.Millis = true, e.Millis
	case Fault:
		r.Faults = append(r.Faults, failure(e))
	case LessonStart:
		r.Lessons = append(r.Lessons, Lesson{Name: e.Lesson, Title: e.Title, Total: e.Total})
	case LessonEnd:
		r.lesson(e).end(e)
	case Note:
		r.note(e)
	case StepStart, StepEnd, Command, CommandEnd, Check, Hint:
		r.lesson(e).add(e)
	}
}

func failure(e Event) Failure {
	f := Failure{Text: e.Text, Hint: e.Hint, Code: e.Code, Lesson: e.Lesson}
	if f.Code == 0 {
		f.Code = CodeFault
	}
	return f
}

func (r *Report) note(e Event) {
	if e.Lesson == "" && (len(r.Lessons) == 0 || r.Lessons[len(r.Lessons)-1].Status != "") {
		r.Notes = append(r.Notes, e.Text)
		return
	}
	l := r.lesson(e)
	l.Notes = append(l.Notes, e.Text)
}

// lesson finds the lesson of an event: the newest of its name, or the newest
// of all when it names none. A lesson that never began is made, since a
// skipped one may have nothing but an end.
func (r *Report) lesson(e Event) *Lesson {
	for i := len(r.Lessons) - 1; i >= 0; i-- {
		if e.Lesson == "" || r.Lessons[i].Name == e.Lesson {
			return &r.Lessons[i]
		}
	}
	r.Lessons = append(r.Lessons, Lesson{Name: e.Lesson, Title: e.Title})
	return &r.Lessons[len(r.Lessons)-1]
}
