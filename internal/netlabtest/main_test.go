package netlabtest

import (
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"testing"

	"github.com/google/go-cmp/cmp"

	"netlab/internal/netns"
	"netlab/internal/sandbox"
)

// The main thread must never be the one that enters a namespace.
func init() { runtime.LockOSThread() }

func TestMain(m *testing.M) {
	if os.Args[0] != sandbox.StageInit && os.Args[0] != stageTest {
		if err := os.Setenv("SECRET_OF_THE_USER", "1"); err != nil {
			panic(err)
		}
		if err := os.Setenv("NETLAB_OF_THE_TEST", "1"); err != nil {
			panic(err)
		}
	}
	os.Exit(Main(m))
}

func TestTestsRunAsRootOfAnEmptyLab(t *testing.T) {
	if os.Args[0] != stageTest || os.Getuid() != 0 {
		t.Fatalf("%s runs as user %d", os.Args[0], os.Getuid())
	}
	spaces, err := netns.List()
	if err != nil || len(spaces) > 0 {
		t.Errorf("namespaces: %v, %v", spaces, err)
	}
	links, err := net.Interfaces()
	if err != nil || len(links) != 1 || links[0].Name != "lo" {
		t.Errorf("links: %v, %v", links, err)
	}
	if err := netns.Create("ns1"); err != nil {
		t.Fatal(err)
	}
	if err := netns.Delete("ns1"); err != nil {
		t.Error(err)
	}
}

func TestTheModuleCanBeReadAndNotWritten(t *testing.T) {
	dir, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	if _, err := os.ReadFile("main.go"); err != nil {
		t.Error(err)
	}
	if _, err := os.Stat(filepath.Join(moduleRoot(dir), "go.mod")); err != nil {
		t.Error(err)
	}
	if err := os.WriteFile("made", nil, 0o644); !errors.Is(err, syscall.EROFS) {
		t.Errorf("writing into the module gives %v", err)
	}
	if err := os.WriteFile(filepath.Join(t.TempDir(), "made"), nil, 0o644); err != nil {
		t.Errorf("a folder of the test's own: %v", err)
	}
}

func TestOnlyTheTestsOwnVariablesEnter(t *testing.T) {
	if os.Getenv("NETLAB_OF_THE_TEST") != "1" {
		t.Error("a variable of the tests is lost")
	}
	if os.Getenv("SECRET_OF_THE_USER") != "" {
		t.Error("a variable of the user came in")
	}
}

func TestTestEnv(t *testing.T) {
	t.Setenv("NETLAB_A", "b=c")
	t.Setenv("GOMAXPROCS", "2")
	t.Setenv("NOT_NETLAB_", "1")
	all := "\n" + strings.Join(testEnv(), "\n") + "\n"
	for variable, want := range map[string]bool{"NETLAB_A=b=c": true, "GOMAXPROCS=2": true, "NOT_NETLAB_=1": false, "PATH=" + os.Getenv("PATH"): false} {
		if got := strings.Contains(all, "\n"+variable+"\n"); got != want {
			t.Errorf("%s goes in: %v, want %v", variable, got, want)
		}
	}
}

// withArgs puts other arguments in place of the program's.
func withArgs(t *testing.T, args ...string) {
	t.Helper()
	old := os.Args
	t.Cleanup(func() { os.Args = old })
	os.Args = append([]string{"test"}, args...)
}

func TestFuzzersStayOutside(t *testing.T) {
	tests := []struct {
		args []string
		want bool
	}{
		{nil, false},
		{[]string{"-test.run=Fuzz", "-test.v=true"}, false},
		{[]string{"-test.fuzzcachedir=/x"}, false},
		{[]string{"-test.v", "-test.fuzz=FuzzParse"}, true},
		{[]string{"-test.fuzzworker"}, true},
	}
	for _, tt := range tests {
		t.Run(fmt.Sprint(tt.args), func(t *testing.T) {
			withArgs(t, tt.args...)
			if got := fuzzing(); got != tt.want {
				t.Errorf("got %v, want %v", got, tt.want)
			}
		})
	}
}

func TestFoldersThatEnter(t *testing.T) {
	out := t.TempDir()
	cover := filepath.Join(out, "cover.out")
	here, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	root := sandbox.Bind{Path: moduleRoot(here)}
	tests := []struct {
		name string
		args []string
		want []sandbox.Bind
	}{
		{"nothing is written", []string{"-test.v=true", "-test.run=x"}, []sandbox.Bind{root}},
		{"an output file: its folder", []string{"-test.coverprofile=" + cover}, []sandbox.Bind{root, {Path: out, Writable: true}}},
		{"with two hyphens", []string{"--test.coverprofile=" + cover}, []sandbox.Bind{root, {Path: out, Writable: true}}},
		{"a path that depends on the folder", []string{"-test.coverprofile=cover.out"}, []sandbox.Bind{root}},
		{"another flag with a path", []string{"-test.gocoverdir=" + out, "-update=" + cover}, []sandbox.Bind{root}},
		{"a flag without a value", []string{"-test.trace", cover}, []sandbox.Bind{root}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			withArgs(t, tt.args...)
			binds, dir, err := visible()
			if err != nil || dir != here {
				t.Fatalf("folder %q, %v", dir, err)
			}
			if diff := cmp.Diff(tt.want, binds); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
	st, err := os.Stat(cover)
	if err != nil || st.Mode().Perm() != 0o666 {
		t.Errorf("another user cannot write the file: %v, %v", st, err)
	}
	withArgs(t, "-test.trace="+filepath.Join(out, "none", "trace"))
	if _, _, err := visible(); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("a file that cannot be made: %v", err)
	}
}

func TestModuleRoot(t *testing.T) {
	dir := t.TempDir()
	deep := filepath.Join(dir, "a", "b")
	if err := os.MkdirAll(deep, 0o755); err != nil {
		t.Fatal(err)
	}
	if got := moduleRoot(deep); got != deep {
		t.Errorf("without a module: %s, want %s", got, deep)
	}
	if err := os.WriteFile(filepath.Join(dir, "a", "go.mod"), nil, 0o644); err != nil {
		t.Fatal(err)
	}
	if got, want := moduleRoot(deep), filepath.Join(dir, "a"); got != want {
		t.Errorf("in a module: %s, want %s", got, want)
	}
}

// judged is a test that only remembers how it was ended.
type judged struct {
	testing.TB
	how string
}

func (j *judged) Helper()                     {}
func (j *judged) Skipf(s string, args ...any) { j.how = "skip: " + fmt.Sprintf(s, args...) }

func (j *judged) Fatalf(s string, args ...any) { j.how = "fail: " + fmt.Sprintf(s, args...) }

func TestRequire(t *testing.T) {
	tests := []struct {
		name, env string
		have      bool
		want      string
	}{
		{"it is there", "", true, ""},
		{"it is there, and must be", "1", true, ""},
		{"it is missing", "", false, "skip: needs nft (kernel or program missing)"},
		{"it is missing, and must not be", "1", false, "fail: this test needs nft, and NETLAB_REQUIRE_KERNEL=1 forbids skipping"},
		{"another value says nothing", "0", false, "skip: needs nft (kernel or program missing)"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Setenv("NETLAB_REQUIRE_KERNEL", tt.env)
			j := &judged{TB: t}
			Require(j, tt.have, "nft")
			if j.how != tt.want {
				t.Errorf("got %q, want %q", j.how, tt.want)
			}
		})
	}
}
