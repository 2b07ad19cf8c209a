package diagnose

import (
	"go/ast"
	"go/parser"
	"go/token"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// kindsInSource are all constants of type Kind: no list of them can forget one.
func kindsInSource(t *testing.T) []Kind {
	t.Helper()
	f, err := parser.ParseFile(token.NewFileSet(), "kinds.go", nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	var all []Kind
	ast.Inspect(f, func(n ast.Node) bool {
		v, ok := n.(*ast.ValueSpec)
		if !ok || len(v.Values) != 1 {
			return true
		}
		word, err := strconv.Unquote(v.Values[0].(*ast.BasicLit).Value)
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, Kind(word))
		return true
	})
	if len(all) < 40 {
		t.Fatalf("only %d kinds", len(all))
	}
	return all
}

func TestWhereToLookForEachKind(t *testing.T) {
	for _, k := range kindsInSource(t) {
		for _, at := range []end{{"ns1", "eth0"}, {"ns1", ""}, {"host", "eth0"}, {"host", ""}} {
			t.Run(string(k)+" at "+at.space+":"+at.link, func(t *testing.T) {
				got := look(k, at)
				args := strings.Fields(got)
				if len(args) == 0 {
					t.Fatal("there is no command")
				}
				if strings.Contains(got, "..") || strings.Contains(got, "  ") || strings.HasSuffix(got, " ") {
					t.Errorf("something is missing in it: %q", got)
				}
				if there := slices.Contains(args, at.space); there != (at.space != "host") {
					t.Errorf("the namespace is named, but for host: %s", got)
				}
				if !asks(args) {
					t.Errorf("it is no question: %s", got)
				}
			})
		}
	}
	if got := look("", end{"ns1", "eth0"}) + look(NoAddress, end{}); got != "" {
		t.Errorf("no kind, or no place, and %q", got)
	}
}

// asks says that a command changes nothing.
func asks(args []string) bool {
	if len(args) > 4 && strings.Join(args[:3], " ") == "ip netns exec" {
		args = args[4:]
	}
	switch args[0] {
	case "ip", "bridge":
		return slices.Contains(args, "show")
	case "nft":
		return slices.Equal(args, []string{"nft", "list", "ruleset"})
	case "ss":
		return slices.Equal(args, []string{"ss", "-lntu"})
	case "sysctl":
		return len(args) > 1 && !slices.ContainsFunc(args[1:], func(a string) bool { return strings.Contains(a, "=") || strings.HasPrefix(a, "-") })
	}
	return false
}

func TestLook(t *testing.T) {
	tests := []struct {
		name string
		kind Kind
		at   end
		want string
	}{
		{"an interface", LinkDown, end{"ns1", "eth0"}, "ip -n ns1 link show dev eth0"},
		{"an interface of the host", LinkDown, end{"host", "veth0"}, "ip link show dev veth0"},
		{"all interfaces", NoPeer, end{"ns1", ""}, "ip -n ns1 link show"},
		{"the port of a bridge", PortBlocked, end{"sw", "A"}, "bridge -n sw -d link show dev A"},
		{"a bridge's table", FDBPinned, end{"sw", "A"}, "bridge -n sw fdb show"},
		{"two with one hardware address", DuplicateMAC, end{"B", "eth0"}, "ip -n B link show dev eth0"},
		{"a tunnel", TunnelNetwork, end{"n1", "vxlan0"}, "ip -n n1 -d link show dev vxlan0"},
		{"an address", WrongMask, end{"ns1", "eth0"}, "ip -n ns1 addr show dev eth0"},
		{"a neighbour", NeighPinned, end{"ns1", "eth0"}, "ip -n ns1 neigh show dev eth0"},
		{"routes", NoRoute, end{"ns1", ""}, "ip -n ns1 route show"},
		{"routes of whatever table", NoGateway, end{"ns1", ""}, "ip -n ns1 route show table all"},
		{"policy rules", RuleProhibit, end{"host", ""}, "ip rule show"},
		{"a firewall", Firewall, end{"r", ""}, "ip netns exec r nft list ruleset"},
		{"sockets", OnLoopback, end{"host", ""}, "ss -lntu"},
		{"a setting of an interface", RPFilter, end{"r", "eth0"}, "ip netns exec r sysctl net.ipv4.conf.all.rp_filter net.ipv4.conf.eth0.rp_filter"},
		{"a setting of all", RPFilter, end{"host", ""}, "sysctl net.ipv4.conf.all.rp_filter"},
		{"IPv6", NoIPv6, end{"a", "eth0"}, "ip netns exec a sysctl net.ipv6.conf.all.disable_ipv6 net.ipv6.conf.eth0.disable_ipv6"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := look(tt.kind, tt.at); got != tt.want {
				t.Errorf("%s, want %s", got, tt.want)
			}
		})
	}
}
