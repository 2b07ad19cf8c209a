package op

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"netlab/internal/netlabtest/golden"
)

func TestTheNearestRightWordIsNamed(t *testing.T) {
	tests := []struct{ line, word, nearest string }{
		{"ip route add default vai 10.0.0.1", "vai", "via"},
		{"ip route add dfault via 10.0.0.1", "dfault", "default"},
		{"ip route add default via 10.0.0.1 mertic 5", "mertic", "metric"},
		{"ip addr add 10.0.0.1/24 dve x", "dve", "dev"},
		{"ip addr add dve x 10.0.0.1/24", "dve", "dev"},
		{"ip link set x pu", "pu", "up"},
		{"ip link set x dwon", "dwon", "down"},
		{"ip link set x mastr br0", "mastr", "master"},
		{"ip link set x msater br0", "msater", "master"},
		{"ip link add x type veht", "veht", "veth"},
		{"ip link add x type veth pere name y", "pere", "peer"},
		{"ip adress add 10.0.0.1/24 dev x", "adress", "address"},
		{"ip lnik set x up", "lnik", "link"},
		{"ip link sett x up", "sett", "set"},
		{"ip netns dell ns1", "dell", "del"},
		{"bridge link set dev x learnign off", "learnign", "learning"},
		{"bridge fbd add 02:00:00:00:00:01 dev x", "fbd", "fdb"},
		{"ipp link set x up", "ipp", "ip"},
		{"brigde link set dev x flood on", "brigde", "bridge"},
		{"ip neigh add 10.0.0.1 dev x nud permanet", "permanet", "permanent"},
		{"ip link set x arp onn", "onn", ""},
		{"ip -family inet5 link set x up", "inet5", "inet"},
	}
	for _, tt := range tests {
		t.Run(tt.line, func(t *testing.T) {
			_, err := ParseLine(tt.line)
			var syntax *SyntaxError
			if !errors.As(err, &syntax) {
				if tt.nearest == "" && err == nil {
					return
				}
				t.Fatalf("the error is %v", err)
			}
			if syntax.Word != tt.word || syntax.Nearest != tt.nearest {
				t.Errorf("word %q, nearest %q", syntax.Word, syntax.Nearest)
			}
			if tt.nearest != "" && !strings.Contains(err.Error(), fmt.Sprintf("did you mean %q?", tt.nearest)) {
				t.Errorf("the message does not ask: %v", err)
			}
		})
	}
}

func TestWhatWasExpectedIsListed(t *testing.T) {
	tests := []struct {
		line  string
		index int
		want  []string // some of what is listed
	}{
		{"ip", 1, []string{"addr", "link", "route", "neigh", "netns"}},
		{"ip link nonsense", 2, []string{"add", "set", "del", "show"}},
		{"ip netns add", 3, []string{"NETNS"}},
		{"ip addr add 10.0.0.1/24", 4, []string{"dev NAME"}},
		{"ip route add default via", 5, []string{"ADDRESS"}},
		{"ip route add default vai", 4, []string{"via ADDRESS", "dev NAME", "metric NUMBER", "onlink"}},
		{"ip link add x type vxlan id 5", 8, []string{"dstport PORT"}},
		{"ip link set x what", 4, []string{"up or down", "netns NETNS", "master BRIDGE"}},
		{"bridge fdb add 02:00:00:00:00:01 dev x what", 6, []string{"dst ADDRESS", "permanent or static or dynamic"}},
		{"sysctl -w net.ipv4.ip_forward", 2, []string{"KEY=VALUE"}},
	}
	for _, tt := range tests {
		t.Run(tt.line, func(t *testing.T) {
			_, err := ParseLine(tt.line)
			var syntax *SyntaxError
			if !errors.As(err, &syntax) {
				t.Fatalf("the error is %v", err)
			}
			if syntax.Index != tt.index {
				t.Errorf("it is at word %d, want %d", syntax.Index, tt.index)
			}
			for _, w := range tt.want {
				if !slices.Contains(syntax.Expected, w) {
					t.Errorf("%q is not in %q", w, syntax.Expected)
				}
			}
		})
	}
}

func TestWhatIsGivenAlreadyIsNotExpectedAgain(t *testing.T) {
	_, err := ParseLine("ip route add default via 10.0.0.1 dev x what")
	var syntax *SyntaxError
	if !errors.As(err, &syntax) {
		t.Fatalf("the error is %v", err)
	}
	for _, w := range []string{"via ADDRESS", "dev NAME", "NETWORK/MASK|default"} {
		if slices.Contains(syntax.Expected, w) {
			t.Errorf("%q is in %q", w, syntax.Expected)
		}
	}
}

// TestMessages shows all messages for the bad lines, to be read by people.
func TestMessages(t *testing.T) {
	var b strings.Builder
	for _, line := range lines(t, "lines.txt", "bad\t") {
		_, err := ParseLine(line)
		fmt.Fprintf(&b, "%s\n    %v\n", line, err)
	}
	golden.Equal(t, "testdata/messages.golden", b.String())
}

func TestDistanceCountsSlips(t *testing.T) {
	tests := []struct {
		a, b string
		want int
	}{
		{"", "", 0},
		{"via", "via", 0},
		{"", "via", 3},
		{"vai", "via", 1},
		{"vi", "via", 1},
		{"viaa", "via", 1},
		{"vib", "via", 1},
		{"master", "msatre", 2},
		{"abc", "cab", 2},
		{"link", "addr", 4},
	}
	for _, tt := range tests {
		if got := distance(tt.a, tt.b); got != tt.want {
			t.Errorf("from %q to %q it is %d, want %d", tt.a, tt.b, got, tt.want)
		}
		if got := distance(tt.b, tt.a); got != tt.want {
			t.Errorf("from %q to %q it is %d, want %d", tt.b, tt.a, got, tt.want)
		}
	}
}

func TestNearestGivesNothingWhenNothingIsNear(t *testing.T) {
	words := []string{"up", "dev", "master", "nomaster"}
	tests := []struct{ word, want string }{
		{"x", ""},
		{"up", ""},
		{"pu", "up"},
		{"upp", "up"},
		{"frobnicate", ""},
		{"mastr", "master"},
		{"nmaster", "master"},
		{strings.Repeat("m", 100), ""},
	}
	for _, tt := range tests {
		if got := nearest(tt.word, words); got != tt.want {
			t.Errorf("nearest to %q is %q, want %q", tt.word, got, tt.want)
		}
	}
}
