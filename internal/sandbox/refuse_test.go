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
