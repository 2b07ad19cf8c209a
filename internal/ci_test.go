package internal_test

import (
	"os"
	"os/exec"
	"regexp"
	"strings"
	"testing"
)

func read(t *testing.T, path string) string {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func TestTheFirstScreenHasTheTwoCommands(t *testing.T) {
	head := strings.SplitAfterN(read(t, "../README.md"), "\n", 25)
	screen := strings.Join(head[:24], "")
	for _, command := range []string{"    go run ./cmd/netlab run veth-pair", "    make test"} {
		if !strings.Contains(screen, command) {
			t.Errorf("the first 24 lines of README.md lack %q", command)
		}
	}
	if ci := read(t, "../.ci/run"); !strings.Contains(ci, "\nmake test\n") {
		t.Error(".ci/run does not call make test")
	}
}

// What the README shows as the screen are claims of the lesson.
func TestTheScreenInTheReadmeIsOfTheLesson(t *testing.T) {
	lesson := read(t, "../scenarios/02-veth-pair/scenario.yaml")
	claims := regexp.MustCompile(`(?m)^      ✓ (.+)$`).FindAllStringSubmatch(read(t, "../README.md"), -1)
	if len(claims) == 0 {
		t.Error("README.md shows no claim")
	}
	for _, m := range claims {
		if !strings.Contains(lesson, "says: "+m[1]+"\n") {
			t.Errorf("README.md shows the claim %q, which the lesson does not make", m[1])
		}
	}
}

func TestEveryTargetThatADocumentNamesExists(t *testing.T) {
	targets := map[string]bool{}
	for _, m := range regexp.MustCompile(`(?m)^([a-z-]+):`).FindAllStringSubmatch(read(t, "../Makefile"), -1) {
		targets[m[1]] = true
	}
	named := 0
	for _, doc := range []string{"../README.md", "../docs/CONTRIBUTING.md", "../docs/ARCHITECTURE.md"} {
		for _, m := range regexp.MustCompile("(?:`|\n    )make ([a-z-]+)").FindAllStringSubmatch(read(t, doc), -1) {
			if named++; !targets[m[1]] {
				t.Errorf("%s names make %s, which does not exist", doc, m[1])
			}
		}
	}
	if named == 0 {
		t.Error("no document names a target")
	}
}

func TestEveryFileThatADocumentLinksToExists(t *testing.T) {
	links := 0
	for _, doc := range []string{"README.md", "docs/CONTRIBUTING.md", "docs/ARCHITECTURE.md", "docs/REFERENCE.md", "docs/SCENARIOS.md", "docs/seeing.md"} {
		folder := "../" + doc[:strings.LastIndex(doc, "/")+1]
		for _, m := range regexp.MustCompile(`\]\(([^)#]+)[^)]*\)`).FindAllStringSubmatch(read(t, "../"+doc), -1) {
			if links++; strings.Contains(m[1], "://") {
				continue
			}
			if _, err := os.Stat(folder + m[1]); err != nil {
				t.Errorf("%s links to %s: %v", doc, m[1], err)
			}
		}
	}
	if links == 0 {
		t.Error("no document has a link")
	}
}

func TestShortOutputKeepsWhatFailedWhatWasSkippedAndMatrices(t *testing.T) {
	const verbose = `=== RUN   TestA
    a_test.go:3: said by a test that passes
--- PASS: TestA (0.00s)
=== RUN   TestB
    a_test.go:4: said by B
=== RUN   TestB/one
    a_test.go:5: said by one
=== NAME  TestB
    a_test.go:6: said later by B
--- FAIL: TestB (0.00s)
    --- FAIL: TestB/one (0.00s)
    --- PASS: TestB/two (0.00s)
=== RUN   TestC
    a_test.go:7: said by C
    a_test.go:8: needs nft
    a_test.go:9: said later by C
--- SKIP: TestC (0.00s)
=== RUN   TestD
    a_test.go:10: not now
--- SKIP: TestD (0.00s)
=== RUN   TestOfMatrix
    a_test.go:11: a table
=== RUN   TestOfMatrix/a_row
    a_test.go:12: said by a row
--- PASS: TestOfMatrix (0.00s)
    --- PASS: TestOfMatrix/a_row (0.00s)
FAIL
FAIL	netlab/a	0.011s
?   	netlab/b	[no test files]
# netlab/d [netlab/d.test]
d/d_test.go:3:30: undefined: x
ok  	netlab/c	0.012s
=== RUN   TestE
panic: out of time
FAIL	netlab/e	0.005s
FAIL
`
	const want = `--- FAIL: TestB (0.00s)
    a_test.go:4: said by B
    a_test.go:6: said later by B
    --- FAIL: TestB/one (0.00s)
    a_test.go:5: said by one
--- SKIP: TestC (0.00s)
    a_test.go:8: needs nft
--- SKIP: TestD (0.00s)
    a_test.go:10: not now
--- PASS: TestOfMatrix (0.00s)
    a_test.go:11: a table
FAIL
FAIL	netlab/a	0.011s
# netlab/d [netlab/d.test]
d/d_test.go:3:30: undefined: x
ok  	netlab/c	0.012s
panic: out of time
FAIL	netlab/e	0.005s
FAIL
2 skipped: see above what each of them needs
`
	cmd := exec.Command("awk", "-f", "../.ci/quiet.awk")
	cmd.Stdin = strings.NewReader(verbose)
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatal(err)
	}
	if string(out) != want {
		t.Errorf("got:\n%s\nwant:\n%s", out, want)
	}
}
