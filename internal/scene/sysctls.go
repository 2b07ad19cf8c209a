package scene

import "netlab/internal/op"

// DisableIPv6 is the kernel setting that switches IPv6 off in a node. A kernel
// without IPv6 does not have it.
const DisableIPv6 = "net.ipv6.conf.all.disable_ipv6"

// Settings says which kernel settings the nodes of a scene get.
type Settings struct{ uses6, no6 bool }

// Sysctls returns the settings of the scene.
func (s Scene) Sysctls() Settings { return Settings{uses6: s.Uses6(), no6: s.NoIPv6} }

// Of are the kernel settings that the node gets before it has any link.
// With IPv6, link-local addresses are ready at once, too (see NoDAD): a router
// asks from its own who has an address, and until then would drop packets.
func (s Settings) Of(n Node) []op.SysctlSet {
	var out []op.SysctlSet
	set := func(key, value string) { out = append(out, op.SysctlSet{Key: key, Value: value, Quiet: true}) }
	if s.no6 {
		set(DisableIPv6, "1")
	}
	if n.Forward {
		set("net.ipv4.ip_forward", "1")
	}
	if n.Forward && s.uses6 {
		set("net.ipv6.conf.all.forwarding", "1")
	}
	if s.uses6 && n.Kind != Switch {
		set("net.ipv6.conf.default.accept_dad", "0")
	}
	return out
}
