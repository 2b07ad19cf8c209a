package scenario

import (
	"errors"
	"strings"
	"testing"
)

const sized = "switches:\n  - name: A\nhosts:\n  - name: h{1..$hosts}\n    to: A\n    addr: 10.0.0.1/24\n"

const sizes = "hosts: {default: 3, min: 2, max: 254, doc: how many hosts}\nspare: {default: 0, min: 0, max: 9, doc: nothing}\n"

func TestSettingsChangeTheScene(t *testing.T) {
	s := parsed(t, withParams(sized, sizes))
	s.Order, s.IPv6 = 7, true
	other := demo()
	all, err := Set([]Scenario{other, s}, []string{"hosts=5", "spare=1"})
	if err != nil {
		t.Fatal(err)
	}
	if n := len(all[1].Scene.Nodes); n != 6 || all[1].Params[0].Value != 5 || all[1].Params[1].Value != 1 || all[1].Order != 7 || !all[1].IPv6 {
		t.Errorf("%d nodes, %+v, order %d", n, all[1].Params, all[1].Order)
	}
	compare(t, other, all[0])
	if len(s.Scene.Nodes) != 4 {
		t.Error("the scenario itself was changed")
	}
	again, err := Set(all, []string{"hosts=2"})
	if err != nil || len(again[1].Scene.Nodes) != 3 {
		t.Errorf("set again: %v, %v", again, err)
	}
	if none, err := Set(all, nil); err != nil || len(none[1].Scene.Nodes) != 6 {
		t.Errorf("nothing set: %v", err)
	}
}

func TestWrongSettings(t *testing.T) {
	tests := []struct{ name, setting, text, hint string }{
		{"too many", "hosts=100000", "--set hosts=100000: at most 254", "hosts: how many hosts, a number from 2 to 254"},
		{"far too many", "hosts=99999999999999999999", "--set hosts=99999999999999999999: at most 254", "hosts: how many"},
		{"too few", "hosts=1", "--set hosts=1: at least 2", "hosts: how many"},
		{"below zero", "hosts=-3", "--set hosts=-3: at least 2", "hosts: how many"},
		{"no number", "hosts=many", `--set hosts=many: "many" is not a number`, "hosts: how many"},
		{"nothing", "hosts=", `--set hosts=: "" is not a number`, "hosts: how many"},
		{"no value", "hosts", "--set hosts: a value is missing", "NAME=VALUE"},
		{"misspelled", "hots=3", `--set hots=3: there is no parameter "hots"`, "did you mean hosts?"},
		{"nothing like it", "x=3", `--set x=3: there is no parameter "x"`, "one of: hosts, spare"},
		{"empty", "", "--set : a value is missing", ""},
	}
	all := []Scenario{parsed(t, withParams(sized, sizes))}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, err := Set(all, []string{tt.setting})
			var wrong *SettingError
			if !errors.As(err, &wrong) || wrong.Text != tt.text || !strings.Contains(wrong.Hint, tt.hint) {
				t.Errorf("got %v, hint %q", err, wrong.Hint)
			}
		})
	}
	if _, err := Set(all, []string{"hosts=3", "hosts=4"}); err == nil || err.Error() != "--set hosts: the parameter is set twice" {
		t.Errorf("twice: %v", err)
	}
	_, err := Set([]Scenario{demo()}, []string{"hosts=3"})
	var wrong *SettingError
	if !errors.As(err, &wrong) || wrong.Hint != "nothing can be set here" {
		t.Errorf("no parameters: %v", err)
	}
}

func TestParameters(t *testing.T) {
	tests := []struct{ name, params, want string }{
		{"a default out of range", "hosts: {default: 9, min: 1, max: 8, doc: a}", "the default 9 is not from 1 to 8"},
		{"no range", "hosts: {default: 9, min: 9, max: 8, doc: a}", "min is 9 and max is 8: no value is allowed"},
		{"something missing", "hosts: {default: 9, min: 9, doc: a}", "a parameter needs max"},
		{"a bad name", "ho-sts: {default: 9, min: 9, max: 9, doc: a}", `"ho-sts" is not the name of a parameter`},
		{"twice", "hosts: {default: 9, min: 9, max: 9, doc: a}\nhosts: {default: 9, min: 9, max: 9, doc: a}", `"hosts" is here twice`},
		{"a list", "[hosts]", "parameters are written as names with keys, not as a list"},
		{"not a number", "hosts: {default: many, min: 9, max: 9, doc: a}", "a number from 0 to 1000000 is needed here, not text"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, err := Parse("f", []byte(withParams("hosts:\n  - name: A\n", tt.params)))
			if err == nil || !strings.Contains(err.Error(), tt.want) || strings.Count(err.Error(), tt.want) != 1 {
				t.Errorf("got %v", err)
			}
		})
	}
}

func TestTemplates(t *testing.T) {
	params := map[string]int{"n": 5, "m": 2}
	tests := []struct{ text, want string }{
		{"plain", "plain"}, {"h$n", "h5"}, {"h{$n-1}", "h4"}, {"{$n*$m+1}", "11"}, {"{1..3}", "1 2 3"}, {"a{$m..$n}b", "a2b a3b a4b a5b"},
		{"{2..$n-4}", ""}, {"{7}", "7"}, {"$n$m", "52"}, {"{1-2-3}", "-4"}, {"{ 1 + 2 }", "3"}, {"{10-2*3}", "4"}, {"{0..0}x$m", "0x2"},
		{"$", `!there is no parameter "$"`}, {"$x", `!there is no parameter "$x"`}, {"{}", `!"" is not a number`}, {"}", "!a brace stands alone"},
		{"{1..2", "!a brace stands alone"}, {"{1..}", `!"" is not a number`}, {"{1/2}", `!"1/2" is not a number`}, {"{-1..2}", `!"" is not a number`},
		{"{1..2}{1..2}", "!two ranges stand in one word"}, {"{1000000*1000000*1000000*1000000..3}", "!the range {1000000*1000000*1000000*1000000..3} runs backwards: from 1000000000000 to 3"},
	}
	for _, tt := range tests {
		got, bad := parseTemplate(tt.text, params)
		var words []string
		switch {
		case bad != nil:
			words = []string{"!" + bad.text}
		case got.count < 0:
			words = []string{got.at(0)}
		default:
			for i := range got.count {
				words = append(words, got.at(i))
			}
		}
		if s := strings.Join(words, " "); s != tt.want {
			t.Errorf("%s: got %q, want %q", tt.text, s, tt.want)
		}
	}
}

func TestChecksSpeakOfParameters(t *testing.T) {
	file := strings.Replace(withParams(sized, sizes), "  - says: it is there\n    namespace: A\n", `  - says: h$hosts pays $5 and {$hosts-1} things
    ping: {in: h$hosts, to: 10.0.0.1, ttl: $hosts}
  - says: it is a port
    link: {in: A, name: "h{$hosts-1}", up: true}
`, 1)
	s := parsed(t, file)
	if c := s.Checks[0]; c.Says != "h3 pays $5 and 2 things" || c.Ping.In != "h3" || c.Ping.TTL != 3 || s.Checks[1].Link.Name != "h2" {
		t.Errorf("%+v %+v %+v", c, c.Ping, s.Checks[1].Link)
	}
	set, err := Set([]Scenario{s}, []string{"hosts=9"})
	if err != nil || set[0].Checks[0].Ping.In != "h9" {
		t.Errorf("%+v, %v", set, err)
	}
	_, err = Parse("f", []byte(strings.Replace(file, "in: h$hosts", "in: h$host", 1)))
	if err == nil || !strings.Contains(err.Error(), `"h$host" is not the name of a namespace`) {
		t.Errorf("a misspelled parameter: %v", err)
	}
}

func TestLintKnowsTheSceneAndTriesTheEndsOfTheRanges(t *testing.T) {
	words := func(run string) ([]Simple, error) {
		var out []Simple
		for i, l := range commandLines(run) {
			out = append(out, Simple{Line: i + 1, Column: 1, Args: strings.Fields(l)})
		}
		return out, nil
	}
	tests := []struct{ name, old, new, want string }{
		{"as it is", "", "", ""},
		{"a switch's bridge", "namespace: A", "link: {in: A, name: A, kind: bridge}", ""},
		{"a port", "namespace: A", "link: {in: A, name: h3}", ""},
		{"a port that is not there", "namespace: A", "link: {in: A, name: h4}", `there is no interface "h4" in A by then`},
		{"a host that is not there", "namespace: A", "ping: {in: h4, to: 10.0.0.1}", `there is no namespace "h4" by then`},
		{"wrong at the largest", "max: 254", "max: 300", "with each parameter at its largest: h255: 10.0.0.255 is the broadcast address of 10.0.0.0/24"},
		{"wrong at the smallest", "h{1..$hosts}", "h{5..$hosts+4}", ""},
		{"backwards at the smallest", "h{1..$hosts}", "h{4..$hosts}", "with each parameter at its smallest: the range {4..$hosts} runs backwards: from 4 to 2"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			file := strings.Replace(withParams(sized, sizes), tt.old, tt.new, 1)
			errs := Lint("f", []byte(file), nil, words)
			got := ""
			if len(errs) > 0 {
				got = errs[0].Text
			}
			if got != tt.want {
				t.Errorf("got %q, want %q", got, tt.want)
			}
		})
	}
}
