package complaint

import (
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestOfManyLinesTheFirstThatIsKnownCounts(t *testing.T) {
	const pasted = `$ ping -c 3 10.0.0.9
PING 10.0.0.9 (10.0.0.9) 56(84) bytes of data.
From 10.0.0.1 icmp_seq=1 Destination Host Unreachable
From 10.0.0.1 icmp_seq=2 Destination Host Unreachable

--- 10.0.0.9 ping statistics ---
3 packets transmitted, 0 received, +2 errors, 100% packet loss, time 2041ms
`
	got, err := Find(pasted)
	if err != nil || got.Line != "From 10.0.0.1 icmp_seq=1 Destination Host Unreachable" || got.Errno != "EHOSTUNREACH" {
		t.Errorf("%+v, %v", got, err)
	}
}

func TestWithoutACommandTheOthersAreNamed(t *testing.T) {
	got, err := Find("RTNETLINK answers: File exists")
	if err != nil {
		t.Fatal(err)
	}
	want := []string{"ip route add", "ip addr add", "ip link add", "ip link set", "ip neigh add", "bridge fdb add"}
	if d := cmp.Diff(want, got.Others); d != "" {
		t.Error(d)
	}
	if got, err = Find("ip route add x: RTNETLINK answers: File exists"); err != nil || got.Others != nil {
		t.Errorf("%v, %v", got.Others, err)
	}
}

func TestWhatIsNotKnownSaysWhatIsNear(t *testing.T) {
	for text, want := range map[string]string{
		"Conection refusd":              "connect: Connection refused",
		"destination hots unreachabel":  "From 10.0.0.1 icmp_seq=1 Destination Host Unreachable",
		"Nexthop has a strange gateway": "Error: Nexthop has invalid gateway.",
		"something martian happened":    "IPv4: martian source 10.0.0.1 from 10.0.0.2, on dev eth0",
		"xyzzy plugh":                   "",
		"":                              "",
		"ip link add veth0 type veth":   "*",
	} {
		t.Run(text, func(t *testing.T) {
			_, err := Find(text)
			var unknown *Unknown
			if !errors.As(err, &unknown) || !strings.Contains(err.Error(), "knows no error like") {
				t.Fatal(err)
			}
			switch {
			case want == "*":
			case want == "" && len(unknown.Nearest) > 0:
				t.Errorf("%q", unknown.Nearest)
			case want != "" && (len(unknown.Nearest) == 0 || unknown.Nearest[0] != want):
				t.Errorf("%q, want %q first", unknown.Nearest, want)
			}
		})
	}
}

func TestTheCatalogueIsWhole(t *testing.T) {
	seen := map[string]bool{}
	for _, c := range all() {
		name := named(c)
		if seen[name] {
			t.Errorf("%s: there are two", name)
		}
		seen[name] = true
		if c.By == "" || c.Where == "" || c.Means == "" || c.See == "" || len(c.Causes) == 0 || len(c.match) == 0 {
			t.Errorf("%s: something is missing: %+v", name, c)
		}
		for _, text := range []string{c.By, c.Where, c.Means, c.Not} {
			if strings.HasSuffix(text, ".") || strings.Contains(text, "  ") {
				t.Errorf("%s: %q", name, text)
			}
		}
		for _, cause := range c.Causes {
			if cause.Why == "" || cause.Look == "" {
				t.Errorf("%s: %+v", name, cause)
			}
			cures(t, name, cause.Look)
		}
		if c.Errno != "" {
			if e, ok := byName(c.Errno); !ok || e.Name != c.Errno {
				t.Errorf("%s: there is no error number %s", name, c.Errno)
			}
		}
		for _, pattern := range c.match {
			if pattern != strings.ToLower(pattern) {
				t.Errorf("%s: %q has capitals, and would never fit", name, pattern)
			}
		}
		text := c.Said
		if c.Of != "" {
			text = c.Of + " …\n" + text
		}
		if got, err := Find(text); err != nil || named(got.Complaint) != name {
			t.Errorf("%q finds %q, %v", text, named(got.Complaint), err)
		}
	}
}

// cures sees that where to look changes nothing.
func cures(t *testing.T, name, look string) {
	t.Helper()
	for _, verb := range []string{" add ", " del ", " set ", "sysctl -w", " flush", "=1", "=0"} {
		if strings.Contains(look, verb) {
			t.Errorf("%s: %q is more than looking", name, look)
		}
	}
}

func TestErrorNumbersHaveNames(t *testing.T) {
	if got := ByNumber(17); got.Name != "EEXIST" || got.Text != "File exists" {
		t.Errorf("%+v", got)
	}
	if got := ByNumber(4000); got.Name != "" {
		t.Errorf("%+v", got)
	}
	for _, name := range []string{"ENOTSUP", "eopnotsupp"} {
		if e, ok := byName(name); !ok || e.Number != 95 {
			t.Errorf("%s: %+v", name, e)
		}
	}
}

func TestAlikeForgivesOneSlip(t *testing.T) {
	for pair, want := range map[string]bool{
		"refused refused": true, "refusd refused": true, "refussed refused": true, "refuced refused": true, "refuesd refused": true,
		"refuse refused": true, "refu refused": false, "xefuxed refused": false, "abcd dcba": false,
	} {
		a, b, _ := strings.Cut(pair, " ")
		if alike(a, b) != want || alike(b, a) != want {
			t.Errorf("%s: not %v", pair, want)
		}
	}
}

func FuzzFind(f *testing.F) {
	for _, c := range all() {
		f.Add(c.Said)
		f.Add(c.Of + " x: " + c.Said)
	}
	f.Fuzz(func(t *testing.T, text string) {
		got, err := Find(text)
		if (err == nil) != (got.Said != "") {
			t.Errorf("%+v, %v", got, err)
		}
	})
}
