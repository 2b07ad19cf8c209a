package sandbox

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/godbus/dbus/v5"
	"github.com/google/go-cmp/cmp"
)

func TestTheBusThatIsAsked(t *testing.T) {
	mine := t.TempDir()
	if err := os.WriteFile(filepath.Join(mine, "bus"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	me := os.Geteuid()
	if me == 0 { // root's bus is the system's, so the test is somebody else
		me = 54321
		if err := os.Chown(mine, me, me); err != nil {
			t.Fatal(err)
		}
	}
	for name, tt := range map[string]struct {
		uid          int
		runtime      string
		socket, fail string
	}{
		"one's own":                       {me, mine, mine + "/bus", ""},
		"without a bus in it":             {me, mine + "/no", mine + "/no/bus", "there is no " + mine + "/no/bus"},
		"somebody else's":                 {me + 1, mine, "/run/dbus/system_bus_socket", mine + " belongs to another user"},
		"of a user who has no session":    {4321987, "", "/run/user/4321987/bus", "there is no /run/user/4321987/bus"},
		"root's, whoever called sudo":     {0, mine, "/run/dbus/system_bus_socket", "?"},
		"root's, without any environment": {0, "", "/run/dbus/system_bus_socket", "?"},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := findBus(tt.uid, func(key string) string { return map[string]string{"XDG_RUNTIME_DIR": tt.runtime}[key] })
			if got.socket != tt.socket {
				t.Errorf("it asks %s", got.socket)
			}
			if tt.fail != "?" && (fmt.Sprint(err) == "<nil>") != (tt.fail == "") || tt.fail != "?" && !strings.Contains(fmt.Sprint(err), tt.fail) {
				t.Errorf("%v", err)
			}
		})
	}
}

// wanted are the properties of a scope, as D-Bus types and values.
func wanted(pid int) map[string]string {
	return map[string]string{
		"Description": `s "a lab of netlab"`, "PIDs": fmt.Sprintf("au [%d]", pid), "MemoryMax": "t 2147483648", "MemorySwapMax": "t 0",
		"TasksMax": "t 4096", "CollectMode": `s "inactive-or-failed"`, "DelegateControllers": `as ["memory", "pids"]`,
	}
}

func TestTheScopeThatIsAskedFor(t *testing.T) {
	f := &fakeBus{result: "done"}
	b := bus{f.open(t)}
	if err := b.ask(77, scopeName(77), time.Now().Add(time.Minute)); err != nil {
		t.Fatal(err)
	}
	body := <-f.units
	if name := body[0].(string); !regexp.MustCompile(`^netlab-77-[0-9a-f]{8}\.scope$`).MatchString(name) || body[1] != "fail" || len(body) != 4 {
		t.Errorf("%v", body)
	}
	got := map[string]string{}
	for _, p := range body[2].([][]any) {
		v := p[1].(dbus.Variant)
		got[p[0].(string)] = v.Signature().String() + " " + strings.TrimPrefix(v.String(), "@"+v.Signature().String()+" ")
	}
	if d := cmp.Diff(wanted(77), got); d != "" {
		t.Error(d)
	}
}

// TestAScopeOfADeadProcessIsStopped: systemd would keep it.
func TestAScopeOfADeadProcessIsStopped(t *testing.T) {
	child := exec.Command("true")
	if err := child.Start(); err != nil {
		t.Fatal(err)
	}
	defer func() { _ = child.Wait() }()
	eventually(t, "it has ended", func() bool { return ended(child.Process.Pid) })
	for name, tt := range map[string]struct {
		pid  int
		want []any
	}{"an ended child": {child.Process.Pid, []any{"a.scope", "fail"}}, "this process": {os.Getpid(), nil}} {
		f := &fakeBus{result: "done"}
		if err := (bus{f.open(t)}).ask(tt.pid, "a.scope", time.Now().Add(time.Minute)); err != nil {
			t.Fatal(err)
		}
		var got []any
		select {
		case got = <-f.stopped:
		default:
		}
		if d := cmp.Diff(tt.want, got); d != "" {
			t.Errorf("%s: %s", name, d)
		}
	}
}

func TestWhyThereIsNoScope(t *testing.T) {
	const late = "systemd has not answered within 500ms"
	for name, tt := range map[string]struct {
		bus  fakeBus
		want string
	}{
		"the bus lets nobody in":     {fakeBus{refuses: "AUTH"}, "the bus SOCKET refuses: dbus: authentication failed"},
		"the bus says nothing":       {fakeBus{silent: "AUTH"}, late},
		"the bus does not greet":     {fakeBus{silent: "Hello"}, late},
		"the bus is another world's": {fakeBus{stranger: true}, "systemd is outside of this container"},
		"systemd does not want":      {fakeBus{refuses: "StartTransientUnit"}, "systemd refuses: not you"},
		"systemd says nothing":       {fakeBus{silent: "StartTransientUnit"}, late},
		"the job never ends":         {fakeBus{}, late},
		"the job fails":              {fakeBus{result: "failed"}, "systemd could not start a scope: failed"},
		"no matches":                 {fakeBus{refuses: "AddMatch"}, "the bus refuses: not you"},
		"a scope in name only":       {fakeBus{result: "done"}, "systemd may not limit memory here (no memory controller of cgroup v2)"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := bus{tt.bus.open(t)}
			patience := time.Minute // for a slow machine
			if tt.want == late {
				patience = scopeTime
			}
			_, err := b.limit(os.Getpid(), time.Now().Add(patience))
			if got := strings.ReplaceAll(fmt.Sprint(err), b.socket, "SOCKET"); got != tt.want {
				t.Errorf("%s", got)
			}
		})
	}
	if _, err := (bus{filepath.Join(t.TempDir(), "none")}).limit(1, time.Now().Add(scopeTime)); err == nil || !strings.Contains(err.Error(), "systemd cannot be asked") {
		t.Errorf("no bus: %v", err)
	}
}

// TestABusThatHangsUp cuts the first message at every byte: reading it must
// never end the program, as it did with godbus before v5.2.4.
func TestABusThatHangsUp(t *testing.T) {
	for cut := 1; cut < 60; cut++ {
		f := &fakeBus{cut: cut}
		if _, err := (bus{f.open(t)}).limit(os.Getpid(), time.Now().Add(time.Minute)); err == nil {
			t.Errorf("after %d bytes it is content", cut)
		}
	}
}

// TestALabStartsWhateverSystemdDoes: in the user's own directory there is a bus
// that never answers.
func TestALabStartsWhateverSystemdDoes(t *testing.T) {
	user := everyone()[0]
	for name, f := range map[string]*fakeBus{
		"it never answers": {silent: "StartTransientUnit"}, "it refuses": {refuses: "Hello"}, "it hangs up": {cut: 5},
	} {
		t.Run(name, func(t *testing.T) {
			socket := f.open(t)
			if user.uid != 0 {
				if err := errors.Join(os.Chown(filepath.Dir(socket), user.uid, user.uid), os.Chmod(socket, 0o777), os.Chmod(filepath.Dir(filepath.Dir(socket)), 0o755)); err != nil {
					t.Fatal(err)
				}
			}
			user.env = []string{"XDG_RUNTIME_DIR=" + filepath.Dir(socket)}
			out, err := user.inside(t, "echo it runs")
			if err != nil || !strings.Contains(out, "it runs") || !regexp.MustCompile(`unlimited=(systemd|the bus)`).MatchString(out) {
				t.Errorf("%v: %s", err, out)
			}
		})
	}
}

func TestALimitCountsOnlyWhenTheKernelKnowsIt(t *testing.T) {
	root := t.TempDir()
	for dir, limit := range map[string]string{
		"good/a.scope": "2147483648", "strict/a.scope": "4096", "none/a.scope": "max", "wide/a.scope": "2147487744", "odd/a.scope": "", "b.scope": "4096",
	} {
		if err := os.MkdirAll(filepath.Join(root, dir), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(root, dir, "memory.max"), []byte(limit+"\n"), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	for groups, want := range map[string]bool{
		"0::/good/a.scope\n": true, "0::/strict/a.scope\n": true, "12:memory:/x\n0::/good/a.scope\n": true,
		"0::/none/a.scope\n": false, "0::/wide/a.scope\n": false, "0::/odd/a.scope\n": false, "0::/nowhere/a.scope\n": false,
		"12:memory:/good/a.scope\n": false, "0::/b.scope\n": false, "": false,
	} {
		if _, err := checkGroups(groups, "a.scope", root); (err == nil) != want {
			t.Errorf("%q: %v", groups, err)
		}
	}
}

func TestTheVictimsAreCounted(t *testing.T) {
	for events, want := range map[string]int{
		"low 0\nhigh 0\nmax 31\noom 2\noom_kill 3\noom_group_kill 0\n": 3, "oom_kill 0\n": 0, "oom_group_kill 4\n": 0, "": 0,
	} {
		if got := oomKills(events); got != want {
			t.Errorf("%q: %d", events, got)
		}
	}
	if n := new(Lab).Starved(); n != 0 {
		t.Errorf("a lab without limits: %d", n)
	}
}

// realSystemd skips the test where no systemd answers, also where skipping is
// forbidden: containers and build machines have none, and labs do without.
func realSystemd(t *testing.T, lab *Lab) {
	t.Helper()
	if lab.Unlimited != nil {
		t.Skip("SKIPPED, here labs have no limit of memory:", lab.Unlimited)
	}
}

func TestSystemdKeepsALabWithinItsLimits(t *testing.T) {
	lab := opened(t, Options{Env: []string{envCall + "=echo"}})
	realSystemd(t, lab)
	groups := map[string]bool{}
	var dir string
	for _, pid := range family(lab.Pid()) {
		b, err := os.ReadFile(fmt.Sprintf("/proc/%d/cgroup", pid))
		if err != nil {
			t.Fatal(err)
		}
		groups[string(b)] = true
		dir = filepath.Join(cgroups, strings.TrimPrefix(strings.TrimSpace(string(b)), "0::"))
	}
	if len(groups) != 1 || !strings.HasPrefix(filepath.Base(dir), fmt.Sprintf("netlab-%d-", lab.Pid())) {
		t.Errorf("the lab lives in %v", groups)
	}
	for file, want := range map[string]string{"memory.max": "2147483648\n", "memory.swap.max": "0\n", "pids.max": "4096\n"} {
		if b, err := os.ReadFile(filepath.Join(dir, file)); string(b) != want && !(file == "memory.swap.max" && os.IsNotExist(err)) {
			t.Errorf("%s: %q %v", file, b, err)
		}
	}
	if err := syscall.Kill(lab.Pid(), syscall.SIGKILL); err != nil {
		t.Fatal(err)
	}
	lab.Wait()
	eventually(t, "the control group is gone", func() bool { _, err := os.Stat(dir); return os.IsNotExist(err) })
	eventually(t, "systemd has forgotten it", func() bool {
		out, _ := exec.Command("systemctl", managerFlag(), "list-units", "--all", "--no-legend", filepath.Base(dir)).Output()
		return len(out) == 0
	})
}

func managerFlag() string {
	if os.Geteuid() == 0 {
		return "--system"
	}
	return "--user"
}

// TestRootOfALabCannotLiftItsLimits: not even where the control group belongs
// to the user who is root of the lab (cgroups(7), nsdelegate).
func TestRootOfALabCannotLiftItsLimits(t *testing.T) {
	const script = `mkdir /tmp/c && unshare -C sh -c 'mount -t cgroup2 none /tmp/c && cd /tmp/c && { echo max >memory.max; cat memory.max; echo 0 >../cgroup.procs; }' 2>/dev/null | grep -x max && exit 9; exit 0`
	lab := opened(t, Options{Env: []string{envScript + "=" + script}})
	realSystemd(t, lab)
	if code := lab.Wait(); code != 0 {
		t.Errorf("code %d: %s", code, lab.Crash())
	}
}

func TestACommandIsTheFirstVictim(t *testing.T) {
	cmd := exec.Command("sleep", "60")
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	defer func() { _ = cmd.Process.Kill(); _ = cmd.Wait() }()
	Victim(cmd.Process.Pid)
	if b, err := os.ReadFile(fmt.Sprintf("/proc/%d/oom_score_adj", cmd.Process.Pid)); string(b) != "1000\n" {
		t.Errorf("%q %v", b, err)
	}
}

// TestInitStaysForSystemd: an outer process that died has perhaps asked for a
// scope, which systemd would keep if init were gone before it came.
func TestInitStaysForSystemd(t *testing.T) {
	e, err := newEnds()
	if err != nil {
		t.Fatal(err)
	}
	stage := exec.Command("/proc/self/exe")
	stage.Args = []string{StageInit}
	stage.ExtraFiles = []*os.File{e.innerControl, e.innerLifeline, e.innerStatus}
	e.closeOuter()
	begun := time.Now()
	if err := stage.Start(); err != nil {
		t.Fatal(err)
	}
	e.closeInner()
	_ = stage.Wait()
	if code := stage.ProcessState.ExitCode(); code != 1 || time.Since(begun) < scopeTime {
		t.Errorf("code %d after %v", code, time.Since(begun))
	}
}
