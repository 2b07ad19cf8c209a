package sandbox

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func TestRootIdentity(t *testing.T) {
	whole := []idExtent{{0, 1<<32 - 1}}
	container := []idExtent{{0, 65536}}
	single := []idExtent{{0, 1}}
	sudo := map[string]string{"SUDO_UID": "1000", "SUDO_GID": "1001"}
	tests := []struct {
		name  string
		ids   []idExtent
		env   map[string]string
		want  []syscall.SysProcIDMap
		wantG []syscall.SysProcIDMap
	}{
		{"root gets ids of nobody", whole, nil,
			[]syscall.SysProcIDMap{{ContainerID: 0, HostID: freeIDs, Size: wantIDs}}, []syscall.SysProcIDMap{{ContainerID: 0, HostID: freeIDs, Size: wantIDs}}},
		{"with sudo root of the lab is the user", whole, sudo,
			[]syscall.SysProcIDMap{{ContainerID: 0, HostID: 1000, Size: 1}, {ContainerID: 1, HostID: freeIDs, Size: wantIDs - 1}},
			[]syscall.SysProcIDMap{{ContainerID: 0, HostID: 1001, Size: 1}, {ContainerID: 1, HostID: freeIDs, Size: wantIDs - 1}}},
		{"a container's root leaves the system's users alone", container, nil,
			[]syscall.SysProcIDMap{{ContainerID: 0, HostID: 1000, Size: 64536}}, []syscall.SysProcIDMap{{ContainerID: 0, HostID: 1000, Size: 64536}}},
		{"root of a namespace with one id keeps it", single, nil,
			[]syscall.SysProcIDMap{{ContainerID: 0, HostID: 0, Size: 1}}, []syscall.SysProcIDMap{{ContainerID: 0, HostID: 0, Size: 1}}},
		{"sudo of root itself is root", whole, map[string]string{"SUDO_UID": "0", "SUDO_GID": "0"},
			[]syscall.SysProcIDMap{{ContainerID: 0, HostID: freeIDs, Size: wantIDs}}, []syscall.SysProcIDMap{{ContainerID: 0, HostID: freeIDs, Size: wantIDs}}},
		{"nonsense in SUDO_UID is no user", whole, map[string]string{"SUDO_UID": "x", "SUDO_GID": "1"},
			[]syscall.SysProcIDMap{{ContainerID: 0, HostID: freeIDs, Size: wantIDs}}, []syscall.SysProcIDMap{{ContainerID: 0, HostID: freeIDs, Size: wantIDs}}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got := rootIdentity(tt.ids, tt.ids, func(k string) string { return tt.env[k] })
			if d := cmp.Diff(tt.want, got.uids); d != "" {
				t.Error("users", d)
			}
			if d := cmp.Diff(tt.wantG, got.gids); d != "" {
				t.Error("groups", d)
			}
		})
	}
}

func TestSubRange(t *testing.T) {
	tests := []struct {
		name, file   string
		first, count int
	}{
		{"by name", "anna:100000:65536\nben:165536:65536\n", 165536, 65536},
		{"by number", "1002:200000:1000\n", 200000, 1000},
		{"the largest of several", "ben:1000:5\nben:300000:70000\n", 300000, 70000},
		{"nobody's", "anna:100000:65536\n", 0, 0},
		{"broken lines", "ben:x:5\nben:5\n:::\nben:-4:10\n", 0, 0},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "subuid")
			if err := os.WriteFile(path, []byte(tt.file), 0o600); err != nil {
				t.Fatal(err)
			}
			first, count := subRange(path, []string{"1002", "ben"})
			if first != tt.first || count != tt.count {
				t.Errorf("got %d %d, want %d %d", first, count, tt.first, tt.count)
			}
		})
	}
	if _, n := subRange("/no/such/file", []string{"ben"}); n != 0 {
		t.Error("a missing file gave ids")
	}
}

// TestSubordinateIDs gives an ordinary user a range in /etc/subuid, in a mount
// namespace of the test's own.
func TestSubordinateIDs(t *testing.T) {
	need(t, os.Geteuid() == 0, "root")
	need(t, haveProgram("newuidmap"), "the program newuidmap (Debian package uidmap)")
	dir := t.TempDir()
	files := map[string]string{
		"subuid": "learner:200000:65536\n", "subgid": "learner:200000:65536\n",
		"passwd": "root:x:0:0::/root:/bin/sh\nlearner:x:54321:54321::/:/bin/sh\n", "group": "root:x:0:\nlearner:x:54321:\n",
	}
	mounts := ""
	for name, text := range files {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
		mounts += "mount --bind " + filepath.Join(dir, name) + " /etc/" + name + "\n"
	}
	script := "set -e\n" + mounts + `exec setpriv --reuid 54321 --regid 54321 --clear-groups bash -c 'exec -a ` + stageOuter + " " + readableSelf(t) + "'"
	ctx, cancel := context.WithTimeout(t.Context(), 180*time.Second)
	defer cancel()
	cmd := exec.CommandContext(ctx, "unshare", "-m", "--propagation", "private", "bash", "-c", script)
	cmd.Env = append(os.Environ(), envScript+`=set -e; cat /proc/self/uid_map; touch /tmp/x; chown 12:34 /tmp/x; stat -c %u:%g /tmp/x; ip netns add a`)
	out, err := cmd.CombinedOutput()
	if err != nil || !strings.Contains(string(out), "12:34") || !strings.Contains(string(out), "single=false") {
		t.Fatal(err, string(out))
	}
}

func need(t *testing.T, have bool, what string) {
	t.Helper()
	switch {
	case have:
	case os.Getenv("NETLAB_REQUIRE_KERNEL") == "1":
		t.Fatalf("this test needs %s, and NETLAB_REQUIRE_KERNEL=1 forbids skipping", what)
	default:
		t.Skipf("needs %s", what)
	}
}
