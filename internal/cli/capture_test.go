package cli

import (
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"netlab/internal/control"
	"netlab/internal/measure"
	"netlab/internal/render"
	"netlab/internal/run"
	"netlab/internal/term"
)

func TestWhatACaptureListensTo(t *testing.T) {
	lab := control.Lab{Name: "x", Nodes: []string{"ns1", "ns2"}}
	for _, tt := range []struct {
		name   string
		places string
		want   []control.Place
		err    string
	}{
		{"nothing said", "", nil, ""},
		{"all", "all", nil, ""},
		{"a node", "ns1", []control.Place{{Node: "ns1"}}, ""},
		{"host and an interface", "host ns2:eth0", []control.Place{{Node: "host"}, {Node: "ns2", Link: "eth0"}}, ""},
		{"twice the same", "ns1:lo ns1:lo", []control.Place{{Node: "ns1", Link: "lo"}}, ""},
		{"all and more", "ns1 all", nil, "all means every interface, and stands alone"},
		{"a node and one of its interfaces", "ns1:lo ns1", nil, "ns1 means all its interfaces, lo too"},
		{"a node that there is not", "ns3", nil, `the lab x has no node "ns3"`},
		{"its interface", "ns3:lo", nil, `the lab x has no node "ns3"`},
		{"no interface", "ns1:", nil, `"ns1:" is no node and no interface of one`},
		{"no node", ":lo", nil, `the lab x has no node ""`},
		{"two colons", "ns1:a:b", nil, `"ns1:a:b" is no node and no interface of one`},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got, err := captureOptions{filter: "icmp", snap: 7, places: strings.Fields(tt.places)}.listening(lab)
			if (err == nil) != (tt.err == "") || err != nil && err.Error() != tt.err {
				t.Fatalf("error = %v", err)
			}
			if d := cmp.Diff(control.Listening{Places: tt.want, Filter: "icmp", Snap: 7}, got); err == nil && d != "" {
				t.Error(d)
			}
		})
	}
}

func TestWrongOptionsOfACapture(t *testing.T) {
	for _, tt := range []struct {
		name string
		opt  captureOptions
		tty  bool
		want string
	}{
		{"none", captureOptions{snap: 1}, true, ""},
		{"all of them", captureOptions{snap: maxSnap, file: "-", filter: "icmp", count: 3, duration: 1}, false, ""},
		{"a pipe that is a terminal", captureOptions{snap: 1, file: "-"}, true, "a capture file is no text, and would spoil the terminal"},
		{"two outputs", captureOptions{snap: 1, file: "x", asJSON: true}, true, "--json and -o exclude each other"},
		{"no bytes", captureOptions{}, true, "--snaplen is a number of bytes from 1 to 262144"},
		{"too many bytes", captureOptions{snap: maxSnap + 1}, true, "--snaplen is a number of bytes from 1 to 262144"},
		{"a time before", captureOptions{snap: 1, duration: -time.Second}, true, "--duration is a time above 0, not -1s"},
		{"fewer than none", captureOptions{snap: 1, count: -1}, true, "--count is a number above 0"},
		{"a filter that is none", captureOptions{snap: 1, filter: "host ns1"}, true, `filter, character 6: "ns1" is not an IP address`},
	} {
		t.Run(tt.name, func(t *testing.T) {
			tm, _ := term.Test(nil, 80)
			tm.OutTTY = tt.tty
			err := tt.opt.wrong(&app{term: tm})
			var usage *usageError
			if tt.want == "" && err != nil || tt.want != "" && (!errors.As(err, &usage) || usage.text != tt.want) {
				t.Errorf("error = %v", err)
			}
		})
	}
}

// sinkStub notes what it is given.
type sinkStub struct {
	got  []string
	lost map[string]int
	err  error
}

func (s *sinkStub) Point(p measure.Point) error {
	s.got = append(s.got, "point "+p.Link)
	return s.err
}

func (s *sinkStub) Packets(all []render.Captured) error {
	for _, p := range all {
		s.got = append(s.got, strings.TrimSpace(string(p.Data)+" "+strings.Join(p.Notes, "; ")))
	}
	return s.err
}

func (s *sinkStub) End(_ time.Time, lost map[string]int) error {
	s.lost = lost
	s.got = append(s.got, "end")
	return s.err
}

// recordingOn is a recording with a stub, and how often it was ended.
func recordingOn(opt captureOptions) (r *recording, sink *sinkStub, bufs term.Buffers, done *int) {
	tm, bufs := term.Test(nil, 80)
	sink, done = &sinkStub{}, new(int)
	return &recording{a: &app{term: tm}, opt: opt, lab: control.Lab{Name: "x"}, sink: sink, done: func() { *done++ }}, sink, bufs, done
}

func at(second int64, text string) measure.Packet {
	return measure.Packet{Time: time.Unix(second, 0), Data: []byte(text), Len: len(text)}
}

func TestMarksStandAtThePacketsAfterThem(t *testing.T) {
	r, sink, bufs, done := recordingOn(captureOptions{count: 5})
	mark := func(second int64, text string, command bool) run.Captured {
		return run.Captured{Mark: &control.Moment{Time: time.Unix(second, 0), Text: text, Command: command}}
	}
	for _, c := range []run.Captured{
		{Point: &measure.Point{Link: "eth0"}},
		mark(1, "step 1", false), mark(2, "ip a", true), mark(3, "ip b", true),
		{Packets: []measure.Packet{at(3, "a"), at(4, "b")}},
		mark(5, "ip c", true), mark(6, "step 2", false),
		{Packets: []measure.Packet{at(4, "c")}},
		{Point: &measure.Point{Link: "eth1"}},
		{Lost: map[string]int{"ns1": 2}}, {},
		{Packets: []measure.Packet{at(9, "d"), at(10, "e"), at(11, "too many")}},
		{Packets: []measure.Packet{at(12, "far too many")}},
	} {
		if err := r.take(c); err != nil {
			t.Fatal(err)
		}
	}
	if err := r.finish(t.Context(), nil); err != nil {
		t.Error(err)
	}
	want := []string{"point eth0", "a step 1; command: ip b", "b", "c", "point eth1", "d step 2", "e", "end"}
	if d := cmp.Diff(want, sink.got); d != "" {
		t.Error(d)
	}
	if *done != 1 || sink.lost["ns1"] != 2 || bufs.Err.String() != "5 packets at 2 interfaces, LOST, because netlab was too slow: 2 in ns1 (fewer places, a --filter or --snaplen 128 help)\n" {
		t.Errorf("ended %d times; lost %v: %s", *done, sink.lost, bufs.Err)
	}
}

func TestHowARecordingEnds(t *testing.T) {
	full := errors.New("full")
	for _, tt := range []struct {
		name      string
		err, sink error
		want      error
		said      string
	}{
		{"in order", nil, nil, nil, "0 packets at 1 interface, none lost\n"},
		{"the lab is gone", run.ErrGone, nil, run.ErrGone, "0 packets at 1 interface, none lost\n"},
		{"what is left cannot be written", nil, full, full, "0 packets at 1 interface, none lost\n"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			r, sink, bufs, _ := recordingOn(captureOptions{})
			if err := r.take(run.Captured{Point: &measure.Point{}}); err != nil {
				t.Fatal(err)
			}
			sink.err = tt.sink
			if err := r.finish(t.Context(), tt.err); !errors.Is(err, tt.want) {
				t.Errorf("error = %v", err)
			}
			if bufs.Err.String() != tt.said || sink.got[len(sink.got)-1] != "end" {
				t.Errorf("it says %q; %v", bufs.Err, sink.got)
			}
		})
	}
}

func TestARecordingThatNeverBegan(t *testing.T) {
	for _, tt := range []struct {
		name string
		err  error
		want string
	}{
		{"no such interface", &run.Lacking{What: control.MissingLink, Text: "no link"}, "no link"},
		{"no such node", &run.Lacking{What: control.MissingNode, Text: "no node"}, "no node"},
		{"something else", io.ErrUnexpectedEOF, "unexpected EOF"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			r, sink, bufs, _ := recordingOn(captureOptions{})
			r.sink = nil
			err := r.finish(t.Context(), tt.err)
			if err == nil || err.Error() != tt.want || len(sink.got) > 0 || bufs.Err.Len() > 0 {
				t.Errorf("%v: %s", err, bufs.Err)
			}
		})
	}
}

func TestTheOutputOfARecording(t *testing.T) {
	dir := t.TempDir()
	for _, tt := range []struct {
		name, file string
		asJSON     bool
		want       string // in what is written
		err        string
	}{
		{"lines", "", false, "→ a frame that cannot be read", ""},
		{"JSON", "", true, `"direction":"out"`, ""},
		{"a pipe", "-", false, "ns1:eth0", ""},
		{"a file", filepath.Join(dir, "a.pcapng"), false, "", ""},
		{"no folder", filepath.Join(dir, "no", "a"), false, "", "no such file or directory"},
		{"a folder", dir, false, "", "is a directory"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			r, _, bufs, _ := recordingOn(captureOptions{file: tt.file, asJSON: tt.asJSON, snap: 100, filter: "icmp"})
			r.sink = nil
			err := r.take(run.Captured{Point: &measure.Point{Space: "ns1", Link: "eth0", Ether: true}})
			var usage *usageError
			if tt.err != "" {
				if !errors.As(err, &usage) || !strings.Contains(usage.text, tt.err) {
					t.Errorf("error = %v", err)
				}
				return
			}
			packet := measure.Packet{Time: time.Now(), For: measure.ForOutgoing}
			if err = errors.Join(err, r.take(run.Captured{Packets: []measure.Packet{packet}}), r.finish(t.Context(), nil)); err != nil {
				t.Fatal(err)
			}
			if !strings.Contains(bufs.Out.String(), tt.want) || !strings.HasPrefix(bufs.Err.String(), "capturing in the lab x (icmp); Ctrl-C ends it\n1 packet at 1 interface, none lost\n") {
				t.Errorf("%q\n%s", bufs.Out, bufs.Err)
			}
			if b, err := os.ReadFile(tt.file); tt.file == filepath.Join(dir, "a.pcapng") && (err != nil || !strings.Contains(string(b), "ns1:eth0") || bufs.Out.Len() > 0) {
				t.Errorf("the file holds %q, %v; the output %q", b, err, bufs.Out)
			}
		})
	}
}
