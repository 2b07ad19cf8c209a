package op

import "testing"

func TestNeighboursAreReadWordForWord(t *testing.T) {
	readAll(t, []aLine{
		{"ip neigh add 10.0.0.2 lladdr 02:00:00:00:00:02 dev eth0", Line{Op: &NeighAdd{
			Verb: "add", Addr: ip("10.0.0.2"), LLAddr: "02:00:00:00:00:02", Dev: "eth0",
		}}},
		{"ip neigh add fd00::2 lladdr 02:00:00:00:00:02 dev eth0 nud permanent", Line{Op: &NeighAdd{
			Verb: "add", Addr: ip("fd00::2"), LLAddr: "02:00:00:00:00:02", Dev: "eth0", NUD: "permanent",
		}}},
		{"ip neigh add 10.0.0.2 dev eth0 lladdr 2:0:0:0:0:2 nud none", Line{Op: &NeighAdd{
			Verb: "add", Addr: ip("10.0.0.2"), LLAddr: "02:00:00:00:00:02", Dev: "eth0", NUD: "none",
		}}},
		{"ip neigh add 10.0.0.2 dev eth0 nud failed", Line{Op: &NeighAdd{
			Verb: "add", Addr: ip("10.0.0.2"), Dev: "eth0", NUD: "failed",
		}}},
		{"ip neigh add 10.0.0.2 dev eth0 lladdr 02:00:00:00:00:02 nud delay", Line{Op: &NeighAdd{
			Verb: "add", Addr: ip("10.0.0.2"), LLAddr: "02:00:00:00:00:02", Dev: "eth0", NUD: "delay",
		}}},
		{"ip neigh add 10.0.0.2 dev eth0 lladdr 02:00:00:00:00:02 nud probe", Line{Op: &NeighAdd{
			Verb: "add", Addr: ip("10.0.0.2"), LLAddr: "02:00:00:00:00:02", Dev: "eth0", NUD: "probe",
		}}},
		{"ip neigh add 10.0.0.2 dev eth0 nud incomplete", Line{Op: &NeighAdd{
			Verb: "add", Addr: ip("10.0.0.2"), Dev: "eth0", NUD: "incomplete",
		}}},
		{"ip neigh add proxy fd00::9 dev eth0", Line{Op: &NeighAdd{
			Verb: "add", Addr: ip("fd00::9"), Dev: "eth0", Proxy: true,
		}}},
		{"ip neigh replace 10.0.0.2 lladdr 02:00:00:00:00:03 dev eth0", Line{Op: &NeighAdd{
			Verb: "replace", Addr: ip("10.0.0.2"), LLAddr: "02:00:00:00:00:03", Dev: "eth0",
		}}},
		{"ip neigh change to 10.0.0.2 lladdr 02:00:00:00:00:03 dev eth0 nud stale", Line{Op: &NeighAdd{
			Verb: "change", Addr: ip("10.0.0.2"), LLAddr: "02:00:00:00:00:03", Dev: "eth0", NUD: "stale",
		}}},
		{"ip neigh del 10.0.0.2 dev eth0", Line{Op: &NeighDel{Addr: ip("10.0.0.2"), Dev: "eth0"}}},
		{"ip neigh del fd00::2 dev to", Line{Op: &NeighDel{Addr: ip("fd00::2"), Dev: "to"}}},
		{"ip neigh del proxy 10.0.0.9 dev eth0", Line{Op: &NeighDel{Addr: ip("10.0.0.9"), Dev: "eth0", Proxy: true}}},
		{"ip neigh flush all", Line{Op: &NeighFlush{All: true}}},
		{"ip neigh flush default", Line{Op: &NeighFlush{All: true}}},
		{"ip neigh flush dev eth0", Line{Op: &NeighFlush{Dev: "eth0"}}},
		{"ip -6 -n red neigh flush dev eth0", Line{Netns: "red", Family: IPv6, Op: &NeighFlush{Dev: "eth0"}}},
	})
}
