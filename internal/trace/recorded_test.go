package trace

import (
	"encoding/json"
	"path/filepath"
	"testing"

	"netlab/internal/measure"
	"netlab/internal/netlabtest/golden"
	"netlab/internal/snapshot"
)

// recorded is a probe on a real network, whole or with one fault: what package
// diagnose is tested on.
type recorded struct {
	Name   string        `json:"name"`
	Before snapshot.Lab  `json:"before"`
	Trace  measure.Trace `json:"trace"`
}

func recordings(t testing.TB) map[string]recorded {
	t.Helper()
	all := map[string]recorded{}
	for _, c := range golden.Recorded[recorded](t, "../diagnose/testdata/why.jsonl.gz", 40) {
		all[c.Name] = c
	}
	return all
}

// The stories of real probes: what netlab trace --json prints.
func TestStoriesOfRealProbes(t *testing.T) {
	all := recordings(t)
	for _, name := range []string{
		"nothing.pair", "nothing.pair6", "nothing.self", "nothing.switched", "nothing.switched6", "nothing.routed", "nothing.routed6", "nothing.gateway",
		"nothing.forward", "nothing.host-bridge", "nothing.overlay", "nothing.two-ways",
		"missing-address.pair", "arp-ignore.pair", "blackhole-route.pair", "nft-reject.pair", "nft-drop-output.pair", "service-not-listening.self",
		"link-down.pair", "duplicate-address.switched", "fdb-pinned-wrong.switched", "ttl-too-small.routed", "mtu-small-with-icmp.routed", "nft-reject-forward.routed",
		"nft-drop-forward.routed", "forwarding-off.routed", "missing-return-route.routed", "vxlan-wrong-vni.overlay", "dnat-wrong-port.forward",
	} {
		t.Run(name, func(t *testing.T) {
			c, ok := all[name]
			if !ok {
				t.Fatal("there is no such recording")
			}
			text, err := json.MarshalIndent(Tell(c.Before, c.Trace), "", " ")
			if err != nil {
				t.Fatal(err)
			}
			golden.Equal(t, filepath.Join("testdata", "story", name+".json"), string(text)+"\n")
		})
	}
}
