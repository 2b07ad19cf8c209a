package nss_test

import (
	"net/netip"
	"os/exec"
	"slices"
	"strings"
	"testing"

	"netlab/internal/netlabtest"
	"netlab/internal/nss"
)

// TestGetentLooksUpOnlyFamiliesThatTheNamespaceHas: Looked says for which.
func TestGetentLooksUpOnlyFamiliesThatTheNamespaceHas(t *testing.T) {
	_, err := exec.LookPath("getent")
	netlabtest.Require(t, err == nil, "getent")
	writeFiles(t, lookedUp{hosts: "10.5.0.1 web\nfd05::1 web\n", sw: "hosts: files\n"}.files())
	for name, addrs := range map[string][]string{
		"no address at all":            {},
		"those of lo":                  {"127.0.0.1/8", "::1/128"},
		"another one of lo":            {"127.0.0.1/8", "::1/128", "127.0.1.1/8"},
		"one of IPv4":                  {"127.0.0.1/8", "10.0.0.1/24"},
		"one of IPv6":                  {"::1/128", "fd00::1/64"},
		"a link-local one is enough":   {"fe80::1/64"},
		"both":                         {"10.0.0.1/24", "fd00::1/64"},
		"only lo of IPv4, one of IPv6": {"127.0.0.1/8", "fd00::1/64"},
	} {
		t.Run(name, func(t *testing.T) {
			script := "ip netns add family\nip -n family link set lo up\nip -n family addr flush dev lo\n"
			var have []netip.Addr
			for _, a := range addrs {
				script += "ip -n family addr add " + a + " dev lo nodad\n"
				have = append(have, netip.MustParsePrefix(a).Addr())
			}
			if out, err := exec.Command("sh", "-ec", strings.ReplaceAll(script, "8 dev lo nodad", "8 dev lo")).CombinedOutput(); err != nil {
				t.Fatalf("%v: %s", err, out)
			}
			t.Cleanup(func() { _ = exec.Command("ip", "netns", "del", "family").Run() })
			for family, database := range map[int]string{0: "ahosts", 4: "ahostsv4", 6: "ahostsv6"} {
				out, _ := exec.Command("ip", "netns", "exec", "family", "getent", database, "web").Output()
				as, looked := nss.Looked(have, family)
				want := map[int][]string{0: {"10.5.0.1", "fd05::1"}, 4: {"10.5.0.1"}, 6: {"fd05::1"}}[as]
				if !looked {
					want = nil
				}
				if got := found(string(out)); !slices.Equal(got, want) {
					t.Errorf("getent %s found %v; Looked says family %d, %v", database, got, as, looked)
				}
			}
		})
	}
}

// found are the addresses in an answer of getent.
func found(out string) []string {
	var all []string
	for line := range strings.Lines(out) {
		if words := strings.Fields(line); len(words) > 1 && words[1] == "STREAM" {
			all = append(all, words[0])
		}
	}
	slices.Sort(all)
	return all
}
