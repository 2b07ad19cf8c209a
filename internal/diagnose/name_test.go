package diagnose

import (
	"cmp"
	"encoding/json"
	"fmt"
	"math/rand"
	"net/netip"
	"slices"
	"strings"
	"testing"

	"netlab/internal/measure"
	"netlab/internal/netlabtest/golden"
	"netlab/internal/snapshot"
)

// nameCase is a recording of a name that was looked up on a network, whole or
// with one fault: see TestRecordNames in package run, which makes them.
type nameCase struct {
	Name   string       `json:"name"`
	Says   string       `json:"says"`
	Causes []string     `json:"causes"`
	Lab    snapshot.Lab `json:"lab"`
	Trace  NameTrace    `json:"trace"`
}

func (c nameCase) why() []Cause { return WhyName(c.Lab, c.Trace) }

// is says that a cause is the true one, in one of its names.
func (c nameCase) is(got Cause) bool { return whyCase{Causes: c.Causes}.names(got) }

func nameCases(t testing.TB) []nameCase {
	return golden.Recorded[nameCase](t, "testdata/names.jsonl.gz", 70)
}

func TestTheFirstCauseOfANameIsTheTrueOne(t *testing.T) {
	for _, c := range nameCases(t) {
		t.Run(c.Name, func(t *testing.T) {
			got := c.why()
			switch {
			case len(c.Causes) == 0 && len(got) > 0 && got[0].Sure:
				t.Errorf("a network without a fault: %+v", got)
			case len(c.Causes) == 0:
			case len(got) == 0:
				t.Errorf("no cause; %s", c.Says)
			case !c.is(got[0]) && got[0].Sure:
				t.Errorf("%s, and it is %v: %s", where(got[0]), c.Causes, c.Says)
			case !c.is(got[0]):
				t.Logf("not sure: %s, and it is %v: %s", where(got[0]), c.Causes, c.Says)
			}
			for _, g := range got {
				if strings.TrimSpace(g.Text) == "" || strings.HasSuffix(g.Text, ".") {
					t.Errorf("a sentence without a full stop is wanted: %q", g.Text)
				}
				if g.Sure && g.Look == "" && g.Space != "" {
					t.Errorf("%s: no command shows it", where(g))
				}
			}
		})
	}
}

// The whole of what is said of names: kind, place, whether it is sure, the
// sentence, what shows it, and where to look.
func TestWhatIsSaidOfEachFaultOfAName(t *testing.T) {
	var b strings.Builder
	for _, c := range nameCases(t) {
		r := c.Trace.Resolved
		fmt.Fprintf(&b, "%s: %s looks up %s: %v\n  true: %s\n", c.Name, r.From, r.Name, r.Addrs, cmp.Or(c.Says, "nothing is wrong"))
		for _, cause := range c.why() {
			sign := "?"
			if cause.Sure {
				sign = "!"
			}
			fmt.Fprintf(&b, "  %s %s: %s\n", sign, where(cause), cause.Text)
			for _, l := range strings.Split(cause.Evidence, "\n") {
				fmt.Fprintf(&b, "      %s\n", l)
			}
			fmt.Fprintf(&b, "      look: %s\n", cause.Look)
		}
	}
	golden.Equal(t, "testdata/names.golden", b.String())
}

// Whoever asks until there is nothing more to ask comes to an end: of what a
// recording has, nothing is asked again.
func TestNothingIsAskedTwice(t *testing.T) {
	for _, c := range nameCases(t) {
		if asks, ways := NextName(c.Lab, c.Trace); len(asks)+len(ways) > 0 && len(c.Trace.Ways) < maxNameWays {
			t.Errorf("%s: %v %v", c.Name, asks, ways)
		}
	}
}

// A lab changes while it is looked at, and not all is heard: whatever is missing,
// a diagnosis is no accident.
func TestDamagedRecordingsOfNamesDoNoHarm(t *testing.T) {
	const rounds = 3
	for i, c := range nameCases(t) {
		r := rand.New(rand.NewSource(int64(i)))
		text, err := json.Marshal(c)
		if err != nil {
			t.Fatal(err)
		}
		for range rounds {
			var bad nameCase
			if err := json.Unmarshal(text, &bad); err != nil {
				t.Fatal(err)
			}
			what := bad.damage(r)
			func() {
				defer func() {
					if p := recover(); p != nil {
						t.Fatalf("%s without %s: %v", c.Name, strings.Join(what, ", "), p)
					}
				}()
				bad.why()
				Name(bad.Lab, bad.Trace.Resolved)
				for _, d := range bad.Trace.Asked {
					DNS(bad.Lab, d)
				}
				NextName(bad.Lab, bad.Trace)
			}()
		}
	}
}

// damage takes some things away at random, and says which.
func (c *nameCase) damage(r *rand.Rand) []string {
	var what []string
	c.Lab.Spaces = fewer(r, 6, c.Lab.Spaces, &what, func(s snapshot.Space) string { return s.Name })
	for i := range c.Lab.Spaces {
		s := &c.Lab.Spaces[i]
		s.Addrs = fewer(r, 8, s.Addrs, &what, func(a snapshot.Addr) string { return s.Name + " " + a.Prefix.String() })
		s.Sockets = fewer(r, 6, s.Sockets, &what, func(k snapshot.Socket) string { return s.Name + " socket" })
		for _, f := range []*string{&s.Names.Hosts.Text, &s.Names.Resolv.Text, &s.Names.Switch.Text} {
			if r.Intn(6) == 0 && len(*f) > 0 {
				*f = (*f)[:r.Intn(len(*f))]
				what = append(what, "the end of a file")
			}
		}
	}
	t := &c.Trace
	heard := func(h measure.Heard) string { return fmt.Sprint("what was heard at ", h.At) }
	t.Resolved.Heard = fewer(r, 4, t.Resolved.Heard, &what, heard)
	t.Heard = fewer(r, 4, t.Heard, &what, heard)
	t.Asked = fewer(r, 4, t.Asked, &what, func(d measure.DNS) string { return "a question to " + d.Server.String() })
	t.Ways = fewer(r, 3, t.Ways, &what, func(w NameWay) string { return "a way" })
	for i := range t.Asked {
		if m := t.Asked[i].Answer; m != nil && r.Intn(6) == 0 {
			m.Questions, m.Authority = nil, nil
			what = append(what, "parts of an answer")
		}
	}
	switch r.Intn(4) {
	case 0:
		t.Resolved.Addrs = nil
	case 1:
		t.Resolved.Addrs = []netip.Addr{netip.MustParseAddr("192.0.2.1")}
	case 2:
		if len(t.Asked) > 0 {
			t.Direct = &t.Asked[r.Intn(len(t.Asked))]
		}
	}
	return append(what, fmt.Sprint("addresses ", t.Resolved.Addrs))
}

// The stages of a lookup of which the documents speak are told apart.
func TestEachStageOfANameHasACase(t *testing.T) {
	all := nameCases(t)
	for _, kind := range []Kind{
		NoNameserver, WrongNameserver, FirstServerDead, ResolvMistake, SearchMissing, SearchWrong, NdotsTooHigh, StaleHosts, HostsMissing, HostsTypo,
		HostsMistake, HostsOtherFamily, SwitchNoDNS, SwitchNoFiles, SwitchOrder, SwitchReturn, SwitchMistake, RecordMissing, RecordWrong, RecordOtherType,
		CNAMELoop, CNAMEDangling, MissingDot, StaleCache, DelegationMissing, BrokenDelegation, LameServer, RootHintsWrong, ServerRefuses,
		UpstreamWrong, ServerGarbage, ServerOtherID, NotListening, OtherPort, LinkDown, Firewall, NoRoute, WrongAddress,
	} {
		if !slices.ContainsFunc(all, func(c nameCase) bool { got := c.why(); return len(got) > 0 && got[0].Kind == kind }) {
			t.Errorf("no recording ends with %s", kind)
		}
	}
}
