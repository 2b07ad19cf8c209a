package nlmsg

import (
	"encoding/binary"
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func le16(n uint16) []byte { return binary.NativeEndian.AppendUint16(nil, n) }
func le32(n uint32) []byte { return binary.NativeEndian.AppendUint32(nil, n) }

func TestValuesAreReadable(t *testing.T) {
	for name, tt := range map[string]struct {
		form string
		b    []byte
		want string
	}{
		"a number":                   {"u32", le32(1500), "1500"},
		"a negative number":          {"s32", le32(1<<32 - 1), "-1"},
		"a port":                     {"be16", []byte{0x12, 0xb5}, "4789"},
		"an IPv4 address":            {"addr", []byte{10, 0, 0, 1}, "10.0.0.1"},
		"an IPv6 address":            {"addr", append([]byte{0x20, 1, 0xd, 0xb8}, make([]byte, 12)...), "2001:db8::"},
		"no address":                 {"addr", []byte{1, 2, 3}, "0x010203"},
		"a MAC address":              {"hw", []byte{2, 0, 0, 0, 0, 0xab}, "02:00:00:00:00:ab"},
		"the end of a tunnel":        {"hw", []byte{10, 0, 0, 1}, "10.0.0.1"},
		"a name":                     {"text", []byte("veth0\x00"), `"veth0"`},
		"a name without an end":      {"text", []byte("veth"), `"veth"`},
		"no bytes":                   {"", nil, "empty"},
		"bytes":                      {"", []byte{1, 255}, "0x01ff"},
		"a file descriptor":          {"fd", le32(7), "file descriptor 7"},
		"a table of its own":         {"table", le32(100), "100"},
		"the main table":             {"table8", []byte{254}, "RT_TABLE_MAIN"},
		"a scope":                    {"scope8", []byte{253}, "RT_SCOPE_LINK"},
		"a scope without a name":     {"scope8", []byte{42}, "42"},
		"a route by a daemon":        {"proto8", []byte{186}, "RTPROT_BGP"},
		"a route that leads nowhere": {"rtype8", []byte{6}, "RTN_BLACKHOLE"},
		"a permanent neighbour":      {"nud", le16(0x80), "NUD_PERMANENT"},
		"a neighbour in no state":    {"nud", le16(0), "NUD_NONE"},
		"flags of a link":            {"iff", le32(0x1003), "IFF_UP|IFF_BROADCAST|IFF_MULTICAST"},
		"all flags":                  {"iff", le32(1<<32 - 1), "0xffffffff"},
		"flags without a name":       {"iff", le32(1 | 1<<25), "IFF_UP|0x2000000"},
		"an error":                   {"errno", le32(^uint32(17 - 1)), "-EEXIST (17): File exists"},
		"an error without a name":    {"errno", le32(^uint32(4000 - 1)), "-4000"},
		"the least number":           {"errno", le32(1 << 31), "-2147483648"},
		"an address for ever":        {"cacheinfo", append(append(le32(1<<32-1), le32(60)...), append(le32(3), le32(4)...)...), "preferred forever, valid 60 s, made at 3, changed at 4"},
		"a gateway of IPv6":          {"via", append(le16(10), append([]byte{0xfe, 0x80}, make([]byte, 14)...)...), "AF_INET6 fe80::"},
		"a gateway cut off":          {"via", []byte{1}, "0x01"},
		"a state of a port":          {"portstate", []byte{3}, "BR_STATE_FORWARDING"},
	} {
		t.Run(name, func(t *testing.T) {
			if got := valueOf(tt.form, tt.b); got != tt.want {
				t.Errorf("%s, want %s", got, tt.want)
			}
		})
	}
}

func TestTheFlagsOfAMessageDependOnItsVerb(t *testing.T) {
	for want, kind := range map[string]uint16{
		"NLM_F_REPLACE|NLM_F_EXCL": 16, "NLM_F_NONREC|NLM_F_BULK": 17, "NLM_F_DUMP": 18, "NLM_F_CAPPED|NLM_F_ACK_TLVS": typeError,
	} {
		if got := flagNames(kind, 0x300); got != want {
			t.Errorf("%s, want %s", got, want)
		}
	}
}

func TestTypesHaveTheirNames(t *testing.T) {
	got := map[uint16]string{}
	for _, kind := range []uint16{1, 2, 3, 4, 16, 19, 21, 26, 31, 34, 88, 105, 9} {
		got[kind] = typeName(kind)
	}
	want := map[uint16]string{
		1: "NLMSG_NOOP", 2: "NLMSG_ERROR", 3: "NLMSG_DONE", 4: "NLMSG_OVERRUN", 16: "RTM_NEWLINK", 19: "RTM_SETLINK", 21: "RTM_DELADDR",
		26: "RTM_GETROUTE", 31: "RTM_SETNEIGH", 34: "RTM_GETRULE", 88: "RTM_NEWNSID", 105: "RTM_DELNEXTHOP", 9: "type 9",
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
}

// TestTheTablesAreTheKernelsHeaders compares each table with the enum in this
// machine's headers, as far as those go: either may be newer.
func TestTheTablesAreTheKernelsHeaders(t *testing.T) {
	compared := 0
	for _, tt := range []struct {
		header, prefix string
		table          table
	}{
		{"if_link.h", "IFLA_", link()},
		{"if_link.h", "IFLA_BR_", bridge()},
		{"if_link.h", "IFLA_BRPORT_", bridgePort()},
		{"if_link.h", "IFLA_VXLAN_", vxlan()},
		{"if_link.h", "IFLA_INFO_", linkInfo()},
		{"if_link.h", "IFLA_INET6_", inet6()},
		{"if_addr.h", "IFA_", address()},
		{"rtnetlink.h", "RTA_", route()},
		{"rtnetlink.h", "RTAX_", metrics()},
		{"neighbour.h", "NDA_", neighbour()},
		{"netlink.h", "NLMSGERR_ATTR_", verdictAttrs()},
		{"netlink.h", "NL_POLICY_TYPE_ATTR_", policy()},
		{"if_bridge.h", "IFLA_BRIDGE_", bridgeSpec()},
	} {
		text, err := os.ReadFile("/usr/include/linux/" + tt.header)
		if err != nil {
			t.Skip("this machine has no kernel headers")
		}
		names := enum(string(text), tt.table[0].name, tt.prefix)
		if tt.prefix == "IFLA_BRIDGE_" {
			names = enum(string(text), "IFLA_BRIDGE_FLAGS", tt.prefix)
		}
		if len(names) == 0 {
			t.Errorf("%s has no %s", tt.header, tt.prefix)
		}
		for i, name := range names[:min(len(names), len(tt.table))] {
			compared++
			if tt.table[i].name != name {
				t.Errorf("%s: number %d is %s, not %s", tt.header, i, name, tt.table[i].name)
			}
		}
	}
	t.Logf("%d names compared", compared)
}

// enum lists the names of an enum whose numbers count from 0.
func enum(text, first, prefix string) []string {
	text = regexp.MustCompile(`(?s)/\*.*?\*/`).ReplaceAllString(text, "")
	text = regexp.MustCompile(`(?m)^#.*$`).ReplaceAllString(text, "")
	at := regexp.MustCompile(`\b` + first + `\b`).FindStringIndex(text)
	if at == nil {
		return nil
	}
	body, _, _ := strings.Cut(text[at[0]:], "}")
	var names []string
	for entry := range strings.SplitSeq(body, ",") {
		name, value, given := strings.Cut(strings.TrimSpace(entry), "=")
		name = strings.TrimSpace(name)
		another := given && strings.TrimSpace(value) != "0" // a second name for a number
		if strings.HasPrefix(name, prefix) && !another {
			names = append(names, name)
		}
	}
	return names
}

func TestWhereTheBadAttributeIsHasAName(t *testing.T) {
	request := written(16, 5, append(make([]byte, 16), append(attribute(3, 'a', 0), attribute(4, le32(7)...)...)...)...)
	offset := uint32(headerSize + 16 + 8)
	body := append(le32(^uint32(22-1)), request...)
	body = append(body, append(attribute(1, []byte("no\x00")...), attribute(2, le32(offset)...)...)...)
	got := show(Read(request, [][]byte{written(typeError, flagAckTLVs, body...)}))
	for _, want := range []string{
		"-EINVAL (22): Invalid argument\n",
		"20+48 nlmsghdr of the request and all that followed it nlmsg_len=48 nlmsg_type=RTM_NEWLINK nlmsg_flags=0x5",
		`NLMSGERR_ATTR_MSG "no"`,
		"NLMSGERR_ATTR_OFFS 40, where the request has IFLA_MTU\n",
	} {
		if !strings.Contains(got, want) {
			t.Errorf("%q is missing in\n%s", want, got)
		}
	}
}

func TestAllRowsOfATableAreNotTold(t *testing.T) {
	var rows []byte
	for range maxAnswers + 5 {
		rows = append(rows, written(24, 2, make([]byte, 12)...)...)
	}
	x := Read(written(26, 0x301, make([]byte, 12)...), [][]byte{rows, written(typeDone, 2, le32(0)...)})
	if len(x.Answers) != maxAnswers || x.More != 6 {
		t.Errorf("%d answers and %d more", len(x.Answers), x.More)
	}
}
