package dns

import (
	"net/netip"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	lib "github.com/miekg/dns"
)

// of makes a name of labels of these sizes.
func of(sizes ...int) string {
	var all []string
	for _, n := range sizes {
		all = append(all, strings.Repeat("a", n))
	}
	return strings.Join(all, ".")
}

func TestWhatIsAName(t *testing.T) {
	tests := []struct {
		name, in, want string // want is a part of the error; empty: it is one
	}{
		{"the root", ".", ""},
		{"a label", "web", ""},
		{"a relative name", "web.lab", ""},
		{"an absolute name", "web.lab.", ""},
		{"an escaped dot", `a\.b.lab`, ""},
		{"an octet by its number", `a\255b.lab`, ""},
		{"letters that are not ASCII", "bücher.lab", ""},
		{"a label of 63", of(63) + ".lab", ""},
		{"a name of 255 octets", of(63, 63, 63, 61), ""},
		{"a name of 255 octets with its dot", of(63, 63, 63, 61) + ".", ""},
		{"nothing", "", "the name is empty"},
		{"a name of 256 octets", of(63, 63, 63, 62), "takes 256 octets on the wire, and RFC 1035 (2.3.4) allows 255"},
		{"a name of 300 characters", strings.Repeat("abcdefghi.", 30), "takes 301 octets on the wire, and RFC 1035 (2.3.4) allows 255"},
		{"a label of 64", of(64) + ".lab", "has 64 characters, and RFC 1035 (2.3.4) allows 63"},
		{"escapes count as one", strings.Repeat(`\046`, 63), ""},
		{"one escape too many", strings.Repeat(`\046`, 64), "has 64 characters"},
		{"two dots", "web..lab", "between two dots there is an empty label (RFC 1035, 3.1"},
		{"two dots at the end", "web.lab..", "between two dots"},
		{"a dot first", ".web.lab", "begins with a dot"},
		{"two dots alone", "..", "begins with a dot"},
		{"a backslash at the end", `web\`, "ends with a backslash"},
		{"an octet of two digits", `web\04`, "want three digits"},
		{"an octet that is too large", `web\256`, `\256 is no octet`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			err := CheckName(tt.in)
			if (err == nil) != (tt.want == "") || err != nil && (!strings.Contains(err.Error(), tt.want) || len(err.Error()) > 250) {
				t.Errorf("error %v", err)
			}
			if tt.in != "" && !strings.Contains(tt.in, `\`) && readable(tt.in) != (err == nil) {
				t.Errorf("the library thinks otherwise")
			}
		})
	}
}

// readable says whether the library writes and reads a name.
func readable(name string) bool {
	b := make([]byte, 512)
	n, err := lib.PackDomainName(lib.Fqdn(name), b, 0, nil, false)
	if err == nil {
		_, _, err = lib.UnpackDomainName(b[:n], 0)
	}
	return err == nil
}

func TestNamesAreCompared(t *testing.T) {
	for _, tt := range []struct {
		a, b string
		same bool
	}{
		{"web.lab", "WEB.Lab.", true}, {"web.lab", "web.lab.lab", false}, {".", ".", true}, {`a\.b`, "a.b", false},
		{`\097.lab`, "a.lab", true}, {"", ".", false}, {"a", ".", false},
	} {
		if SameName(tt.a, tt.b) != tt.same {
			t.Errorf("%q and %q", tt.a, tt.b)
		}
	}
	for _, tt := range []struct {
		name, zone string
		within     bool
	}{
		{"web.lab.", "lab", true}, {"lab", "lab.", true}, {"xlab", "lab", false}, {"lab", "web.lab", false}, {"lab", ".", true}, {".", "lab", false},
	} {
		if Within(tt.name, tt.zone) != tt.within {
			t.Errorf("%q within %q", tt.name, tt.zone)
		}
	}
}

func TestDotsOfAName(t *testing.T) {
	for name, want := range map[string]struct {
		absolute bool
		dots     int
	}{
		"web": {false, 0}, "web.lab": {false, 1}, "web.lab.": {true, 2}, `web\.`: {false, 0}, `web\\.`: {true, 1}, `a\.b.c`: {false, 1}, ".": {true, 0}, "a..b": {false, 2},
	} {
		if IsAbsolute(name) != want.absolute || Dots(name) != want.dots {
			t.Errorf("%q: absolute %v, %d dots", name, IsAbsolute(name), Dots(name))
		}
	}
	if Absolute("a") != "a." || Absolute("a.") != "a." || Absolute(`a\.`) != `a\..` {
		t.Error("Absolute")
	}
}

func TestReverseNames(t *testing.T) {
	for _, tt := range []struct{ addr, want string }{
		{"192.0.2.1", "1.2.0.192.in-addr.arpa."},
		{"::ffff:192.0.2.1", "1.2.0.192.in-addr.arpa."},
		{"2001:db8::567:89ab", "b.a.9.8.7.6.5.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.8.b.d.0.1.0.0.2.ip6.arpa."},
		{"::", strings.Repeat("0.", 32) + "ip6.arpa."},
	} {
		addr := netip.MustParseAddr(tt.addr)
		got := ReverseName(addr)
		if d := cmp.Diff(tt.want, got); d != "" {
			t.Error(d)
		}
		if theirs, err := lib.ReverseAddr(addr.Unmap().String()); err != nil || theirs != got {
			t.Errorf("the library has %q, %v", theirs, err)
		}
		if back, ok := ReversedAddr(strings.ToUpper(got)); !ok || back != addr.Unmap() {
			t.Errorf("%q is of %v, %v", got, back, ok)
		}
	}
	for _, name := range []string{"", ".", "web.lab.", "2.0.192.in-addr.arpa.", "1.2.0.300.in-addr.arpa.", "0.1.2.0.192.in-addr.arpa.", "1.ip6.arpa.", "g." + strings.Repeat("0.", 31) + "ip6.arpa.", "1.2.0.192.in-addr.lab."} {
		if addr, ok := ReversedAddr(name); ok {
			t.Errorf("%q is of %v", name, addr)
		}
	}
}

func FuzzName(f *testing.F) {
	for _, s := range []string{"", ".", "web.lab.", `a\.b\046.c`, strings.Repeat("abcdefghi.", 30), `\`, "..", "1.2.0.192.in-addr.arpa"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, name string) {
		ReversedAddr(name)
		Dots(name)
		if CheckName(name) != nil {
			return
		}
		written := Canonical(name)
		if err := CheckName(written); err != nil || !SameName(name, written) || Canonical(written) != written || !IsAbsolute(written) {
			t.Errorf("%q is written as %q: %v", name, written, err)
		}
	})
}
