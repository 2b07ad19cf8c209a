package op

import "testing"

func TestAddressesAreReadWordForWord(t *testing.T) {
	readAll(t, []aLine{
		{"ip addr add 10.0.0.1/24 dev eth0", Line{Op: &AddrAdd{Verb: "add", Prefix: net("10.0.0.1/24"), Dev: "eth0"}}},
		{"ip addr add 10.0.0.1/8 dev eth0", Line{Op: &AddrAdd{Verb: "add", Prefix: net("10.0.0.1/8"), Dev: "eth0"}}},
		{"ip addr add 10.0.0.1/0 dev eth0", Line{Op: &AddrAdd{Verb: "add", Prefix: net("10.0.0.1/0"), Dev: "eth0"}}},
		{"ip addr add 10.0.0.1/32 dev lo scope host", Line{Op: &AddrAdd{
			Verb: "add", Prefix: net("10.0.0.1/32"), Scope: "host", Dev: "lo",
		}}},
		{"ip addr add local 192.168.7.7/255.255.255.192 dev eth0", Line{Op: &AddrAdd{
			Verb: "add", Prefix: net("192.168.7.7/26"), Dev: "eth0",
		}}},
		{"ip addr add 172.16/12 dev eth0", Line{Op: &AddrAdd{Verb: "add", Prefix: net("172.16.0.0/12"), Dev: "eth0"}}},
		{"ip addr add 10.0.0.1/24 broadcast 10.0.0.255 dev eth0", Line{Op: &AddrAdd{
			Verb: "add", Prefix: net("10.0.0.1/24"), Broadcast: "10.0.0.255", Dev: "eth0",
		}}},
		{"ip addr add 10.0.0.1/24 brd 10.1 dev eth0", Line{Op: &AddrAdd{
			Verb: "add", Prefix: net("10.0.0.1/24"), Broadcast: "10.1.0.0", Dev: "eth0",
		}}},
		{"ip addr add 10.0.0.1/24 brd - dev eth0", Line{Op: &AddrAdd{
			Verb: "add", Prefix: net("10.0.0.1/24"), Broadcast: "-", Dev: "eth0",
		}}},
		{"ip addr add 10.0.0.1 peer 10.0.0.2 dev ppp0", Line{Op: &AddrAdd{
			Verb: "add", Prefix: net("10.0.0.1/32"), Peer: net("10.0.0.2/32"), Dev: "ppp0",
		}}},
		{"ip addr add 10.0.0.1 remote 10.0.0.2/30 dev ppp0", Line{Op: &AddrAdd{
			Verb: "add", Prefix: net("10.0.0.1/32"), Peer: net("10.0.0.2/30"), Dev: "ppp0",
		}}},
		{"ip addr add fd00::1 peer fd00::2/64 dev eth0", Line{Op: &AddrAdd{
			Verb: "add", Prefix: net("fd00::1/128"), Peer: net("fd00::2/64"), Dev: "eth0",
		}}},
		{"ip addr add 10.0.0.1/24 scope link dev eth0", Line{Op: &AddrAdd{
			Verb: "add", Prefix: net("10.0.0.1/24"), Scope: "link", Dev: "eth0",
		}}},
		{"ip addr add 10.0.0.1/24 scope global label eth0:web dev eth0", Line{Op: &AddrAdd{
			Verb: "add", Prefix: net("10.0.0.1/24"), Scope: "global", Label: "eth0:web", Dev: "eth0",
		}}},
		{"ip addr add fd00::1/64 dev eth0 nodad", Line{Op: &AddrAdd{
			Verb: "add", Prefix: net("fd00::1/64"), NoDAD: true, Dev: "eth0",
		}}},
		{"ip addr add FD00:0:0::1/64 nodad scope site dev eth0", Line{Op: &AddrAdd{
			Verb: "add", Prefix: net("fd00::1/64"), Scope: "site", NoDAD: true, Dev: "eth0",
		}}},
		{"ip addr add fe80::1/64 scope nowhere dev eth0", Line{Op: &AddrAdd{
			Verb: "add", Prefix: net("fe80::1/64"), Scope: "nowhere", Dev: "eth0",
		}}},
		{"ip addr add ::ffff:10.0.0.1/128 dev eth0", Line{Op: &AddrAdd{
			Verb: "add", Prefix: net("::ffff:10.0.0.1/128"), Dev: "eth0",
		}}},
		{"ip addr replace 10.0.0.1/24 dev eth0", Line{Op: &AddrAdd{
			Verb: "replace", Prefix: net("10.0.0.1/24"), Dev: "eth0",
		}}},
		{"ip addr change fd00::1/64 dev eth0", Line{Op: &AddrAdd{Verb: "change", Prefix: net("fd00::1/64"), Dev: "eth0"}}},
		{"ip -4 addr add 10.0.0.1/24 dev dev", Line{Family: IPv4, Op: &AddrAdd{
			Verb: "add", Prefix: net("10.0.0.1/24"), Dev: "dev",
		}}},
		{"ip -6 -n red addr add fd00::1/64 dev eth0", Line{Netns: "red", Family: IPv6, Op: &AddrAdd{
			Verb: "add", Prefix: net("fd00::1/64"), Dev: "eth0",
		}}},
		{"ip addr del 10.0.0.1/24 dev eth0", Line{Op: &AddrDel{Prefix: net("10.0.0.1/24"), Dev: "eth0"}}},
		{"ip addr del local 10.0.0.1/32 dev eth0", Line{Op: &AddrDel{Prefix: net("10.0.0.1/32"), Dev: "eth0"}}},
		{"ip addr del fd00::1/64 dev eth0", Line{Op: &AddrDel{Prefix: net("fd00::1/64"), Dev: "eth0"}}},
		{"ip addr del fd00::1 dev eth0", Line{Op: &AddrDel{Prefix: net("fd00::1/128"), Dev: "eth0"}}},
		{"ip addr del 10.0.0.1/255.255.0.0 dev eth0", Line{Op: &AddrDel{Prefix: net("10.0.0.1/16"), Dev: "eth0"}}},
		{"ip -6 addr flush dev eth0", Line{Family: IPv6, Op: &AddrFlush{Dev: "eth0"}}},
		{"ip addr flush dev group", Line{Op: &AddrFlush{Dev: "group"}}},
	})
}
