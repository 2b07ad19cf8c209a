package run

import (
	"net/netip"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"netlab/internal/netlabtest"
)

// TestOwnGetentSaysWhatGetentSays asks both in the same node.
func TestOwnGetentSaysWhatGetentSays(t *testing.T) {
	path, ok := glibcGetent(soon(t))
	netlabtest.Require(t, ok, "getent")
	b, h2, _ := nameLab(t)
	b.files("h1", "hosts", "10.0.0.9 printer.lan printer\nfd00::9 printer.lan\n10.0.0.66 web.lan")
	h2.says("six.lan. AAAA", zoneOf("six.lan. 300 AAAA fd00::6"))
	addrs := []netip.Addr{netip.MustParseAddr("10.0.0.1"), netip.MustParseAddr("fe80::1")}
	for _, database := range []string{"ahosts", "ahostsv4", "ahostsv6", "hosts"} {
		for _, name := range []string{"printer", "printer.lan", "web", "web.lan", "six.lan", "none.lan", "10.0.0.3"} {
			if database == "hosts" && name == "10.0.0.3" {
				continue // the way back from an address is not netlab's
			}
			t.Run(database+" "+name, func(t *testing.T) {
				cmd, err := getentIn(soon(t), "h1", path, database, name)
				must(t, err)
				want, _ := cmd.Output()
				var out, said strings.Builder
				exit := Getent(soon(t), "h1", addrs, []string{database, name}, &out, &said)
				if d := cmp.Diff(saidOf(database, string(want)), saidOf(database, out.String())); d != "" || exit != cmd.ProcessState.ExitCode() {
					t.Errorf("getent %s %s: exit code %d, want %d; %s (-want +got)\n%s", database, name, exit, cmd.ProcessState.ExitCode(), said.String(), d)
				}
			})
		}
	}
}

// saidOf is the lines of a text without the blanks that fill it. Of ahosts, which
// puts both families in an order of its own (RFC 6724), it is what they hold.
func saidOf(database, text string) []string {
	var out []string
	for line := range strings.Lines(text) {
		words := strings.Fields(line)
		if database == "ahosts" {
			words = words[:2]
		}
		out = append(out, strings.Join(words, " "))
	}
	if database == "ahosts" {
		slices.Sort(out)
	}
	return out
}

func TestOwnGetentSaysWhatItIs(t *testing.T) {
	for _, tt := range []struct {
		args []string
		exit int
		want string
	}{
		{[]string{"--version"}, getentFound, OwnGetent},
		{[]string{"passwd", "root"}, getentUnknown, "it knows: ahosts NAME"},
		{[]string{"ahosts"}, getentUnknown, "it knows: ahosts NAME"},
		{nil, getentUnknown, OwnGetent},
	} {
		var all strings.Builder
		if exit := Getent(soon(t), "", nil, tt.args, &all, &all); exit != tt.exit || !strings.Contains(all.String(), tt.want) {
			t.Errorf("%q: exit code %d: %s", tt.args, exit, all.String())
		}
	}
}
