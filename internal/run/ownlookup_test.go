package run

import (
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	miekg "github.com/miekg/dns"

	"netlab/internal/check"
)

func TestWithoutGetentNetlabFindsTheSame(t *testing.T) {
	b, h2, h3 := nameLab(t)
	h2.says("far.lan. A", zoneOf("far.lan. 300 CNAME other.lan.", "other.lan. 300 A 10.0.0.5", "other.lan. 300 A 10.0.0.6"))
	h2.says("bad.lan. A", replied(miekg.RcodeServerFailure))
	h3.says("bad.lan. A", zoneOf("bad.lan. 300 A 10.0.0.4"))
	names := []check.Resolves{
		{Name: "web"}, {Name: "web.lan"}, {Name: "web.lan."}, {Name: "WEB"}, {Name: "web", Family: 6}, {Name: "printer"}, {Name: "printer.lan"},
		{Name: "none"}, {Name: "far"}, {Name: "bad"}, {Name: "printer", Family: 6}, {Name: strings.Repeat("a", 63) + "." + strings.Repeat("b", 63)},
	}
	look := func() []check.Outcome {
		var out []check.Outcome
		for _, r := range names {
			r.Tries, r.Asks = []string{}, []string{} // so that all is told
			out = append(out, b.now(resolves(r), 0))
		}
		return out
	}
	with := look()
	t.Setenv("PATH", t.TempDir())
	without := look()
	for i := range with {
		got, found := strings.CutSuffix(without[i].Got, " (by "+byItself+")")
		without[i].Got = got
		if !found {
			t.Errorf("it is not said who looked: %s", got)
		}
		if d := cmp.Diff(with[i], without[i]); d != "" {
			t.Errorf("%s:\n%s", names[i].Name, d)
		}
	}
}

func TestGetentOfAnotherLibraryIsNotAsked(t *testing.T) {
	b, _, _ := nameLab(t)
	dir := t.TempDir()
	must(t, os.WriteFile(dir+"/getent", []byte("#!/bin/sh\necho usage: getent database key >&2\nexit 1\n"), 0o755))
	t.Setenv("PATH", dir)
	out := b.now(resolves(check.Resolves{Name: "printer"}), 0)
	if !strings.Contains(out.Got, "(by "+byItself+")") {
		t.Errorf("%+v", out)
	}
}
