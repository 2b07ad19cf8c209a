package kernel

import (
	"errors"
	"fmt"
	"net/netip"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/sys/unix"

	"netlab/internal/op"
)

func parsed(t *testing.T, line string) op.Line {
	t.Helper()
	l, err := op.ParseLine(line)
	if err != nil {
		t.Fatalf("%s: %v", line, err)
	}
	return l
}

// TestWhatWentWrongIsWorded: the kernel's own words come before those of its
// number; bridge ends otherwise than ip.
func TestWhatWentWrongIsWorded(t *testing.T) {
	const set, fdb = "ip link set v0 up", "bridge fdb add 02:00:00:00:00:01 dev v0 master"
	tests := []struct {
		name string
		line string
		err  error
		want Error // without line and hint
	}{
		{"a number", set, &refusal{unix.EEXIST, ""}, Error{Errno: unix.EEXIST, Text: "RTNETLINK answers: File exists", Exit: 2}},
		{"a number that has other words here", set, &refusal{unix.EOPNOTSUPP, ""}, Error{Errno: unix.EOPNOTSUPP, Text: "RTNETLINK answers: Operation not supported", Exit: 2}},
		{"the kernel's own words", set, &refusal{unix.EINVAL, "mtu less than device minimum"}, Error{Errno: unix.EINVAL, Ext: "mtu less than device minimum", Text: "Error: mtu less than device minimum.", Exit: 2}},
		{"words that end", set, &refusal{unix.EINVAL, "No."}, Error{Errno: unix.EINVAL, Ext: "No.", Text: "Error: No.", Exit: 2}},
		{"bridge", fdb, &refusal{unix.EEXIST, ""}, Error{Errno: unix.EEXIST, Text: "RTNETLINK answers: File exists", Exit: 255}},
		{"ip's own words", set, &stop{text: "what?", exit: exitWords}, Error{Text: "what?", Exit: 255}},
		{"words with a number", "sysctl -w net.x=b", &stop{text: "no", exit: 1, err: unix.EINVAL}, Error{Errno: unix.EINVAL, Text: "no", Exit: 1}},
		{"the socket fails", set, unix.ENOBUFS, Error{Errno: unix.ENOBUFS, Text: "Cannot talk to rtnetlink: No buffer space available", Exit: 2}},
		{"something else", set, errors.New("odd"), Error{Text: "odd", Exit: 2}},
		{"wrapped", set, fmt.Errorf("outer: %w", &refusal{unix.EBUSY, ""}), Error{Errno: unix.EBUSY, Text: "RTNETLINK answers: Device or resource busy", Exit: 2}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			line := parsed(t, tt.line)
			e := (&task{line: line}).explain(tt.err)
			got := Error{Errno: e.Errno, Ext: e.Ext, Text: e.Text, Exit: e.Exit, Hint: e.Hint}
			if got != tt.want {
				t.Errorf("got  %+v\nwant %+v", got, tt.want)
			}
			if e.Error() != e.Text || (e.Errno == 0) != (e.Unwrap() == nil) {
				t.Errorf("as an error: %q, %v", e.Error(), e.Unwrap())
			}
		})
	}
}

func TestARefusalSaysBoth(t *testing.T) {
	tests := map[string]*refusal{
		"file exists":           {unix.EEXIST, ""},
		"file exists: it is":    {unix.EEXIST, "it is"},
		"invalid argument: bad": {unix.EINVAL, "bad"},
	}
	for want, r := range tests {
		if r.Error() != want || !errors.Is(r, r.errno) {
			t.Errorf("%q, want %q", r.Error(), want)
		}
	}
}

func TestWordsAndNumbersOfIproute2(t *testing.T) {
	number := func(n uint64, ok bool) string {
		if !ok {
			return "no"
		}
		return fmt.Sprint(n)
	}
	tests := []struct {
		table       []named
		word        string
		limit       uint64
		want        string
		backAgainAs string // "": not asked
	}{
		{names.scopes, "global", 255, "0", "global"}, {names.scopes, "link", 255, "253", "link"}, {names.scopes, "host", 255, "254", "host"},
		{names.scopes, "7", 255, "7", "7"}, {names.scopes, "0x10", 255, "16", "16"}, {names.scopes, "256", 255, "no", ""}, {names.scopes, "far", 255, "no", ""},
		{names.tables, "main", 1<<32 - 1, "254", "main"}, {names.tables, "1000", 1<<32 - 1, "1000", "1000"}, {names.tables, "4294967296", 1<<32 - 1, "no", ""},
		{names.protos, "kernel", 255, "2", "kernel"}, {names.protos, "static", 255, "4", "static"}, {names.protos, "-1", 255, "no", ""},
		{names.types, "blackhole", 255, "6", "blackhole"}, {names.types, "unicast", 255, "1", "unicast"}, {names.types, "", 255, "no", ""},
		{names.nuds, "permanent", 255, "128", "permanent"}, {names.nuds, "stale", 255, "4", "stale"}, {names.nuds, "STALE", 255, "no", ""},
	}
	for _, tt := range tests {
		n, ok := lookup(tt.table, tt.word, tt.limit)
		if got := number(n, ok); got != tt.want {
			t.Errorf("%q is %s, want %s", tt.word, got, tt.want)
		}
		if got := wordFor(tt.table, int(n)); tt.backAgainAs != "" && got != tt.backAgainAs {
			t.Errorf("%d is %q, want %q", n, got, tt.backAgainAs)
		}
	}
	seen := map[string]bool{}
	for i, table := range [][]named{names.scopes, names.tables, names.protos, names.types, names.nuds} {
		for _, n := range table {
			for _, id := range []string{fmt.Sprint(i, " ", n.word), fmt.Sprint(i, "/", n.number)} {
				if seen[id] {
					t.Errorf("table %d has %q (%d) twice", i, n.word, n.number)
				}
				seen[id] = true
			}
		}
	}
}

func TestStatesOfNeighboursAndEntries(t *testing.T) {
	nud := map[uint16]string{
		unix.NUD_INCOMPLETE: "INCOMPLETE", unix.NUD_REACHABLE: "REACHABLE", unix.NUD_STALE: "STALE", unix.NUD_DELAY: "DELAY",
		unix.NUD_PROBE: "PROBE", unix.NUD_FAILED: "FAILED", unix.NUD_PERMANENT: "PERMANENT", 0: "",
	}
	for state, want := range nud {
		if got := nudWord(state); got != want {
			t.Errorf("neighbour state %d is %q, want %q", state, got, want)
		}
	}
	entry := map[uint16]string{
		unix.NUD_PERMANENT | unix.NUD_NOARP: "permanent", unix.NUD_NOARP | unix.NUD_REACHABLE: "static",
		unix.NUD_REACHABLE: "reachable", unix.NUD_STALE: "stale", unix.NUD_FAILED: "FAILED",
	}
	for state, want := range entry {
		if got := fdbWord(state); got != want {
			t.Errorf("entry state %d is %q, want %q", state, got, want)
		}
	}
	for word, want := range map[string]string{"": "permanent", "local": "permanent", "permanent": "permanent", "static": "static", "temp": "static", "dynamic": "reachable"} {
		if got := fdbWord(fdbState(word)); got != want {
			t.Errorf("%q makes a %s entry, want %s", word, got, want)
		}
	}
	for n, want := range map[uint8]string{0: "medium", 1: "high", 3: "low", 2: "2"} {
		if got := routePref(n); got != want {
			t.Errorf("preference %d is %q, want %q", n, got, want)
		}
	}
}

func TestWhoseTableIsMeant(t *testing.T) {
	tests := map[uint8]op.FDBAdd{
		unix.NTF_SELF:                   {},
		unix.NTF_MASTER:                 {Master: true},
		unix.NTF_SELF | unix.NTF_MASTER: {Self: true, Master: true},
	}
	for want, o := range tests {
		if got := fdbFlags(&o); got != want {
			t.Errorf("%+v: flags %#x, want %#x", o, got, want)
		}
	}
}

func TestPortStatesAreWordsOrNumbers(t *testing.T) {
	tests := map[string]int{"": -1, "disabled": 0, "listening": 1, "Learning": 2, "FORWARDING": 3, "blocking": 4, "3": 3, "9": 9}
	for word, want := range tests {
		if got, err := portState(word); err != nil || got != want {
			t.Errorf("%q: %d, %v, want %d", word, got, err, want)
		}
	}
	var s *stop
	if _, err := portState("asleep"); !errors.As(err, &s) || s.exit != exitWords || !strings.Contains(s.text, "STP port state") {
		t.Errorf("a state that is not: %v", err)
	}
}

func TestTheEdgesOfANetwork(t *testing.T) {
	tests := []struct{ prefix, first, last string }{
		{"10.0.0.1/24", "10.0.0.0", "10.0.0.255"}, {"10.1.2.3/8", "10.0.0.0", "10.255.255.255"}, {"10.0.0.9/30", "10.0.0.8", "10.0.0.11"},
		{"10.0.0.77/26", "10.0.0.64", "10.0.0.127"}, {"10.0.0.1/32", "10.0.0.1", "10.0.0.1"}, {"1.2.3.4/0", "0.0.0.0", "255.255.255.255"},
	}
	for _, tt := range tests {
		p := netip.MustParsePrefix(tt.prefix)
		if got := edge(p, false).String(); got != tt.first {
			t.Errorf("%s begins at %s, want %s", p, got, tt.first)
		}
		if got := edge(p, true).String(); got != tt.last {
			t.Errorf("%s ends at %s, want %s", p, got, tt.last)
		}
	}
	for a, want := range map[string]uint8{"127.0.0.1": unix.RT_SCOPE_HOST, "127.9.9.9": unix.RT_SCOPE_HOST, "128.0.0.1": 0, "::1": 0, "10.0.0.1": 0} {
		if got := defaultScope(netip.MustParseAddr(a)); got != want {
			t.Errorf("the scope of %s is %d, want %d", a, got, want)
		}
	}
}

func TestFlagsOfLinksAreInTheOrderOfIP(t *testing.T) {
	tests := []struct {
		flags uint32
		want  []string
	}{
		{unix.IFF_BROADCAST | unix.IFF_MULTICAST, []string{"BROADCAST", "MULTICAST"}},
		{unix.IFF_UP | unix.IFF_RUNNING | unix.IFF_LOWER_UP | unix.IFF_LOOPBACK, []string{"LOOPBACK", "UP", "LOWER_UP"}},
		{unix.IFF_UP | unix.IFF_BROADCAST, []string{"NO-CARRIER", "BROADCAST", "UP"}},
		{unix.IFF_UP | unix.IFF_RUNNING | unix.IFF_PROMISC | unix.IFF_NOARP, []string{"NOARP", "PROMISC", "UP"}},
		{0, nil},
	}
	for _, tt := range tests {
		if d := cmp.Diff(tt.want, linkFlags(tt.flags)); d != "" {
			t.Errorf("%#x: %s", tt.flags, d)
		}
	}
}

func TestAddressesOfHardware(t *testing.T) {
	tests := map[string][]byte{
		"02:00:00:00:00:01": {2, 0, 0, 0, 0, 1}, "10.0.0.1": {10, 0, 0, 1}, "fd00::1": netip.MustParseAddr("fd00::1").AsSlice(), "": nil,
	}
	for want, b := range tests {
		if got := hardware(b); got != want {
			t.Errorf("%v is %q, want %q", b, got, want)
		}
	}
}

func TestShortAttributesAreZero(t *testing.T) {
	for n := range 4 {
		b := []byte{255, 255, 255}[:min(n, 3)]
		if u32(b) != 0 || n < 2 && (u16(b) != 0 || be16(b) != 0) || n < 1 && u8(b) != 0 {
			t.Errorf("%d bytes are not zero", n)
		}
	}
	if be16([]byte{1, 2}) != 0x102 || cString([]byte("ab\x00c")) != "ab" || addr([]byte{1, 2}).IsValid() {
		t.Error("whole attributes are misread")
	}
}

// TestTheFamilyOfARoute: the first word of a line that shows one decides.
func TestTheFamilyOfARoute(t *testing.T) {
	six, four := netip.MustParseAddr("fd00::1"), netip.MustParseAddr("10.0.0.1")
	tests := []struct {
		name      string
		preferred int
		o         target
		want      int
	}{
		{"-6 wins", unix.AF_INET6, target{via: four}, unix.AF_INET6},
		{"the destination", 0, target{dst: netip.MustParsePrefix("fd00::/8"), via: four}, unix.AF_INET6},
		{"default has none of its own", 0, target{dst: netip.MustParsePrefix("0.0.0.0/0"), isDef: true, via: six}, unix.AF_INET6},
		{"the gateway", 0, target{via: six}, unix.AF_INET6},
		{"the source", 0, target{preSrc: six}, unix.AF_INET6},
		{"nothing", 0, target{}, unix.AF_INET},
	}
	for _, tt := range tests {
		if got := routeFamily(tt.preferred, tt.o); got != tt.want {
			t.Errorf("%s: %d, want %d", tt.name, got, tt.want)
		}
	}
}

// TestTheScopeOfARoute is ip's: as far as the first hop.
func TestTheScopeOfARoute(t *testing.T) {
	tests := map[string]uint8{
		"ip route add 10.0.0.0/8 dev v0":                  unix.RT_SCOPE_LINK,
		"ip route add 10.0.0.0/8 via 10.0.0.1":            unix.RT_SCOPE_UNIVERSE,
		"ip route add blackhole 10.0.0.0/8":               unix.RT_SCOPE_UNIVERSE,
		"ip route add local 10.0.0.1 dev v0":              unix.RT_SCOPE_HOST,
		"ip route add 10.0.0.0/8 dev v0 scope global":     unix.RT_SCOPE_UNIVERSE,
		"ip route add 10.0.0.0/8 via 10.0.0.1 scope site": 200,
		"ip -6 route add fd00::/8 dev v0":                 unix.RT_SCOPE_UNIVERSE,
	}
	for line, want := range tests {
		o := parsed(t, line).Op.(*op.RouteAdd)
		m := &routeMessage{}
		err := m.head(0, target{kind: o.Type, dst: o.Dst, isDef: o.Default, via: o.Via, scope: o.Scope})
		if err != nil || m.msg.Scope != want {
			t.Errorf("%s: scope %d, %v, want %d", line, m.msg.Scope, err, want)
		}
	}
	del := &routeMessage{}
	if err := del.head(0, target{dst: netip.MustParsePrefix("10.0.0.0/8"), del: true}); err != nil || del.msg.Scope != unix.RT_SCOPE_NOWHERE {
		t.Errorf("to remove, any scope will do: %d, %v", del.msg.Scope, err)
	}
	for _, o := range []target{{kind: "odd"}, {proto: "odd"}, {table: "odd"}, {scope: "odd"}} {
		var s *stop
		if err := (&routeMessage{}).head(0, o); !errors.As(err, &s) || s.exit != exitWords || !strings.Contains(s.text, `"odd"`) {
			t.Errorf("%+v: %v", o, err)
		}
	}
}
