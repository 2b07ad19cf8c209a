package filter

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/net/bpf"
)

// keeps runs the program of a filter over frames, and returns the names of
// those that it keeps.
func keeps(t *testing.T, text string) string {
	t.Helper()
	raw, err := Compile(text, 1000, Ethernet)
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, f := range frames() {
		if run(t, raw, f.data) {
			names = append(names, f.name)
		}
	}
	return strings.Join(names, " ")
}

func run(t *testing.T, raw []bpf.RawInstruction, frame []byte) bool {
	t.Helper()
	program, _ := bpf.Disassemble(raw)
	vm, err := bpf.NewVM(program)
	if err != nil {
		t.Fatal(err)
	}
	n, err := vm.Run(frame)
	if err != nil {
		t.Fatal(err)
	}
	return n > 0
}

func TestFilters(t *testing.T) {
	for _, tt := range []struct{ filter, want string }{
		{"", "ping pong arp-ask arp-reply syn synack udp dns options fragment ping6 syn6 udp6 solicit fragment6 stp many"},
		{"  \t\n", "ping pong arp-ask arp-reply syn synack udp dns options fragment ping6 syn6 udp6 solicit fragment6 stp many"},
		{"icmp", "ping pong"},
		{"arp", "arp-ask arp-reply"},
		{"tcp", "syn synack options syn6"},
		{"udp", "udp dns fragment udp6 fragment6 many"},
		{"ip", "ping pong syn synack udp dns options fragment many"},
		{"ip6", "ping6 syn6 udp6 solicit fragment6"},
		{"icmp6", "ping6 solicit"},
		{"host 10.0.0.1", "ping pong arp-ask arp-reply syn synack udp options fragment many"},
		{"src host 10.0.0.1", "ping arp-ask syn udp options fragment many"},
		{"dst host 10.0.0.1", "pong arp-reply synack"},
		{"src and dst host 10.0.0.1", ""},
		{"src or dst host 10.0.0.7", "dns"},
		{"ip host 10.0.0.1", "ping pong syn synack udp options fragment many"},
		{"arp host 10.0.0.1", "arp-ask arp-reply"},
		{"host fd00::1", "ping6 syn6 udp6 solicit fragment6"},
		{"ip6 src host fd00::2", ""},
		{"net 10.0.0.4/30", "dns"},
		{"net 0.0.0.0/0", "ping pong arp-ask arp-reply syn synack udp dns options fragment many"},
		{"net fd00::/16", "ping6 syn6 udp6 solicit fragment6"},
		{"dst net fd00::2/128", "ping6 syn6 udp6 fragment6"},
		{"port 80", "syn synack options syn6"},
		{"dst port 80", "syn options syn6"},
		{"tcp src port 80", "synack"},
		{"udp port 53", "dns udp6"},
		{"tcp port 53", ""},
		{"src and dst port 4000", "udp"},
		{"ether host 02:00:00:00:00:02", "ping pong arp-reply syn synack udp dns options fragment ping6 syn6 udp6 fragment6"},
		{"ether src host 02:00:00:00:00:02", "pong arp-reply synack"},
		{"broadcast", "arp-ask"},
		{"ether multicast", "arp-ask solicit stp many"},
		{"multicast and not broadcast", "solicit stp many"},
		{"not ip and not ip6", "arp-ask arp-reply stp"},
		{"!(ip||ip6)", "arp-ask arp-reply stp"},
		{"icmp or arp and host 10.0.0.2", "ping pong arp-ask arp-reply"}, // the first that comes is done first
		{"arp or icmp and src host 10.0.0.2", "pong arp-reply"},
		{"arp or (icmp and src host 10.0.0.2)", "pong arp-ask arp-reply"},
		{"not icmp and ip host 10.0.0.2", "syn synack udp dns options fragment"},
	} {
		t.Run(tt.filter, func(t *testing.T) {
			if d := cmp.Diff(tt.want, keeps(t, tt.filter)); d != "" {
				t.Error(d)
			}
		})
	}
}

func TestWhatIsWrongIsToldWithItsPlace(t *testing.T) {
	for _, tt := range []struct{ filter, want, hint string }{
		{"icmp and", "filter, character 9: the filter ends where a condition should stand", "--help"},
		{"icmpp", `filter, character 1: "icmpp" is no word of a filter`, "--help"},
		{"icmp arp", `filter, character 6: "arp" cannot stand here`, `join two conditions`},
		{"tcp and 10.0.0.1", "filter, character 9: 10.0.0.1 is an address, and it is not said of what", "write host 10.0.0.1"},
		{"and icmp", `filter, character 1: a condition should stand before "and"`, "--help"},
		{"(icmp or arp", "filter, character 1: this ( is never closed", ""},
		{"icmp)", "filter, character 5: there is no ( before this )", ""},
		{"()", `filter, character 2: a condition should stand before ")"`, ""},
		{"host", "filter, character 5: after host comes an IP address", "write the address"},
		{"host ns1", `filter, character 6: "ns1" is not an IP address`, "names are not looked up"},
		{"host 10.0.0.300", `filter, character 6: "10.0.0.300" is not an IP address`, ""},
		{"net 10.0.0.0", `filter, character 5: "10.0.0.0" is not a network`, "10.1.0.0/16"},
		{"net 10.0.0.1/24", "filter, character 5: 10.0.0.1/24 is an address in the network 10.0.0.0/24", "net 10.0.0.0/24"},
		{"ip6 host 10.0.0.1", "filter, character 10: 10.0.0.1 is no address of ip6", ""},
		{"arp host fd00::1", "filter, character 10: fd00::1 is no address of arp", ""},
		{"tcp host 10.0.0.1", "filter, character 5: tcp has no addresses of its own", "tcp and host"},
		{"port", "filter, character 5: after a port comes a number from 0 to 65535", ""},
		{"port http", `filter, character 6: "http" is not a number from 0 to 65535`, ""},
		{"port 65536", `filter, character 6: "65536" is not a number from 0 to 65535`, ""},
		{"icmp port 1", "filter, character 6: icmp has no ports", "tcp port N"},
		{"src", `filter, character 4: after "src" comes host, net or port`, ""},
		{"src src host 10.0.0.1", `filter, character 5: after "src" comes host, net or port`, ""},
		{"src and src host 10.0.0.1", "filter, character 9: it says src twice", ""},
		{"ether", `filter, character 6: after "ether" comes host, net or port`, ""},
		{"ether host 10.0.0.1", `filter, character 12: "10.0.0.1" is not a hardware address`, "02:00"},
		{"ether host 020000000001:::::", `filter, character 12: "020000000001:::::" is not a hardware address`, ""},
		{"ether port 1", "filter, character 7: ether has no ports", ""},
		{"ether net 10.0.0.0/8", `filter, character 7: after "ether" comes host`, ""},
		{"icmp & arp", `filter, character 6: "&" cannot stand here`, ""},
		{"icmp\x1b[31m", `filter, character 1: "icmp\x1b[31m" is no word of a filter`, ""},
		{"größe", `filter, character 1: "größe" is no word of a filter`, ""},
		{strings.Repeat("(", 400), "filter, character 51: there are too many parentheses in each other", ""},
		{strings.Repeat("not ", 120) + "arp", "filter, character 201: there are too many parentheses in each other", ""},
		{strings.Repeat("x", 501), "filter, character 501: the filter is longer than 500 characters", ""},
	} {
		t.Run(tt.filter, func(t *testing.T) {
			_, err := Compile(tt.filter, 1000, AnyLink)
			var e *Error
			if !errors.As(err, &e) {
				t.Fatalf("error = %v", err)
			}
			if d := cmp.Diff(tt.want, e.Error()); d != "" {
				t.Error(d)
			}
			if !strings.Contains(e.Hint, tt.hint) {
				t.Errorf("hint = %q, want %q in it", e.Hint, tt.hint)
			}
		})
	}
}

// The longest filter that is taken must still be one that the kernel takes:
// its jumps are longer than a conditional jump can be.
func TestLongFilters(t *testing.T) {
	var parts []string
	for i := range 40 {
		parts = append(parts, fmt.Sprintf("port %d", i))
	}
	parts = append(parts, "port 80")
	if d := cmp.Diff("syn synack options syn6", keeps(t, strings.Join(parts, " or "))); d != "" {
		t.Error(d)
	}
	if d := cmp.Diff("arp-ask arp-reply", keeps(t, "not("+strings.Join(parts[:40], " or ")+") and arp")); d != "" {
		t.Error(d)
	}
	worst := strings.TrimSuffix(strings.Repeat("net ::/1&&", 50), "&&")
	for _, text := range []string{worst, strings.TrimSuffix(strings.Repeat("port 1||", 62), "||"), strings.TrimSuffix(strings.Repeat("host ::||", 55), "||")} {
		raw, err := Compile(text, 1000, AnyLink)
		if err != nil || len(raw) > maxProgram {
			t.Errorf("%d characters become %d instructions, %v", len(text), len(raw), err)
		}
	}
}

func TestTheProgramCutsFrames(t *testing.T) {
	raw, err := Compile("icmp", 60, Ethernet)
	if err != nil {
		t.Fatal(err)
	}
	program, _ := bpf.Disassemble(raw)
	vm, err := bpf.NewVM(program)
	if err != nil {
		t.Fatal(err)
	}
	if n, err := vm.Run(frames()[0].data); n != 60 || err != nil {
		t.Errorf("it keeps %d bytes, %v", n, err)
	}
}

func FuzzCompile(f *testing.F) {
	for _, s := range []string{"", "icmp", "tcp src port 80 and not (host 10.0.0.1 or net fd00::/8)", "ether host 02:00:00:00:00:01", "src and", "!((", "net 1.2.3.4/33"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		raw, err := Compile(text, 1000, Ethernet)
		if err != nil {
			var e *Error
			if !errors.As(err, &e) || e.At < 1 || e.At > len(text)+1 || e.Text == "" {
				t.Errorf("%q: error = %#v", text, err)
			}
			return
		}
		for _, fr := range frames() {
			run(t, raw, fr.data)
			run(t, raw, fr.data[:len(fr.data)/2])
		}
		if _, err := Compile("not("+text+")", 1000, AnyLink); err != nil && text != "" && len(text) < maxText-5 && !strings.Contains(err.Error(), "parentheses") && strings.TrimSpace(text) != "" {
			t.Errorf("%q is a filter, and its contrary is not: %v", text, err)
		}
	})
}
