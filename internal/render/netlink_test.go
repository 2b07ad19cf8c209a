package render

import (
	"strings"
	"testing"

	"netlab/internal/event"
	"netlab/internal/nlmsg"
)

// sends is a command with one exchange, whose answer is a link.
func sends(opt Options, t *testing.T) string {
	t.Helper()
	answer := nlmsg.Message{Type: "RTM_NEWLINK", Size: 1000, Flags: "0", Seq: 1, Parts: []nlmsg.Part{
		{Name: "ifinfomsg", Fields: []nlmsg.Field{{Name: "ifi_index", Value: "3"}, {Name: "ifi_flags", Value: "IFF_UP|X"}}},
		{Name: "IFLA_MTU", Value: "1500"},
		{Name: "IFLA_STATS64", Value: "0x" + strings.Repeat("ab", 200)},
	}}
	x := nlmsg.Exchange{Request: nlmsg.Message{Type: "RTM_GETLINK", Size: 32, Flags: "NLM_F_REQUEST", Seq: 1}, Answers: []nlmsg.Message{answer}}
	return onPage(t, opt, runs("ip x"), event.Event{Kind: event.Netlink, Line: "ip x", Netlink: &x}, prints("said\n"), ends("ip x", 0, event.Pass))
}

func TestAnAnswerIsShortUnlessMoreIsWanted(t *testing.T) {
	short := sends(Options{}, t)
	for _, want := range []string{"→ RTM_GETLINK · 32 bytes · seq 1\n", "ifinfomsg  ifi_index=3, ifi_flags=IFF_UP | X\n", "… 2 attributes (--more)\n", "│ said\n"} {
		if !strings.Contains(short, want) {
			t.Errorf("%q is missing in\n%s", want, short)
		}
	}
	if strings.Contains(short, "IFLA_MTU") {
		t.Errorf("too much:\n%s", short)
	}
	long := sends(Options{More: true}, t)
	for _, want := range []string{"IFLA_MTU  1500\n", "0x" + strings.Repeat("ab", 8), "… (200 bytes)"} {
		if !strings.Contains(long, want) {
			t.Errorf("%q is missing in\n%s", want, long)
		}
	}
	if got := sends(Options{Quiet: true}, t); strings.Contains(got, "RTM_") {
		t.Errorf("too much for quiet:\n%s", got)
	}
}

func TestANoOfTheKernelIsShownWithItsWords(t *testing.T) {
	no := nlmsg.Message{Type: "NLMSG_ERROR", Size: 80, Flags: "NLM_F_ACK_TLVS", Seq: 2, Says: "-EEXIST (17): File exists", Parts: []nlmsg.Part{
		{Name: "nlmsgerr", Fields: []nlmsg.Field{{Name: "error", Value: "-EEXIST (17): File exists"}}},
		{Name: "NLMSGERR_ATTR_MSG", Value: `"it is there"`},
	}}
	x := nlmsg.Exchange{Request: nlmsg.Message{Type: "RTM_NEWLINK", Flags: "NLM_F_REQUEST"}, Answers: []nlmsg.Message{no}}
	got := onPage(t, Options{}, runs("ip x"), event.Event{Kind: event.Netlink, Netlink: &x})
	for _, want := range []string{"-EEXIST (17): File exists", `NLMSGERR_ATTR_MSG  "it is there"`} {
		if !strings.Contains(got, want) {
			t.Errorf("%q is missing in\n%s", want, got)
		}
	}
	if strings.Contains(got, "nlmsgerr ") {
		t.Errorf("too much:\n%s", got)
	}
}
