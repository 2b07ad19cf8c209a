package snapshot

import (
	"encoding/json"
	"net/netip"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

// TestALabSurvivesJSON: machines that read a lab read what was there.
func TestALabSurvivesJSON(t *testing.T) {
	labs := map[string]Lab{"of one of everything": shownLab(), "with forwarding entries": switched(learnedAt("p", "br0", machine)), "of nothing": {}}
	for name, lab := range labs {
		t.Run(name, func(t *testing.T) {
			var again Lab
			if err := json.Unmarshal([]byte(text(t, lab)), &again); err != nil {
				t.Fatal(err)
			}
			same := cmp.Options{
				cmp.Comparer(func(a, b netip.Addr) bool { return a == b }), cmp.Comparer(func(a, b netip.Prefix) bool { return a == b }),
				cmpopts.EquateEmpty(),
			}
			if d := cmp.Diff(lab, again, same); d != "" {
				t.Error(d)
			}
			if changes := Diff(lab, again); len(changes) != 0 {
				t.Errorf("%v", changes)
			}
		})
	}
}

func TestNamesAreLookedUpInTheirPlace(t *testing.T) {
	lab := labOf(host(veth(2, "v0", "", "")), spaceOf("a", bridge(2, "v0")), spaceOf("b"))
	tests := []struct{ space, link, kind string }{
		{Host, "v0", "veth"}, {"a", "v0", "bridge"}, {"b", "v0", ""}, {"c", "v0", ""}, {"", "v0", ""}, {"a", "", ""}, {"b", "lo", "loopback"},
	}
	for _, tt := range tests {
		s, there := lab.Space(tt.space)
		l, ok := s.Link(tt.link)
		if l.Kind != tt.kind || ok != (tt.kind != "") {
			t.Errorf("%s in %q is a %q (%v)", tt.link, tt.space, l.Kind, ok)
		}
		if want := tt.space != "" && tt.space != "c"; there != want {
			t.Errorf("%q is there: %v", tt.space, there)
		}
	}
}

func TestTheNameOfALinkBelow(t *testing.T) {
	s := spaceOf("a", veth(2, "v0", "", ""), veth(3, "v1", "", ""))
	tests := []struct {
		index, nsid int
		full, name  string
	}{
		{0, -1, "x", "if0"}, {2, -1, "x@v0", "v0"}, {9, -1, "x@if9", "if9"}, {NoLink, -1, "x@NONE", "NONE"}, {2, 0, "x@if2", "v0"}, {9, 3, "x@if9", "if9"},
	}
	for _, tt := range tests {
		l := veth(4, "x", "", "", func(l *Link) { l.PeerIndex, l.PeerNSID = tt.index, tt.nsid })
		if got := s.fullName(l); got != tt.full {
			t.Errorf("number %d in %d: %s, want %s", tt.index, tt.nsid, got, tt.full)
		}
		if got := s.linkName(tt.index); got != tt.name {
			t.Errorf("number %d: %s, want %s", tt.index, got, tt.name)
		}
	}
}

// TestTheOtherEndBeingDownIsAFlag: only where it is in the same namespace.
func TestTheOtherEndBeingDownIsAFlag(t *testing.T) {
	const plain, flagged = "BROADCAST,MULTICAST,UP,LOWER_UP", "BROADCAST,MULTICAST,UP,LOWER_UP,M-DOWN"
	below := func(index, nsid int) Link {
		return veth(4, "x", "", "", func(l *Link) { l.PeerIndex, l.PeerNSID = index, nsid })
	}
	s := spaceOf("a", veth(2, "up", "", ""), veth(3, "down", "", "", down))
	tests := map[string]struct {
		link Link
		want string
	}{
		"it is up":                   {below(2, -1), plain},
		"it is down":                 {below(3, -1), flagged},
		"it is in another namespace": {below(3, 0), plain},
		"it is not there":            {below(9, -1), plain},
		"there is none":              {below(NoLink, -1), plain},
	}
	for name, tt := range tests {
		before := len(tt.link.Flags)
		if got := s.shownFlags(tt.link); got != tt.want || len(tt.link.Flags) != before {
			t.Errorf("%s: %s, want %s", name, got, tt.want)
		}
	}
}

func TestTablesByName(t *testing.T) {
	tests := map[string]string{
		"": "254", "main": "254", "default": "253", "100": "100", "0x10": "16", "254": "254",
		"local": "no", "all": "no", "255": "no", "0": "no", "junk": "no", "-1": "no", "4294967296": "no",
	}
	for name, want := range tests {
		n, ok := tableOf(name)
		got := positive(n)
		if !ok {
			got = "no"
		}
		if got != want {
			t.Errorf("table %q is %s, want %s", name, got, want)
		}
	}
}

// TestAChangeIsOneLine: the reason is apart.
func TestAChangeIsOneLine(t *testing.T) {
	changes := Diff(labOf(host()), labOf(host(bridge(2, "br0", down))))
	if len(changes) != 1 || changes[0].String() != "+ host link br0 (bridge)" {
		t.Fatalf("%v", changes)
	}
	want := `{"sign":"+","space":"host","line":"link br0 (bridge)","reason":"a bridge is a switch, and at the same time an interface of its own"}`
	b, err := json.Marshal(changes[0])
	if d := cmp.Diff(want, string(b)); err != nil || d != "" {
		t.Errorf("%v %s", err, d)
	}
}
