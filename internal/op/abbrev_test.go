package op

import "testing"

// The answers below were got from the real tools of iproute2 6.1.
func TestAWordCutShortMeansWhatItMeansToIP(t *testing.T) {
	tests := []struct {
		place      string
		vocabulary string
		word       string
		want       string // "" for no word
	}{
		{"an object", objects("ip"), "a", "addr"},
		{"an object", objects("ip"), "addr", "addr"},
		{"an object", objects("ip"), "address", "addr"},
		{"an object", objects("ip"), "addrl", "addrlabel"},
		{"an object", objects("ip"), "l", "link"},
		{"an object", objects("ip"), "r", "route"},
		{"an object", objects("ip"), "ru", "rule"},
		{"an object", objects("ip"), "n", "neigh"},
		{"an object", objects("ip"), "ne", "neigh"},
		{"an object", objects("ip"), "neighbour", "neigh"},
		{"an object", objects("ip"), "net", "netns"},
		{"an object", objects("ip"), "ns", ""},
		{"an object", objects("ip"), "nets", ""},
		{"an object", objects("ip"), "m", "maddr"},
		{"an object", objects("ip"), "mo", "monitor"},
		{"an object", objects("ip"), "", ""},
		{"an object of bridge", objects("bridge"), "f", "fdb"},
		{"an object of bridge", objects("bridge"), "l", "link"},
		{"a verb of link", verbs("link"), "s", "set"},
		{"a verb of link", verbs("link"), "sh", "show"},
		{"a verb of link", verbs("link"), "ls", "show"},
		{"a verb of link", verbs("link"), "d", "del"},
		{"a verb of addr", verbs("addr"), "s", "show"},
		{"a verb of addr", verbs("addr"), "chg", "change"},
		{"a verb of addr", verbs("addr"), "chgx", ""},
		{"a verb of addr", verbs("addr"), "sa", "save"},
		{"a verb of route", verbs("route"), "a", "add"},
		{"a verb of route", verbs("route"), "ap", "append"},
		{"a verb of route", verbs("route"), "l", "show"},
		{"a verb of netns", verbs("netns"), "e", "exec"},
		{"a verb of netns", verbs("netns"), "list-", "list-id"},
		{"a verb of fdb", verbs("fdb"), "flu", ""},
		{"a word of link", vocabulary("link"), "a", "address"},
		{"a word of link", vocabulary("link"), "b", "broadcast"},
		{"a word of link", vocabulary("link"), "t", "txqueuelen"},
		{"a word of link", vocabulary("link"), "ty", "type"},
		{"a word of link", vocabulary("link"), "m", "master"},
		{"a word of link", vocabulary("link"), "mt", ""},
		{"a word of link", vocabulary("link"), "n", "nomaster"},
		{"a word of link", vocabulary("link"), "u", ""},
		{"a word of link", vocabulary("link"), "addrg", "addrgenmode"},
		{"a word of link", vocabulary("link"), "d", "dynamic"},
		{"a word of vxlan", vocabulary("vxlan"), "l", "local"},
		{"a word of vxlan", vocabulary("vxlan"), "v", "id"},
		{"a word of vxlan", vocabulary("vxlan"), "ds", "dsfield"},
		{"a word of vxlan", vocabulary("vxlan"), "dst", "dstport"},
		{"a word of vxlan", vocabulary("vxlan"), "no", "nolearning"},
		{"a word of bridge", vocabulary("bridge"), "s", "stp_state"},
		{"a word of bridge", vocabulary("bridge"), "v", "vlan_filtering"},
		{"a word of addr", vocabulary("addr"), "b", "broadcast"},
		{"a word of addr", vocabulary("addr"), "d", ""},
		{"a word of addr", vocabulary("addr"), "remote", "peer"},
		{"a word of route", vocabulary("route"), "d", "dsfield"},
		{"a word of route", vocabulary("route"), "p", "metric"},
		{"a word of route", vocabulary("route"), "pro", "proto"},
		{"a word of route", vocabulary("route"), "t", "table"},
		{"a word of route", vocabulary("route"), "v", "vrf"},
		{"a word of neigh", vocabulary("neigh"), "l", "lladdr"},
		{"a word of neigh", vocabulary("neigh"), "p", "proxy"},
		{"a word of fdb", vocabulary("fdb"), "m", "master"},
		{"a word of fdb", vocabulary("fdb"), "t", "static"},
		{"a word of fdb", vocabulary("fdb"), "s", "static"},
		{"a word of fdb", vocabulary("fdb"), "l", "permanent"},
		{"no place", vocabulary("nowhere"), "x", ""},
	}
	for _, tt := range tests {
		t.Run(tt.word+" as "+tt.place, func(t *testing.T) {
			got, ok := lookup(tt.vocabulary, tt.word)
			if got != tt.want || ok != (tt.want != "") {
				t.Errorf("it means %q, %v; want %q", got, ok, tt.want)
			}
		})
	}
}

func TestAFullWordIsNeverTakenForAnother(t *testing.T) {
	for _, section := range []string{"link", "vxlan", "bridge", "addr", "route", "neigh", "fdb", "addr show", "route show", "neigh show"} {
		seen := map[string]bool{}
		for _, word := range spellings(vocabulary(section)) {
			if seen[word] {
				t.Errorf("%s: %q is there twice", section, word)
			}
			seen[word] = true
			if _, ok := lookup(vocabulary(section), word); !ok {
				t.Errorf("%s: %q is not found", section, word)
			}
		}
	}
}
