package snapshot

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"netlab/internal/nss"
)

// files are the usual ones, each changed by a path and its new text; "-" takes
// it away.
func files(changes ...string) nss.Files {
	f := nss.Fresh()
	for i := 0; i < len(changes); i += 2 {
		file := nss.File{Path: changes[i], Text: changes[i+1]}
		at := &f.Hosts
		switch {
		case strings.HasSuffix(file.Path, "resolv.conf"):
			at = &f.Resolv
		case strings.HasSuffix(file.Path, "nsswitch.conf"):
			at = &f.Switch
		}
		if *at = file; file.Text == "-" {
			*at = nss.File{}
		}
	}
	return f
}

// withFiles is a lab of host and A, which have these files.
func withFiles(onHost, a nss.Files) Lab { return labOf(host(onHost), spaceOf("A", a)) }

const (
	resolvA = "/etc/netns/A/resolv.conf"
	hostsA  = "/etc/netns/A/hosts"
	switchA = "/etc/netns/A/nsswitch.conf"
)

func TestAFileThatIsNoneAnyMoreIsTold(t *testing.T) {
	const text = "nameserver 10.0.0.1\n"
	pipe, long := files(resolvA, ""), files(resolvA, text)
	pipe.Resolv.Flaw, long.Resolv.Flaw = nss.Pipe, nss.Large
	lab := func(a nss.Files) Lab { return withFiles(files(), a) }
	file := lab(files(resolvA, text))
	tellAll(t, []diffCase{
		{"a pipe", lab(files(resolvA, "")), lab(pipe), []string{"~ A " + resolvA}, "is a pipe, and not a file"},
		{"a pipe where a server was", file, lab(pipe), []string{"~ A " + resolvA}, "is a pipe, and not a file"},
		{"it has grown", file, lab(long), []string{"~ A " + resolvA}, "is too long"},
		{"a file again", lab(long), file, []string{"~ A " + resolvA}, "an ordinary file again"},
	})
}

func TestFilesOfNamesAreToldLineByLine(t *testing.T) {
	one := func(name, path, was, now, want, reason string) diffCase {
		return diffCase{name, withFiles(files(), files(path, was)), withFiles(files(), files(path, now)), []string{"~ A " + path + " " + want}, reason}
	}
	const first = "nameserver 10.0.0.1\n"
	tellAll(t, []diffCase{
		one("a server", resolvA, "", first, "+ nameserver 10.0.0.1", "from now on A asks this server"),
		one("a first server", resolvA, first, "nameserver 10.0.0.2\n"+first, "+ nameserver 10.0.0.2", "from now on A asks this server first"),
		one("a second server", resolvA, first, first+"nameserver 10.0.0.2\n", "+ nameserver 10.0.0.2", "A asks this server only when those before it are silent, refuse or fail"),
		one("a fourth server", resolvA, strings.Repeat(first, 3), strings.Repeat(first, 3)+"nameserver 10.0.0.4\n", "+ nameserver 10.0.0.4", "only the first three servers are asked"),
		one("a server goes", resolvA, first+"nameserver 10.0.0.2\n", first, "- nameserver 10.0.0.2", "A does not ask this server any more"),
		one("the last server goes", resolvA, first, "", "- nameserver 10.0.0.1", "asks the own machine, 127.0.0.1"),
		one("a line twice", resolvA, first+first, first, "- nameserver 10.0.0.1", "another line names the same server"),
		one("a server that is none", resolvA, first, first+"nameserver ten\n", "+ nameserver ten", `"ten" is no address`),
		one("a server that was none", resolvA, first+"nameserver ten\n", first, "- nameserver ten", "it meant nothing"),
		one("a search list", resolvA, first, first+"search a b\n", "+ search a b", "A looks for a name without a dot here first: a and b"),
		one("a search list, with ndots", resolvA, first+"options ndots:5\n", first+"options ndots:5\nsearch a\n", "+ search a", "a name with fewer than 5 dots"),
		one("a search list, without ndots", resolvA, first+"options ndots:0\n", first+"options ndots:0\nsearch a\n", "+ search a", "that are not found as they are"),
		one("a search list goes", resolvA, first+"search a b\n", first, "- search a b", "for every name as it is"),
		one("one of two search lists goes", resolvA, "search a\nsearch b\n"+first, "search b\n"+first, "- search a", "not searched any more"),
		one("ndots", resolvA, first, first+"options ndots:5\n", "+ options ndots:5", "fewer than 5 dots"),
		one("other options", resolvA, first, first+"options timeout:1 attempts:3 rotate use-vc no-aaaa\n", "+ options timeout:1 attempts:3 rotate use-vc no-aaaa",
			"a server has 1 second to answer; each server is asked 3 times before the lookup fails; the servers take turns in being asked first; servers are asked by TCP; IPv6 addresses are not asked for"),
		one("options go", resolvA, first+"options rotate use-vc no-aaaa\n", first, "- options rotate use-vc no-aaaa",
			"the first server is asked first; servers are asked by UDP; IPv6 addresses are asked for, too"),
		one("an option of no account", resolvA, first, first+"options edns0\n", "+ options edns0", "it changes nothing"),
		one("another line", resolvA, first, first+"sortlist 10.0.0.0/8\n", "+ sortlist 10.0.0.0/8", "it changes nothing"),
		one("a line with a mistake", resolvA, first, first+" search a\n", "+ search a", "a blank stands before the keyword"),
		one("a name", hostsA, "", "10.0.0.9 web\n", "+ 10.0.0.9 web", "from now on A finds web at 10.0.0.9 here"),
		one("several names", hostsA, "", "10.0.0.9\tweb.lab web w # x\n", "+ 10.0.0.9 web.lab web w # x", "finds web.lab, web and w at"),
		one("a name goes", hostsA, "10.0.0.9 web\n", "", "- 10.0.0.9 web", "A does not find web here any more"),
		one("an address that is none", hostsA, "", "10.0.0.999 web\n", "+ 10.0.0.999 web", "this line is ignored"),
		one("an address that was none", hostsA, "10.0.0.999 web\n", "", "- 10.0.0.999 web", "it meant nothing"),
		one("another order", hostsA, "10.0.0.9 web\n10.0.0.8 web\n", "10.0.0.8 web\n10.0.0.9 web\n", "has the same lines in another form", "their order counts"),
		one("a comment", hostsA, "10.0.0.9 web\n", "# x\n\n10.0.0.9 web\n", "has the same lines in another form", "only comments or blanks"),
		one("the order of sources goes", switchA, "hosts: dns\n", "", "- hosts: dns", "no line is about hosts any more: the order is files, then dns"),
		one("an order that ends at a no", switchA, "", "hosts: dns [NOTFOUND=return] files\n", "+ hosts: dns [NOTFOUND=return] files",
			"A looks for names in this order: dns, and only if that gives no answer, files"),
		one("an order that ends at any answer", switchA, "", "hosts: files resolve [!UNAVAIL=return] dns\n", "+ hosts: files resolve [!UNAVAIL=return] dns",
			"in this order: files, then resolve, and only if that gives no answer, dns"),
		one("an order that ends in any case", switchA, "", "hosts: files [!SUCCESS=return] dns\n", "+ hosts: files [!SUCCESS=return] dns",
			"in this order: files, and nowhere else"),
		one("another database", switchA, "", "passwd: files\n", "+ passwd: files", "it is not about names of machines"),
		one("a line that nobody can read", switchA, "", "passwd: files [\n", "+ passwd: files [", "gives up the whole file"),
		one("the newline at the end", switchA, "hosts: dns\n", "hosts: dns", "has the same lines in another form", "no newline stands at its end"),
	})
	tellAll(t, []diffCase{
		{
			"the order of sources", withFiles(files(), files(switchA, "hosts: files dns\n")), withFiles(files(), files(switchA, "hosts: dns files\n")),
			[]string{"~ A " + switchA + " - hosts: files dns", "~ A " + switchA + " + hosts: dns files"}, "the order was files, then dns",
		},
		{
			"hosts is not looked at", withFiles(files(), files(switchA, "hosts: dns\n", hostsA, "")), withFiles(files(), files(switchA, "hosts: dns\n", hostsA, "10.0.0.9 web\n")),
			[]string{"~ A " + hostsA + " + 10.0.0.9 web"}, "nsswitch.conf does not name files",
		},
	})
}

func TestFilesOfNamesComeAndGo(t *testing.T) {
	const server = "# x\nnameserver 10.0.0.1\n"
	shared := files("/etc/resolv.conf", server)
	tellAll(t, []diffCase{
		{
			"a node gets its own", withFiles(files(), files()), withFiles(files(), files(resolvA, server)),
			[]string{"+ A " + resolvA, "~ A " + resolvA + " + nameserver 10.0.0.1"}, "A has a file of its own from now on, and does not read /etc/resolv.conf",
		},
		{"a node gets its own, and it is empty", withFiles(files(), files()), withFiles(files(), files(hostsA, "")), []string{"+ A " + hostsA}, "A has a file of its own"},
		{"a node loses its own", withFiles(files(), files(hostsA, "")), withFiles(files(), files()), []string{"- A " + hostsA}, "A reads /etc/hosts again"},
		{
			"a node loses its own, and there is no other", withFiles(files(), files(resolvA, server)), withFiles(files(), files(resolvA, "-")),
			[]string{"- A " + resolvA}, "where there is no /etc/resolv.conf, nothing can stand in its place",
		},
		{"all share the lab's", withFiles(files(), files()), withFiles(shared, shared), []string{"~ host /etc/resolv.conf + nameserver 10.0.0.1"}, "every node without a file of its own asks this server"},
		{"only host reads the lab's", withFiles(files(), files(resolvA, "")), withFiles(shared, files(resolvA, "")), []string{"~ host /etc/resolv.conf + nameserver 10.0.0.1"}, "from now on host asks this server"},
		{"the lab's goes", withFiles(files(), files()), withFiles(files("/etc/hosts", "-"), files("/etc/hosts", "-")), []string{"- host /etc/hosts"}, "no name is found in it"},
		{"resolv.conf goes", withFiles(files(), files()), withFiles(files("/etc/resolv.conf", "-"), files("/etc/resolv.conf", "-")), []string{"- host /etc/resolv.conf"}, "the machine itself is asked, 127.0.0.1"},
		{"nsswitch.conf goes", withFiles(files(), files()), withFiles(files("/etc/nsswitch.conf", "-"), files("/etc/nsswitch.conf", "-")), []string{"- host /etc/nsswitch.conf"}, "in files, then by dns"},
		{
			"the lab's comes", withFiles(files("/etc/resolv.conf", "-"), files("/etc/resolv.conf", "-")), withFiles(shared, shared),
			[]string{"+ host /etc/resolv.conf", "~ host /etc/resolv.conf + nameserver 10.0.0.1"}, "there was no such file",
		},
		{"a new node shares the lab's", labOf(host(shared)), withFiles(shared, shared), []string{"+ A namespace A"}, ""},
		{
			"a new node has its own", labOf(host(shared)), withFiles(shared, files(hostsA, "10.0.0.9 web\n", "/etc/resolv.conf", server)),
			[]string{"+ A namespace A", "+ A " + hostsA, "~ A " + hostsA + " + 10.0.0.9 web"}, "",
		},
	})
}

func TestManyLinesOfAFileAreFolded(t *testing.T) {
	var text strings.Builder
	for i := range 30 {
		fmt.Fprintf(&text, "10.0.0.%d %s\n", i+1, strings.Repeat("x", 20*i+1))
	}
	changes := Diff(withFiles(files(), files(hostsA, "")), withFiles(files(), files(hostsA, text.String())))
	last := changes[len(changes)-1]
	if len(changes) != maxFileLines+1 || last.Line != hostsA+": 22 lines more" {
		t.Errorf("%d changes, the last one is %q", len(changes), last.Line)
	}
	if n := len([]rune(changes[maxFileLines-1].Line)); n > 200 {
		t.Errorf("a line of %d letters", n)
	}
}

func TestWhatIsLeftOfFiles(t *testing.T) {
	before := withFiles(files(), files(resolvA, ""))
	after := withFiles(files("/etc/hosts", "10.0.0.1 a\n10.0.0.2 b\n"), files(hostsA, "10.0.0.1 a\n"))
	// A file that came is told by who looks into the folder.
	want := []string{"file /etc/hosts: it has other lines", "file " + resolvA + ": it is gone"}
	if d := cmp.Diff(want, Left(before, after)); d != "" {
		t.Error(d)
	}
}
