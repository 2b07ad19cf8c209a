package cli

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"netlab/internal/control"
	"netlab/internal/event"
	"netlab/internal/nlmsg"
)

func TestExplainKnowsCommandsAndErrorsApart(t *testing.T) {
	for name, tt := range map[string]struct {
		args []string
		out  string // empty: it is not known
		errs string
	}{
		"a command":                        {[]string{"ip link set lo up"}, "word  ", ""},
		"a command of many words":          {[]string{"ip", "route", "add", "default", "via", "10.0.0.1"}, "word  ", ""},
		"a question":                       {[]string{"ip -br addr"}, "word  ", ""},
		"a ping":                           {[]string{"ping -c 1 10.0.0.1"}, "word  ", ""},
		"an error":                         {[]string{"RTNETLINK answers: File exists"}, "Usual causes", ""},
		"an error of many words":           {[]string{"RTNETLINK", "answers:", "File", "exists"}, "Usual causes", ""},
		"an error number":                  {[]string{"ENETUNREACH"}, "Network is unreachable", ""},
		"a command and its error":          {[]string{"ip route add default via 10.0.0.1", "File exists"}, "after ip route add", ""},
		"a command with its error behind":  {[]string{"ip route add default via 10.0.0.1: RTNETLINK answers: File exists"}, "after ip route add", ""},
		"a ping with what it printed":      {[]string{"ping 10.0.0.9\nFrom 10.0.0.1 icmp_seq=1 Destination Host Unreachable"}, "EHOSTUNREACH", ""},
		"a slip in a command":              {[]string{"ip lnik set lo up"}, "", `did you mean "link"`},
		"a slip in an error":               {[]string{"Conection refusd"}, "", "the nearest that it knows: connect: Connection refused"},
		"a command that is nobody's":       {[]string{"rm -rf /"}, "", `"rm" is not a command of ip`},
		"a word of a command that is left": {[]string{"ip tuntap add tap0 mode tap"}, "", "left to ip itself"},
	} {
		t.Run(name, func(t *testing.T) {
			got := noLab(t).call(append([]string{"explain"}, tt.args...)...)
			want := 0
			if tt.out == "" {
				want = 2
			}
			if got.code != want || !strings.Contains(got.out, tt.out) || !strings.Contains(got.errs, tt.errs) || tt.errs == "" && got.errs != "" {
				t.Errorf("%+v", got)
			}
		})
	}
}

func TestWhatAnErrorMeansForPrograms(t *testing.T) {
	got := noLab(t).call("explain", "--json", "ip route add 10.0.0.0/8 dev eth0", "RTNETLINK answers: File exists")
	var doc struct {
		Said, Of, Errno, By, Where, Means, Not, See, Line string
		Causes                                            []struct{ Why, Look string }
	}
	dec := json.NewDecoder(strings.NewReader(got.out))
	if err := dec.Decode(&doc); err != nil || got.code != 0 {
		t.Fatal(err, got)
	}
	if doc.Of != "ip route add" || doc.Errno != "EEXIST" || doc.Line != "RTNETLINK answers: File exists" || len(doc.Causes) == 0 || doc.Causes[0].Look == "" || doc.Where == "" {
		t.Errorf("%+v", doc)
	}
}

func TestExplainNetlinkAsksALabOfItsOwn(t *testing.T) {
	for name, tt := range map[string]struct {
		args []string
		want control.Request
	}{
		"with what it needs": {[]string{"--netlink", "sudo ip addr add 10.0.0.1/24 dev v0"}, control.Request{
			Verb: control.Op, Text: "ip addr add 10.0.0.1/24 dev v0", Args: []string{"ip link add v0 type veth peer name far1"},
		}},
		"with nothing":           {[]string{"--netlink", "--bare", "ip", "addr", "add", "10.0.0.1/24", "dev", "v0"}, control.Request{Verb: control.Op, Text: "ip addr add 10.0.0.1/24 dev v0"}},
		"a line without a need":  {[]string{"--netlink", "ip netns add ns1"}, control.Request{Verb: control.Op, Text: "ip netns add ns1"}},
		"a line in another form": {[]string{"--netlink", "--json", "ip l s lo up"}, control.Request{Verb: control.Op, Text: "ip link set lo up"}},
	} {
		t.Run(name, func(t *testing.T) {
			lab := &fakeLab{}
			got := lab.call(append([]string{"explain"}, tt.args...)...)
			if got.code != 0 || lab.closed != 1 || !cmp.Equal(lab.opened, []bool{true}) {
				t.Errorf("%+v, opened %v, closed %d", got, lab.opened, lab.closed)
			}
			if d := cmp.Diff([]control.Request{tt.want}, lab.asked); d != "" {
				t.Error(d)
			}
		})
	}
}

func TestExplainNetlinkRefusesWhatNetlabDoesNotSend(t *testing.T) {
	for name, tt := range map[string]struct {
		args []string
		errs string
	}{
		"a question":               {[]string{"--netlink", "ip addr show"}, "asks and changes nothing"},
		"a line of the real ip":    {[]string{"--netlink", "ip tuntap add tap0 mode tap"}, "netlab does not do this line itself"},
		"another program":          {[]string{"--netlink", "ping 10.0.0.1"}, "netlab does not do this line itself"},
		"a slip":                   {[]string{"--netlink", "ip lnik set lo up"}, `did you mean "link"`},
		"an error":                 {[]string{"--netlink", "RTNETLINK answers: File exists"}, "netlab does not do this line itself"},
		"--more by itself":         {[]string{"--more", "ip link set lo up"}, "--more and --bare belong to --netlink"},
		"--bare by itself":         {[]string{"--bare", "ip link set lo up"}, "--more and --bare belong to --netlink"},
		"no line":                  {[]string{"--netlink"}, "explain needs a command"},
		"a quotation mark is open": {[]string{"--netlink", "ip 'link"}, "quot"},
	} {
		t.Run(name, func(t *testing.T) {
			if got := noLab(t).call(append([]string{"explain"}, tt.args...)...); got.code != 2 || got.out != "" || !strings.Contains(got.errs, tt.errs) {
				t.Errorf("%+v", got)
			}
		})
	}
}

func TestWhatWasSentForPrograms(t *testing.T) {
	first := nlmsg.Exchange{Protocol: "NETLINK_ROUTE", Request: nlmsg.Message{Type: "RTM_GETLINK"}}
	second := nlmsg.Exchange{Protocol: "NETLINK_ROUTE", Request: nlmsg.Message{Type: "RTM_NEWADDR"}}
	doc := &sentDocument{Prepared: []string{}}
	for _, e := range []event.Event{
		{Kind: event.Note, Text: "first"},
		{Kind: event.Command, Line: "ip netns add ns1", Place: "host"},
		{Kind: event.Output, Text: "a warning\n"},
		{Kind: event.CommandEnd, Line: "ip netns add ns1"},
		{Kind: event.Command, Line: "ip -n ns1 addr add x", Place: "ns1"},
		{Kind: event.Netlink, Netlink: &first},
		{Kind: event.Netlink, Netlink: &second},
		{Kind: event.Output, Stream: "stderr", Text: "no\n"},
		{Kind: event.CommandEnd, Exit: 2, Hint: "look"},
	} {
		doc.add(e)
	}
	want := &sentDocument{Line: "ip -n ns1 addr add x", Place: "ns1", Prepared: []string{"ip netns add ns1"},
		Exchanges: []nlmsg.Exchange{first, second}, Exit: 2, Text: "no", Hint: "look"}
	if d := cmp.Diff(want, doc); d != "" {
		t.Error(d)
	}
}

func TestRunPassesNetlinkOn(t *testing.T) {
	for _, on := range []bool{true, false} {
		lab := &fakeLab{}
		args := []string{"run", "veth-pair", "--auto"}
		if on {
			args = append(args, "--netlink")
		}
		if got := lab.call(args...); got.code != 0 || len(lab.asked) == 0 || lab.asked[0].Netlink != on {
			t.Errorf("%v: %+v", on, got)
		}
	}
}
