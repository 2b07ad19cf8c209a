package run

import (
	"strings"
	"testing"

	"netlab/internal/control"
	"netlab/internal/event"
)

func TestTheEngineTellsWhatALineSends(t *testing.T) {
	for name, tt := range map[string]struct {
		before []string
		line   string
		sent   []string // type of each request, and what the last answer says
		output string
		hint   string
		exit   int
	}{
		"a line that succeeds": {
			[]string{"ip netns add s1", "ip -n s1 link add v0 type veth peer name v1"}, "ip -n s1 addr add 10.0.0.1/24 dev v0",
			[]string{"RTM_GETLINK ", "RTM_NEWADDR ACK: done"}, "", "", 0,
		},
		"a line that is refused":      {nil, "ip link add lo type veth peer name v1", []string{"RTM_NEWLINK -EEXIST (17): File exists"}, "File exists", "lo already", 2},
		"a link that is not there":    {nil, "ip link set nosuch up", []string{"RTM_GETLINK -ENODEV (19): No such device"}, `Cannot find device "nosuch"`, "no link called nosuch", 1},
		"what it needs cannot be had": {[]string{"ip link add x0 type nosuchkind0"}, "ip link set x0 up", nil, "", "", 0},
		"no netlink":                  {nil, "ip netns add s2", []string{"no netlink"}, "", "", 0},
	} {
		t.Run(name, func(t *testing.T) {
			c := openLab(t)
			a, told, err := ask(t, c, control.Request{Verb: control.Op, Args: tt.before, Text: tt.line})
			if tt.sent == nil {
				if err == nil || !strings.Contains(err.Error(), "nosuchkind0") {
					t.Errorf("a line that op does not understand: %v", err)
				}
				return
			}
			if err != nil || (a.Status == string(event.Pass)) != (tt.exit == 0) {
				t.Fatalf("%+v, %v", a, err)
			}
			var sent []string
			for _, e := range of(told, event.Netlink) {
				if e.Netlink == nil {
					sent = append(sent, strings.Split(e.Text, ":")[0])
					continue
				}
				last := e.Netlink.Answers[len(e.Netlink.Answers)-1]
				sent = append(sent, e.Netlink.Request.Type+" "+last.Says)
			}
			if got, want := strings.Join(sent, "|"), strings.Join(tt.sent, "|"); got != want {
				t.Errorf("sent %s, want %s", got, want)
			}
			ends := of(told, event.CommandEnd)
			end := ends[len(ends)-1]
			if len(ends) != len(tt.before)+1 || end.Line != tt.line || end.Exit != tt.exit || !strings.Contains(end.Hint, tt.hint) {
				t.Errorf("%+v", ends)
			}
			var output string
			for _, e := range of(told, event.Output) {
				output += e.Text
			}
			if !strings.Contains(output, tt.output) || output != "" && tt.output == "" {
				t.Errorf("it prints %q", output)
			}
		})
	}
}

func TestALineThatFailsEarlierStillShowsTheLineItself(t *testing.T) {
	c := openLab(t)
	_, told, err := ask(t, c, control.Request{Verb: control.Op, Args: []string{"ip link set nosuch up", "ip netns add never"}, Text: "ip link set nosuch down"})
	commands := of(told, event.Command)
	if err != nil || len(commands) != 2 || commands[1].Line != "ip link set nosuch down" {
		t.Errorf("%+v, %v", commands, err)
	}
}

func TestALessonTellsWhatItSendsWhenAsked(t *testing.T) {
	c := openLab(t)
	req := request(steps("ip netns add ns1; ip -n ns1 link set lo up"))
	req.Netlink = true
	if _, _, err := ask(t, c, req); err != nil {
		t.Fatal(err)
	}
	_, told, err := ask(t, c, control.Request{Verb: control.Step, Number: 1})
	if got := of(told, event.Netlink); err != nil || len(got) != 3 || got[2].Netlink.Request.Type != "RTM_NEWLINK" || got[2].Lesson != "mine" || got[2].Step != 1 {
		t.Errorf("%+v, %v", got, err)
	}
}
