package service

import (
	"os"
	"path/filepath"
	"runtime"
	"testing"

	"netlab/internal/interp"
	"netlab/internal/kernel"
	"netlab/internal/netlabtest"
	"netlab/internal/netns"
)

// The sandbox needs a process whose first thread stays its own.
func init() { runtime.LockOSThread() }

func TestMain(m *testing.M) {
	switch os.Args[0] {
	case interp.StageShell:
		os.Exit(interp.Child())
	case interp.StageNetnsExec:
		os.Exit(interp.NetnsExec(os.Args[1:]))
	}
	if program := Program(filepath.Base(os.Args[0])); program != nil {
		os.Exit(program())
	}
	os.Exit(netlabtest.Main(m))
}

// loopback makes sure that this machine can speak with itself.
func loopback(t *testing.T) {
	t.Helper()
	if err := kernel.New().Up(netns.Host, "lo"); err != nil {
		t.Fatal(err)
	}
}
