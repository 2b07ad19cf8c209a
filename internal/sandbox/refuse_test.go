package sandbox

import (
	"errors"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"testing"
)

func TestRefusalsAreToldByTheirCause(t *testing.T) {
	tests := []struct {
		name      string
		stage     string
		err       error
		facts     facts
		why, todo string
	}{
		{"AppArmor of Ubuntu", "clone", syscall.EACCES, facts{apparmor: "1", maxUser: "100"}, "AppArmor", "sudo"},
		{"AppArmor that lets clone through", "mount proc", syscall.EPERM, facts{apparmor: "1"}, "AppArmor", "package"},
		{"Debian's old switch", "clone", syscall.EPERM, facts{clone: "0"}, "unprivileged_userns_clone", "sudo"},
		{"Debian's old switch, for root", "clone the engine", syscall.EPERM, facts{clone: "0", root: true}, "unprivileged_userns_clone", "own lessons"},
		{"limit of 0 is no full disk", "clone", syscall.ENOSPC, facts{maxUser: "0"}, "max_user_namespaces", "administrator"},
		{"limit on networks", "clone", syscall.ENOSPC, facts{maxUser: "9", maxNet: "0"}, "max_net_namespaces", "administrator"},
		{"limit reached", "clone", syscall.EUSERS, facts{maxUser: "9", maxNet: "9"}, "limit on namespaces is reached", "end other labs"},
		{"container with seccomp", "clone", syscall.EPERM, facts{seccomp: true}, "container", "on the host"},
		{"Docker", "mount proc", syscall.EPERM, facts{container: true, root: true}, "container", "--privileged"},
		{"root without capabilities", "clone", syscall.EPERM, facts{root: true}, "CAP_SYS_ADMIN", "--privileged"},
		{"processes", "clone", syscall.EAGAIN, facts{}, "limit on processes", "ulimit -u"},
		{"memory", "clone", syscall.ENOMEM, facts{}, "memory", "try again"},
		{"no user namespaces in the kernel", "clone", syscall.EINVAL, facts{missingUsers: true}, "built without", "CONFIG_USER_NS"},
		{"subordinate ids", "newuidmap", errors.New("exit status 1"), facts{}, "/etc/subuid", "administrator"},
		{"plain refusal", "clone", syscall.EPERM, facts{}, "ordinary users", "sudo"},
		{"something new", "mount overlay", syscall.EIO, facts{}, "", "doctor"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			r := explain(tt.stage, tt.err, tt.facts)
			if !strings.Contains(r.Why, tt.why) || !strings.Contains(r.Todo, tt.todo) {
				t.Errorf("why %q, todo %q; want %q, %q", r.Why, r.Todo, tt.why, tt.todo)
			}
			if !errors.Is(r, tt.err) || !strings.Contains(r.Error(), tt.stage) {
				t.Errorf("%q does not tell what failed", r.Error())
			}
			if low := strings.ToLower(r.Todo); strings.Contains(low, "sysctl") || strings.Contains(low, "disable") || strings.Contains(low, "=0") {
				t.Errorf("%q advises to switch a protection off", r.Todo)
			}
		})
	}
}

func TestWhenALabWithoutUserNamespacesIsTried(t *testing.T) {
	for name, tt := range map[string]struct {
		err  error
		want bool
	}{
		"the outer one is forbidden":       {refuse("clone", syscall.EPERM), true},
		"the outer one is over the limit":  {refuse("clone", syscall.ENOSPC), true},
		"the kernel does not know them":    {refuse("clone", syscall.EINVAL), true},
		"the inner one is forbidden":       {refuse("clone the engine", syscall.EPERM), true},
		"the inner one is over the limit":  {refuse("clone the engine", syscall.ENOSPC), true},
		"too many processes":               {refuse("clone", syscall.EAGAIN), false},
		"no memory":                        {refuse("clone", syscall.ENOMEM), false},
		"the engine's directory is absent": {refuse("clone the engine", syscall.ENOENT), false},
		"a mount is forbidden":             {refuse("mount proc", syscall.EPERM), false},
		"another error":                    {syscall.EPERM, false},
	} {
		if got := isRefusedClone(tt.err); got != tt.want {
			t.Errorf("%s: %v", name, got)
		}
	}
}

func TestTheKernelsWordsStandAlone(t *testing.T) {
	err := refuse("clone", bare(&os.PathError{Op: "fork/exec", Path: "/proc/self/fd/9", Err: syscall.ENOSPC}))
	if !errors.Is(err, syscall.ENOSPC) || strings.Contains(err.Error(), "/proc") {
		t.Error(err)
	}
}

func TestKernelRelease(t *testing.T) {
	for release, ok := range map[string]bool{
		"5.12.0": true, "6.18.44-fc": true, "5.15.0-91-generic": true, "5.11.22": false, "4.19.0": false, "3.10.0-1160.el7": false, "odd": true,
	} {
		err := checkRelease(release)
		if (err == nil) != ok {
			t.Errorf("%s: %v", release, err)
		}
		if err != nil && !strings.Contains(err.Error(), "5.12") {
			t.Errorf("%q does not say what is needed", err)
		}
	}
}

// limited runs the outer process as root of a user namespace that may make no
// more than so many namespaces.
func limited(t *testing.T, setting, script string) (string, error) {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), "unshare", "-Ur", "bash", "-c", `echo 0 > /proc/sys/user/`+setting+` && exec -a `+stageOuter+` "$0"`, readableSelf(t))
	cmd.Env = append(os.Environ(), envScript+"="+script)
	out, err := cmd.CombinedOutput()
	return string(out), err
}

func TestALimitIsTold(t *testing.T) {
	out, err := limited(t, "max_net_namespaces", "true")
	if err == nil || !strings.Contains(out, "max_net_namespaces") {
		t.Fatal(err, out)
	}
}

func TestWithoutUserNamespacesRootStillGetsALab(t *testing.T) {
	need(t, os.Geteuid() == 0, "root")
	cmd := exec.CommandContext(t.Context(), "bash", "-c", `echo 0 > /proc/sys/user/max_user_namespaces && exec -a `+stageOuter+` "$0"`, readableSelf(t))
	cmd.Env = append(os.Environ(), envScript+`=set -e; ip netns add a; ip netns exec a ip link; touch /usr/x 2>/dev/null && echo ESCAPED; ls /mnt 2>/dev/null && echo ESCAPED
grep CapBnd /proc/self/status; readlink /proc/1/root && echo ESCAPED; true`)
	ids := []syscall.SysProcIDMap{{ContainerID: 0, HostID: 0, Size: 65536}}
	cmd.SysProcAttr = &syscall.SysProcAttr{Cloneflags: syscall.CLONE_NEWUSER, UidMappings: ids, GidMappings: ids, GidMappingsEnableSetgroups: true}
	b, err := cmd.CombinedOutput()
	out := string(b)
	if err != nil || !strings.Contains(out, "reduced=true") || strings.Contains(out, "ESCAPED") {
		t.Fatal(err, out)
	}
	const only = "0000000000203400" // NET_BIND_SERVICE, NET_ADMIN, NET_RAW, SYS_ADMIN
	if !strings.Contains(out, only) {
		t.Errorf("other capabilities than %s:\n%s", only, out)
	}
}
