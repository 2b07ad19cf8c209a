package diagnose

import (
	"net/netip"
	"testing"

	"netlab/internal/measure"
	"netlab/internal/snapshot"
)

// What iptables drops by its policy nobody tells: that is a suspicion, and only
// where nothing else was found.
func TestAPolicyOfIptablesIsASuspicion(t *testing.T) {
	policy := func(tool, does string) *net {
		return pair6().addr("ns1", "veth_ns1", "10.1.1.1/24").addr("ns2", "veth_ns2", "10.1.1.2/24").edit("ns1", func(s *snapshot.Space) {
			s.Filters = []snapshot.Filter{{Tool: tool, Family: "ip", Table: "filter", Chain: "OUTPUT", Hook: "output", Policy: does}}
		})
	}
	tests := []struct {
		name string
		net  *net
		want string // the command that shows it
	}{
		{"it drops", policy("iptables", "drop"), "ip netns exec ns1 iptables-legacy -t filter -vnL"},
		{"it accepts", policy("iptables", "accept"), ""},
		{"nft tells what it drops", policy("nft", "drop"), ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			lab := tt.net.done()
			got := Why(lab, lab, measure.Trace{From: "ns1", To: netip.MustParseAddr("10.1.1.2"), Proto: measure.ICMP, Fate: measure.Silent})
			found := ""
			for _, c := range got {
				if c.Kind == Firewall {
					found = c.Look
				}
				if c.Kind == Firewall && c.Sure {
					t.Errorf("it is sure of %q", c.Text)
				}
			}
			if found != tt.want {
				t.Errorf("it names %q, want %q: %+v", found, tt.want, got)
			}
		})
	}
}

// A rule of iptables that drops, and has counted a packet since the probe was
// sent, has dropped it.
func TestARuleThatHasCountedDroppedTheProbe(t *testing.T) {
	with := func(text string, packets uint64) snapshot.Lab {
		return pair6().addr("ns1", "veth_ns1", "10.1.1.1/24").addr("ns2", "veth_ns2", "10.1.1.2/24").edit("ns1", func(s *snapshot.Space) {
			s.Filters = []snapshot.Filter{{Tool: "iptables", Family: "ip", Table: "filter", Chain: "OUTPUT", Hook: "output", Text: text, Counted: true, Packets: packets}}
		}).done()
	}
	tests := []struct {
		name, text    string
		before, after uint64
		want          bool
	}{
		{"it drops, and has counted one more", "-p icmp -j DROP", 2, 3, true},
		{"it rejects", "-p icmp -j REJECT --reject-with icmp-port-unreachable", 0, 1, true},
		{"it has counted nothing", "-p icmp -j DROP", 3, 3, false},
		{"it only counts", "-p icmp", 2, 3, false},
		{"it accepts", "-p icmp -j ACCEPT", 2, 3, false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got := Why(with(tt.text, tt.before), with(tt.text, tt.after), measure.Trace{From: "ns1", To: netip.MustParseAddr("10.1.1.2"), Proto: measure.ICMP, Fate: measure.Silent})
			found := len(got) > 0 && got[0].Kind == Firewall && got[0].Sure && got[0].Space == "ns1"
			if found != tt.want {
				t.Errorf("the causes are %+v", got)
			}
		})
	}
}
