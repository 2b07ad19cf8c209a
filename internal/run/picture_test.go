package run

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"netlab/internal/control"
	"netlab/internal/event"
	"netlab/internal/topology"
)

// marked lists what is marked in a picture.
func marked(g *topology.Graph) []string {
	var out []string
	say := func(m topology.Mark, words ...string) {
		if m != "" {
			out = append(out, string(m)+" "+strings.Join(words, " "))
		}
	}
	for _, n := range g.Nodes {
		say(n.Mark, n.Name)
		for _, l := range n.Links {
			say(l.Mark, n.Name, l.Name)
			for _, a := range l.Addrs {
				say(a.Mark, n.Name, l.Name, a.Text)
			}
		}
	}
	return out
}

// kinds are the kinds of events that a step tells, each once in a row.
func kinds(all []event.Event) []event.Kind {
	var out []event.Kind
	for _, ev := range all {
		out = append(out, ev.Kind)
	}
	return slices.Compact(out)
}

func TestAStepThatChangesThePictureTellsIt(t *testing.T) {
	c := openLab(t)
	s := office(
		"ip -n a addr add 10.9.0.1/24 dev eth0",
		"ip -n a link set eth0 down",
		"ip -n a neigh add 10.0.0.7 lladdr 02:00:00:00:00:07 dev eth0 || true",
		"ip netns add c && ip link add x netns c type veth peer name y",
		"ip -n c link del x",
		"",
	)
	_, _, err := ask(t, c, request(s))
	must(t, err)
	tests := []struct {
		name string
		want []string // nil: no picture
	}{
		{"an address", []string{"new a eth0 10.9.0.1/24"}},
		{"a link goes down, and the port at its other end has no carrier", []string{"changed a eth0", "changed sw a"}},
		{"a neighbour is not in the picture", nil},
		{"a namespace and a cable", []string{"new host y", "new c", "new c x"}},
		{"a cable less: nothing is new", []string{}},
		{"a step without commands", nil},
	}
	for i, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			a, told, err := ask(t, c, control.Request{Verb: control.Step, Number: i + 1, Pictures: true})
			if err != nil || a.Status != string(event.Pass) {
				t.Fatalf("%+v, %v", a, err)
			}
			pictures := of(told, event.Picture)
			if tt.want == nil {
				if len(pictures) > 0 {
					t.Errorf("it tells %q", marked(pictures[0].Picture))
				}
				return
			}
			if len(pictures) != 1 || pictures[0].Step != i+1 || pictures[0].Lesson != "mine" {
				t.Fatalf("it tells %+v", pictures)
			}
			if diff := cmp.Diff(tt.want, append([]string{}, marked(pictures[0].Picture)...)); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
			if order := kinds(told); order[len(order)-1] != event.Picture || order[len(order)-2] != event.Change {
				t.Errorf("the order is %q", order)
			}
		})
	}
}

func TestWhoWantsNoPicturesGetsNone(t *testing.T) {
	c := openLab(t)
	_, _, err := ask(t, c, request(steps("ip netns add a")))
	must(t, err)
	_, told, err := ask(t, c, control.Request{Verb: control.Step, Number: 1})
	if err != nil || len(of(told, event.Change)) == 0 || len(of(told, event.Picture)) > 0 {
		t.Errorf("%q, %v", kinds(told), err)
	}
}

func TestTheDriverAsksForPicturesOnlyIfItShall(t *testing.T) {
	for _, want := range []bool{true, false} {
		var asked []bool
		lab := &fakeLab{log: new([]string), ask: func(r control.Request) {
			if r.Verb == control.Step {
				asked = append(asked, r.Pictures)
			}
		}}
		d := &Driver{Scenario: lesson(), Open: func() (Lab, error) { return lab, nil }, Sink: func(event.Event) {}, Pictures: want}
		must(t, d.Run(t.Context()))
		if len(asked) == 0 || slices.Contains(asked, !want) {
			t.Errorf("pictures %v: it asks %v", want, asked)
		}
	}
}

func TestAScriptEndsWithThePictureOfWhatItBuilt(t *testing.T) {
	t.Run("two computers", func(t *testing.T) {
		got := playText(t, twoHosts)
		pictures := of(got.events, event.Picture)
		if len(pictures) != 1 {
			t.Fatalf("%d pictures", len(pictures))
		}
		g := pictures[0].Picture
		if len(g.Nodes) != 3 || len(g.Cables) != 1 || len(marked(g)) > 0 {
			t.Errorf("%+v", g)
		}
		order := kinds(got.events)
		at := slices.Index(order, event.Picture)
		if order[at-1] != event.Built || order[at+1] != event.Left {
			t.Errorf("the order is %q", order)
		}
	})
	t.Run("nothing", func(t *testing.T) {
		if got := playText(t, "true"); len(of(got.events, event.Picture)) > 0 {
			t.Error("there is a picture of nothing")
		}
	})
}
