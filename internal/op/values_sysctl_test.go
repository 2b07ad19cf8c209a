package op

import "testing"

func TestSettingsAndNamespacesAreReadWordForWord(t *testing.T) {
	readAll(t, []aLine{
		{"ip netns add red", Line{Op: &NetnsAdd{Name: "red"}}},
		{"ip netns delete red", Line{Op: &NetnsDel{Name: "red"}}},
		{"/usr/sbin/ip netns add 7", Line{Op: &NetnsAdd{Name: "7"}}},
		{"sysctl -w net.ipv4.ip_forward=1", Line{Op: &SysctlSet{Key: "net.ipv4.ip_forward", Value: "1"}}},
		{"sysctl net.ipv4.ip_forward=1", Line{Op: &SysctlSet{Key: "net.ipv4.ip_forward", Value: "1"}}},
		{"sysctl -q -w net.ipv6.conf.all.forwarding=1", Line{Op: &SysctlSet{
			Key: "net.ipv6.conf.all.forwarding", Value: "1", Quiet: true,
		}}},
		{"sysctl -w -q net.ipv4.ip_forward=0", Line{Op: &SysctlSet{Key: "net.ipv4.ip_forward", Value: "0", Quiet: true}}},
		{"sysctl --write --quiet net.ipv4.ip_forward=0", Line{Op: &SysctlSet{
			Key: "net.ipv4.ip_forward", Value: "0", Quiet: true,
		}}},
		{"sysctl -w net/ipv4/conf/eth0.7/proxy_arp=1", Line{Op: &SysctlSet{
			Key: "net.ipv4.conf.eth0/7.proxy_arp", Value: "1",
		}}},
		{`sysctl -w "net.ipv4.ping_group_range=0 2147483647"`, Line{Op: &SysctlSet{
			Key: "net.ipv4.ping_group_range", Value: "0 2147483647",
		}}},
		{"sysctl -w net.core.default_qdisc=a=b", Line{Op: &SysctlSet{Key: "net.core.default_qdisc", Value: "a=b"}}},
		{"ip netns exec red sysctl -q -w net.ipv4.ip_forward=1", Line{Netns: "red", Op: &SysctlSet{
			Key: "net.ipv4.ip_forward", Value: "1", Quiet: true,
		}}},
		{"ip netns exec red ip netns exec blue sysctl -w net.ipv4.ip_forward=1", Line{Netns: "blue", Op: &SysctlSet{
			Key: "net.ipv4.ip_forward", Value: "1",
		}}},
	})
}
