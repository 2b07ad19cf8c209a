package run

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"netlab/internal/snapshot"
)

func TestWhatRemains(t *testing.T) {
	lab := snapshot.Lab{Spaces: []snapshot.Space{{Name: snapshot.Host}}}
	set := func(pairs ...string) map[string]string {
		m := map[string]string{}
		for i := 0; i < len(pairs); i += 2 {
			m[pairs[i]] = pairs[i+1]
		}
		return m
	}
	const fwd, all, def = "net.ipv4.ip_forward", "net.ipv6.conf.all.forwarding", "net.ipv6.conf.default.forwarding"
	for _, tt := range []struct {
		name          string
		before, after remains
		processes     []string
		want          []string
	}{
		{"nothing", remains{lab, set(fwd, "0"), []string{"/etc/netns/a/x"}}, remains{lab, set(fwd, "0"), []string{"/etc/netns/a/x"}}, nil, nil},
		{"a setting", remains{lab, set(fwd, "0"), nil}, remains{lab, set(fwd, "1"), nil}, nil, []string{"setting net.ipv4.ip_forward = 1, before 0"}},
		{
			"what follows a setting", remains{lab, set(fwd, "0", "net.ipv4.conf.all.forwarding", "0", "net.ipv4.conf.default.accept_redirects", "1"), nil},
			remains{lab, set(fwd, "1", "net.ipv4.conf.all.forwarding", "1", "net.ipv4.conf.default.accept_redirects", "0"), nil}, nil,
			[]string{"setting net.ipv4.ip_forward = 1, before 0"},
		},
		{
			"the same of its own", remains{lab, set(fwd, "0", "net.ipv4.conf.default.accept_redirects", "1"), nil},
			remains{lab, set(fwd, "0", "net.ipv4.conf.default.accept_redirects", "0"), nil}, nil,
			[]string{"setting net.ipv4.conf.default.accept_redirects = 0, before 1"},
		},
		{"all and default", remains{lab, set(all, "0", def, "0"), nil}, remains{lab, set(all, "1", def, "1"), nil}, nil, []string{"setting net.ipv6.conf.all.forwarding = 1, before 0"}},
		{"default alone", remains{lab, set(all, "0", def, "0"), nil}, remains{lab, set(all, "0", def, "1"), nil}, nil, []string{"setting net.ipv6.conf.default.forwarding = 1, before 0"}},
		{"a counter is none", remains{lab, set("net.netfilter.nf_conntrack_count", "0"), nil}, remains{lab, set("net.netfilter.nf_conntrack_count", "7"), nil}, nil, nil},
		{"one that came with a module is none", remains{lab, set(), nil}, remains{lab, set("net.bridge.x", "1"), nil}, nil, nil},
		{"files and processes", remains{lab, nil, []string{"/etc/netns/a/x"}}, remains{lab, nil, []string{"/etc/netns/a/x", "/etc/netns/b/y"}}, []string{"sleep 9"},
			[]string{"file /etc/netns/b/y", "process sleep 9"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if diff := cmp.Diff(tt.want, tt.before.left(tt.after, tt.processes)); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}
