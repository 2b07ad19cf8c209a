package nss

import "time"

// Step is one source that is asked for a name, as far as the files tell.
type Step struct {
	Source string
	// Says is what the source says, where the files tell that: SUCCESS, NOTFOUND
	// or UNAVAIL. Empty: servers have to be asked.
	Says string
	// After is what the source of the step before must have said for this one to
	// be asked; nil: it is asked in any case.
	After []string
	Text  string // in words

	Lines []HostsLine // files: the lines that have the name

	// Servers are asked for Names, one after the other in both lists, until one
	// has a record of the type. For each of Types, the names are gone through anew.
	Servers []Server
	Names   []string
	Types   []string
	Extra   int           // how many names of the search list come before the name as it is
	Silent  time.Duration // until nobody is waited for any more, if no server answers; 0: not known
	First   time.Duration // what a first server that is silent costs for each name, if another one answers
}

// Plan is what a lookup of a name does for family 4, 6, or 0 for both: the
// steps up to the one after which it surely ends. A name that is an address
// needs none. Where there are no steps, no source is asked at all.
func Plan(files Files, name string, family int) []Step {
	if _, is := literal(name); is {
		return nil
	}
	var steps []Step
	var after []string
	for _, s := range ReadSwitch(files.Switch.Text).Sources {
		step := files.step(s, name, family)
		step.After = after
		step.Text += step.ending(s)
		steps = append(steps, step)
		statuses := []string{Success, NotFound, Unavail}
		if step.Says != "" {
			statuses = []string{step.Says}
		}
		after = nil
		for _, status := range statuses {
			if s.Then(status) == Continue {
				after = append(after, status)
			}
		}
		if after == nil {
			break
		}
	}
	return steps
}

func (f Files) step(s Source, name string, family int) Step {
	switch s.Name {
	case "files":
		return f.Hosts.step(name, family)
	case "dns":
		return f.Resolv.ask(name, family)
	}
	who, _ := About(s.Name)
	return Step{Source: s.Name, Says: Unavail, Text: s.Name + ": would ask " + who + ", and is passed over: that is not to be had here"}
}

// step is a look into hosts.
func (f File) step(name string, family int) Step {
	found := f.lookup(name, family)
	step := Step{Source: "files", Says: found.Status}
	if found.Status == Success {
		step.Lines = ReadHosts(f.Text).Find(name, family)
	}
	step.Text = "files: " + f.hasWords(name, step.Lines)
	return step
}

// ask is a question to the servers of resolv.conf.
func (f File) ask(name string, family int) Step {
	r := ReadResolv(f.Text)
	t := r.tries(name)
	step := Step{Source: "dns", Servers: r.Servers, Names: r.Candidates(name), Types: r.types(family), First: r.Wait(0)}
	if t.last != "" {
		step.Extra = len(t.searched)
	}
	if r.Attempts == 0 || family == 0 && !hostName(name) {
		step.Servers, step.Names = nil, nil
	}
	switch {
	case len(step.Names) == 0 && r.Attempts > 0:
		step.Says = NotFound
	case len(step.Names) == 0:
		step.Says = Unavail
	default:
		step.Silent = r.silent(t) * time.Duration(len(step.Types))
		if family == 0 {
			step.Silent = r.silent(t) // both questions go out at once
		}
	}
	step.Text = "dns: " + f.askWords(r, step, name)
	return step
}

// types are the records that are asked for, one after the other; for both
// families at once.
func (r Resolv) types(family int) []string {
	six := "AAAA"
	if r.NoAAAA {
		six = "A"
	}
	switch {
	case family == 4 || family == 0 && r.NoAAAA:
		return []string{"A"}
	case family == 6:
		return []string{six, "A"}
	}
	return []string{"A", six}
}

// silent is how long no server is waited for in vain. A server that is silent
// ends the search: only one name of the list is asked for.
func (r Resolv) silent(t tries) time.Duration {
	names := 0
	for _, asked := range []bool{t.first != "", len(t.searched) > 0, t.last != ""} {
		if asked {
			names++
		}
	}
	if r.UseTCP {
		return 0
	}
	each := time.Duration(0)
	for i := range r.Servers {
		each += r.Wait(i)
	}
	return each * time.Duration(r.Attempts*names)
}
