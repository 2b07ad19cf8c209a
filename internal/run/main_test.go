package run

import (
	"context"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"sync"
	"testing"
	"time"

	"netlab/internal/interp"
	"netlab/internal/netlabtest"
	"netlab/internal/scenario"
	"netlab/internal/service"
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
	case interp.StageScript:
		os.Exit(interp.ScriptChild(os.Args[1:]))
	case stageCoreDNS:
		os.Exit(service.CoreDNS())
	}
	if server := service.Program(filepath.Base(os.Args[0])); server != nil {
		os.Exit(server())
	}
	if interp.IsShim(os.Args[0]) {
		os.Exit(interp.Shim(os.Args))
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

func catalog(t testing.TB) scenario.Catalog { return loaded(t, scenario.Load) }

func loaded(t testing.TB, load func(fs.FS) (scenario.Catalog, error)) scenario.Catalog {
	t.Helper()
	c, err := load(scenarios.Files())
	if err != nil {
		t.Fatal(err)
	}
	if len(c.All()) == 0 {
		t.Fatal("there are no lessons")
	}
	return c
}

// eachLesson runs a test for every lesson and for every IPv6 variant.
func eachLesson(t *testing.T, f func(t *testing.T, all scenario.Catalog, s scenario.Scenario)) {
	for _, all := range []scenario.Catalog{loaded(t, scenario.LoadIPv6), catalog(t)} {
		for _, s := range all.All() {
			t.Run(s.Label(), func(t *testing.T) { f(t, all, s) })
		}
	}
}

// apart is eachLesson with each lesson in a sandbox of its own, several at once:
// they mostly wait.
func apart(t *testing.T, f func(t *testing.T, all scenario.Catalog, s scenario.Scenario)) {
	const oneVar, atOnce = "NETLAB_TEST_LESSON", 4
	one := os.Getenv(oneVar)
	var labels []string
	for _, all := range []scenario.Catalog{loaded(t, scenario.LoadIPv6), catalog(t)} {
		for _, s := range all.All() {
			labels = append(labels, s.Label())
			if s.Label() == one {
				t.Run(one, func(t *testing.T) { f(t, all, s) })
				return
			}
		}
	}
	var wg sync.WaitGroup
	free := make(chan struct{}, atOnce)
	for _, label := range slices.Backward(labels) { // the last ones take longest
		free <- struct{}{}
		wg.Go(func() {
			defer func() { <-free }()
			if err := inSandbox(t.Name(), oneVar+"="+label); err != nil {
				t.Errorf("%s: %v", label, err)
			}
		})
	}
	wg.Wait()
}

// inSandbox runs a test once more in a sandbox of its own, and then shows what it said.
func inSandbox(test, env string) error {
	out, err := os.CreateTemp("", "test")
	if err != nil {
		return err
	}
	defer out.Close()
	err = netlabtest.Again("^"+test+"$", []string{env}, out, "-test.v")
	said, _ := os.ReadFile(out.Name())
	_, _ = os.Stdout.Write(said)
	return err
}
