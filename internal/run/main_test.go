package run

import (
	"context"
	"os"
	"runtime"
	"testing"
	"time"

	"netlab/internal/interp"
	"netlab/internal/netlabtest"
	"netlab/internal/scenario"
	"netlab/scenarios"
)

// The sandbox needs a process whose first thread stays its own.
func init() { runtime.LockOSThread() }

func TestMain(m *testing.M) {
	switch os.Args[0] {
	case StageEngine:
		os.Exit(Engine())
	case stageFalse:
		os.Exit(falseEngine(os.Args[1]))
	case interp.StageShell:
		os.Exit(interp.Child())
	case interp.StageNetnsExec:
		os.Exit(interp.NetnsExec(os.Args[1:]))
	}
	os.Exit(netlabtest.Main(m))
}

// soon is a context that ends before the test is given up, and not before its
// cleanup.
func soon(t testing.TB) context.Context {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 180*time.Second)
	t.Cleanup(cancel)
	return ctx
}

func catalog(t testing.TB) scenario.Catalog {
	t.Helper()
	c, err := scenario.Load(scenarios.Files())
	if err != nil {
		t.Fatal(err)
	}
	if len(c.All()) == 0 {
		t.Fatal("there are no lessons")
	}
	return c
}
