package trace

import (
	"compress/gzip"
	"encoding/json"
	"errors"
	"flag"
	"io"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	"netlab/internal/measure"
	"netlab/internal/snapshot"
)

var update = flag.Bool("update", false, "write the golden files anew")

// recorded is a probe on a real network, whole or with one fault: what package
// diagnose is tested on.
type recorded struct {
	Name   string        `json:"name"`
	Before snapshot.Lab  `json:"before"`
	Trace  measure.Trace `json:"trace"`
}

func recordings(t testing.TB) map[string]recorded {
	t.Helper()
	f, err := os.Open(filepath.Join("..", "diagnose", "testdata", "why.jsonl.gz"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	r, err := gzip.NewReader(f)
	if err != nil {
		t.Fatal(err)
	}
	all := map[string]recorded{}
	for d := json.NewDecoder(r); ; {
		var c recorded
		if err := d.Decode(&c); errors.Is(err, io.EOF) {
			return all
		} else if err != nil {
			t.Fatal(err)
		}
		all[c.Name] = c
	}
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
			golden(t, filepath.Join("testdata", "story", name+".json"), string(text)+"\n")
		})
	}
}

func golden(t *testing.T, path, got string) {
	t.Helper()
	if *update {
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("%s (-want +got):\n%s", path, diff)
	}
}
