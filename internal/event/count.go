package event

// Count is how many of something passed, failed and were skipped.
type Count struct{ Pass, Fail, Skip int }

// Total is how many there are.
func (c Count) Total() int { return c.Pass + c.Fail + c.Skip }

// Plus is the sum of two counts.
func (c Count) Plus(d Count) Count {
	return Count{c.Pass + d.Pass, c.Fail + d.Fail, c.Skip + d.Skip}
}

func (c *Count) add(s Status) {
	switch s {
	case Pass:
		c.Pass++
	case Fail:
		c.Fail++
	case Skip:
		c.Skip++
	}
}

// Count counts the lessons that ended.
func (r Report) Count() Count {
	var c Count
	for _, l := range r.Lessons {
		c.add(l.Status)
	}
	return c
}

// Checks counts the checks of all lessons.
func (r Report) Checks() Count {
	var c Count
	for _, l := range r.Lessons {
		c = c.Plus(l.Checks())
	}
	return c
}

// Checks counts the checks of the lesson.
func (l Lesson) Checks() Count {
	var c Count
	for _, s := range l.Steps {
		for _, k := range s.Checks {
			c.add(k.Status)
		}
	}
	return c
}

// Commands counts the commands of the lesson. One that is meant to fail and
// does has passed; one that still runs is not counted.
func (l Lesson) Commands() Count {
	var c Count
	for _, s := range l.Steps {
		for _, k := range s.Commands {
			c.add(k.Status)
		}
	}
	return c
}

// StepCount counts the steps of the lesson that ended.
func (l Lesson) StepCount() Count {
	var c Count
	for _, s := range l.Steps {
		c.add(s.Status)
	}
	return c
}
