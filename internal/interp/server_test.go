package interp

import (
	"bytes"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"netlab/internal/event"
)

// ownServer stands in for a server: it waits for packets, and a moment later
// for connections, or does not.
func ownServer(args []string) int {
	switch args[1] {
	case "fails":
		fmt.Println("starting")
		fmt.Fprintln(os.Stderr, "line 2 of the settings is wrong")
		return 1
	case "idles":
		<-time.After(time.Minute)
		return 0
	}
	moment := 100 * time.Millisecond
	<-time.After(moment)
	udp, err := net.ListenPacket("udp", ":5300")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	defer udp.Close()
	tcp, err := net.Listen("tcp", ":5300")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	defer tcp.Close()
	<-time.After(time.Minute)
	return 0
}

func TestAStepThatStartsAServerEndsWhenItWaits(t *testing.T) {
	s := open(t, Options{})
	do(t, s, "ip netns add a; ip netns add b; ip netns add c")
	for i, line := range []string{
		"coredns serves &",
		"ip netns exec a coredns serves > /dev/null 2>&1 &",
		"ip netns exec b sh -c 'coredns serves' coredns &\ntimeout 50 ip netns exec c coredns serves &",
	} {
		got := do(t, s, line)
		want := 2 * (i + 1 + i/2)
		if n := waitingPorts(processes(), s.peer.cmd.Process.Pid); n != want {
			t.Errorf("%s: servers wait at %d ports, want %d\n%s", line, n, want, got.story())
		}
	}
}

func TestAServerThatNeverWaitsIsNotWaitedForAlways(t *testing.T) {
	s := open(t, Options{})
	if got := do(t, s, "coredns idles &"); got.Exit != 0 || !strings.Contains(got.notes(), "still running in the background: coredns idles") {
		t.Error(got.story())
	}
	start := time.Now()
	do(t, s, "true")
	do(t, s, "true")
	if took := time.Since(start); took > serverTime {
		t.Errorf("it is waited for again: %v", took)
	}
}

func TestWhatAServerSaidLastIsTold(t *testing.T) {
	s := open(t, Options{})
	for line, want := range map[string]string{
		"coredns fails > /root/log 2>&1 &":                 "line 2 of the settings is wrong",
		"coredns fails > /root/log 2>&1 || true":           "line 2 of the settings is wrong",
		"coredns fails 2> /root/log &":                     "line 2 of the settings is wrong",
		"coredns fails > /root/log &":                      "", // it is on the screen
		"coredns fails &":                                  "",
		"coredns fails > /dev/null 2>&1 &":                 "",
		"sh -c 'echo no; exit 1' > /root/log 2>&1 & wait":  "", // no server
		"coredns fails > /root/log 2>&1 & rm -f /root/log": "",
		"cd /root; coredns fails > log 2>&1 & true":        "line 2 of the settings is wrong",
		"cd /root; coredns fails | cat > log 2>&1; true":   "",
	} {
		got := do(t, s, line)
		var ends []event.Event
		for _, e := range got.of(event.CommandEnd) {
			if e.Exit == 1 {
				ends = append(ends, e)
			}
		}
		if strings.Contains(line, "rm") && len(ends) == 1 {
			continue // it may have been quicker
		}
		if len(ends) != 1 || ends[0].Text != want || strings.Contains(got.notes(), "still running") {
			t.Errorf("%s: want %q\n%s", line, want, got.story())
		}
	}
}

func TestLastWords(t *testing.T) {
	dir := t.TempDir()
	for text, want := range map[string]string{
		"":                                  "",
		"one":                               "one",
		"one\ntwo\n":                        "two",
		"one\ntwo\n\n \n":                   "two",
		strings.Repeat("x", 5000) + "\ntwo": "two",
		"one\n" + strings.Repeat("é", 5000): strings.Repeat("é", 512),
		"a\n\xff\xfe" + "x\x00y":            "x\x00y",
		"one\n" + strings.Repeat(" ", 5000): "",
	} {
		f, err := os.CreateTemp(dir, "")
		if err != nil {
			t.Fatal(err)
		}
		if _, err := f.WriteString(text); err != nil {
			t.Fatal(err)
		}
		if got := lastWords(f); got != want {
			t.Errorf("%.20q: got %q", text, got)
		}
		f.Close()
	}
	if got := lastWords(new(bytes.Buffer)); got != "" {
		t.Errorf("what is no file holds %q", got)
	}
	gone, err := os.Create(filepath.Join(dir, "gone"))
	if err != nil {
		t.Fatal(err)
	}
	defer gone.Close()
	if err := os.Remove(gone.Name()); err != nil {
		t.Fatal(err)
	}
	if got := lastWords(gone); got != "" {
		t.Errorf("a file that is gone holds %q", got)
	}
}
