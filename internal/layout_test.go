// Package internal_test proves how the module is laid out: which room may use
// which, where each dependency comes in, and what no code may do. The tables
// below are the rules; docs/ARCHITECTURE.md says the same in words.
package internal_test

import (
	"os"
	"testing"
)

// ours are the rules of netlab.
var ours = rules{
	// A room may import the rooms above it, a pure room only pure rooms.
	rooms: []room{
		{path: "internal/op", pure: true},
		{path: "internal/complaint", pure: true},
		{path: "internal/nlmsg", pure: true},
		{path: "internal/dns", pure: true},
		{path: "internal/nss", pure: true},
		{path: "internal/snapshot", pure: true},
		{path: "internal/scene", pure: true},
		{path: "internal/topology", pure: true},
		{path: "internal/measure", pure: true},
		{path: "internal/filter", pure: true},
		{path: "internal/trace", pure: true},
		{path: "internal/diagnose", pure: true},
		{path: "internal/fault", pure: true}, // after diagnose, which would prove nothing if it knew the faults
		{path: "internal/check", pure: true},
		{path: "internal/scenario", pure: true},
		{path: "internal/event", pure: true},
		{path: "internal/control", pure: true},
		{path: "internal/term"},
		{path: "internal/render"},
		{path: "internal/netns"},
		{path: "internal/kernel"},
		{path: "internal/probe"},
		{path: "internal/capture"},
		{path: "internal/sandbox"},
		{path: "internal/interp"},
		{path: "internal/machine"},
		{path: "internal/service"},
		{path: "internal/run"},
		{path: "scenarios"},
		{path: "internal/cli"},
		{path: "cmd/netlab"},
		{path: "internal/netlabtest"}, // last: only tests may import them
		{path: "internal/netlabtest/floor"},
		{path: "internal/netlabtest/golden"},
	},
	// What the order would allow, and what is forbidden all the same.
	never: []never{
		{"internal/render", "internal/scenario", "all that is shown comes from events, so that a recording is enough to test it"},
		{"internal/netns", "internal/render", "what happens is told by events; only cli puts printing and doing together"},
		{"internal/kernel", "internal/scenario", "it does ops and knows no lessons"},
		{"internal/kernel", "internal/check", "it says what is, not what should be"},
		{"internal/kernel", "internal/event", "it returns values; who asked tells what happened"},
		{"internal/capture", "internal/probe", "what listens sends nothing"},
		{"internal/capture", "internal/kernel", "what listens changes nothing"},
		{"internal/probe", "internal/kernel", "a probe changes nothing of what it measures"},
		{"internal/sandbox", "internal/scenario", "it is a place to be in, whatever is done there"},
		{"internal/sandbox", "internal/kernel", "it is a place to be in, whatever is done there"},
		{"internal/interp", "internal/check", "commands do not know what is claimed about them"},
		{"internal/interp", "internal/scenario", "it runs a text, whoever wrote it"},
		{"internal/service", "internal/kernel", "a server uses the network, and changes nothing of it"},
		{"internal/service", "internal/scenario", "a server knows no lessons"},
		{"internal/run", "internal/service", "servers are processes of their own, started by their names"},
		{"internal/run", "internal/render", "the engine prints nothing: what happens is an event"},
		{"internal/run", "internal/term", "the engine prints nothing: what happens is an event"},
	},
	// Where code from outside the module comes in, and nowhere else.
	doors: []door{
		{"github.com/spf13/cobra", []string{"internal/cli"}, "commands and flags are one room's business"},
		{"go.yaml.in/yaml/v3", []string{"internal/scenario"}, "files from strangers are read in one place, within limits"},
		{"github.com/google/jsonschema-go", []string{"internal/scenario"}, "the schema is made from the types that read the file"},
		{"github.com/charmbracelet/lipgloss", []string{"internal/render"}, "colour is the renderer's"},
		{"github.com/muesli/termenv", []string{"internal/render"}, "colour is the renderer's"},
		{"github.com/rivo/uniseg", []string{"internal/render", "internal/topology"}, "widths are the business of who draws"},
		{"github.com/gopacket/gopacket", []string{"internal/trace"}, "a frame is bytes until its story is told"},
		{"github.com/yuin/goldmark", []string{"internal/render"}, "explanations are Markdown until they are shown"},
		{"golang.org/x/term", []string{"internal/term"}, "one room knows the terminal"},
		{"github.com/vishvananda/netlink", []string{"internal/kernel"}, "one room speaks netlink: batches, extended errors, retries"},
		{"github.com/vishvananda/netns", []string{"internal/netns"}, "threads enter namespaces in one place"},
		{"github.com/godbus/dbus/v5", []string{"internal/sandbox"}, "systemd is asked for one thing, the limits of a lab, and nothing else is"},
		{"mvdan.cc/sh/v3", []string{"internal/interp"}, "foreign shell text runs in one place, within limits"},
		{"golang.org/x/net", []string{"internal/filter"}, "only its assembler for the kernel's packet filter is needed"},
		{"github.com/miekg/dns", []string{"internal/dns", "internal/service"},
			"a DNS message is bytes until one room has read it; a server needs the records, and what serves them"},
		{"github.com/coredns", []string{"internal/service"}, "a server is a process of its own, and one room starts it"},
		{"golang.org/x/sys", []string{
			"internal/term", "internal/netns", "internal/kernel", "internal/probe",
			"internal/capture", "internal/sandbox", "internal/interp", "internal/machine", "internal/cli",
			"internal/netlabtest/floor",
		}, "system calls belong to the rooms that are about this machine"},
		{"os/exec", []string{
			"internal/netns", "internal/sandbox", "internal/interp", "internal/machine", "internal/run",
		}, "a program is started in a known namespace, or not at all"},
		{"github.com/google/go-cmp", []string{"internal/netlabtest/golden"}, "it is for tests: it would make the program 3 MB bigger"},
		{"github.com/rogpeppe/go-internal", nil, "it runs the scripts of tests"},
	},
	// Names that have one place.
	names: []name{
		{[]string{"os.Stdin", "os.Stdout", "os.Stderr"}, []place{
			{"internal/term", "the one place that knows the streams"},
			{"internal/sandbox", "init is a process of its own and passes its streams on"},
			{"internal/netlabtest", "go test reads a test binary's own streams"},
			{"cmd/netlab", "a stage that has no terminal says what went wrong"},
		}, "printing goes through package term"},
		{[]string{"os.Exit", "syscall.Exit", "unix.Exit"}, []place{
			{"cmd/netlab", "main is one call"},
			{"internal/sandbox/init.go", "when the outer process is gone, process 1 ends, and the lab with it"},
		}, "a function that ends the process cannot be tested, and nothing after it is cleaned up"},
		{[]string{"fmt.Print", "fmt.Printf", "fmt.Println"}, nil, "printing goes through package term"},
		{[]string{"log.Fatal", "log.Fatalf", "log.Fatalln", "log.Panic", "log.Panicf", "log.Panicln"}, nil,
			"errors are returned; package cli makes an exit code of them"},
		{[]string{"time.Sleep"}, nil, "wait for the event, or poll with a deadline"},
	},
	impure: []string{
		"os", "os/exec", "os/signal", "os/user", "io/ioutil", "net", "net/http", "syscall", "log", "unsafe",
		"golang.org/x/sys", "plugin",
	},
	badNames: []string{"utils", "util", "common", "types", "helpers", "helper", "misc", "base", "shared"},
	maxLines: 700,
	initIn:   "cmd/netlab",
	roomsIn:  "docs/ARCHITECTURE.md",
	lessons:  "scenarios",
}

func TestTheModuleIsLaidOutAsItSays(t *testing.T) {
	tr, err := load(os.DirFS(".."))
	if err != nil {
		t.Fatal(err)
	}
	for _, finding := range ours.check(tr) {
		t.Error(finding)
	}
}
