package render

import (
	"fmt"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"netlab/internal/netlabtest/golden"
	"netlab/internal/snapshot"
)

func someChanges() []snapshot.Change {
	const connected = "connected route: the kernel adds it by itself, because of 10.1.1.77/24 on veth_ns1, which is up"
	return []snapshot.Change{
		{Sign: "+", Space: "ns1", Line: "addr 10.1.1.77/24 on veth_ns1", Reason: "veth_ns1 now answers to this address, and takes all of 10.1.1.0/24 to be its neighbours"},
		{Sign: "~", Space: "host", Line: "link br0 is down", Reason: "what arrives is dropped, and routes through it are gone"},
		{Sign: "+", Space: "ns1", Line: "route 10.1.1.0/24 dev veth_ns1", Reason: connected},
		{Sign: "+", Space: "ns1", Line: "route 2001:db8:1234:5678::/64 dev veth_ns1", Reason: connected},
		{Sign: "-", Space: "host", Line: "neigh 10.1.1.1 dev br0 lladdr 02:00:00:00:00:01", Reason: "neighbours are forgotten when the link goes down"},
		{Sign: "+", Space: "ns2", Line: "nft rule ip filter input ip saddr { 10.0.0.1, 10.0.0.2, 10.0.0.3 } tcp dport 22 drop", Reason: "such packets to ns2 itself are dropped, and nobody is told"},
		{Sign: "~", Space: "ns2", Line: "\x1b[31mnet.x = \u202e1", Reason: "a\nb"},
	}
}

func changed(t testing.TB, l look, changes []snapshot.Change, opt ChangesOptions) string {
	t.Helper()
	tm, bufs := screen(l)
	now := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	opt.Lab, opt.At, opt.Now = "bridge", now.Add(-3*time.Minute), now
	if opt.Since == "" {
		opt.Since = "start"
	}
	if err := Changes(tm, changes, opt); err != nil {
		t.Fatal(err)
	}
	return bufs.Out.String()
}

func TestChangesLookLikeTheirGoldenFiles(t *testing.T) {
	for _, l := range []look{{width: 80}, {width: 60}, {width: 60, colour: true, ascii: true}} {
		t.Run(l.String(), func(t *testing.T) {
			out := changed(t, l, someChanges(), ChangesOptions{}) + "\n" + changed(t, l, someChanges(), ChangesOptions{More: true, Since: "mine"}) + "\n" + changed(t, l, nil, ChangesOptions{})
			tm, bufs := screen(l)
			w := NewWatch(tm)
			for i, c := range someChanges() {
				if err := w.Change(time.Duration(i*i*i)*777*time.Millisecond, c); err != nil {
					t.Fatal(err)
				}
			}
			golden.Equal(t, filepath.Join("testdata", "changes."+l.String()), out+"\n"+bufs.Out.String())
		})
	}
}

// TestADozenLinesOfChanges: more on request, and nothing is lost then.
func TestADozenLinesOfChanges(t *testing.T) {
	var many []snapshot.Change
	for i := range 40 {
		many = append(many, snapshot.Change{Sign: "+", Space: fmt.Sprint("ns", i%2), Line: fmt.Sprintf("addr 10.0.0.%d/24 on v0", i), Reason: fmt.Sprint("reason ", i)})
	}
	short := changed(t, look{width: 80}, many, ChangesOptions{})
	if n := strings.Count(short, "\n"); n > maxLines+8 || !strings.Contains(short, "40 changes") || !strings.Contains(short, "… and 68 more lines (--more)") {
		t.Errorf("%d lines:\n%s", n, short)
	}
	all := changed(t, look{width: 80}, many, ChangesOptions{More: true})
	for i := range many {
		if !strings.Contains(all, many[i].Line+"\n") || !strings.Contains(all, many[i].Reason+"\n") {
			t.Errorf("%v is not shown", many[i])
		}
	}
	if strings.Count(all, "── ns") != 2 {
		t.Errorf("each namespace stands above its changes once:\n%s", all)
	}
	one := changed(t, look{width: 80}, many[:1], ChangesOptions{})
	if !strings.Contains(one, "1 change in") || strings.Contains(one, "more") {
		t.Errorf("one:\n%s", one)
	}
}

func TestHowLongAgo(t *testing.T) {
	tests := map[time.Duration]string{
		0: "just now", time.Second: "just now", -time.Second: "just now", 2 * time.Second: "2 seconds ago", 119 * time.Second: "119 seconds ago",
		2 * time.Minute: "2 minutes ago", 2 * time.Hour: "2 hours ago", 49 * time.Hour: "2 days ago",
	}
	for d, want := range tests {
		if got := ago(d); got != want {
			t.Errorf("%v: %q, want %q", d, got, want)
		}
	}
}
