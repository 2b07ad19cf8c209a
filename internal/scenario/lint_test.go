package scenario

import (
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"netlab/internal/op"
)

// byLines is a Words function for text in which each line is one command.
func byLines(run string) ([]Simple, error) {
	var all []Simple
	for i, line := range strings.Split(run, "\n") {
		if strings.Contains(line, "((") {
			return nil, &ShellError{Line: i + 1, Column: strings.Index(line, "((") + 1, Text: "( is not closed"}
		}
		text := strings.TrimLeft(line, " ")
		if text == "" || text[0] == '#' {
			continue
		}
		args, err := op.Split(text)
		if err != nil {
			args = strings.Fields(text)
		}
		all = append(all, Simple{Line: i + 1, Column: len(line) - len(text) + 1, Args: args})
	}
	return all, nil
}

// written makes a scenario of steps; a step is its run, a line of dashes, its checks.
func written(steps ...string) string {
	var b strings.Builder
	b.WriteString("name: demo\ntitle: t\nsummary: s\nquestion: q\nminutes: 1\nrecap: [r]\nsteps:\n")
	for _, step := range steps {
		run, checks, _ := strings.Cut(step, "--\n")
		b.WriteString("  - title: t\n    explain: e\n    run: |\n" + indented(run, 6))
		if checks != "" {
			b.WriteString("    hints: [h]\n    checks:\n" + indented(checks, 6))
		}
	}
	return b.String()
}

func indented(text string, by int) string {
	var b strings.Builder
	for _, line := range strings.Split(strings.TrimRight(text, "\n"), "\n") {
		b.WriteString(strings.Repeat(" ", by) + line + "\n")
	}
	return b.String()
}

func TestLintAcceptsTheLessons(t *testing.T) {
	sources := lessons(t)
	bridge := map[string]Scenario{} // by the name of its file
	for file, src := range sources {
		if strings.Contains(file, "-bridge/") {
			bridge[filepath.Base(file)], _ = Parse(file, src)
		}
	}
	for file, src := range sources {
		var before []Scenario
		if strings.Contains(string(src), "\nstart: bridge\n") {
			before = []Scenario{bridge[filepath.Base(file)]}
		}
		if errs := Lint(file, src, before, byLines); len(errs) > 0 {
			t.Errorf("%s", errs.Show())
		}
	}
}

func TestLintFindsWhatCannotWork(t *testing.T) {
	const exists = "- {says: s, namespace: ns1}\n"
	tests := []struct{ name, file, want string }{
		{"an ip line with a misspelled word", written("ip netns add ns1\n  ip link adn veth1 type veth\n--\n" + exists), "12:9: netlab does not understand"},
		{"a bad line behind ip netns exec", written("ip netns add ns1\nip netns exec ns1 ip addr add 300.1.1.1/24 dev lo\n--\n" + exists), "12:7: netlab does not understand"},
		{"a namespace that is never made", written("ip netns add ns1\n--\n" + exists + "- {says: s, ping: {in: ns2, to: 10.1.1.1}}\n"), `15:30: there is no namespace "ns2" by then (did you mean ns1?)`},
		{"a namespace that comes later", written("ip netns add ns1\n--\n"+exists+"- {says: s, namespace: ns2}\n", "ip netns add ns2\n"), `15:30: there is no namespace "ns2" by then`},
		{"a namespace that is gone", written("ip netns add ns1\nip netns del ns1\n--\n" + exists), `15:30: there is no namespace "ns1" by then`},
		{"an interface that was moved", written("ip netns add ns1\nip link add v1 type veth peer name v2\nip link set v1 netns ns1\n--\n- {says: s, link: {in: host, name: v1}}\n"), `there is no interface "v1" in host by then (v1 is in ns1)`},
		{"an interface that was renamed", written("ip link add v1 type bridge\nip link set v1 name v2\n--\n- {says: s, link: {in: host, name: v1}}\n"), `there is no interface "v1" in host by then (did you mean v2?)`},
		{"the other end of a deleted cable", written("ip link add v1 type veth peer name v2\nip link del v1\n--\n- {says: s, link: {in: host, name: v2}}\n"), `there is no interface "v2" in host by then`},
		{"a cable lost with a namespace", written("ip netns add ns1\nip link add v1 type veth peer name v2 netns ns1\nip netns del ns1\n--\n- {says: s, addr: {in: host, dev: v1}}\n"), `there is no interface "v1" in host by then`},
		{"a command that failed made nothing", strings.Replace(written("ip link add v1 type bridge\n--\n- {says: s, link: {in: host, name: v1}}\n"), "    run:", "    fails: true\n    run:", 1), `there is no interface "v1" in host by then`},
		{"a negated check that could never fail", written("ip netns add ns1\n--\n" + exists + "- {says: s, not: true, link: {in: host, name: vteh0}}\n"), `"vteh0" never exists in this lesson, so that the check proves nothing`},
		{"a bridge port that is not there", written("ip netns add ns1\nip link add br0 type bridge\n--\n" + "- {says: s, fdb: {in: host, bridge: br0, port: p, of: {in: ns1, dev: v1}}}\n"), `there is no interface "p" in host by then`},
		{"a bad line behind sudo", written("sudo -n ip link adn v1 type veth\n--\n- {says: s, link: {in: host, name: lo}}\n"), `11:7: netlab does not understand "ip link adn v1 type veth"`},
		{"a bad line of a program with its path", written("/sbin/ip link adn v1 type veth\n--\n- {says: s, link: {in: host, name: lo}}\n"), `11:7: netlab does not understand "/sbin/ip link adn v1 type veth"`},
		{"the end of a cable that netns does not speak of", written("ip netns add ns1\nip link add v1 netns ns1 type veth peer name v2\n--\n- {says: s, link: {in: ns1, name: v2}}\n"), `there is no interface "v2" in ns1 by then (v2 is in host)`},
		{"kill behind sudo", written("sudo kill 1\n--\n- {says: s, link: {in: host, name: lo}}\n"), "11:7: netlab's shell has no kill"},
		{"a misspelled name after a harmless variable", written("echo $?\nip netns add ns1\n--\n- {says: s, namespace: ns2}\n"), `there is no namespace "ns2" by then`},
		{"a trap without its signals is a question", written("trap\ntrap - EXIT\ntrap 'x' EXIT HUP\n--\n- {says: s, link: {in: host, name: lo}}\n"), "13:7: netlab's shell has trap for EXIT and ERR only"},
		{"kill", written("sleep 9 &\nkill 1\n--\n- {says: s, sysctl: {in: host, key: net.a, is: 1}}\n"), "12:7: netlab's shell has no kill"},
		{"the number of a process", written("echo $!\n--\n- {says: s, sysctl: {in: host, key: net.a, is: 1}}\n"), "11:7: netlab's shell has no process number in $!"},
		{"trap of a signal", written("trap true INT\n--\n- {says: s, sysctl: {in: host, key: net.a, is: 1}}\n"), "11:7: netlab's shell has trap for EXIT and ERR only"},
		{"shell that is not shell", written("ip netns add ns1\n  echo ((\n--\n" + exists), "12:14: the shell does not understand this: ( is not closed"},
		{"what Parse finds", "~", "1:1: the file is empty"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			errs := Lint("f", []byte(tt.file), nil, byLines)
			if len(errs) == 0 {
				t.Fatal("nothing is found")
			}
			got := fmt.Sprintf("%s (%s)", errs[0], errs[0].Hint)
			if !strings.Contains(got, tt.want) {
				t.Errorf("got  %s\nwant %s", got, tt.want)
			}
		})
	}
}

func TestLintAcceptsWhatIsRight(t *testing.T) {
	tests := []struct{ name, file string }{
		{"questions, other programs, sudo", written("sudo ip netns add ns1\nip addr show\nip netns exec ns1 ping 10.1.1.1\nls -l\ntrap true EXIT\n--\n- {says: s, namespace: ns1}\n")},
		{"a namespace that is gone, and so the check says", written("ip netns add ns1\nip netns del ns1\n--\n- {says: s, not: true, namespace: ns1}\n")},
		{"a namespace that is not there yet", written("true\n--\n- {says: s, not: true, namespace: ns1}\n", "ip netns add ns1\n")},
		{"an interface made in a namespace", written("ip netns add ns1\nip -n ns1 link add v1 type bridge\n--\n- {says: s, link: {in: ns1, name: v1}}\n")},
		{"lo, which is everywhere", written("ip netns add ns1\n--\n- {says: s, link: {in: ns1, name: lo, up: false}}\n")},
		{"names that a loop makes", written("for i in 1 2; do\nip netns add ns$i\ndone\n--\n- {says: s, namespace: ns2}\n")},
		{"no namespace, before a loop makes it", written("true\n--\n- {says: s, not: true, namespace: ns2}\n", "for i in 1 2; do\nip netns add ns$i\ndone\n")},
		{"lines that a shell of its own runs", written("bash -c 'ip netns add ns1'\n--\n- {says: s, namespace: ns1}\n")},
		{"what a function does with its words", written("mk() {\nip netns add \"$1\"\n}\nmk ns1\n--\n- {says: s, namespace: ns1}\n")},
		{"a namespace made behind sudo", written("sudo -n ip netns add ns1\n--\n- {says: s, namespace: ns1}\n")},
		{"a link that has another master", written("ip link add v1 type bridge\nip link add v2 type bridge\n--\n- {says: s, not: true, link: {in: host, name: v1, master: v2}}\n")},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if errs := Lint("f", []byte(tt.file), nil, byLines); len(errs) > 0 {
				t.Error(errs.Show())
			}
		})
	}
}

func TestLintBeginsAtTheEndOfTheStart(t *testing.T) {
	before, err := Parse("f", []byte(written("ip netns add ns1\nip link add v1 type veth peer name v2 netns ns1\n--\n- {says: s, namespace: ns1}\n")))
	if err != nil {
		t.Fatal(err)
	}
	file := []byte(written("true\n--\n- {says: s, link: {in: ns1, name: v2}}\n"))
	if errs := Lint("f", file, []Scenario{before}, byLines); len(errs) > 0 {
		t.Error(errs.Show())
	}
	if errs := Lint("f", file, nil, byLines); len(errs) == 0 {
		t.Error("without the start nothing is missing")
	}
}

func TestPlacesInsideOfText(t *testing.T) {
	tests := []struct{ name, run, want string }{
		{"a block", "run: |\n      true\n\n        kill 1\n", "4:9"},
		{"a block with its last line break removed", "run: |-\n      kill 1\n", "2:7"},
		{"plain text", "run: kill 1\n", "1:10"},
		{"quoted text: the value", "run: \"kill 1\"\n", "1:10"},
		{"folded text: the value", "run: >\n      kill\n      1\n", "1:10"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			file := strings.Replace(small, "run: |\n      ip netns add ns1\n", tt.run, 1)
			errs := Lint("f", []byte(file), nil, byLines)
			if len(errs) == 0 {
				t.Fatal("nothing is found")
			}
			if got := fmt.Sprintf("%d:%d", errs[0].Line-8, errs[0].Column); got != tt.want {
				t.Errorf("got %s, want %s\n%s", got, tt.want, errs.Show())
			}
		})
	}
}

func TestLintTellsEachMistakeInTheOrderOfTheFile(t *testing.T) {
	file := written(
		"ip netns add ns1\nkill 1\n--\n- {says: s, namespace: ns2}\n- {says: s, ping: {in: ns3, to: 10.1.1.1}}\n",
		"ip netns del ns1\nip lnik\n--\n- {says: s, link: {in: host, name: v1}}\n- {says: s, namespace: ns1}\n",
	)
	var got []string
	for _, e := range Lint("f", []byte(file), nil, byLines) {
		text, _, _ := strings.Cut(e.Text, ":")
		got = append(got, fmt.Sprintf("%d:%d %s", e.Line, e.Column, text))
	}
	compare(t, []string{
		"12:7 netlab's shell has no kill",
		`15:30 there is no namespace "ns2" by then`,
		`16:30 there is no namespace "ns3" by then`,
		`21:7 netlab does not understand "ip lnik"`,
		`24:42 there is no interface "v1" in host by then`,
		`25:30 there is no namespace "ns1" by then`,
	}, got)
}

func TestLintGoesOnAfterShellThatIsNone(t *testing.T) {
	file := written("ip netns add ns1\n", "echo ((\n--\n- {says: s, namespace: nope}\n", "kill 1\n--\n- {says: s, namespace: nope}\n")
	errs := Lint("f", []byte(file), nil, byLines)
	if len(errs) != 2 || errs[0].Line != 15 || errs[1].Text != "netlab's shell has no kill" {
		t.Errorf("want the bad shell, and kill, and no name:\n%s", errs.Show())
	}
}

func TestLintShowsOtherErrorsOfTheShellAtTheBeginning(t *testing.T) {
	words := func(string) ([]Simple, error) { return nil, fmt.Errorf("out of luck") }
	errs := Lint("f", []byte(small), nil, words)
	if len(errs) != 1 || errs[0].Error() != "f:10:7: the shell does not understand this: out of luck" {
		t.Errorf("got %s", errs.Show())
	}
}

func TestAStartThatHidesWhatItMakesHidesItFromLint(t *testing.T) {
	old := func(run string, requires ...string) Scenario {
		return Scenario{Name: "old", Steps: []Step{{Run: run, Requires: requires}}}
	}
	file := []byte(written("true\n--\n- {says: s, namespace: ns1}\n"))
	tests := []struct {
		name   string
		before Scenario
		finds  int
	}{
		{"it makes the namespace", old("ip netns add ns1"), 0},
		{"it makes another", old("ip netns add ns2"), 1},
		{"it makes it where a program is, or not", old("ip netns add ns2", "nft"), 0},
		{"its shell is not understood", old("echo (("), 0},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if errs := Lint("f", file, []Scenario{tt.before}, byLines); len(errs) != tt.finds {
				t.Errorf("%d mistakes, want %d\n%s", len(errs), tt.finds, errs.Show())
			}
		})
	}
}
