package scenario

import (
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"netlab/internal/scene"
)

func TestFilesOfASceneAreTakenAsTheyAre(t *testing.T) {
	s := parsed(t, withParams("hosts: [{name: A}]\nfiles:\n  - path: /etc/netns/A/zone\n    text: |\n      $ORIGIN lab.\n      {$hosts}\n  - {path: /etc/empty, text: ''}",
		"hosts: {default: 2, min: 1, max: 9, doc: how many}"))
	want := []scene.File{{Path: "/etc/netns/A/zone", Text: "$ORIGIN lab.\n{$hosts}\n"}, {Path: "/etc/empty"}}
	if d := cmp.Diff(want, s.Scene.Files); d != "" {
		t.Error(d)
	}
}

func TestFilesOfASceneThatCannotBe(t *testing.T) {
	tests := []struct{ name, files, want string }{
		{"outside of /etc", "{path: /root/x, text: a}", `"/root/x" is not the path of a file under /etc`},
		{"out of /etc again", "{path: /etc/../root/x, text: a}", `"/etc/../root/x" is not the path of a file under /etc`},
		{"a folder", "{path: /etc/x/, text: a}", `"/etc/x/" is not the path of a file under /etc`},
		{"a name with a blank", "{path: '/etc/a b', text: a}", `"/etc/a b" is not the path of a file under /etc`},
		{"a directory of every lab", "{path: /etc/coredns, text: a}", "/etc/coredns is a directory of every lab"},
		{"the folder of all nodes", "{path: /etc/netns, text: a}", "/etc/netns is a directory of every lab"},
		{"a name that is too long", "{path: /etc/" + strings.Repeat("x", 256) + ", text: a}", "no file can have this name: it is longer than 255 letters"},
		{"of a node that is not there", "{path: /etc/netns/B/hosts, text: a}", `the scene has no node "B", whose file this would be`},
		{"in place of the folder of a node", "{path: /etc/netns/A, text: a}", `the scene has no node "A", whose file this would be`},
		{"twice", "{path: /etc/x, text: a}, {path: /etc/x, text: b}", "the file /etc/x stands there twice"},
		{"in a file", "{path: /etc/x, text: a}, {path: /etc/x/y, text: b}", "/etc/x is a file, and /etc/x/y is in it"},
		{"without a text", "{path: /etc/x}", "a file of a scene needs text"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, err := Parse("demo.yaml", []byte(hardwareFile("hosts: [{name: A}]\nfiles: ["+tt.files+"]")))
			var all Errors
			if !errors.As(err, &all) || all[0].Text != tt.want {
				t.Errorf("%v, want %q", err, tt.want)
			}
		})
	}
}

func TestAScriptNeedsTheProgramsThatNetlabBrings(t *testing.T) {
	tests := []struct{ name, run, want string }{
		{"none", "ip netns add getent-not", ""},
		{"a server in the background", "ip netns exec A coredns -conf /etc/coredns/Corefile &", "coredns"},
		{"at the beginning of a line", "true\ndig web", "dig"},
		{"in a shell", "sh -c '(getent ahostsv4 web | dig web)'; unbound -d", "unbound dig getent"},
		{"a file of that name", "cat /etc/unbound /etc/coredns/Corefile", ""},
	}
	for _, tt := range tests {
		if got := strings.Join(programs(tt.run), " "); got != tt.want {
			t.Errorf("%s: %q, want %q", tt.name, got, tt.want)
		}
	}
}
