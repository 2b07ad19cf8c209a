package trace

import (
	"fmt"
	"slices"
	"strings"

	"netlab/internal/dns"
	"netlab/internal/nss"
)

// sources tells what the resolver library reads and asks, one source after the
// other, as far as it came.
func (t *nameTeller) sources() {
	s := nss.ReadSwitch(t.files.Switch.Text)
	t.say(ReadsFile, order(t.files.Switch, s))
	for _, f := range []nss.File{t.files.Switch, t.files.Resolv} { // read in any case; hosts only if it is a source
		if f.Flaw == nss.Pipe {
			t.say(Fails, f.Flawed())
			return
		}
	}
	t.mistakes("nsswitch.conf", s.Mistakes)
	status, asked := "", false
	for _, step := range nss.Plan(t.files, t.r.Name, t.r.Family) {
		if step.After != nil && !slices.Contains(step.After, status) {
			break
		}
		t.say(ReadsFile, step.Text)
		if step.Source == "files" && t.files.Hosts.Flaw == nss.Pipe {
			return
		}
		switch status = step.Says; step.Source {
		case "files":
			if len(step.Lines) > 0 {
				t.source = fmt.Sprintf("line %d of %s", step.Lines[0].Line, t.files.Hosts.Path)
			}
			t.mistakes("hosts", t.ofName(nss.ReadHosts(t.files.Hosts.Text).Mistakes))
		case "dns":
			t.mistakes("resolv.conf", nss.ReadResolv(t.files.Resolv.Text).Mistakes)
			t.heard()
			asked = true
			if len(step.Names) > 0 && !slices.ContainsFunc(t.all, func(e Exchange) bool { return e.From == t.r.From }) {
				t.say(Fails, "no question leaves "+t.r.From)
			}
			if status == "" {
				status = t.status()
			}
		}
	}
	if !asked {
		t.heard() // by a source that is not known here
	}
}

// order is the line "hosts:" in words.
func order(f nss.File, s nss.Switch) string {
	var words, names []string
	for _, source := range s.Sources {
		words, names = append(words, source.Name), append(names, source.Name)
		for _, a := range source.Actions {
			words = append(words, a.String())
		}
	}
	text := fmt.Sprintf("line %d of %s says hosts: %s", s.Line, f.Path, strings.Join(words, " "))
	switch {
	case f.Path == "":
		text = "there is no nsswitch.conf, which is as hosts: " + strings.Join(words, " ")
	case f.Flaw != "" && s.Line == 0:
		return f.Flawed()
	case s.Line == 0:
		text = f.Path + " has no line hosts:, which is as hosts: " + strings.Join(words, " ")
	}
	switch len(names) {
	case 0:
		return text + ", so nobody is asked"
	case 1:
		return text
	}
	return text + ". So first " + strings.Join(names, ", then ")
}

func (t *nameTeller) mistakes(file string, all []nss.Mistake) {
	for _, m := range all {
		t.say(Fails, fmt.Sprintf("line %d of %s: %s", m.Line, file, m.Why))
	}
}

// ofName are the mistakes in lines that have the name.
func (t *nameTeller) ofName(all []nss.Mistake) []nss.Mistake {
	return slices.DeleteFunc(slices.Clone(all), func(m nss.Mistake) bool { return !slices.Contains(strings.Fields(m.Text), t.r.Name) })
}

// status is what name servers have said in the end.
func (t *nameTeller) status() string {
	status := nss.Unavail
	for _, e := range t.all {
		if e.From != t.r.From || e.Answer == nil || !e.Back {
			continue
		}
		switch e.Means().Sense {
		case dns.Found:
			t.source = e.Whom()
			return nss.Success
		case dns.NoName, dns.NoData, dns.Alias:
			status = nss.NotFound
		default:
			status = nss.Unavail
		}
	}
	return status
}
