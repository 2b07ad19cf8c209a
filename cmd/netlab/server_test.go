package main_test

import (
	"os"
	"path/filepath"
	"syscall"
	"testing"
	"time"
)

const servingScenario = `name: serving
title: A server that nobody ends
summary: a name server in the background
question: does it end?
minutes: 1
steps:
  - title: Serve
    explain: A server, and a long rest.
    run: |
      echo '. {' > /etc/coredns/Corefile
      echo ' hosts' >> /etc/coredns/Corefile
      echo '}' >> /etc/coredns/Corefile
      nohup setsid coredns -conf /etc/coredns/Corefile > /var/log/coredns.log 2>&1 &
      sleep 25
    hints: [wait]
    checks:
      - says: there is a host
        link: {in: host, name: lo, up: true}
recap: [it does]
`

func TestAServerEndsWithItsLab(t *testing.T) {
	serving := filepath.Join(t.TempDir(), "scenario.yaml")
	openUp(t, serving)
	if err := os.WriteFile(serving, []byte(servingScenario), 0o644); err != nil {
		t.Fatal(err)
	}
	for _, w := range everyone() {
		for sig, want := range map[syscall.Signal]int{syscall.SIGKILL: 137, syscall.SIGINT: 130} {
			t.Run(sig.String()+" as "+w.name, func(t *testing.T) {
				before := listing(t)
				cmd := w.netlab(t, "run", "--auto", serving)
				if err := cmd.Start(); err != nil {
					t.Fatal(err)
				}
				serverLives(t)
				if err := cmd.Process.Signal(sig); err != nil {
					t.Fatal(err)
				}
				if got := codeOf(t, cmd.Wait()); got != want {
					t.Errorf("exit code %d, want %d", got, want)
				}
				unchanged(t, before)
			})
		}
	}
}

func serverLives(t *testing.T) {
	t.Helper()
	tick := time.NewTicker(10 * time.Millisecond)
	defer tick.Stop()
	for deadline := time.Now().Add(60 * time.Second); process("coredns\x00") == 0; <-tick.C {
		if time.Now().After(deadline) {
			t.Fatal("no server came to life")
		}
	}
}
