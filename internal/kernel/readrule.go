package kernel

import (
	"fmt"
	"net/netip"
	"slices"

	"golang.org/x/sys/unix"

	"netlab/internal/snapshot"
)

// sizeofRuleHdr is the size of struct fib_rule_hdr (linux/fib_rules.h).
const sizeofRuleHdr = 12

// addPolicyRule adds a rule of the routing policy. The kernel tells IPv6 before
// or after IPv4, and each family in the order in which it asks.
func (sp *space) addPolicyRule(b []byte) {
	if len(b) < sizeofRuleHdr || b[0] != unix.AF_INET && b[0] != unix.AF_INET6 {
		return
	}
	r := snapshot.PolicyRule{Family: 4, Table: uint32(b[4]), Not: u32(b[8:])&unix.FIB_RULE_INVERT != 0, Mask: 1<<32 - 1}
	none := netip.IPv4Unspecified()
	if b[0] == unix.AF_INET6 {
		r.Family, none = 6, netip.IPv6Unspecified()
	}
	src, dst := none, none
	var to uint32
	for kind, v := range attrs(b[sizeofRuleHdr:]) {
		switch kind {
		case unix.FRA_SRC:
			src = addr(v)
		case unix.FRA_DST:
			dst = addr(v)
		case unix.FRA_GOTO:
			to = u32(v)
		default:
			ruleAttr(&r, kind, v)
		}
	}
	r.Src, r.Dst = ruleNetwork(src, b[2]), ruleNetwork(dst, b[1])
	if r.Mark == 0 && r.Mask == 1<<32-1 {
		r.Mask = 0
	}
	r.Action, r.More = ruleAction(b[7], to), ruleMore(b)
	if r.Action != "lookup" {
		r.Table = 0
	}
	sp.snap.PolicyRules = append(sp.snap.PolicyRules, r)
}

// ruleNetwork is what a rule asks for; not valid for all.
func ruleNetwork(a netip.Addr, bits uint8) netip.Prefix {
	if bits == 0 {
		return netip.Prefix{}
	}
	return netip.PrefixFrom(a, int(bits))
}

func ruleAttr(r *snapshot.PolicyRule, kind uint16, v []byte) {
	switch kind {
	case unix.FRA_PRIORITY:
		r.Priority = u32(v)
	case unix.FRA_TABLE:
		r.Table = u32(v)
	case unix.FRA_FWMARK:
		r.Mark = u32(v)
	case unix.FRA_FWMASK:
		r.Mask = u32(v)
	case unix.FRA_IIFNAME:
		r.IIF = cString(v)
	case unix.FRA_OIFNAME:
		r.OIF = cString(v)
	}
}

// ruleAction is what a rule does, in ip's words.
func ruleAction(action uint8, to uint32) string {
	switch action {
	case unix.FR_ACT_TO_TBL:
		return "lookup"
	case unix.FR_ACT_GOTO:
		return fmt.Sprint("goto ", to)
	case unix.FR_ACT_NOP:
		return "nop"
	}
	// The others have the numbers of the types of routes.
	return wordFor(names.types, int(action))
}

// sortRules puts IPv4 first, as ip's users look for it.
func (sp *space) sortRules() {
	slices.SortStableFunc(sp.snap.PolicyRules, func(a, b snapshot.PolicyRule) int { return a.Family - b.Family })
}
