package snapshot

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"netlab/internal/nss"
)

// TestFilesThatSayNothingNewAreLeftOut from lines, commands, and what makes a
// namespace worth a look.
func TestFilesThatSayNothingNewAreLeftOut(t *testing.T) {
	lo := func(lab Lab) bool { return lab.Spaces[0].IsEmpty(nil) && lab.Spaces[1].IsEmpty(nil) }
	for name, lab := range map[string]Lab{
		"a new lab":                 withFiles(files(), files()),
		"a recording without files": withFiles(nss.Files{}, nss.Files{}),
		"what a node shares":        labOf(host(files()), spaceOf("A", files("/etc/hosts", "10.0.0.1 x\n"))),
	} {
		if d := cmp.Diff(withFiles(nss.Files{}, nss.Files{}).Lines(), lab.Lines()); d != "" || !lo(lab) {
			t.Errorf("%s, empty %v: %s", name, lo(lab), d)
		}
		if got := withFiles(nss.Files{}, nss.Files{}).Commands(nil); !cmp.Equal(got, lab.Commands(nil)) {
			t.Errorf("%s: %q", name, lab.Commands(nil))
		}
	}
	for name, lab := range map[string]Lab{
		"a file of a node":     withFiles(files(), files(hostsA, "")),
		"another file of host": withFiles(files("/etc/hosts", ""), files("/etc/hosts", "")),
		"a file that is gone":  withFiles(files("/etc/hosts", "-"), files("/etc/hosts", "-")),
	} {
		if lo(lab) {
			t.Errorf("%s is not worth a look", name)
		}
	}
}

func TestFilesAsLinesAndCommands(t *testing.T) {
	lab := withFiles(
		files("/etc/hosts", "-", "/etc/nsswitch.conf", "hosts: dns", "/etc/resolv.conf", ""),
		files(resolvA, "nameserver 10.0.0.1\n\n# it's\tours\r\n", hostsA, "", switchA, "a\nb\x00\n"),
	)
	var lines []string
	for _, l := range lab.Lines() {
		if strings.Contains(l, "/etc/") {
			lines = append(lines, l)
		}
	}
	want := []string{
		"# host: /etc/nsswitch.conf: hosts: dns (without a newline)",
		"# host: no /etc/hosts",
		"# A: /etc/netns/A/nsswitch.conf: a", `# A: /etc/netns/A/nsswitch.conf: "b\x00"`,
		"# A: /etc/netns/A/hosts is empty",
		"# A: /etc/netns/A/resolv.conf: nameserver 10.0.0.1", "# A: /etc/netns/A/resolv.conf: ", `# A: /etc/netns/A/resolv.conf: "# it's\tours\r"`,
	}
	if d := cmp.Diff(want, lines); d != "" {
		t.Errorf("lines: %s", d)
	}
	want = []string{
		"# files for names",
		"printf %s 'hosts: dns' > /etc/nsswitch.conf",
		"rm -f /etc/hosts",
		"# not included: A: the file /etc/netns/A/nsswitch.conf: a shell cannot write it",
		"mkdir -p /etc/netns/A",
		": > /etc/netns/A/hosts",
		`printf '%s\n' 'nameserver 10.0.0.1' '' '# it'\''s` + "\tours\r' > /etc/netns/A/resolv.conf",
	}
	var got []string
	for _, l := range lab.Commands(nil) {
		if strings.Contains(l, "/etc/") || strings.Contains(l, "files") {
			got = append(got, l)
		}
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("commands: %s", d)
	}
}

// A file that is none is told, and nobody pretends to write it anew.
func TestFilesThatAreNone(t *testing.T) {
	pipe, long := files(hostsA, ""), files(resolvA, "nameserver 10.0.0.1\n")
	pipe.Hosts.Flaw, long.Resolv.Flaw = nss.Pipe, nss.Large
	for _, tt := range []struct {
		files nss.Files
		words string
	}{{pipe, hostsA + " is a pipe, and not a file"}, {long, resolvA + " is too long"}} {
		lab := withFiles(files(), tt.files)
		if all := strings.Join(lab.Lines(), "\n"); !strings.Contains(all, "# A: "+tt.words) {
			t.Errorf("lines: %s", all)
		}
		commands := strings.Join(lab.Commands(nil), "\n")
		if !strings.Contains(commands, "# not included: A: "+tt.words) || strings.Contains(commands, "> /etc/netns/A") {
			t.Errorf("commands: %s", commands)
		}
	}
}

func TestFilesInADocument(t *testing.T) {
	ofA := files(resolvA, "x\n")
	ofA.Resolv.Flaw = nss.Large
	doc := withFiles(files("/etc/hosts", "-"), ofA).Document()
	fresh := nss.Fresh()
	want := []NamesDoc{
		{Switch: &FileDoc{Path: "/etc/nsswitch.conf", Text: fresh.Switch.Text}, Resolv: &FileDoc{Path: "/etc/resolv.conf"}},
		{Switch: &FileDoc{Path: "/etc/nsswitch.conf", Text: fresh.Switch.Text}, Hosts: &FileDoc{Path: "/etc/hosts", Text: fresh.Hosts.Text}, Resolv: &FileDoc{resolvA, "x\n", "large"}},
	}
	for i := range want {
		if d := cmp.Diff(want[i], doc.Namespaces[i].Names); d != "" {
			t.Error(d)
		}
	}
}
