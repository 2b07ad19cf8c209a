package trace

import (
	"fmt"
	"net/netip"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"netlab/internal/measure"
	"netlab/internal/netlabtest/golden"
	"netlab/internal/nss"
	"netlab/internal/snapshot"
)

// toldOf is a story in lines.
func toldOf(s NameStory) []string {
	var out []string
	for _, l := range s.Lines {
		out = append(out, l.Space+" "+string(l.Does)+": "+l.Text)
	}
	return out
}

func TestStoriesOfNames(t *testing.T) {
	type files struct{ hosts, resolv, sources string }
	one := files{"127.0.0.1 localhost\n10.0.0.9 printer\n", "nameserver 10.0.0.53\n", "hosts: files dns\n"}
	tests := []struct {
		name  string
		files files
		looks string
		addrs string
		heard []string
		want  []string
	}{
		{"the hosts file has it", one, "printer", "10.0.0.9", nil, []string{
			"A reads: line 1 of /etc/nsswitch.conf says hosts: files dns. So first files, then dns",
			"A reads: files: line 2 of /etc/hosts says 10.0.0.9",
			"A finds: getent has found printer: 10.0.0.9",
		}},
		{"a server has it", one, "www.lab", "10.0.0.2", []string{"A>dns 7 ? rd www.lab. A", "dns>A 7 NOERROR aa www.lab. A 10.0.0.2"}, []string{
			"A reads: line 1 of /etc/nsswitch.conf says hosts: files dns. So first files, then dns",
			"A reads: files: /etc/hosts has no line with the name www.lab",
			"A reads: dns: asks 10.0.0.53 for the A record of www.lab.; if nobody answers, that takes 10s",
			"A asks: asks 10.0.0.53 (dns) for www.lab. A",
			"dns answers: answers A: www.lab is 10.0.0.2 (TTL 60); it has the zone itself (aa)",
			"A finds: getent has found www.lab: 10.0.0.2",
		}},
		{"a server asks another one", one, "www.lab", "10.0.0.2",
			[]string{"A>dns 7 ? rd www.lab. A", "dns>up 9 ? www.lab. A", "up>dns 9 NOERROR aa www.lab. A 10.0.0.2", "dns>A 7 NOERROR www.lab. A 10.0.0.2"}, []string{
				"A asks: asks 10.0.0.53 (dns) for www.lab. A",
				"dns asks: asks 10.0.0.54 (up) for www.lab. A, without recursion",
				"up answers: answers dns: www.lab is 10.0.0.2 (TTL 60); it has the zone itself (aa)",
				"dns answers: answers A: www.lab is 10.0.0.2 (TTL 60)",
			}},
		{"a server still knows", one, "www.lab", "10.0.0.2", []string{"A>dns 7 ? rd www.lab. A", "dns>A 7 NOERROR www.lab. A 10.0.0.2"}, []string{
			"dns answers: answers A: www.lab is 10.0.0.2 (TTL 60); it answers from its cache: nobody was asked",
		}},
		{"nobody has the address of the server", one, "www.lab", "", []string{"A>nobody 7 ? rd www.lab. A", "A>nobody 7 ? rd www.lab. A"}, []string{
			"A fails: asks 10.0.0.99 for www.lab. A (2 times): nobody has this address",
			"A finds not: getent has found no address for www.lab",
		}},
		{"the question does not arrive", one, "www.lab", "", []string{"A>dns 7 ? rd lost www.lab. A"}, []string{"A fails: asks 10.0.0.53 (dns) for www.lab. A: it does not arrive"}},
		{"no answer comes", one, "www.lab", "", []string{"A>dns 7 ? rd www.lab. A"}, []string{"A fails: asks 10.0.0.53 (dns) for www.lab. A: no answer comes"}},
		{"the answer is lost", one, "www.lab", "", []string{"A>dns 7 ? rd www.lab. A", "dns>A 7 NOERROR lost aa www.lab. A 10.0.0.2"},
			[]string{"dns answers: answers A: www.lab is 10.0.0.2 (TTL 60); it has the zone itself (aa). The answer does not come back"}},
		{"what comes is no answer", one, "www.lab", "", []string{"A>dns 7 ? rd www.lab. A", "dns>A 7 noise"},
			[]string{"A fails: asks 10.0.0.53 (dns) for www.lab. A: what comes is no answer: it is no DNS message"}},
		{"the search list", files{"", "nameserver 10.0.0.53\nsearch lab\n", "hosts: files dns\n"}, "www", "", nil, []string{
			"A reads: dns: asks 10.0.0.53 for the A record of www.lab., then of www.; if nobody answers, that takes 20s",
		}},
		{"dns is not named", files{"", "nameserver 10.0.0.53\n", "hosts: files\n"}, "www", "", nil, []string{
			"A reads: line 1 of /etc/nsswitch.conf says hosts: files",
			"A reads: files: /etc/hosts has no line with the name www",
			"A finds not: getent has found no address for www",
		}},
		{"a source ends the search", files{"10.0.0.9 printer\n", "nameserver 10.0.0.53\n", "hosts: dns [NOTFOUND=return] files\n"}, "printer", "",
			[]string{"A>dns 7 ? rd printer. A", "dns>A 7 NXDOMAIN aa printer. A"}, []string{
				"A reads: line 1 of /etc/nsswitch.conf says hosts: dns [NOTFOUND=return] files. So first dns, then files",
				"A reads: dns: asks 10.0.0.53 for the A record of printer.; if nobody answers, that takes 10s; [NOTFOUND=return]: where dns has no such name, nobody else is asked",
				"A asks: asks 10.0.0.53 (dns) for printer. A",
				"dns answers: answers A: there is no name printer (NXDOMAIN): the server is authoritative, so that is final",
				"A finds not: getent has found no address for printer",
			}},
		{"lines that do not count", files{"10.0.0 printer\n", "namserver 10.0.0.53\n", "hosts: files dns\n"}, "printer", "", nil, []string{
			`A fails: line 1 of hosts: this line is ignored: "10.0.0" is not written in full, as in 192.168.1.5, without zeros in front`,
			`A fails: line 1 of resolv.conf: this line is ignored: "namserver" is no keyword of resolv.conf`,
		}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			lab := office()
			lab.Spaces[1].Names = nss.Files{
				Hosts:  nss.File{Path: "/etc/hosts", Text: tt.files.hosts},
				Resolv: nss.File{Path: "/etc/resolv.conf", Text: tt.files.resolv},
				Switch: nss.File{Path: "/etc/nsswitch.conf", Text: tt.files.sources},
			}
			r := measure.Resolved{From: "A", Name: tt.looks, Family: 4, By: "getent", Exit: 2, Heard: heardSaying(t, tt.heard...)}
			if tt.addrs != "" {
				r.Exit, r.Addrs = 0, []netip.Addr{netip.MustParseAddr(tt.addrs)}
			}
			got := toldOf(TellName(lab, r))
			for _, want := range tt.want {
				if !strings.Contains("\n"+strings.Join(got, "\n")+"\n", "\n"+want+"\n") {
					t.Errorf("there is no line\n%s\nin\n%s", want, strings.Join(got, "\n"))
				}
			}
			if strings.HasPrefix(tt.want[0], "A reads: line") && len(got) != len(tt.want) {
				t.Errorf("%d lines, want %d:\n%s", len(got), len(tt.want), strings.Join(got, "\n"))
			}
		})
	}
}

func TestAPipeHoldsTheLookupUp(t *testing.T) {
	for _, name := range []string{"nsswitch.conf", "resolv.conf", "hosts"} {
		lab := office()
		f := nss.Fresh()
		at := map[string]*nss.File{"nsswitch.conf": &f.Switch, "resolv.conf": &f.Resolv, "hosts": &f.Hosts}[name]
		*at = nss.File{Path: "/etc/netns/A/" + name, Flaw: nss.Pipe}
		lab.Spaces[1].Names = f
		got := toldOf(TellName(lab, measure.Resolved{From: "A", Name: "www", Family: 4, By: "getent", Slow: true}))
		last := got[len(got)-2] // before what came of it
		if !strings.Contains(last, "/etc/netns/A/"+name+" is a pipe") || strings.Contains(strings.Join(got, "\n"), "asks 127.0.0.1") {
			t.Errorf("%s: %s", name, strings.Join(got, "\n"))
		}
	}
}

func TestALookupThatWasEnded(t *testing.T) {
	got := toldOf(TellName(office(), measure.Resolved{From: "A", Name: "www", Family: 4, By: "getent", Slow: true, Took: 20040 * time.Millisecond}))
	if last := got[len(got)-1]; last != "A finds not: getent was ended after 20s, without an answer" {
		t.Error(last)
	}
}

// The stories of real lookups: what netlab trace --json prints.
func TestStoriesOfRealNames(t *testing.T) {
	type recorded struct {
		Name  string
		Lab   snapshot.Lab
		Trace struct{ Resolved measure.Resolved }
	}
	seen := 0
	for _, c := range golden.Recorded[recorded](t, "../diagnose/testdata/names.jsonl.gz", 70) {
		if !strings.HasPrefix(c.Name, "nothing.") && !strings.HasSuffix(c.Name, ".unbound") {
			continue
		}
		seen++
		story := TellName(c.Lab, c.Trace.Resolved)
		for i := range story.Lines { // when something happened differs from run to run
			if i > 0 && story.Lines[i].At < story.Lines[i-1].At && story.Lines[i].At > 0 {
				t.Errorf("%s: line %d is earlier than the one before", c.Name, i)
			}
		}
		text := fmt.Sprintf("%s · %d questions\n%s\n", story.Name, story.Questions, strings.Join(toldOf(story), "\n"))
		golden.Equal(t, filepath.Join("testdata", "names", c.Name+".txt"), text)
	}
	if seen < 20 {
		t.Errorf("only %d recordings", seen)
	}
}

func TestIsName(t *testing.T) {
	lab := office()
	lab.Spaces[1].Names.Resolv.Text = "nameserver 10.0.0.53\n"
	for _, tt := range []struct {
		word     string
		is, also bool
	}{{"10.0.0.1", false, false}, {"fd00::1", false, false}, {"dns", false, true}, {"www", true, false}, {"www.lab", true, false}} {
		if is, also := IsName(lab, tt.word), AlsoName(lab, "A", tt.word); is != tt.is || also != tt.also {
			t.Errorf("%s: %v, also %v", tt.word, is, also)
		}
	}
	if AlsoName(lab, "dns", "A") {
		t.Error("dns asks nobody, and its hosts file has no A")
	}
}
