package check

import (
	"strings"
	"testing"

	"netlab/internal/measure"
	"netlab/internal/snapshot"
)

// flagged is a lab in which ns1 has an address with these flags, on eth0.
func flagged(up bool, flags ...string) snapshot.Lab {
	return snapshot.Lab{Spaces: []snapshot.Space{{Name: "host"}, {
		Name:  "ns1",
		Links: []snapshot.Link{{Name: "eth0", Kind: "veth", Up: up, Carrier: up, PeerNSID: -1}, {Name: "eth1", Kind: "veth", Up: true, PeerNSID: -1}},
		Addrs: []snapshot.Addr{{Link: "eth0", Prefix: prefix("fd00::1/64"), Flags: flags}},
	}}}
}

func TestFlagsOfAddresses(t *testing.T) {
	tests := []struct {
		name  string
		lab   snapshot.Lab
		flag  string
		holds bool
		// what is said when the claim, or where it holds its contrary, fails
		cause string
	}{
		{"tentative on a cable", flagged(true, "tentative"), Tentative, true, "ns1 still finds out whether another one has fd00::1"},
		{"tentative without a cable", flagged(false, "tentative"), Tentative, true, "eth0 in ns1 does not work yet, so ns1 can ask nobody"},
		{"no longer tentative", flagged(true, "permanent"), Tentative, false, "duplicate address detection is over"},
		{"never tentative", flagged(true, "nodad", "permanent"), Tentative, false, "nobody was asked whether fd00::1 is free (nodad)"},
		{"another one has it", flagged(true, "dadfailed", "tentative"), DADFailed, true, "another one in this network has fd00::1, too"},
		{"nobody else has it", flagged(true), DADFailed, false, "nobody else in this network has said that it has fd00::1"},
		{"deprecated", flagged(true, "deprecated"), Deprecated, true, "its time to be preferred is over"},
		{"not deprecated", flagged(true), Deprecated, false, "is not over"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			c := Check{Addr: &Addr{"ns1", "eth0", prefix("fd00::1/64"), tt.flag}}
			out := Judge(c, tt.lab, measure.Found{})
			c.Not = true
			not := Judge(c, tt.lab, measure.Found{})
			if out.OK != tt.holds || not.OK == tt.holds {
				t.Fatalf("%+v\n%+v", out, not)
			}
			if said := out.Cause + not.Cause; !strings.Contains(said, tt.cause) || !strings.Contains(out.Got, tt.flag) || !strings.Contains(out.Want, tt.flag) || !strings.Contains(not.Want, "not "+tt.flag) {
				t.Errorf("%+v\n%+v\nwant the cause %q", out, not, tt.cause)
			}
		})
	}
}

// A flag is said of an address that is there: without it neither the claim nor
// its contrary passes.
func TestAFlagOfAMissingAddressIsBlind(t *testing.T) {
	for name, a := range map[string]Addr{
		"another address":     {"ns1", "eth0", prefix("fd00::2/64"), Tentative},
		"another length":      {"ns1", "eth0", prefix("fd00::1/48"), Tentative},
		"another interface":   {"ns1", "eth1", prefix("fd00::1/64"), Tentative},
		"no such interface":   {"ns1", "eth7", prefix("fd00::1/64"), Tentative},
		"another namespace":   {"host", "eth0", prefix("fd00::1/64"), Tentative},
		"no namespace at all": {"ns9", "eth0", prefix("fd00::1/64"), Tentative},
	} {
		for _, not := range []bool{false, true} {
			if out := Judge(Check{Not: not, Addr: &a}, flagged(true, "tentative"), measure.Found{}); out.OK || out.Got == "" || out.Cause == "" {
				t.Errorf("%s, not=%v: %+v", name, not, out)
			}
		}
	}
}
