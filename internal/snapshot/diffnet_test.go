package snapshot

import (
	"net/netip"
	"strings"
	"testing"
)

// lan is host with v0, up, and more things.
func lan(things ...any) Lab {
	return labOf(host(append([]any{veth(2, "v0", "", "")}, things...)...))
}

func TestAddressesComeAndGo(t *testing.T) {
	at := func(prefix string, changes ...func(*Addr)) Lab { return lan(addrOn("v0", prefix, changes...)) }
	peer := func(a *Addr) { a.Peer = netip.MustParsePrefix("10.0.0.2/32") }
	brd := func(a *Addr) { a.Broadcast = netip.MustParseAddr("10.0.0.255") }
	flags := func(words ...string) func(*Addr) { return func(a *Addr) { a.Flags = words } }
	tellAll(t, []diffCase{
		{"IPv4", lan(), at("10.0.0.1/24"), []string{"+ host addr 10.0.0.1/24 on v0"}, "takes all of 10.0.0.0/24 to be its neighbours"},
		{"IPv6", lan(), at("fd00::1/64"), []string{"+ host addr fd00::1/64 on v0"}, "takes all of fd00::/64 to be its neighbours"},
		{"a single IPv4 address", lan(), at("10.0.0.1/32"), []string{"+ host addr 10.0.0.1/32 on v0"}, "no network comes with it"},
		{"a single IPv6 address", lan(), at("fd00::1/128"), []string{"+ host addr fd00::1/128 on v0"}, "no network comes with it"},
		{"point to point", lan(), at("10.0.0.1/32", peer), []string{"+ host addr 10.0.0.1 peer 10.0.0.2/32 on v0"}, ""},
		{"a duplicate", lan(), at("fd00::1/64", flags("dadfailed", "tentative")), []string{"+ host addr fd00::1/64 on v0"}, "somebody else has this address already"},
		{"one that is not used yet", lan(), at("fd00::1/64", flags("tentative", "permanent")), []string{"+ host addr fd00::1/64 on v0"}, "tentative until it is known"},
		{"a link-local one that somebody set", lan(), at("fe80::4/64", flags("nodad", "permanent")), []string{"+ host addr fe80::4/64 on v0"}, "valid on this link alone"},
		{"a link-local one that somebody takes away", at("fe80::4/64", flags("nodad")), lan(), []string{"- host addr fe80::4/64 on v0"}, "does not answer to it any more"},
		{"lo", lan(), lan(addrOn("lo", "127.0.0.1/8")), []string{"+ host addr 127.0.0.1/8 on lo"}, "when it comes up"},
		{"a second loopback", lan(), lan(addrOn("lo", "10.9.9.9/32")), []string{"+ host addr 10.9.9.9/32 on lo"}, "this host alone"},
		{"two of them keep their order", lan(), lan(addrOn("v0", "10.0.0.9/24"), addrOn("v0", "10.0.0.1/24")), []string{"+ host addr 10.0.0.9/24 on v0", "+ host addr 10.0.0.1/24 on v0"}, ""},
		{"one goes", at("10.0.0.1/24"), lan(), []string{"- host addr 10.0.0.1/24 on v0"}, "does not answer to it any more"},
		{"another length", at("10.0.0.1/24"), at("10.0.0.1/16"), []string{"+ host addr 10.0.0.1/16 on v0", "- host addr 10.0.0.1/24 on v0"}, "10.0.0.0/16"},
		{"a broadcast address", at("10.0.0.1/24"), at("10.0.0.1/24", brd), []string{"+ host addr 10.0.0.1/24 on v0", "- host addr 10.0.0.1/24 on v0"}, ""},
		{"a scope", at("10.0.0.1/24"), at("10.0.0.1/24", func(a *Addr) { a.Scope = "link" }), []string{"+ host addr 10.0.0.1/24 on v0", "- host addr 10.0.0.1/24 on v0"}, ""},
		{"DAD does not matter when it ends well", at("fd00::1/64", flags("tentative", "permanent")), at("fd00::1/64"), nil, ""},
		{"link-local addresses are one line", lan(), lan(addrOn("v0", "fe80::1/64"), addrOn("lo", "fe80::2/64"), addrOn("v0", "fe80::3/64")), []string{"+ host IPv6 link-local address on lo, v0"}, "gives itself one"},
		{
			"names and addresses are kept apart",
			labOf(host(veth(2, "v1", "", ""), veth(3, "v11", "", ""), addrOn("v11", "10.0.0.1/24"))),
			labOf(host(veth(2, "v1", "", ""), veth(3, "v11", "", ""), addrOn("v1", "110.0.0.1/24"))),
			[]string{"+ host addr 110.0.0.1/24 on v1", "- host addr 10.0.0.1/24 on v11"}, "",
		},
	})
}

func TestAddressesGoWithTheirLink(t *testing.T) {
	was := lan(addrOn("v0", "10.0.0.1/24"))
	tests := map[string]struct {
		was, now Lab
		line     string
		reason   string
	}{
		"the link is gone":           {was, labOf(host()), "- host addr 10.0.0.1/24 on v0", "it went with its link: v0 is gone"},
		"the link moved":             {labOf(was.Spaces[0], spaceOf("a")), labOf(host(), spaceOf("a", veth(2, "v0", "", "", down))), "- host addr 10.0.0.1/24 on v0", "v0 moved to a, and addresses belong to the namespace"},
		"IPv6 when it is down":       {lan(addrOn("v0", "fd00::1/64")), labOf(host(veth(2, "v0", "", "", down))), "- host addr fd00::1/64 on v0", "IPv6 addresses go when the link goes down"},
		"IPv4 stays when it is down": {was, labOf(host(veth(2, "v0", "", "", down))), "- host addr 10.0.0.1/24 on v0", "does not answer to it any more"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			if got := reasonOf(t, Diff(tt.was, tt.now), tt.line); !strings.Contains(got, tt.reason) {
				t.Errorf("the reason is %q, want %q", got, tt.reason)
			}
		})
	}
}

func TestRoutesComeAndGo(t *testing.T) {
	by := func(dst, via, dev string, changes ...func(*Route)) Lab {
		return lan(routeVia(dst, via, dev, changes...))
	}
	metric := func(n uint32) func(*Route) { return func(r *Route) { r.Metric = n } }
	kind := func(s string) func(*Route) { return func(r *Route) { r.Type = s } }
	ten := lan(connected("10.0.0.0/24", "v0"))
	tellAll(t, []diffCase{
		{"by the kernel", lan(), ten, []string{"+ host route 10.0.0.0/24 dev v0"}, "when an address is set on a link that is up"},
		{"by the kernel, no signal yet", lan(), lan(connected("10.0.0.0/24", "v0", linkdown)), []string{"+ host route 10.0.0.0/24 dev v0 linkdown"}, "linkdown says that the link has no carrier yet"},
		{"by the kernel, IPv6", lan(), lan(connected("fd00::/64", "v0")), []string{"+ host route fd00::/64 dev v0"}, "connected route: the kernel adds it by itself when an address is set"},
		{"a link-local network does not matter", lan(), lan(connected("fe80::/64", "v0")), nil, ""},
		{"multicast does not matter", lan(), lan(connected("ff00::/8", "v0"), connected("224.0.0.0/4", "v0")), nil, ""},
		{"by hand, on the link", lan(), by("10.5.0.0/16", "", "v0"), []string{"+ host route 10.5.0.0/16 dev v0"}, "looked for directly on v0"},
		{"by hand, through a gateway", lan(), by("10.5.0.0/16", "10.0.0.2", "v0"), []string{"+ host route 10.5.0.0/16 via 10.0.0.2 dev v0"}, "handed to 10.0.0.2, which must know the rest"},
		{"IPv6 through a gateway", lan(), by("fd05::/48", "fd00::2", "v0", metric(1024)), []string{"+ host route fd05::/48 via fd00::2 dev v0"}, "handed to fd00::2"},
		{"default", lan(), by("0.0.0.0/0", "10.0.0.2", "v0"), []string{"+ host route default via 10.0.0.2 dev v0"}, "what no other route covers is handed to 10.0.0.2"},
		{"IPv6 default", lan(), by("::/0", "fd00::2", "v0", metric(1024)), []string{"+ host route default via fd00::2 dev v0"}, "what no other route covers is handed to fd00::2"},
		{"default on the link", lan(), by("0.0.0.0/0", "", "v0"), []string{"+ host route default dev v0"}, "looked for directly"},
		{"one host", lan(), by("10.5.0.1/32", "", "v0"), []string{"+ host route 10.5.0.1 dev v0"}, ""},
		{"one IPv6 host", lan(), by("fd05::1/128", "", "v0"), []string{"+ host route fd05::1 dev v0"}, ""},
		{"blackhole", lan(), by("10.5.0.0/16", "", "", kind("blackhole")), []string{"+ host route blackhole 10.5.0.0/16"}, "on purpose"},
		{"unreachable", lan(), by("fd05::/48", "", "lo", kind("unreachable")), []string{"+ host route unreachable fd05::/48 dev lo"}, "on purpose"},
		{"a metric", by("10.5.0.0/16", "", "v0"), by("10.5.0.0/16", "", "v0", metric(5)), []string{"+ host route 10.5.0.0/16 dev v0 metric 5", "- host route 10.5.0.0/16 dev v0"}, ""},
		{"an IPv4 metric of 256 is somebody's", lan(), by("10.5.0.0/16", "", "v0", metric(256)), []string{"+ host route 10.5.0.0/16 dev v0 metric 256"}, ""},
		{"an IPv6 metric that is not usual", lan(), by("fd05::/48", "", "v0", metric(5)), []string{"+ host route fd05::/48 dev v0 metric 5"}, ""},
		{"another gateway", by("0.0.0.0/0", "10.0.0.2", "v0"), by("0.0.0.0/0", "10.0.0.3", "v0"), []string{"+ host route default via 10.0.0.3 dev v0", "- host route default via 10.0.0.2 dev v0"}, ""},
		{"another table", lan(), by("10.5.0.0/16", "", "v0", func(r *Route) { r.Table = 100 }), []string{"+ host route 10.5.0.0/16 dev v0 table 100"}, ""},
		{"the signal goes", ten, lan(connected("10.0.0.0/24", "v0", linkdown)), []string{"~ host route 10.0.0.0/24 dev v0 linkdown"}, "the route stays, but leads nowhere"},
		{"the signal comes", lan(connected("10.0.0.0/24", "v0", linkdown)), ten, []string{"~ host route 10.0.0.0/24 dev v0"}, "leads somewhere again"},
		{"a link-local network without a signal does not matter", lan(connected("fe80::/64", "v0")), lan(connected("fe80::/64", "v0", linkdown)), nil, ""},
		{"a preference does not matter", by("::/0", "fd00::2", "v0"), by("::/0", "fd00::2", "v0", func(r *Route) { r.Pref = "high" }), nil, ""},
	})
}

func TestWhyRoutesGo(t *testing.T) {
	at := addrOn("v0", "10.0.0.1/24")
	far := routeVia("10.5.0.0/16", "10.0.0.2", "v0")
	tests := map[string]struct {
		was, now Lab
		line     string
		reason   string
	}{
		"by hand":             {lan(at, far), lan(at), "- host route 10.5.0.0/16 via 10.0.0.2 dev v0", "take another way now, or none"},
		"with its address":    {lan(at, connected("10.0.0.0/24", "v0")), lan(), "- host route 10.0.0.0/24 dev v0", "the connected route goes with its address"},
		"with the gateway":    {lan(at, far), lan(), "- host route 10.5.0.0/16 via 10.0.0.2 dev v0", "10.0.0.2 cannot be reached any more"},
		"the link is down":    {lan(at, far), labOf(host(veth(2, "v0", "", "", down), at)), "- host route 10.5.0.0/16 via 10.0.0.2 dev v0", "when it goes down"},
		"the link is gone":    {lan(at, far), labOf(host()), "- host route 10.5.0.0/16 via 10.0.0.2 dev v0", "routes go with their link: v0 is gone"},
		"the link moved":      {labOf(lan(far).Spaces[0], spaceOf("a")), labOf(host(), spaceOf("a", veth(2, "v0", "", "", down))), "- host route 10.5.0.0/16 via 10.0.0.2 dev v0", "v0 moved to a"},
		"a blackhole by hand": {lan(routeVia("10.5.0.0/16", "", "", func(r *Route) { r.Type = "blackhole" })), lan(), "- host route blackhole 10.5.0.0/16", "or none"},
		"IPv6 when it is down": {
			lan(connected("fd00::/64", "v0")), labOf(host(veth(2, "v0", "", "", down))), "- host route fd00::/64 dev v0", "when it goes down",
		},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			if got := reasonOf(t, Diff(tt.was, tt.now), tt.line); !strings.Contains(got, tt.reason) {
				t.Errorf("the reason is %q, want %q", got, tt.reason)
			}
		})
	}
}
