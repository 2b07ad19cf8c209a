package scenario

import (
	"fmt"
	"path"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"go.yaml.in/yaml/v3"

	"netlab/internal/scene"
)

// maxFiles bounds the files of a scene, maxFileName the name of one (NAME_MAX of
// limits.h).
const maxFiles, maxFileName = 100, 255

func fileRecord(f *scene.File) record {
	return record{title: "a file of a scene", doc: "A file that is there before step 1, in the lab's own `/etc`. What is under `/etc/netns/NODE/` is for that node alone: `ip netns exec NODE` shows " +
		"`/etc/netns/NODE/hosts` as `/etc/hosts`. The text is taken as it is, dollars and braces too.", fields: []field{
		{"path", etcPath(&f.Path), true, "where it is"},
		{"text", fileText(&f.Text), true, "what is in it, mostly as a block (`|`)"},
	}}
}

// etcPath is the path of a file under /etc.
func etcPath(to *string) value {
	const pattern = `^/etc(/[A-Za-z0-9_.][A-Za-z0-9_.-]*)+$`
	return scalar[string]{to: to, name: "the path of a file under /etc", tags: text(), shape: schema{Type: "string", Pattern: pattern},
		parse: func(s string) (string, *problem) {
			if !regexp.MustCompile(pattern).MatchString(s) || path.Clean(s) != s {
				return "", &problem{fmt.Sprintf("%q is not the path of a file under /etc", cut(s)), "such as /etc/netns/A/hosts, of letters, digits and _ . -"}
			}
			if slices.ContainsFunc(strings.Split(s, "/"), func(part string) bool { return len(part) > maxFileName }) {
				return "", &problem{fmt.Sprintf("no file can have this name: it is longer than %d letters", maxFileName), ""}
			}
			return s, nil
		}}
}

// fileText may be empty: so is a resolv.conf that names no server.
func fileText(to *string) value {
	return scalar[string]{to: to, name: "the text of a file", tags: text(), shape: schema{Type: "string"},
		parse: func(s string) (string, *problem) {
			if !utf8.ValidString(s) {
				return "", &problem{"the text is not UTF-8", ""}
			}
			return s, nil
		}}
}

// verifyFiles looks at what concerns the other files and the nodes.
func verifyFiles(d *decoder, n *yaml.Node, s scene.Scene) {
	list, seen := at(n, "files"), map[string]bool{}
	for i, f := range s.Files {
		where := at(list.Content[i], "path")
		if seen[f.Path] {
			d.fail(where, "the file "+f.Path+" stands there twice", "")
		}
		seen[f.Path] = true
		rest, own := strings.CutPrefix(f.Path, "/etc/netns/")
		if slices.Contains(labDirs(), f.Path) {
			d.fail(where, f.Path+" is a directory of every lab", "the path of a file in it, such as "+f.Path+"/NAME")
		}
		if node, _, inside := strings.Cut(rest, "/"); own {
			if _, there := s.Node(node); !there || !inside {
				d.fail(where, fmt.Sprintf("the scene has no node %q, whose file this would be", node), "/etc/netns/NODE/FILE")
			}
		}
	}
	for _, f := range s.Files {
		for dir := path.Dir(f.Path); dir != "/etc"; dir = path.Dir(dir) {
			if seen[dir] {
				d.fail(list, dir+" is a file, and "+f.Path+" is in it", "")
			}
		}
	}
}

// labDirs are in /etc of every lab (package sandbox).
func labDirs() []string { return []string{"/etc/netns", "/etc/coredns", "/etc/unbound"} }

// fileLines write a file of a scene with the shell.
func fileLines(f scene.File) string {
	end := "END"
	for strings.Contains("\n"+f.Text+"\n", "\n"+end+"\n") {
		end += "D"
	}
	write := fmt.Sprintf("cat >%s <<'%s'\n%s", f.Path, end, f.Text)
	switch {
	case f.Text == "":
		write = ": >" + f.Path + "\n"
	case strings.HasSuffix(f.Text, "\n"):
		write += end + "\n"
	default: // a here-document cannot end without a line break
		write = fmt.Sprintf("printf %%s %s >%s\n", quote(f.Text), f.Path)
	}
	if dir := path.Dir(f.Path); dir != "/etc" {
		write = "mkdir -p " + dir + "\n" + write
	}
	return write
}
