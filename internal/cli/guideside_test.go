package cli

import (
	"net/netip"
	"testing"

	"github.com/google/go-cmp/cmp"

	"netlab/internal/check"
	"netlab/internal/control"
	"netlab/internal/measure"
	"netlab/internal/scenario"
)

func TestWhatOfAStepIsFollowed(t *testing.T) {
	ping := check.Check{Ping: &check.Ping{In: "A", To: netip.MustParseAddr("10.0.0.2")}}
	silent := check.Check{Not: true, Ping: &check.Ping{To: netip.MustParseAddr("10.0.0.3")}}
	found := check.Check{Resolves: &check.Resolves{In: "A", Name: "web", Family: 6}}
	lost := check.Check{Not: true, Resolves: &check.Resolves{In: "B", Name: "mail"}}
	answer := check.Check{Not: true, DNS: &check.DNS{In: "A", Name: "web"}}
	tests := []struct {
		name   string
		checks []check.Check
		want   control.Probe // without what all have; none: nothing is followed
	}{
		{"nothing", []check.Check{answer}, control.Probe{}},
		{"the ping", []check.Check{ping, answer}, control.Probe{From: "A", To: "10.0.0.2"}},
		{"the ping that fails, from the host", []check.Check{silent, ping}, control.Probe{From: "host", To: "10.0.0.3"}},
		{"the name", []check.Check{ping, found, answer}, control.Probe{From: "A", To: "web", Name: true, Family: 6}},
		{"the name that is not found", []check.Check{lost, ping, found}, control.Probe{From: "B", To: "mail", Name: true}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			want, some := tt.want, tt.want.From != ""
			if some {
				want.Proto, want.Timeout = measure.ICMP, maxTrace
			}
			got, found := probeOf(scenario.Step{Checks: tt.checks})
			if d := cmp.Diff(want, got); d != "" || found != some {
				t.Errorf("%v\n%s", found, d)
			}
		})
	}
}
