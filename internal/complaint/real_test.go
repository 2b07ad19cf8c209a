package complaint

import (
	"os/exec"
	"regexp"
	"strings"
	"testing"

	"netlab/internal/netlabtest"
)

// provoked is an error that is made on purpose, by a real program.
type provoked struct {
	setup string // shell
	run   string // shell: what fails. Its text, prompt and all, is what is explained
	want  string // the entry, as named writes it
	cause string // part of the first cause: the one that setup has made; empty: one of several
	needs string // program that is needed besides ip and ping
}

// The networks that most errors are made in: two machines on a cable, and two
// with a router between them. A router asks for its neighbours from its
// link-local address, which it has not before it has looked whether anybody else
// has it: up to two seconds, and more on a busy machine. So it does not look.
const (
	twoMachines = `
ip netns add a; ip netns add b
ip link add va netns a type veth peer name vb netns b
ip -n a addr add 10.0.0.1/24 dev va; ip -n b addr add 10.0.0.2/24 dev vb
ip -n a addr add fd00::1/64 dev va nodad; ip -n b addr add fd00::2/64 dev vb nodad
for n in a b; do ip -n $n link set lo up; ip -n $n link set v$n up; done
`
	withRouter = `
ip netns add a; ip netns add r; ip netns add b
for n in a r b; do ip netns exec $n sh -c 'echo 0 > /proc/sys/net/ipv6/conf/default/accept_dad'; done
ip link add va netns a type veth peer name ra netns r
ip link add vb netns b type veth peer name rb netns r
ip -n a addr add 10.0.1.1/24 dev va; ip -n r addr add 10.0.1.254/24 dev ra
ip -n b addr add 10.0.2.1/24 dev vb; ip -n r addr add 10.0.2.254/24 dev rb
ip -n a addr add fd01::1/64 dev va nodad; ip -n r addr add fd01::254/64 dev ra nodad
ip -n b addr add fd02::1/64 dev vb nodad; ip -n r addr add fd02::254/64 dev rb nodad
ip -n a link set va up; ip -n r link set ra up; ip -n r link set rb up; ip -n b link set vb up
ip netns exec r sh -c 'echo 1 > /proc/sys/net/ipv4/ip_forward; echo 1 > /proc/sys/net/ipv6/conf/all/forwarding'
ip -n a route add default via 10.0.1.254; ip -n b route add default via 10.0.2.254
ip -n a route add default via fd01::254; ip -n b route add default via fd02::254
`
)

// ofSettingsMade are the errors of ip and its friends.
func ofSettingsMade() map[string]provoked {
	return map[string]provoked{
		"a second route":                        {twoMachines, "ip -n a route add 10.9.0.0/16 dev va; ip -n a route add 10.9.0.0/16 dev va", "RTNETLINK answers: File exists, of ip route add", "added before", ""},
		"a second default route":                {withRouter, "ip -n a route add default via 10.0.1.253", "RTNETLINK answers: File exists, of ip route add", "through this or another gateway", ""},
		"a second address":                      {twoMachines, "ip -n a addr add 10.0.0.1/24 dev va", "Error: ipv4: Address already assigned.", "set before", ""},
		"a second IPv6 address":                 {twoMachines, "ip -n a addr add fd00::1/64 dev va", "Error: ipv4: Address already assigned.", "set before", ""},
		"a second link":                         {twoMachines, "ip -n a link add va type veth peer name vx", "RTNETLINK answers: File exists, of ip link add", "made before", ""},
		"a move to a taken name":                {twoMachines + "ip link add va type veth peer name vx", "ip link set va netns a", "RTNETLINK answers: File exists, of ip link set", "has a link of this name", ""},
		"a second namespace":                    {twoMachines, "ip netns add a", `Cannot create namespace file "/run/netns/x": File exists`, "made before", ""},
		"a second neighbour":                    {twoMachines + "ip netns exec a ping -c 1 10.0.0.2", "ip -n a neigh add 10.0.0.2 lladdr 02:00:00:00:00:02 dev va", "RTNETLINK answers: File exists, of ip neigh add", "by itself", ""},
		"no such neighbour":                     {twoMachines, "ip -n a neigh del 10.0.0.77 dev va", "RTNETLINK answers: No such file or directory, of ip neigh del", "no such entry", ""},
		"no such route":                         {twoMachines, "ip -n a route del 10.9.0.0/16", "RTNETLINK answers: No such process, of ip route del", NoRoute, ""},
		"a gateway elsewhere":                   {twoMachines, "ip -n a route add default via 10.9.9.9", "Error: Nexthop has invalid gateway.", "another network", ""},
		"an IPv6 gateway elsewhere":             {twoMachines, "ip -n a route add default via fd99::1", "RTNETLINK answers: No route to host, of ip route add", "another network", ""},
		"a route through a link down":           {twoMachines + "ip -n a link set va down", "ip -n a route add 10.9.0.0/16 dev va", "Error: Device for nexthop is not up.", "is down", ""},
		"an address as a network":               {twoMachines, "ip -n a route add 10.9.0.1/16 dev va", "Error: Invalid prefix for given prefix length.", "the address of a machine", ""},
		"a strange source":                      {twoMachines, "ip -n a route add 10.9.0.0/16 dev va src 10.77.0.1", "Error: Invalid prefsrc address.", "on no link here", ""},
		"another mask":                          {twoMachines, "ip -n a addr del 10.0.0.1/25 dev va", "RTNETLINK answers: Cannot assign requested address, of ip addr del", "the mask is another one", ""},
		"IPv6 switched off":                     {twoMachines + "ip netns exec a sh -c 'echo 1 > /proc/sys/net/ipv6/conf/va/disable_ipv6'", "ip -n a addr add fd00::9/64 dev va", "Error: IPv6 is disabled on this device.", "disable_ipv6 is 1", ""},
		"the address of a group":                {twoMachines, "ip -n a addr add ff02::9/64 dev va", "Error: IPv6: Cannot assign multicast address., of ip addr add", GroupAddress, ""},
		"an unknown kind":                       {twoMachines, "ip link add x0 type nosuchkind", "Error: Unknown device type.", "", ""},
		"a long name":                           {twoMachines, "ip link add averyveryverylongname type veth", "RTNETLINK answers: Numerical result out of range", "too long", ""},
		"a long new name":                       {twoMachines, "ip -n a link set va name averyveryverylongname", `Error: argument "averyveryverylongname" is wrong: "name" not a valid ifname`, "longer than 15", ""},
		"a macvlan on a port":                   {twoMachines + "ip -n a link add m0 link va type macvlan; ip -n a link add br0 type bridge", "ip -n a link set va master br0", "RTNETLINK answers: Device or resource busy, of ip link set", "another link sits on it", ""},
		"an IPv6 gateway of one's own":          {twoMachines, "ip -n a route add fd09::/64 via fd00::1", "Error: Gateway can not be a local address.", "own address", ""},
		"a gateway that is a broadcast address": {twoMachines, "ip -n a route add 10.9.0.0/16 via 10.0.0.255", "Error: Nexthop has invalid gateway.", "", ""},
		"a bridge in a bridge":                  {"ip link add br1 type bridge; ip link add br2 type bridge", "ip link set br2 master br1", "RTNETLINK answers: Too many levels of symbolic links", "is a bridge itself", ""},
		"a big MTU":                             {twoMachines, "ip -n a link set va mtu 70000", "Error: mtu greater than device maximum.", "behind mtu", ""},
		"lo moved":                              {twoMachines, "ip -n a link set lo netns b", "RTNETLINK answers: Invalid argument, of ip link set", LoStays, ""},
		"lo removed":                            {twoMachines, "ip -n a link del lo", "RTNETLINK answers: Operation not supported, of ip link del", LoNotRemoved, ""},
		"a second VXLAN of a number":            {"ip link add va type vxlan id 77 dstport 4789", "ip link add vx type vxlan id 77 dstport 4789", "Error: A VXLAN device with the specified VNI already exists.", "made before", ""},
		"two ends of one name":                  {"", "ip link add va type veth peer name va", "RTNETLINK answers: File exists, of ip link add", "", ""},
		"a MAC address of a group":              {twoMachines, "ip -n a link set va address 01:00:00:00:00:01", "RTNETLINK answers: Cannot assign requested address, of ip link set", "of a group", ""},
		"an unknown object":                     {"", "ip foo", `Object "foo" is unknown, try "ip help".`, "mistyped", ""},
		"an unknown verb":                       {"", "ip link foo", `Command "foo" is unknown, try "ip link help".`, "mistyped", ""},
		"a word too many":                       {twoMachines, "ip -n a route add 10.9.0.0/16 vai 10.0.0.2", `Error: either "to" is duplicate, or "foo" is a garbage.`, "mistyped", ""},
		"no address":                            {twoMachines, "ip -n a addr add 10.0.0.300/24 dev va", `Error: any valid prefix is expected rather than "10.0.0.300/24".`, "more than 255", ""},
		"no such master":                        {twoMachines, "ip -n a link set va master nosuch", `Error: argument "foo" is wrong: Device does not exist`, "not made yet", ""},
		"no such link":                          {twoMachines, "ip link set va up", `Cannot find device "eth0"`, "in another namespace", ""},
		"nothing to show":                       {twoMachines, "ip addr show dev va", `Cannot find device "eth0"`, "in another namespace", ""},
		"no such namespace":                     {"", "ip -n nosuch link", `Cannot open network namespace "x": No such file or directory`, "not made yet", ""},
		"an empty namespace file":               {twoMachines + "touch /run/netns/empty", "ip -n empty link; rm /run/netns/empty", `setting the network namespace "x" failed: Invalid argument`, "empty file", ""},
		"without the right":                     {twoMachines, "setpriv --bounding-set -net_admin ip link add x0 type veth", "RTNETLINK answers: Operation not permitted", "", "setpriv"},
		"no such forwarding entry":              {twoMachines + "ip -n a link add br0 type bridge; ip -n a link set va master br0", "bridge -n a fdb del 02:00:00:00:00:05 dev va master", "RTNETLINK answers: No such file or directory, of bridge fdb del", "no such entry", ""},
		"a second forwarding entry":             {twoMachines + "ip -n a link add br0 type bridge; ip -n a link set va master br0; bridge -n a fdb add 02:00:00:00:00:05 dev va master static", "bridge -n a fdb add 02:00:00:00:00:05 dev va master static", "RTNETLINK answers: File exists, of bridge fdb add", "", ""},
		"no such setting":                       {"", "sysctl -w net.ipv4.conf.nosuch.forwarding=1", "sysctl: cannot stat /proc/sys/net/ipv4/conf/eth9/forwarding: No such file or directory", "a part of the name", "sysctl"},
		"a value that makes no sense":           {twoMachines, "ip netns exec a sysctl -w net.ipv4.ip_forward=maybe", `sysctl: setting key "net.ipv4.ip_forward": Invalid argument`, "no number", "sysctl"},
	}
}

// ofPingMade are the errors that ping shows.
func ofPingMade() map[string]provoked {
	return map[string]provoked{
		"no route":                     {twoMachines, "ip netns exec a ping -c 1 10.9.9.9", "ping: connect: Network is unreachable, of ping", "no default route", ""},
		"nobody answers":               {twoMachines, "ip netns exec a ping -c 1 -W 5 10.0.0.77", "From 10.0.0.1 icmp_seq=1 Destination Host Unreachable", "nobody has this address", ""},
		"a router knows no way":        {withRouter, "ip netns exec a ping -c 1 -W 2 10.9.9.9", "From 10.0.0.1 icmp_seq=1 Destination Net Unreachable", "missing on the router", ""},
		"a reject":                     {twoMachines + "ip netns exec b nft 'add table ip f; add chain ip f input { type filter hook input priority 0; }; add rule ip f input ip protocol icmp reject'", "ip netns exec a ping -c 1 -W 2 10.0.0.2", "From 10.0.0.2 icmp_seq=1 Destination Port Unreachable", "reject", "nft"},
		"a reject that says so":        {twoMachines + "ip netns exec b nft 'add table ip f; add chain ip f input { type filter hook input priority 0; }; add rule ip f input reject with icmp type admin-prohibited'", "ip netns exec a ping -c 1 -W 2 10.0.0.2", "From 10.0.0.1 icmp_seq=1 Packet filtered", "admin-prohibited", "nft"},
		"a drop on the way out":        {twoMachines + "ip netns exec a nft 'add table ip f; add chain ip f output { type filter hook output priority 0; policy drop; }'", "ip netns exec a bash -c 'echo x > /dev/udp/10.0.0.2/53'", "write: Operation not permitted, of connect", "a drop in the chain output", "nft"},
		"a drop at the target":         {twoMachines + "ip netns exec b nft 'add table ip f; add chain ip f input { type filter hook input priority 0; policy drop; }'", "ip netns exec a ping -c 1 -W 1 10.0.0.2", "3 packets transmitted, 0 received, 100% packet loss", "drops the request", "nft"},
		"a loop":                       {withRouter + "ip -n r route add 10.9.0.0/16 via 10.0.2.1; ip netns exec b sh -c 'echo 1 > /proc/sys/net/ipv4/ip_forward; for f in /proc/sys/net/ipv4/conf/*/send_redirects; do echo 0 > $f; done'; ip netns exec r sh -c 'for f in /proc/sys/net/ipv4/conf/*/send_redirects; do echo 0 > $f; done'", "ip netns exec a ping -c 1 -W 2 10.9.9.9", "From 10.0.0.1 icmp_seq=1 Time to live exceeded", "a loop", ""},
		"a smaller MTU on the way":     {withRouter + "ip -n r link set rb mtu 1400", "ip netns exec a ping -c 1 -W 2 -M do -s 1450 10.0.2.1", "From 10.0.0.1 icmp_seq=1 Frag needed and DF set (mtu = 1400)", "smaller MTU", ""},
		"a smaller MTU here":           {twoMachines, "ip netns exec a ping -c 1 -W 1 -M do -s 2000 10.0.0.2", "ping: local error: message too long, mtu=1400, of ping", "link's MTU", ""},
		"a broadcast address":          {twoMachines, "ip netns exec a ping -c 1 10.0.0.255", "ping: connect: Permission denied, of ping", "broadcast address", ""},
		"an unreachable route":         {twoMachines + "ip -n a route add unreachable 10.9.0.0/16", "ip netns exec a ping -c 1 10.9.9.9", "ping: connect: No route to host, of ping", "type unreachable", ""},
		"a blackhole route":            {twoMachines + "ip -n a route add blackhole 10.9.0.0/16", "ip netns exec a ping -c 1 10.9.9.9", "ping: connect: Invalid argument, of ping", "type blackhole", ""},
		"a strange source":             {twoMachines, "ip netns exec a ping -c 1 -I 10.9.9.9 10.0.0.2", "ping: connect: Cannot assign requested address, of ping", "on no link", ""},
		"a redirect":                   {withRouter + "ip -n r route add 10.9.0.0/16 via 10.0.1.1", "ip netns exec a ping -c 1 -W 1 10.9.9.9", "From 10.0.0.1 icmp_seq=1 Redirect Host(New nexthop: 10.0.0.254)", "not the best", ""},
		"nobody answers in IPv6":       {twoMachines, "ip netns exec a ping -c 1 -W 5 fd00::77", "From fd00::1 icmp_seq=1 Destination unreachable: Address unreachable", "nobody has this address", ""},
		"no route in IPv6":             {twoMachines, "ip netns exec a ping -c 1 fd99::1", "ping: connect: Network is unreachable, of ping", "", ""},
		"a router knows no IPv6":       {withRouter, "ip netns exec a ping -c 1 -W 2 fd99::1", "From fd00::1 icmp_seq=1 Destination unreachable: No route", "missing on the router", ""},
		"a loop in IPv6":               {withRouter + "ip -n r route add fd99::/64 via fd02::1; ip netns exec b sh -c 'echo 1 > /proc/sys/net/ipv6/conf/all/forwarding'", "ip netns exec a ping -c 2 -w 3 fd99::1", "From fd00::1 icmp_seq=1 Time exceeded: Hop limit", "a loop", ""},
		"a smaller MTU in IPv6":        {withRouter + "ip -n r link set rb mtu 1400", "ip netns exec a ping -c 1 -W 2 -M do -s 1440 fd02::1", "From fd00::1 icmp_seq=1 Packet too big: mtu=1400", "smaller MTU", ""},
		"a reject in IPv6":             {twoMachines + "ip netns exec b nft 'add table ip6 f; add chain ip6 f input { type filter hook input priority 0; }; add rule ip6 f input icmpv6 type echo-request reject with icmpv6 type admin-prohibited'", "ip netns exec a ping -c 1 -W 2 fd00::2", "From fd00::1 icmp_seq=1 Destination unreachable: Administratively prohibited", "reject", "nft"},
		"a link without its other end": {twoMachines + "ip -n b link set vb down", "ip -n a link show va", "2: eth0: <NO-CARRIER,BROADCAST,MULTICAST,UP> … state DOWN", "other end of the veth is down", ""},
		"a neighbour that failed":      {twoMachines + "ip netns exec a ping -c 1 -W 4 10.0.0.77 || true", "ip -n a neigh", "10.0.0.2 dev eth0 FAILED", "nobody on this link", ""},
		"a route without a carrier":    {twoMachines + "ip -n b link set vb down; for i in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15; do ip -n a route | grep -q linkdown && break; sleep 0.2; done", "ip -n a route", "10.0.0.0/24 dev eth0 proto kernel scope link src 10.0.0.1 linkdown", "other end", ""},
		"an address that is taken":     {twoMachines + "ip -n b addr add fd00::9/64 dev vb nodad; ip -n a addr add fd00::9/64 dev va; for i in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20 21 22 23 24 25 26 27 28 29 30; do ip -n a addr | grep -q dadfailed && break; sleep 0.2; done", "ip -n a addr show va | grep fd00::9", "inet6 2001:db8::1/64 scope global tentative dadfailed", "same address", ""},
		"a name nobody knows":          {twoMachines + "mkdir -p /etc/netns/a; echo 'hosts: files' > /etc/netns/a/nsswitch.conf", "ip netns exec a ping -c 1 nosuchname", "ping: nosuchname: Name or service not known", "", ""},
		"nobody to ask for a name":     {twoMachines + "mkdir -p /etc/netns/a; echo 'hosts: files dns' > /etc/netns/a/nsswitch.conf; echo 'nameserver 10.9.9.9' > /etc/netns/a/resolv.conf", "ip netns exec a ping -c 1 nosuchname.example", "ping: example.com: Temporary failure in name resolution", "no way to the DNS server", ""},
	}
}

// ofSocketsMade are the errors of programs that connect.
func ofSocketsMade() map[string]provoked {
	const bash = "ip netns exec a bash -c 'exec 3<>/dev/tcp/"
	return map[string]provoked{
		"nothing listens":        {twoMachines, bash + "10.0.0.2/80'", "connect: Connection refused", "nothing listens", "bash"},
		"nothing listens, curl":  {twoMachines, "ip netns exec a curl -sS http://10.0.0.2/", "connect: Connection refused", "nothing listens", "curl"},
		"nobody answers":         {twoMachines, bash + "10.0.0.77/80'", "connect: No route to host, of connect", "does not answer by ARP", "bash"},
		"no route":               {twoMachines, bash + "10.9.9.9/80'", "connect: Network is unreachable, of connect", "no default route", "bash"},
		"a drop at the target":   {twoMachines + "ip netns exec b nft 'add table ip f; add chain ip f input { type filter hook input priority 0; policy drop; }'", "ip netns exec a curl -sS --connect-timeout 1 http://10.0.0.2/", "connect: Connection timed out", "drops the packets", "curl"},
		"a name that is unknown": {twoMachines + "mkdir -p /etc/netns/a; echo 'hosts: files' > /etc/netns/a/nsswitch.conf", "ip netns exec a curl -sS http://nosuchname/", "curl: (6) Could not resolve host: example.com", "", "curl"},
		"a prohibited route":     {twoMachines + "ip -n a route add prohibit 10.9.0.0/16", bash + "10.9.9.9/80'", "Permission denied, of connect", "", "bash"},
	}
}

func TestRealErrorsAreRecognised(t *testing.T) {
	_, err := exec.LookPath("ip")
	_, err2 := exec.LookPath("ping")
	netlabtest.Require(t, err == nil && err2 == nil, "ip and ping")
	t.Cleanup(func() { sh("rm -rf /etc/netns") })
	for _, group := range []map[string]provoked{ofSettingsMade(), ofPingMade(), ofSocketsMade()} {
		for name, p := range group {
			t.Run(name+": "+lastLine(p.run), func(t *testing.T) { p.try(t) })
		}
	}
}

func lastLine(s string) string { return s[strings.LastIndex(s, "\n")+1:] }

// try makes the error, and asks what it means as somebody would who pastes the
// command with its output.
func (p provoked) try(t *testing.T) {
	if p.needs != "" {
		_, err := exec.LookPath(p.needs)
		netlabtest.Require(t, err == nil, p.needs)
	}
	defer sh("ip -all netns delete; rm -rf /etc/netns; for l in br1 br2 va vx; do ip link del $l; done")
	if out, err := sh("set -e\n" + p.setup); err != nil {
		t.Fatalf("the setup fails: %v\n%s", err, out)
	}
	out, _ := sh(p.run)
	got, err := Find("$ " + p.run + "\n" + out)
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	if named(got.Complaint) != p.want {
		t.Errorf("this is read as %q, want %q:\n%s", named(got.Complaint), p.want, out)
	}
	if !strings.Contains(got.Causes[0].Why, p.cause) {
		t.Errorf("the first cause is %q, and what was done is %q:\n%s", got.Causes[0].Why, p.cause, out)
	}
	if got.Line == p.run || !strings.Contains(squeezed(out), squeezed(got.Line)) {
		t.Errorf("%q is not what the program said", got.Line)
	}
}

func squeezed(s string) string { return regexp.MustCompile(`\s+`).ReplaceAllString(s, " ") }

func sh(script string) (string, error) {
	cmd := exec.Command("sh", "-c", script)
	cmd.Env = append(cmd.Environ(), "LC_ALL=C", "PATH=/usr/sbin:/usr/bin:/sbin:/bin")
	out, err := cmd.CombinedOutput()
	return string(out), err
}
