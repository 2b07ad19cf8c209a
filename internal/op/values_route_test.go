package op

import "testing"

func TestRoutesAreReadWordForWord(t *testing.T) {
	readAll(t, []aLine{
		{"ip route add 10.2.0.0/16 dev eth0", Line{Op: &RouteAdd{Verb: "add", Dst: net("10.2.0.0/16"), Dev: "eth0"}}},
		{"ip route add 10.2.0.9 via 10.0.0.254", Line{Op: &RouteAdd{
			Verb: "add", Dst: net("10.2.0.9/32"), Via: ip("10.0.0.254"),
		}}},
		{"ip route add default dev eth0 metric 4294967295", Line{Op: &RouteAdd{
			Verb: "add", Default: true, Dev: "eth0", Metric: 4294967295,
		}}},
		{"ip route add 0/0 via 10.0.0.254", Line{Op: &RouteAdd{Verb: "add", Dst: net("0.0.0.0/0"), Via: ip("10.0.0.254")}}},
		{"ip route add ::/0 via fd00::fe", Line{Op: &RouteAdd{Verb: "add", Dst: net("::/0"), Via: ip("fd00::fe")}}},
		{"ip -6 route add default via fe80::1 dev eth0", Line{Family: IPv6, Op: &RouteAdd{
			Verb: "add", Default: true, Via: ip("fe80::1"), Dev: "eth0",
		}}},
		{"ip route add default via 10.0.0.254 src 10.0.0.1", Line{Op: &RouteAdd{
			Verb: "add", Default: true, Via: ip("10.0.0.254"), Src: ip("10.0.0.1"),
		}}},
		{"ip route add fd02::/64 via fd00::fe src fd00::1 metric 1024", Line{Op: &RouteAdd{
			Verb: "add", Dst: net("fd02::/64"), Via: ip("fd00::fe"), Src: ip("fd00::1"), Metric: 1024,
		}}},
		{"ip route add 10.2.0.0/16 via 10.0.0.254 table main", Line{Op: &RouteAdd{
			Verb: "add", Dst: net("10.2.0.0/16"), Via: ip("10.0.0.254"), Table: "main",
		}}},
		{"ip route add 10.2.0.0/16 via 10.0.0.254 table local", Line{Op: &RouteAdd{
			Verb: "add", Dst: net("10.2.0.0/16"), Via: ip("10.0.0.254"), Table: "local",
		}}},
		{"ip route add 10.2.0.0/16 via 10.0.0.254 table 4294967295", Line{Op: &RouteAdd{
			Verb: "add", Dst: net("10.2.0.0/16"), Via: ip("10.0.0.254"), Table: "4294967295",
		}}},
		{"ip route add 10.2.0.0/16 dev eth0 proto kernel scope link", Line{Op: &RouteAdd{
			Verb: "add", Dst: net("10.2.0.0/16"), Dev: "eth0", Proto: "kernel", Scope: "link",
		}}},
		{"ip route add 10.2.0.0/16 dev eth0 proto 255", Line{Op: &RouteAdd{
			Verb: "add", Dst: net("10.2.0.0/16"), Dev: "eth0", Proto: "255",
		}}},
		{"ip route add 10.2.0.0/16 dev eth0 proto bgp", Line{Op: &RouteAdd{
			Verb: "add", Dst: net("10.2.0.0/16"), Dev: "eth0", Proto: "bgp",
		}}},
		{"ip route add 10.2.0.0/16 dev eth0 scope nowhere", Line{Op: &RouteAdd{
			Verb: "add", Dst: net("10.2.0.0/16"), Dev: "eth0", Scope: "nowhere",
		}}},
		{"ip route add 10.2.0.0/16 via 10.9.9.9 dev eth0 onlink", Line{Op: &RouteAdd{
			Verb: "add", Dst: net("10.2.0.0/16"), Via: ip("10.9.9.9"), Dev: "eth0", Onlink: true,
		}}},
		{"ip route add 10.2.0.0/16 dev eth0 mtu 1280", Line{Op: &RouteAdd{
			Verb: "add", Dst: net("10.2.0.0/16"), Dev: "eth0", MTU: 1280,
		}}},
		{"ip route add blackhole default", Line{Op: &RouteAdd{Verb: "add", Type: "blackhole", Default: true}}},
		{"ip route add unreachable 10.2.0.0/16 metric 20", Line{Op: &RouteAdd{
			Verb: "add", Type: "unreachable", Dst: net("10.2.0.0/16"), Metric: 20,
		}}},
		{"ip route add prohibit fd02::/64", Line{Op: &RouteAdd{Verb: "add", Type: "prohibit", Dst: net("fd02::/64")}}},
		{"ip route add throw 10.2.0.0/16 table 7", Line{Op: &RouteAdd{
			Verb: "add", Type: "throw", Dst: net("10.2.0.0/16"), Table: "7",
		}}},
		{"ip route add local 10.2.0.1 dev lo", Line{Op: &RouteAdd{
			Verb: "add", Type: "local", Dst: net("10.2.0.1/32"), Dev: "lo",
		}}},
		{"ip route append 10.2.0.0/16 via 10.0.0.253", Line{Op: &RouteAdd{
			Verb: "append", Dst: net("10.2.0.0/16"), Via: ip("10.0.0.253"),
		}}},
		{"ip route change 10.2.0.0/16 via 10.0.0.252", Line{Op: &RouteAdd{
			Verb: "change", Dst: net("10.2.0.0/16"), Via: ip("10.0.0.252"),
		}}},
		{"ip route replace default via 10.0.0.251", Line{Op: &RouteAdd{
			Verb: "replace", Default: true, Via: ip("10.0.0.251"),
		}}},
		{"ip -n red -4 route replace default dev eth0", Line{Netns: "red", Family: IPv4, Op: &RouteAdd{
			Verb: "replace", Default: true, Dev: "eth0",
		}}},
		{"ip route del default", Line{Op: &RouteDel{Default: true}}},
		{"ip route del default via 10.0.0.254 dev eth0", Line{Op: &RouteDel{
			Default: true, Via: ip("10.0.0.254"), Dev: "eth0",
		}}},
		{"ip route del 10.2.0.0/16 metric 0", Line{Op: &RouteDel{Dst: net("10.2.0.0/16")}}},
		{"ip route del 10.2.0.0/16 metric 7 table default", Line{Op: &RouteDel{
			Dst: net("10.2.0.0/16"), Metric: 7, Table: "default",
		}}},
		{"ip route del 10.2.0.0/16 proto ra scope global", Line{Op: &RouteDel{
			Dst: net("10.2.0.0/16"), Proto: "ra", Scope: "global",
		}}},
		{"ip route del to 10.2.0.0/16 oif eth0", Line{Op: &RouteDel{Dst: net("10.2.0.0/16"), Dev: "eth0"}}},
		{"ip route del unreachable 10.2.0.0/16", Line{Op: &RouteDel{Type: "unreachable", Dst: net("10.2.0.0/16")}}},
		{"ip route del blackhole default table 9", Line{Op: &RouteDel{Type: "blackhole", Default: true, Table: "9"}}},
		{"ip -6 route del default", Line{Family: IPv6, Op: &RouteDel{Default: true}}},
	})
}
