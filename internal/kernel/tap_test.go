package kernel

import (
	"encoding/hex"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"netlab/internal/nlmsg"
	"netlab/internal/op"
)

// tapped does a line, after what it needs, and returns what it sent and got.
func tapped(t *testing.T, line string) ([]Exchange, error) {
	t.Helper()
	l, err := op.ParseLine(line)
	if err != nil {
		t.Fatal(err)
	}
	plain := New()
	for _, before := range op.Needs(l) {
		if err := plain.Do(before); err != nil {
			return nil, fmt.Errorf("%s: %w", before, err)
		}
	}
	k, all := New(), []Exchange(nil)
	k.Tap = func(of op.Line, x Exchange) {
		if of != l {
			t.Errorf("the tap of %q tells of %q", l, of)
		}
		all = append(all, x)
	}
	err = k.Do(l)
	return all, err
}

// sends is the type of the message that an op is about, and which of its
// exchanges that is: -1 is the last.
func sends(o op.Op) (kind string, at int) {
	switch o := o.(type) {
	case *op.LinkAdd, *op.LinkSet:
		return "RTM_NEWLINK", -1
	case *op.LinkDel:
		return "RTM_DELLINK", -1
	case *op.AddrAdd:
		return "RTM_NEWADDR", -1
	case *op.AddrDel:
		return "RTM_DELADDR", -1
	case *op.AddrFlush:
		return "RTM_GETADDR", 1
	case *op.RouteAdd:
		return "RTM_NEWROUTE", -1
	case *op.RouteDel:
		return "RTM_DELROUTE", -1
	case *op.NeighAdd, *op.FDBAdd:
		return "RTM_NEWNEIGH", -1
	case *op.NeighDel, *op.FDBDel:
		return "RTM_DELNEIGH", -1
	case *op.NeighFlush:
		if o.All && o.Dev == "" {
			return "RTM_GETNEIGH", 0
		}
		return "RTM_GETNEIGH", 1
	case *op.PortSet:
		return "RTM_SETLINK", -1
	}
	return "", 0
}

// minDone is how many of the lines that package op understands must succeed
// after what op.Needs makes for them, in hundredths.
const minDone = 85

func TestEveryOpIsReadWithNamesForAllThatItSends(t *testing.T) {
	var lines, done int
	seen := map[string]bool{}
	for _, line := range goodLines(t) {
		l, err := op.ParseLine(line)
		if err != nil {
			continue // a question
		}
		lines++
		all, err := tapped(t, line)
		if err == nil {
			done++
		} else {
			t.Logf("%s: %v", line, err)
		}
		want, at := sends(l.Op)
		if seen[fmt.Sprintf("%T", l.Op)] = true; want == "" {
			if len(all) > 0 || Otherwise(l) == "" {
				t.Errorf("%s: %d messages, and otherwise %q", line, len(all), Otherwise(l))
			}
		} else if err == nil {
			if at < 0 {
				at = len(all) - 1
			}
			if got := nlmsg.Read(all[at].Sent, nil).Request.Type; got != want {
				t.Errorf("%s sends %s, want %s", line, got, want)
			}
		}
		for _, x := range all {
			readWhole(t, line, x)
		}
		clean(t, New())
	}
	for _, o := range op.All() {
		if !seen[fmt.Sprintf("%T", o)] {
			t.Errorf("no line is a %T", o)
		}
	}
	t.Logf("%d of %d lines succeed in a lab that has what they need", done, lines)
	if lines < minConfirmed || done*100 < lines*minDone {
		t.Errorf("too few lines succeed: %d of %d", done, lines)
	}
}

// readWhole sees that each attribute of a request has a name, and that no byte
// of request and answers is left out.
func readWhole(t *testing.T, line string, x Exchange) {
	t.Helper()
	read := nlmsg.Read(x.Sent, x.Received)
	if read.Request.Size != len(x.Sent) {
		t.Errorf("%s: %d bytes of %d are read", line, read.Request.Size, len(x.Sent))
	}
	if bad := unnamed(read.Request.Parts); bad != "" {
		t.Errorf("%s: %s has %s:\n%s", line, read.Request.Type, bad, hex.Dump(x.Sent))
	}
	if len(read.Answers) == 0 {
		t.Errorf("%s: %s has no answer", line, read.Request.Type)
	}
	for _, m := range read.Answers {
		if bad := unnamed(m.Parts); bad != "" { // a newer kernel may say more
			t.Logf("%s: the answer %s has %s", line, m.Type, bad)
		}
	}
}

// unnamed is the first part without a name of its own.
func unnamed(parts []nlmsg.Part) string {
	for _, p := range parts {
		if p.Name == nlmsg.Unread || strings.HasPrefix(p.Name, "attribute") {
			return p.Name + " " + p.Value
		}
		if bad := unnamed(p.Parts); bad != "" {
			return p.Name + ", " + bad
		}
	}
	return ""
}

func TestTheTapTellsWhatTheKernelAnswered(t *testing.T) {
	t.Cleanup(func() { clean(t, New()) })
	all, err := tapped(t, "ip link add a0 type veth peer name a1")
	if err != nil || len(all) != 1 {
		t.Fatal(all, err)
	}
	if got := nlmsg.Read(all[0].Sent, all[0].Received); len(got.Answers) != 1 || got.Answers[0].Says != "ACK: done" {
		t.Errorf("%+v", got.Answers)
	}
	all, err = tapped(t, "ip link add a0 type veth peer name a1")
	got := nlmsg.Read(all[0].Sent, all[0].Received)
	if err == nil || got.Answers[0].Says != "-EEXIST (17): File exists" {
		t.Errorf("%v, %+v", err, got.Answers)
	}
}

func TestTheKernelsWordsAndTheBadAttributeAreTold(t *testing.T) {
	t.Cleanup(func() { clean(t, New()) })
	all, err := tapped(t, "ip link set a0 mtu 70000")
	if err == nil || len(all) == 0 {
		t.Fatal(all, err)
	}
	last := all[len(all)-1]
	m := nlmsg.Read(last.Sent, last.Received).Answers[0]
	var words string
	for _, p := range m.Parts {
		if p.Name == "NLMSGERR_ATTR_MSG" {
			words = p.Value
		}
	}
	if !strings.Contains(words, "mtu") {
		t.Errorf("%+v", m)
	}
}

func TestWithoutATapNothingIsKept(t *testing.T) {
	var none *tap
	none.sent([]byte{1})
	none.received([]byte{1})
	none.end()
	if got := testing.AllocsPerRun(10, func() { none.sent(nil); none.received(nil); none.end() }); got != 0 {
		t.Errorf("%v allocations", got)
	}
}

func TestALongAnswerIsCut(t *testing.T) {
	var got Exchange
	tp := newTap(func(_ op.Line, x Exchange) { got = x }, op.Line{})
	tp.sent([]byte{1, 2})
	for range 10 {
		tp.received(make([]byte, maxTapped/4))
	}
	tp.end()
	if len(got.Received) != 4 || !slices.Equal(got.Sent, []byte{1, 2}) {
		t.Errorf("%d datagrams", len(got.Received))
	}
	tp.sent([]byte{3})
	tp.received([]byte{4})
	tp.end()
	if d := cmp.Diff(Exchange{Sent: []byte{3}, Received: [][]byte{{4}}}, got); d != "" {
		t.Error(d)
	}
}
