package snapshot

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/netip"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"netlab/internal/netlabtest/golden"
	"netlab/internal/op"
)

func TestLinesReadLikeCommands(t *testing.T) {
	lab := Normalise(after(t, "bridge", "bridge fdb add 02:00:00:00:00:11 dev vx0 dst 10.1.1.9"))
	golden.Equal(t, "testdata/bridge.lines", strings.Join(lab.Lines(), "\n")+"\n")
}

// TestMostLinesAreCommands parses the lines of links, addresses, routes and
// neighbours: what stands before the "#" must be what op understands.
func TestMostLinesAreCommands(t *testing.T) {
	lab := after(t, "veth-pair", "ip -n ns1 route add default via 10.1.1.2")
	parsed := 0
	for _, line := range lab.Lines() {
		command, _, _ := strings.Cut(line, " #")
		if strings.Contains(command, "loopback") || command == "" {
			continue
		}
		if _, err := op.ParseLine(command); err != nil {
			t.Errorf("%s: %v", command, err)
		}
		parsed++
	}
	if parsed < 15 {
		t.Errorf("only %d lines", parsed)
	}
}

func TestLinesTellEverythingApart(t *testing.T) {
	base := Space{
		Name:   "a",
		Links:  []Link{{Name: "l", Kind: "veth", MTU: 1500}},
		Addrs:  []Addr{{Link: "l", Prefix: netip.MustParsePrefix("10.0.0.1/24"), Scope: "global", Label: "l"}},
		Routes: []Route{route("10.0.0.0/8", 0, "l")},
		Neighs: []Neigh{{Link: "l", Addr: netip.MustParseAddr("10.0.0.2"), State: "STALE"}},
		FDB:    []FDB{{Link: "l", MAC: "02:00:00:00:00:01", State: "permanent"}},
	}
	changes := map[string]func(*Space){
		"link up":           func(s *Space) { s.Links[0].Up = true },
		"link master":       func(s *Space) { s.Links[0].Master = "br0" },
		"link mtu":          func(s *Space) { s.Links[0].MTU = 1400 },
		"link alias":        func(s *Space) { s.Links[0].Alias = "x" },
		"link state":        func(s *Space) { s.Links[0].State = "UP" },
		"link port":         func(s *Space) { s.Links[0].Port = &Port{Hairpin: true} },
		"link bridge":       func(s *Space) { s.Links[0].Bridge = &Bridge{STP: true} },
		"link vxlan":        func(s *Space) { s.Links[0].VXLAN = &VXLAN{ID: 1} },
		"link peer":         func(s *Space) { s.Links[0].Peer = "m" },
		"addr peer":         func(s *Space) { s.Addrs[0].Peer = netip.MustParsePrefix("10.0.0.9/32") },
		"addr broadcast":    func(s *Space) { s.Addrs[0].Broadcast = netip.MustParseAddr("10.0.0.255") },
		"addr scope":        func(s *Space) { s.Addrs[0].Scope = "link" },
		"addr label":        func(s *Space) { s.Addrs[0].Label = "l:1" },
		"addr flags":        func(s *Space) { s.Addrs[0].Flags = []string{"nodad"} },
		"route via":         func(s *Space) { s.Routes[0].Via = netip.MustParseAddr("10.0.0.9") },
		"route metric":      func(s *Space) { s.Routes[0].Metric = 7 },
		"route table":       func(s *Space) { s.Routes[0].Table = 100 },
		"route type":        func(s *Space) { s.Routes[0].Type = "blackhole" },
		"route linkdown":    func(s *Space) { s.Routes[0].LinkDown = true },
		"route onlink":      func(s *Space) { s.Routes[0].Onlink = true },
		"neigh state":       func(s *Space) { s.Neighs[0].State = "PERMANENT" },
		"neigh proxy":       func(s *Space) { s.Neighs[0].Proxy = true },
		"fdb destination":   func(s *Space) { s.FDB[0].Dst = netip.MustParseAddr("10.0.0.9") },
		"fdb master":        func(s *Space) { s.FDB[0].Master = "br0" },
		"number of rules":   func(s *Space) { s.Rules = 1 },
		"value of a sysctl": func(s *Space) { s.Sysctls = map[string]string{"net.x": "1"} },
	}
	plain := strings.Join(base.lines(), "\n")
	for _, name := range slices.Sorted(maps.Keys(changes)) {
		s := base.copied()
		changes[name](&s)
		if strings.Join(s.lines(), "\n") == plain {
			t.Errorf("%s is not in the lines", name)
		}
	}
}

func TestNormaliseIsDoneAfterOnce(t *testing.T) {
	for _, name := range []string{"veth-pair", "bridge"} {
		for _, s := range recording(t, name) {
			once := Normalise(s.Lab)
			if d := cmp.Diff(once.Lines(), Normalise(once).Lines()); d != "" {
				t.Errorf("%s, after %s:\n%s", name, s.Line, d)
			}
		}
	}
}

// TestNormaliseForgetsWhatTheKernelDrew puts other MAC addresses, numbers and
// link-local addresses into a lab.
func TestNormaliseForgetsWhatTheKernelDrew(t *testing.T) {
	for _, s := range recording(t, "bridge") {
		b, err := json.Marshal(s.Lab)
		if err != nil {
			t.Fatal(err)
		}
		text := regexp.MustCompile(`"[0-9a-f]{2}(:[0-9a-f]{2}){5}"`).ReplaceAllStringFunc(string(b), otherMAC)
		text = regexp.MustCompile(`fe80::[0-9a-f:]+`).ReplaceAllString(text, "fe80::1234:56ff:fe78:9abc")
		text = regexp.MustCompile(`"index":(\d)`).ReplaceAllString(text, `"index":4$1`)
		var other Lab
		if err := json.Unmarshal([]byte(text), &other); err != nil {
			t.Fatal(err)
		}
		if d := cmp.Diff(Normalise(s.Lab).Lines(), Normalise(other).Lines()); d != "" {
			t.Errorf("after %s:\n%s", s.Line, d)
		}
	}
}

// otherMAC changes a MAC address that the kernel drew.
func otherMAC(quoted string) string {
	mac := strings.Trim(quoted, `"`)
	if !drawn(mac) || multicast(mac) {
		return quoted
	}
	return `"` + mac[:15] + fmt.Sprintf("%02x", len(mac)) + `"`
}

func TestNormaliseKeepsWhatPeopleChose(t *testing.T) {
	lab := Lab{Spaces: []Space{{Name: Host, Links: []Link{{Name: "v", MAC: "02:00:00:00:00:07"}, {Name: "w", MAC: "a2:34:56:78:9a:bc"}}}}}
	got := Normalise(lab).Spaces[0].Links
	if got[0].MAC != "02:00:00:00:00:07" || got[1].MAC != "mac1" {
		t.Errorf("%s and %s", got[0].MAC, got[1].MAC)
	}
	if lab.Spaces[0].Links[1].MAC != "a2:34:56:78:9a:bc" {
		t.Error("the lab itself was changed")
	}
}
