package kernel

import (
	"errors"
	"net/netip"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/sys/unix"

	"netlab/internal/op"
	"netlab/internal/snapshot"
)

// TestACableToNowhereIsWaitedForOnce: the kernel is about to remove it, unless
// that was given up before.
func TestACableToNowhereIsWaitedForOnce(t *testing.T) {
	lab := func(links ...snapshot.Link) snapshot.Lab {
		return snapshot.Lab{Spaces: []snapshot.Space{{Name: snapshot.Host, Links: links}}}
	}
	cable := func(index int, peer string) snapshot.Link {
		return snapshot.Link{Index: index, Name: "v", Kind: "veth", MAC: "02:00:00:00:00:01", Peer: peer}
	}
	k := New()
	steps := []struct {
		name   string
		lab    snapshot.Lab
		giveUp bool
		want   bool
	}{
		{"nothing", lab(), false, false},
		{"a cable with both ends", lab(cable(2, "w")), false, false},
		{"a bridge has no other end", lab(snapshot.Link{Index: 3, Kind: "bridge"}), false, false},
		{"a cable to nowhere", lab(cable(2, "")), false, true},
		{"still there", lab(cable(2, "")), false, true},
		{"given up", lab(cable(2, "")), true, false},
		{"not waited for again", lab(cable(2, "")), false, false},
		{"another one is", lab(cable(2, ""), cable(5, "")), false, true},
	}
	for _, s := range steps {
		if got := k.removing(s.lab, s.giveUp); got != s.want {
			t.Errorf("%s: %v, want %v", s.name, got, s.want)
		}
	}
}

// TestNamespacesAreMadeFromTheLabsOwn: ip would do it in a mount namespace of
// its own.
func TestNamespacesAreMadeFromTheLabsOwn(t *testing.T) {
	k := New()
	t.Cleanup(func() { clean(t, k) })
	do(t, k, "ip netns add a")
	for _, o := range []op.Op{&op.NetnsAdd{Name: "b"}, &op.NetnsDel{Name: "a"}} {
		var e *Error
		if err := k.Do(op.Line{Netns: "a", Op: o}); !errors.As(err, &e) || e.Exit != exitLookup || !strings.Contains(e.Text, "from the lab's own namespace only") {
			t.Errorf("%T: %v", o, err)
		}
	}
	holds(t, k, "ip netns add a", "!ip netns add b")
}

func TestBridgeEndsOtherwiseThanIP(t *testing.T) {
	tests := map[string]int{
		"bridge fdb add 02:00:00:00:00:01 dev v0 master": exitWords, "bridge fdb del 02:00:00:00:00:01 dev v0 master": exitWords,
		"bridge link set dev v0 learning off": exitWords, "ip link set v0 up": exitLookup, "ip neigh del 10.0.0.1 dev v0": exitLookup,
	}
	for line, want := range tests {
		task := &task{line: parsed(t, line)}
		if got := task.toolExit(exitLookup); got != want {
			t.Errorf("%s: exit code %d, want %d", line, got, want)
		}
		var s *stop
		if err := task.noDevice("v0"); !errors.As(err, &s) || s.exit != want || s.text != `Cannot find device "v0"` {
			t.Errorf("%s: %v", line, err)
		}
	}
}

func TestBroadcastAddressesAreMade(t *testing.T) {
	tests := []struct {
		line string
		want string // "": none
		exit int    // not 0: refused
	}{
		{"ip addr add 10.0.0.1/24 dev v0", "", 0},
		{"ip addr add 10.0.0.1/24 brd + dev v0", "10.0.0.255", 0},
		{"ip addr add 10.0.0.1/24 brd - dev v0", "10.0.0.0", 0},
		{"ip addr add 10.0.0.1/24 brd 10.0.0.9 dev v0", "10.0.0.9", 0},
		{"ip addr add 10.0.0.1/31 brd + dev v0", "", 0},
		{"ip addr add 10.0.0.1 peer 10.7.0.2/16 brd + dev v0", "10.7.255.255", 0},
		{"ip addr add fd00::1/64 brd + dev v0", "", exitLookup},
	}
	for _, tt := range tests {
		t.Run(tt.line, func(t *testing.T) {
			m := &addrMessage{}
			l, err := op.ParseLine(tt.line)
			o, ok := l.Op.(*op.AddrAdd)
			if err != nil || !ok {
				o = &op.AddrAdd{Prefix: netip.MustParsePrefix("fd00::1/64"), Broadcast: "+", Dev: "v0"}
			}
			err = m.broadcast(o)
			var s *stop
			if tt.exit != 0 {
				if !errors.As(err, &s) || s.exit != tt.exit {
					t.Errorf("error %v", err)
				}
				return
			}
			got := ""
			for _, a := range m.attrs {
				got = addr(a.Data).String()
			}
			if err != nil || got != tt.want {
				t.Errorf("%q, %v, want %q", got, err, tt.want)
			}
		})
	}
}

func TestWhatIsNoMACAddressIsRefused(t *testing.T) {
	ten := netip.MustParseAddr("10.0.0.2")
	tests := map[string]op.Op{
		`"zz" is invalid lladdr.`:                     &op.NeighAdd{Addr: ten, LLAddr: "zz", Dev: "lo"},
		`"yy" is invalid lladdr.`:                     &op.LinkSet{Dev: "lo", Address: "yy"},
		`"xx" is invalid lladdr.`:                     &op.LinkAdd{Name: "b", Kind: "bridge", Address: "xx"},
		"Invalid mac address ww":                      &op.FDBAdd{LLAddr: "ww", Dev: "lo"},
		"Invalid mac address 02:00:00:00:00:00:00:01": &op.FDBAdd{LLAddr: "02:00:00:00:00:00:00:01", Dev: "lo"},
	}
	k := New()
	for want, o := range tests {
		var e *Error
		if err := k.Do(op.Line{Op: o}); !errors.As(err, &e) || e.Text != want || e.Errno != 0 {
			t.Errorf("%v, want %q", err, want)
		}
	}
}

// TestFamiliesOfVXLANs: without an outer address, -4 and -6 choose the family.
func TestFamiliesOfVXLANs(t *testing.T) {
	tests := map[string][]uint16{
		"ip link add vx type vxlan id 7 dstport 4789":                                {unix.IFLA_VXLAN_ID, unix.IFLA_VXLAN_LEARNING, unix.IFLA_VXLAN_PORT},
		"ip -4 link add vx type vxlan id 7 dstport 4789":                             {unix.IFLA_VXLAN_ID, unix.IFLA_VXLAN_GROUP, unix.IFLA_VXLAN_LEARNING, unix.IFLA_VXLAN_PORT},
		"ip -6 link add vx type vxlan id 7 dstport 4789":                             {unix.IFLA_VXLAN_ID, unix.IFLA_VXLAN_GROUP6, unix.IFLA_VXLAN_LEARNING, unix.IFLA_VXLAN_PORT},
		"ip link add vx type vxlan id 7 local 10.0.0.1 remote 10.0.0.2 dstport 4789": {unix.IFLA_VXLAN_ID, unix.IFLA_VXLAN_LOCAL, unix.IFLA_VXLAN_GROUP, unix.IFLA_VXLAN_LEARNING, unix.IFLA_VXLAN_PORT},
		"ip link add vx type vxlan id 7 local fd00::1 remote fd00::2 dstport 4789":   {unix.IFLA_VXLAN_ID, unix.IFLA_VXLAN_LOCAL6, unix.IFLA_VXLAN_GROUP6, unix.IFLA_VXLAN_LEARNING, unix.IFLA_VXLAN_PORT},
		"ip link add vx type vxlan id 7 remote 10.0.0.2 dstport 0":                   {unix.IFLA_VXLAN_ID, unix.IFLA_VXLAN_GROUP, unix.IFLA_VXLAN_LEARNING},
	}
	for line, want := range tests {
		t.Run(line, func(t *testing.T) {
			l := parsed(t, line)
			data, err := (&task{line: l}).vxlanData(l.Op.(*op.LinkAdd).VXLAN)
			if err != nil {
				t.Fatal(err)
			}
			var got []uint16
			for kind := range attrs(data.Serialize()[unix.SizeofRtAttr:]) {
				got = append(got, kind)
			}
			if d := cmp.Diff(want, got); d != "" {
				t.Errorf("(- want, + got):\n%s", d)
			}
		})
	}
	for want, o := range map[string]op.VXLAN{
		"both group and remote":  {HasID: true, Remote: netip.MustParseAddr("10.0.0.2"), Group: netip.MustParseAddr("239.0.0.1")},
		"missing virtual":        {},
		"'group' requires 'dev'": {HasID: true, Group: netip.MustParseAddr("239.0.0.1")},
	} {
		var s *stop
		if _, err := (&task{}).vxlanData(o); !errors.As(err, &s) || !strings.Contains(s.text, want) || s.exit != exitWords {
			t.Errorf("%v, want %q", err, want)
		}
	}
}
