package run

import (
	"errors"
	"net/netip"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"netlab/internal/check"
	"netlab/internal/control"
	"netlab/internal/event"
	"netlab/internal/scenario"
	"netlab/internal/scene"
)

// office is a lesson with two hosts at a switch and one claim about them.
func office(runs ...string) scenario.Scenario {
	s := steps(runs...)
	s.Scene = scene.Wire(
		[]scene.Node{{Name: "sw", Kind: scene.Switch}, {Name: "a", Kind: scene.Host}, {Name: "b", Kind: scene.Host}},
		[]scene.Link{
			{Node: "a", To: "sw", Addrs: []netip.Prefix{netip.MustParsePrefix("10.0.0.1/24")}},
			{Node: "b", To: "sw", Addrs: []netip.Prefix{netip.MustParsePrefix("10.0.0.2/24")}},
		})
	s.Checks = []check.Check{
		{Says: "a reaches b", Ping: &check.Ping{In: "a", To: netip.MustParseAddr("10.0.0.2")}},
		{Says: "a is a port", Link: &check.Link{In: "sw", Name: "a", Carrier: yes()}},
	}
	return s
}

func TestTheEngineBuildsTheSceneAndProvesIt(t *testing.T) {
	c := openLab(t)
	a, told, err := ask(t, c, request(office()))
	if err != nil || a.Status != string(event.Pass) || len(told) > 0 {
		t.Fatalf("load: %+v, %v, %v", a, told, err)
	}
	a, told, err = ask(t, c, control.Request{Verb: control.Step})
	if err != nil || a.Status != string(event.Pass) || len(told) != 2 {
		t.Fatalf("step 0: %+v, %v, %v", a, told, err)
	}
	for _, ev := range told {
		if ev.Kind != event.Check || ev.Status != event.Pass || ev.Step != 0 {
			t.Errorf("%+v", ev)
		}
	}
}

func TestAClaimAboutTheSceneThatIsWrong(t *testing.T) {
	s := office()
	s.Checks[0].Ping.To = netip.MustParseAddr("10.0.0.3")
	s = impatient(s)
	c := openLab(t)
	_, _, err := ask(t, c, request(s))
	must(t, err)
	a, told, err := ask(t, c, control.Request{Verb: control.Step})
	if err != nil || a.Status != string(event.Fail) || len(told) != 2 || told[0].Status != event.Fail || told[0].Cause == "" || told[1].Status != event.Pass {
		t.Errorf("%+v, %+v, %v", a, told, err)
	}
}

// TestScenesComeBeforeTheStepsOfTheChain: the first lesson's commands may use
// the hardware of both.
func TestScenesComeBeforeTheStepsOfTheChain(t *testing.T) {
	first := steps("ip -n a link set eth0 down", "ip -n late link set lo down")
	first.Scene = office().Scene
	own := steps("true")
	own.Scene = scene.Wire([]scene.Node{{Name: "late", Kind: scene.Host}}, nil)
	c := openLab(t)
	req := request(own)
	req.Chain = []scenario.Scenario{first}
	if a, _, err := ask(t, c, req); err != nil || a.Status != string(event.Pass) {
		t.Errorf("%+v, %v", a, err)
	}
}

// TestALimitOfTheMachineIsNotNetlabsFault lets the lab itself set the limit.
func TestALimitOfTheMachineIsNotNetlabsFault(t *testing.T) {
	c := openLab(t)
	_, _, err := ask(t, c, request(steps("echo 4 > /proc/sys/user/max_net_namespaces || exit 3")))
	must(t, err)
	if a, _, err := ask(t, c, control.Request{Verb: control.Step, Number: 1}); err != nil || a.Status != string(event.Pass) {
		t.Skipf("the limit cannot be set here: %+v, %v", a, err)
	}
	s := office()
	s.Scene = scene.Join(s.Scene, scene.Wire([]scene.Node{{Name: "c", Kind: scene.Host}, {Name: "d", Kind: scene.Host}}, nil))
	_, _, err = ask(t, c, request(s))
	var limited *Limited
	if !errors.As(err, &limited) || !strings.Contains(limited.Hint, "max_net_namespaces") {
		t.Errorf("got %v", err)
	}
	if _, _, err := ask(t, c, request(steps("test -z \"$(ls /run/netns)\""))); err != nil {
		t.Fatal(err)
	}
	if a, told, err := ask(t, c, control.Request{Verb: control.Step, Number: 1}); err != nil || a.Status != string(event.Pass) {
		t.Errorf("something of the scene is left: %+v, %+v, %v", a, told, err)
	}
}

func TestTheDriverShowsTheSceneBeforeTheSteps(t *testing.T) {
	start := []string{"lesson-start", "scene", "check"}
	tests := []struct {
		name string
		s    scenario.Scenario
		answ map[string][]control.Answer
		want []string
	}{
		{"with steps", office("true"), nil, append(start, "step-start 1", "check 1", "step-end 1 pass", "lesson-end pass")},
		{"without steps", office(), nil, append(start, "lesson-end pass")},
		{"a wrong claim ends it", office("true"), map[string][]control.Answer{"step 0": fails(1)}, append(start, "lesson-end fail")},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			r := drive(t.Context(), tt.s, &fakeLab{answ: tt.answ}, nil)
			if d := cmp.Diff(tt.want, r.story()); d != "" || r.err != nil {
				t.Errorf("%v\n%s", r.err, d)
			}
		})
	}
}

func TestTellShowsSceneAndParameters(t *testing.T) {
	s := office("true")
	s.Params = []scenario.Param{{Name: "hosts", Doc: "how many", Min: 1, Max: 9, Value: 3}}
	var told []string
	Tell(s, func(ev event.Event) {
		told = append(told, string(ev.Kind))
		if ev.Kind == event.Note && ev.Text != "--set hosts=3: how many, from 1 to 9" {
			t.Error(ev.Text)
		}
		if ev.Kind == event.Scene && (len(ev.Picture.Nodes) != 3 || len(ev.Picture.Cables) != 2) {
			t.Errorf("%+v", ev.Picture)
		}
	})
	want := []string{"lesson-start", "note", "scene", "check", "check", "step-start", "command"}
	if d := cmp.Diff(want, told); d != "" {
		t.Error(d)
	}
}

// TestAStepWithoutCommandsNeedsNoLook: a large lab is not looked at when
// nothing can have changed.
func TestAStepWithoutCommandsNeedsNoLook(t *testing.T) {
	b := newBench(t)
	b.take(steps(" \n"))
	for _, quiet := range []bool{true, false} {
		if a, err := b.step(t.Context(), 1, quiet); err != nil || a.Status != string(event.Pass) {
			t.Errorf("%+v, %v", a, err)
		}
		if !b.view.at.IsZero() {
			t.Error("the lab was looked at")
		}
	}
}
