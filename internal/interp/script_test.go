package interp

import (
	"errors"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"
)

// limited runs a shell line within limits, as the stage of a script does.
func limited(t *testing.T, o Options, line string) (*os.ProcessState, string) {
	t.Helper()
	args, err := ScriptArgs(o, "/bin/sh", []string{"sh", "-c", line})
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command("/proc/self/exe")
	cmd.Args = args
	out, err := cmd.CombinedOutput()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		t.Fatal(err)
	}
	return cmd.ProcessState, string(out)
}

func TestTheLimitsOfAScript(t *testing.T) {
	if raced {
		t.Skip("under the race detector the stage itself takes the memory")
	}
	o := ScriptOptions(time.Minute)
	o.FileSize, o.Memory = 1<<20, 256<<20
	for _, tt := range []struct {
		name, line, limit string
		exit              int
	}{
		{"none", "exit 3", "", 3},
		{"it sets them", "ulimit -c; ulimit -f", "", 0},
		{"a file that is too large", "exec dd if=/dev/zero of=/tmp/limited bs=1M count=2 2>/dev/null", LimitFile, -1},
		{"and the shell goes on", "dd if=/dev/zero of=/tmp/limited bs=1M count=2 2>/dev/null; exit $?", LimitFile, 153},
		{"memory", "tail /dev/zero", LimitMemory, 1},
		{"memory that did not matter", "tail /dev/zero 2>/dev/null; true", "", 0},
		{"a signal", "kill -9 $$", "", -1},
	} {
		t.Run(tt.name, func(t *testing.T) {
			st, out := limited(t, o, tt.line)
			if got := o.Judge(st); got != tt.limit || st.ExitCode() != tt.exit {
				t.Errorf("limit %q, %v\n%s", got, st, out)
			}
		})
	}
}

func TestAStageThatCannotBegin(t *testing.T) {
	for _, args := range [][]string{{StageScript}, {StageScript, "{}"}, {StageScript, "no", "/bin/sh", "sh"}, {StageScript, "{}", "/no/such/shell", "sh"}} {
		cmd := exec.Command("/proc/self/exe")
		cmd.Args = args
		out, err := cmd.CombinedOutput()
		var exit *exec.ExitError
		if !errors.As(err, &exit) || exit.ExitCode() != 126 || len(out) == 0 {
			t.Errorf("%q: %v, %s", args, err, out)
		}
	}
}

func TestLimitsOfAScriptInWords(t *testing.T) {
	o := ScriptOptions(90 * time.Second)
	for limit, says := range map[string]string{
		LimitTime: "longer than 90 s; --time", LimitOutput: "more than 64 MiB", LimitFile: "larger than 64 MiB",
		LimitProcesses: "more than 256 processes", LimitMemory: "at most 1 GiB",
	} {
		if got := o.Explain(limit); !strings.HasPrefix(got, "stopped: ") || !strings.Contains(got, says) {
			t.Errorf("%s: %q", limit, got)
		}
	}
}

func TestSettings(t *testing.T) {
	got := Settings()
	if got["net.ipv4.ip_forward"] == "" || got["net.ipv4.conf.all.rp_filter"] == "" {
		t.Errorf("%d settings, and the known ones are missing", len(got))
	}
	for key, value := range got {
		if strings.Contains(key, ".conf.lo.") || strings.Contains(key, "/") || strings.ContainsAny(value, "\t") {
			t.Errorf("%s = %q", key, value)
		}
	}
}

func TestBystanders(t *testing.T) {
	b := WatchBystanders()
	before := b.Count()
	var jobs []*exec.Cmd
	for range 3 {
		cmd := exec.Command("sleep", "77")
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		jobs = append(jobs, cmd)
	}
	defer func() {
		for _, cmd := range jobs {
			_ = cmd.Process.Kill()
			_ = cmd.Wait()
		}
	}()
	if n := b.Count() - before; n != 3 {
		t.Errorf("%d came", n)
	}
	until(t, func() bool { return strings.Contains(strings.Join(b.Lines(), "\n"), "sleep 77 (3 times)") })
	until(t, func() bool { return b.Exceed(before + 2) })
	if b.Exceed(before + 100) {
		t.Error("more than there are")
	}
}

// until waits for something to become true.
func until(t *testing.T, happens func() bool) {
	t.Helper()
	for end := time.Now().Add(10 * time.Second); !happens(); {
		if time.Now().After(end) {
			t.Fatal("it does not happen")
		}
	}
}
