package interp

import (
	"os/exec"
	"strings"
	"testing"

	"netlab/internal/event"
	"netlab/internal/netlabtest"
)

func TestWhatIsSentToTheKernelIsToldWhenItIsWanted(t *testing.T) {
	o := small()
	o.Netlink = true
	s := open(t, o)
	k := try(t, s, Snippet{Text: `ip netns add tapped
ip netns exec tapped ip link add t0 type veth peer name t1
sysctl -q -w net.ipv4.ip_forward=0
ip -n tapped link add t0 type veth peer name t1 || true
ip netns del tapped`})
	var got []string
	for _, e := range k.of(event.Netlink) {
		text := e.Place + ": " + e.Text
		if e.Netlink != nil {
			text += e.Netlink.Request.Type + " " + e.Netlink.Answers[0].Says
		}
		got = append(got, text)
	}
	want := []string{
		"host: no netlink: a namespace is made", "tapped: RTM_NEWLINK ACK: done", "host: no netlink: a setting",
		"tapped: RTM_NEWLINK -EEXIST (17): File exists", "host: no netlink: the name of a namespace",
	}
	if len(got) != len(want) {
		t.Fatalf("%q", got)
	}
	for i := range want {
		if !strings.HasPrefix(got[i], want[i]) {
			t.Errorf("%q, want %q", got[i], want[i])
		}
	}
	inside := false
	for _, e := range k.events {
		switch e.Kind {
		case event.Command:
			inside = true
		case event.CommandEnd:
			inside = false
		case event.Netlink:
			if !inside {
				t.Errorf("outside of its command: %+v", e)
			}
		}
	}
}

func TestWhatIsSentIsNotToldOtherwise(t *testing.T) {
	k := do(t, open(t, small()), "ip netns add quiet; ip -n quiet link set lo up; ip netns del quiet")
	if got := k.of(event.Netlink); got != nil {
		t.Errorf("%+v", got)
	}
}

func TestWhatTheRealIPSendsIsSaidNotToBeSeen(t *testing.T) {
	_, err := exec.LookPath("ip")
	netlabtest.Require(t, err == nil, "ip (iproute2)")
	o := small()
	o.Netlink = true
	k := do(t, open(t, o), "ip link show lo >/dev/null; ip link set lo up")
	if !strings.Contains(k.notes(), "own ip sends to the kernel is not shown") || len(k.of(event.Netlink)) == 0 {
		t.Errorf("%q, %+v", k.notes(), k.of(event.Netlink))
	}
}
