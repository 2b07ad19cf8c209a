package internal_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// TestWhatFailsRunsTwiceOnlyIfTheMachineStoodStill runs .ci/test with a go that
// says what it is told, and a sleep that takes too long.
func TestWhatFailsRunsTwiceOnlyIfTheMachineStoodStill(t *testing.T) {
	const (
		good  = "=== RUN   TestA\n--- PASS: TestA (0.00s)\nPASS\nok  \tx/a\t0.1s\n"
		bad   = "=== RUN   TestB\n    b_test.go:1: late\n--- FAIL: TestB (0.00s)\n    --- FAIL: TestB/sub (0.00s)\n--- FAIL: TestC (0.00s)\nFAIL\nFAIL\tx/b\t0.1s\n"
		other = "--- FAIL: TestD (0.00s)\n--- FAIL: TestB (0.00s)\nFAIL\nFAIL\tx/d\t0.1s\n"
		died  = "--- FAIL: TestB (0.00s)\npanic: test timed out after 14m0s\nFAIL\tx/b\t0.1s\n"
		built = "FAIL\tx/c [build failed]\n"
	)
	for name, tt := range map[string]struct {
		said   []string // by go, each time it is called; the last one is not to be called
		stood  bool
		exit   int
		second string // the arguments of the second call
	}{
		"all is well":                          {said: []string{good}},
		"one fails":                            {said: []string{good + bad}, exit: 1},
		"several fail when time was lost":      {said: []string{good + bad + other, good}, stood: true, second: "test -timeout 14m -p 4 -v -count=1 -run ^(TestB|TestC|TestD)$ x/b x/d"},
		"it fails again":                       {said: []string{bad + good, bad}, stood: true, exit: 1, second: "test -timeout 14m -p 4 -v -count=1 -run ^(TestB|TestC)$ x/b"},
		"a package dies, another is not built": {said: []string{bad + died + built}, stood: true, exit: 1},
		"go itself fails":                      {said: []string{"go: no such flag\n"}, stood: true, exit: 1},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			program := func(name, text string) {
				if err := os.WriteFile(filepath.Join(dir, name), []byte("#!/bin/sh\n"+text), 0o755); err != nil {
					t.Fatal(err)
				}
			}
			for i, said := range tt.said {
				program("said."+string(rune('1'+i)), "cat <<'END'\n"+said+"END\n")
			}
			// The first call goes on until the watch has seen the time pass.
			wait := ""
			if tt.stood {
				program("sleep", "exec /bin/sleep 4.1")
				wait = "[ $n = 1 ] && /bin/sleep 4.5\n"
			}
			program("go", `cd "$(dirname "$0")"; echo "$*" >> calls; n=$(wc -l < calls)
sh said.$n > out || exit 9
`+wait+`cat out; ! grep -q -e FAIL -e '^go:' out`)
			cmd := exec.Command("../.ci/test", "-p", "4", "-v", "./x/...", "./...")
			cmd.Env = append(os.Environ(), "GO="+filepath.Join(dir, "go"), "PATH="+dir+":"+os.Getenv("PATH"))
			out, _ := cmd.CombinedOutput()
			if code := cmd.ProcessState.ExitCode(); code != tt.exit {
				t.Errorf("exit code %d, not %d", code, tt.exit)
			}
			calls, _ := os.ReadFile(filepath.Join(dir, "calls"))
			want := "test -timeout 14m -p 4 -v ./x/... ./...\n"
			if tt.second != "" {
				want += tt.second + "\n"
			}
			if string(calls) != want {
				t.Errorf("go is called with\n%swant\n%s", calls, want)
			}
			if told := strings.Contains(string(out), "The machine stood still"); told != (tt.second != "") {
				t.Errorf("it says\n%s", out)
			}
		})
	}
}
