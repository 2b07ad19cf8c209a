package diagnose

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand"
	"slices"
	"strings"
	"testing"

	gocmp "github.com/google/go-cmp/cmp"

	"netlab/internal/measure"
	"netlab/internal/netlabtest/golden"
	"netlab/internal/snapshot"
)

// whyCase is a recording of a probe on a network, whole or with one fault: see
// TestRecordWhy in package run, which makes them.
type whyCase struct {
	Name   string        `json:"name"`
	Says   string        `json:"says"`
	Causes []string      `json:"causes"`
	Before snapshot.Lab  `json:"before"`
	After  snapshot.Lab  `json:"after"`
	Trace  measure.Trace `json:"trace"`
}

func (c whyCase) why() []Cause { return Why(c.Before, c.After, c.Trace) }

// whole says that the network has no fault.
func (c whyCase) whole() bool { return len(c.Causes) == 0 }

func whyCases(t testing.TB) []whyCase {
	return golden.Recorded[whyCase](t, "testdata/why.jsonl.gz", 40)
}

// where is a cause as recordings name the true one.
func where(c Cause) string {
	out := string(c.Kind) + "@" + c.Space
	if c.Link != "" {
		out += ":" + c.Link
	}
	return out
}

// names says that a cause is the true one, in one of its names. A cause that
// names no interface is not wrong.
func (c whyCase) names(got Cause) bool {
	return slices.ContainsFunc(c.Causes, func(want string) bool {
		place, link, ok := strings.Cut(want, ":")
		return place == string(got.Kind)+"@"+got.Space && (!ok || got.Link == "" || got.Link == link)
	})
}

func TestTheFirstCauseIsTheTrueOne(t *testing.T) {
	for _, c := range whyCases(t) {
		t.Run(c.Name, func(t *testing.T) {
			got := c.why()
			if c.whole() {
				if len(got) > 0 {
					t.Errorf("a network without a fault: %+v", got)
				}
				return
			}
			switch {
			case len(got) == 0:
				t.Errorf("no cause; %s", c.Says)
			case !c.names(got[0]) && got[0].Sure:
				t.Errorf("%s, and it is %v: %s", where(got[0]), c.Causes, c.Says)
			case !c.names(got[0]):
				t.Logf("not sure: %s, and it is %v: %s", where(got[0]), c.Causes, c.Says)
			}
			for _, g := range got {
				if strings.TrimSpace(g.Text) == "" || strings.HasSuffix(g.Text, ".") {
					t.Errorf("a sentence without a full stop is wanted: %q", g.Text)
				}
			}
		})
	}
}

// The whole of what is said: kind, place, whether it is sure, the sentence,
// what shows it, and where to look.
func TestWhatIsSaidOfEachFault(t *testing.T) {
	var b strings.Builder
	for _, c := range whyCases(t) {
		fmt.Fprintf(&b, "%s: %s -> %v %s, %s\n", c.Name, c.Trace.From, c.Trace.To, c.Trace.Proto, c.Trace.Fate)
		fmt.Fprintf(&b, "  true: %s\n", cmp.Or(c.Says, "nothing is wrong"))
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
	golden.Equal(t, "testdata/why.golden", b.String())
}

// Two networks may have one hardware address each, and a fault is still what it
// is.
func TestAHardwareAddressInTwoNetworks(t *testing.T) {
	for _, c := range whyCases(t) {
		if c.Name != "forwarding-off.routed" && c.Name != "nft-drop-forward.routed" {
			continue
		}
		want := c.why()[0]
		for _, lab := range []*snapshot.Lab{&c.Before, &c.After} {
			r, _ := lab.Space("R")
			near, _ := r.Link("eth0")
			d, _ := lab.Space("D")
			for i := range d.Links {
				if d.Links[i].Name == "eth0" {
					d.Links[i].MAC = near.MAC
				}
			}
		}
		if got := c.why(); len(got) == 0 || got[0].Kind != want.Kind || got[0].Space != want.Space {
			t.Errorf("%s: %+v", c.Name, got)
		}
	}
}

// The kernel reports a closed UDP port a few times in a second, and then not:
// what is wrong is the same.
func TestAClosedPortOfWhichNobodyReports(t *testing.T) {
	found := 0
	for _, c := range whyCases(t) {
		if !strings.HasPrefix(c.Name, "service-") || c.Trace.Proto != measure.UDP || c.Trace.Fate != measure.Closed {
			continue
		}
		found++
		want := c.why()[0]
		c.Trace.Fate, c.Trace.ICMP = measure.Silent, nil
		c.Trace.Capture.Packets = slices.DeleteFunc(c.Trace.Capture.Packets, func(p measure.Packet) bool {
			const protocol, icmp = 14 + 9, 1 // of IPv4 behind Ethernet
			return len(p.Data) > protocol && p.Data[12] == 8 && p.Data[13] == 0 && p.Data[protocol] == icmp
		})
		if diff := gocmp.Diff(want, append(c.why(), Cause{})[0]); diff != "" {
			t.Errorf("%s (-with +without a report):\n%s", c.Name, diff)
		}
	}
	if found == 0 {
		t.Error("there is no recording of a closed UDP port")
	}
}

// The stages of which the help of netlab why speaks are told apart.
func TestEachStageHasACase(t *testing.T) {
	stages := map[string]func(Cause) bool{
		"no route":                  func(c Cause) bool { return c.Kind == NoRoute },
		"no answer to ARP":          func(c Cause) bool { return c.Kind == NoAddress || c.Kind == ARPIgnore || c.Kind == ARPOff },
		"sent, but lost on the way": func(c Cause) bool { return c.Kind == ForwardingOff || c.Kind == PortBlocked },
		"arrived, answer lost":      func(c Cause) bool { return c.Kind == RPFilter || c.Kind == EchoIgnored },
		"arrived, refused":          func(c Cause) bool { return c.Kind == NotListening || c.Kind == OnLoopback },
		"answered by the wrong one": func(c Cause) bool { return c.Kind == DuplicateAddr || c.Kind == DuplicateMAC },
	}
	for name, is := range stages {
		if !slices.ContainsFunc(whyCases(t), func(c whyCase) bool { got := c.why(); return len(got) > 0 && is(got[0]) }) {
			t.Errorf("%s: no recording ends there", name)
		}
	}
}

// A lab changes while it is looked at, and a capture may have holes: whatever
// is missing, a diagnosis is no accident.
func TestDamagedRecordingsDoNoHarm(t *testing.T) {
	const rounds = 8
	for i, c := range whyCases(t) {
		r := rand.New(rand.NewSource(int64(i)))
		for range rounds {
			bad := c.copy(t)
			what := bad.damage(r)
			func() {
				defer func() {
					if p := recover(); p != nil {
						t.Fatalf("%s without %s: %v", c.Name, strings.Join(what, ", "), p)
					}
				}()
				bad.why()
			}()
		}
	}
}

func (c whyCase) copy(t *testing.T) whyCase {
	t.Helper()
	var b bytes.Buffer
	var out whyCase
	if err := errors.Join(json.NewEncoder(&b).Encode(c), json.NewDecoder(&b).Decode(&out)); err != nil {
		t.Fatal(err)
	}
	return out
}

// damage takes some things away at random, and says which.
func (c *whyCase) damage(r *rand.Rand) []string {
	var what []string
	for _, lab := range []*snapshot.Lab{&c.Before, &c.After} {
		lab.Spaces = fewer(r, 6, lab.Spaces, &what, func(s snapshot.Space) string { return s.Name })
		for i := range lab.Spaces {
			s := &lab.Spaces[i]
			s.Links = fewer(r, 12, s.Links, &what, func(l snapshot.Link) string { return s.Name + ":" + l.Name })
			s.Addrs = fewer(r, 12, s.Addrs, &what, func(a snapshot.Addr) string { return s.Name + " " + a.Prefix.String() })
			s.Routes = fewer(r, 12, s.Routes, &what, func(o snapshot.Route) string { return s.Name + " route " + o.Dst.String() })
			s.Filters = fewer(r, 4, s.Filters, &what, func(f snapshot.Filter) string { return s.Name + " " + f.Text })
			for j := range s.Links {
				if r.Intn(12) == 0 {
					s.Links[j].Conf, s.Links[j].Port, s.Links[j].VXLAN, s.Links[j].Bridge = nil, nil, nil, nil
					what = append(what, "what "+s.Links[j].Name+" is")
				}
			}
			if r.Intn(6) == 0 {
				s.Sysctls = nil
			}
		}
	}
	t := &c.Trace
	t.Capture.Packets = fewer(r, 4, t.Capture.Packets, &what, func(p measure.Packet) string { return fmt.Sprint("a frame at ", p.Point) })
	t.Capture.Points = fewer(r, 12, t.Capture.Points, &what, func(p measure.Point) string { return p.Space + ":" + p.Link })
	t.Lookups = fewer(r, 6, t.Lookups, &what, func(l measure.Lookup) string { return fmt.Sprint("the lookup of ", l.To) })
	t.Verdicts = fewer(r, 6, t.Verdicts, &what, func(v measure.Verdict) string { return "a verdict of " + v.Chain })
	for i, p := range t.Capture.Packets {
		if r.Intn(8) == 0 {
			t.Capture.Packets[i].Data = p.Data[:r.Intn(len(p.Data)+1)]
			what = append(what, "the end of a frame")
		}
	}
	t.Fate = []measure.Fate{t.Fate, measure.Answered, measure.Silent, measure.Refused, measure.Reported, measure.Closed}[r.Intn(6)]
	return append(what, "fate "+string(t.Fate))
}

// fewer leaves out one of oneIn.
func fewer[T any](r *rand.Rand, oneIn int, all []T, what *[]string, name func(T) string) []T {
	return slices.DeleteFunc(all, func(x T) bool {
		gone := r.Intn(oneIn) == 0
		if gone {
			*what = append(*what, name(x))
		}
		return gone
	})
}
