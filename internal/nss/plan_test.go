package nss_test

import (
	"maps"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"netlab/internal/dns"
	"netlab/internal/nss"
)

func allRows() map[string]lookedUp {
	rows := candidateRows()
	maps.Copy(rows, glibcRows())
	return rows
}

// TestPlanIsWhatALookupDoes: for all files and names of which it is proved
// that Lookup does what glibc does.
func TestPlanIsWhatALookupDoes(t *testing.T) {
	for name, row := range allRows() {
		t.Run(name, func(t *testing.T) {
			n := usualNames()
			found := nss.Lookup(row.files(), row.name, row.family, n.ask)
			steps := nss.Plan(row.files(), row.name, row.family)
			answers := slices.ContainsFunc(steps, func(s nss.Step) bool { return s.Source == found.Source && (s.Says == "" || s.Says == nss.Success) })
			if !answers && found.Source != "" {
				t.Errorf("%s has it, and the plan is %+v", found.Source, steps)
			}
			for _, a := range n.took() {
				if !slices.ContainsFunc(steps, func(s nss.Step) bool { return asks(s, a) }) {
					t.Errorf("%v is asked, and the plan is %+v", a, steps)
				}
			}
		})
	}
}

func asks(s nss.Step, a asked) bool {
	server := slices.ContainsFunc(s.Servers, func(s nss.Server) bool { return s.Addr.Unmap() == ip(a.Server) || s.Addr.WithZone("") == ip(a.Server) })
	return server && slices.Contains(s.Names, a.Name) && slices.Contains(s.Types, a.Type)
}

// TestPlanNamesAllQuestionsAndWaits: those of a lookup of which all servers say
// that there is no such name, of one where all are silent, and of one where
// the first is.
func TestPlanNamesAllQuestionsAndWaits(t *testing.T) {
	for name, row := range allRows() {
		files := row.files()
		files.Switch.Text = "hosts: dns\n"
		steps := nss.Plan(files, row.name, row.family)
		if len(steps) == 0 || nss.ReadResolv(files.Resolv.Text).Rotate {
			continue
		}
		s := steps[0]
		t.Run(name, func(t *testing.T) {
			var asked, want []string
			no := func(q nss.Query) nss.Reply {
				asked = append(asked, q.Question.Type+" "+q.Question.Name)
				return nss.Reply{Answer: &dns.Message{Status: dns.NXDomain}}
			}
			nss.Lookup(files, row.name, row.family, no)
			for _, kind := range s.Types {
				for _, n := range s.Names {
					want = append(want, kind+" "+n)
				}
			}
			if row.family == 0 { // both types at once
				slices.Sort(want)
				slices.Sort(asked)
			}
			if d := cmp.Diff(want, asked); d != "" {
				t.Errorf("- plan, + Lookup:\n%s", d)
			}
			if got := waits(files, row, func(nss.Query) nss.Reply { return nss.Reply{} }); got != s.Silent {
				t.Errorf("if nobody answers, it takes %s; the plan says %s", got, s.Silent)
			}
			first := func(q nss.Query) nss.Reply {
				if q.Server == s.Servers[0].Addr {
					return nss.Reply{}
				}
				return nss.Reply{Answer: &dns.Message{Status: dns.NXDomain}}
			}
			if len(s.Servers) < 2 || s.Servers[1].Addr == s.Servers[0].Addr || s.Silent == 0 {
				return
			}
			if got, want := waits(files, row, first), s.First*time.Duration(len(s.Names)*len(s.Types)); got != want {
				t.Errorf("a first server that is silent costs %s; the plan says %s", got, want)
			}
		})
	}
}

// waits is how long a lookup waits for answers that do not come.
func waits(files nss.Files, row lookedUp, ask func(nss.Query) nss.Reply) time.Duration {
	var sum time.Duration
	nss.Lookup(files, row.name, row.family, func(q nss.Query) nss.Reply {
		r := ask(q)
		if r.Answer == nil && (row.family != 0 || q.Question.Type == "A") { // with 0 the waits run side by side
			sum += q.Wait
		}
		return r
	})
	return sum
}

func TestPlanInWords(t *testing.T) {
	own := func(sw, hosts, resolv string) nss.Files {
		return nss.Files{
			Switch: nss.File{Path: "/etc/netns/A/nsswitch.conf", Text: sw}, Hosts: nss.File{Path: "/etc/netns/A/hosts", Text: hosts}, Resolv: nss.File{Path: "/etc/netns/A/resolv.conf", Text: resolv},
		}
	}
	const two = "nameserver 10.0.0.1\nnameserver 10.0.0.2\nsearch lab\n"
	for name, row := range map[string]struct {
		files  nss.Files
		name   string
		family int
		want   []string
	}{
		"in hosts": {own(usualSwitch, "# x\n10.0.0.9 web\n", two), "web", 4, []string{"files: line 2 of /etc/netns/A/hosts says 10.0.0.9"}},
		"not in hosts": {own(usualSwitch, "10.0.0.9 web.lab\n", two), "web", 4, []string{
			"files: /etc/netns/A/hosts has no line with the name web; line 1 has a name that begins with it, and names must be the same in full",
			"dns: asks 10.0.0.1, then 10.0.0.2 (the next one if one does not answer) for the A record of web.lab., then of web.; if nobody answers, that takes 40s",
		}},
		"in hosts with the other family": {own("hosts: files\n", "fd00::9 web\n", two), "web", 4, []string{
			"files: /etc/netns/A/hosts has no line with the name web; line 1 has it with fd00::9, of the other family",
		}},
		"DNS has the last word": {own("hosts: dns [NOTFOUND=return] files\n", "10.0.0.9 web\n", "nameserver 10.0.0.1\n"), "web", 6, []string{
			"dns: asks 10.0.0.1 for the AAAA, then the A record of web.; if nobody answers, that takes 20s; [NOTFOUND=return]: where dns has no such name, nobody else is asked",
			"files: line 1 of /etc/netns/A/hosts says ::ffff:10.0.0.9",
		}},
		"ndots": {own("hosts: dns\n", "", "nameserver 10.0.0.1\nsearch a b c\noptions ndots:5\n"), "web.lab", 0, []string{
			"dns: asks 10.0.0.1 for the A and the AAAA record of web.lab.a., then of web.lab.b., then of web.lab.c., then of web.lab. (it has 1 dot and ndots is 5, so the search list comes first: 3 questions more); if nobody answers, that takes 20s",
		}},
		"no nameserver": {own("hosts: dns\n", "", ""), "web.", 4, []string{
			"dns: asks this machine itself, 127.0.0.1, since /etc/netns/A/resolv.conf names no server, for the A record of web.; if nobody answers, that takes 10s",
		}},
		"no files": {nss.Files{}, "web", 4, []string{
			"files: there is no file /etc/hosts",
			"dns: asks this machine itself, 127.0.0.1, since there is no file /etc/resolv.conf, for the A record of web.; if nobody answers, that takes 10s",
		}},
		"somebody else": {own("hosts: mdns4_minimal [NOTFOUND=return] resolve [!UNAVAIL=return] files\n", "", two), "web", 4, []string{
			"mdns4_minimal: would ask avahi, a daemon of the machine that asks all neighbours, and is passed over: that is not to be had here",
			"resolve: would ask systemd-resolved, a daemon of the machine, and is passed over: that is not to be had here",
			"files: /etc/netns/A/hosts has no line with the name web",
		}},
		"no attempts":  {own("hosts: dns\n", "", "options attempts:0\n"), "web", 4, []string{"dns: asks nobody: /etc/netns/A/resolv.conf allows no attempts"}},
		"by TCP":       {own("hosts: dns\n", "", "nameserver ::1\noptions use-vc\n"), "web", 4, []string{"dns: asks ::1 for the A record of web.; by TCP, so if nobody answers, it takes as long as the kernel tries"}},
		"no such name": {own("hosts: dns\n", "", two), "a..b", 4, []string{`dns: cannot ask for "a..b": no question holds such a name`}},
		"an address":   {own(usualSwitch, "", two), "10.1", 4, nil},
		"no sources":   {own("hosts: files [x\n", "", two), "web", 4, nil},
	} {
		t.Run(name, func(t *testing.T) {
			var got []string
			for _, s := range nss.Plan(row.files, row.name, row.family) {
				got = append(got, s.Text)
			}
			if d := cmp.Diff(row.want, got); d != "" {
				t.Error(d)
			}
		})
	}
}

func TestAStepSaysAfterWhatItComes(t *testing.T) {
	files := lookedUp{sw: "hosts: dns [UNAVAIL=return] files nosuch\n"}.files()
	var got [][]string
	for _, s := range nss.Plan(files, "nobody", 4) {
		got = append(got, s.After)
	}
	if d := cmp.Diff([][]string{nil, {nss.NotFound}, {nss.NotFound}}, got); d != "" {
		t.Error(d)
	}
}
