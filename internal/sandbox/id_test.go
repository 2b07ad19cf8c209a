package sandbox

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/sys/unix"
)

func TestPickRange(t *testing.T) {
	for name, tt := range map[string]struct {
		extents      []idExtent
		first, count int
	}{
		"none":                                {nil, 0, 0},
		"the whole machine":                   {[]idExtent{{0, 1<<32 - 1}}, freeIDs, wantIDs},
		"just the free range":                 {[]idExtent{{freeIDs, wantIDs}}, freeIDs, wantIDs},
		"all but its last id":                 {[]idExtent{{freeIDs, wantIDs - 1}}, freeIDs, wantIDs - 1},
		"all but its first":                   {[]idExtent{{freeIDs + 1, wantIDs - 1}}, freeIDs + 1, wantIDs - 1},
		"root alone":                          {[]idExtent{{0, 1}}, 0, 0},
		"only the system's users":             {[]idExtent{{0, 1000}}, 0, 0},
		"one person":                          {[]idExtent{{0, 1001}}, 1000, 1},
		"a container":                         {[]idExtent{{0, 65536}}, 1000, 64536},
		"a large container: its upper end":    {[]idExtent{{0, 1000000}}, 1000000 - wantIDs, wantIDs},
		"the larger of two":                   {[]idExtent{{0, 2000}, {100000, 5000}}, 100000, 5000},
		"the larger one stands first":         {[]idExtent{{100000, 5000}, {200000, 10}}, 100000, 5000},
		"the free range in the second extent": {[]idExtent{{0, 65536}, {65536, 1<<32 - 65537}}, freeIDs, wantIDs},
		"of two alike the first":              {[]idExtent{{5000, 10}, {6000, 10}}, 5000, 10},
	} {
		t.Run(name, func(t *testing.T) {
			first, count := pickRange(tt.extents)
			if first != tt.first || count != tt.count {
				t.Errorf("got %d %d, want %d %d", first, count, tt.first, tt.count)
			}
			if count > 0 && (first < 1000 || !holds(tt.extents, first) || !holds(tt.extents, first+count-1)) {
				t.Errorf("%d to %d may not be given away", first, first+count-1)
			}
		})
	}
}

func TestHolds(t *testing.T) {
	extents := []idExtent{{0, 1}, {1000, 10}}
	for id, want := range map[int]bool{-1: false, 0: true, 1: false, 999: false, 1000: true, 1009: true, 1010: false} {
		if got := holds(extents, id); got != want {
			t.Errorf("%d: %v", id, got)
		}
	}
}

func TestTheMapOfIDsIsRead(t *testing.T) {
	path := filepath.Join(t.TempDir(), "uid_map")
	text := "         0       1000          1\n         1     100000      65536\nodd line\n\n 7 8\n4294967294 1 1\n"
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	want := []idExtent{{0, 1}, {1, 65536}, {4294967294, 1}}
	if d := cmp.Diff(want, readIDMap(path), cmp.AllowUnexported(idExtent{})); d != "" {
		t.Error(d)
	}
	if got := readIDMap(filepath.Join(t.TempDir(), "nope")); got != nil {
		t.Errorf("a file that is not there holds %v", got)
	}
	if got := readIDMap("/proc/self/uid_map"); len(got) == 0 {
		t.Error("this process has no ids")
	}
}

func TestSudoIDs(t *testing.T) {
	for name, tt := range map[string]struct {
		uid, gid string
		want     [2]int
	}{
		"both":      {"1000", "1001", [2]int{1000, 1001}},
		"none":      {"", "", [2]int{}},
		"one":       {"1000", "", [2]int{}},
		"nonsense":  {"1000", "x", [2]int{}},
		"a space":   {" 1000", "1000", [2]int{}},
		"too large": {"99999999999999999999", "1", [2]int{}},
	} {
		env := map[string]string{"SUDO_UID": tt.uid, "SUDO_GID": tt.gid}
		if u, g := sudoIDs(func(k string) string { return env[k] }); u != tt.want[0] || g != tt.want[1] {
			t.Errorf("%s: %d %d", name, u, g)
		}
	}
}

func TestSudoOfSomebodyWhomTheContainerDoesNotKnow(t *testing.T) {
	env := map[string]string{"SUDO_UID": "70000", "SUDO_GID": "70000"}
	got := rootIdentity([]idExtent{{0, 65536}}, []idExtent{{0, 65536}}, func(k string) string { return env[k] })
	want := []syscall.SysProcIDMap{{ContainerID: 0, HostID: 1000, Size: 64536}}
	if d := cmp.Diff(want, got.uids); d != "" {
		t.Error(d)
	}
	env = map[string]string{"SUDO_UID": "-5", "SUDO_GID": "-5"}
	if got = rootIdentity([]idExtent{{0, 65536}}, []idExtent{{0, 65536}}, func(k string) string { return env[k] }); got.uids[0].HostID != 1000 {
		t.Errorf("%+v", got)
	}
}

func TestUsersAndGroupsGetEquallyMany(t *testing.T) {
	got := rootIdentity([]idExtent{{0, 65536}}, []idExtent{{0, 3000}}, func(string) string { return "" })
	if got.uids[0].Size != 2000 || got.gids[0].Size != 2000 || got.size != 2000 || !got.setgroups || !got.privileged {
		t.Errorf("%+v", got)
	}
	got = rootIdentity([]idExtent{{0, 65536}}, []idExtent{{0, 1}}, func(string) string { return "" })
	if got.size != 1 || got.setgroups || got.uids[0].HostID != 0 {
		t.Errorf("without groups: %+v", got)
	}
}

func TestTheSameIDs(t *testing.T) {
	for name, tt := range map[string]struct {
		uids, gids []idExtent
		size       int
	}{
		"a machine":         {[]idExtent{{0, 1<<32 - 1}}, []idExtent{{0, 1<<32 - 1}}, wantIDs},
		"nobody knows":      {nil, nil, wantIDs},
		"the smaller one":   {[]idExtent{{0, 5000}}, []idExtent{{0, 4000}, {9000, 9000}}, 4000},
		"one id":            {[]idExtent{{0, 1}}, []idExtent{{0, 1}}, 1},
		"groups are unlike": {[]idExtent{{0, 65536}}, []idExtent{{0, 1}}, 1},
	} {
		got := sameIdentity(tt.uids, tt.gids)
		if got.size != tt.size || got.setgroups != (tt.size > 1) || got.uids[0] != (syscall.SysProcIDMap{Size: tt.size}) || got.gids[0] != got.uids[0] {
			t.Errorf("%s: %+v", name, got)
		}
	}
}

func TestAUserWithoutARangeIsAlone(t *testing.T) {
	const uid, gid = 54399, 54398 // nobody's, in no subuid file
	got := userIdentity(uid, gid)
	want := identity{
		uids: []syscall.SysProcIDMap{{HostID: uid, Size: 1}}, gids: []syscall.SysProcIDMap{{HostID: gid, Size: 1}}, size: 1,
	}
	if d := cmp.Diff(want, got, cmp.AllowUnexported(identity{})); d != "" {
		t.Error(d)
	}
	if d := cmp.Diff([]int{1}, got.runs()); d != "" {
		t.Error(d)
	}
}

func TestHowInitIsCloned(t *testing.T) {
	one := []syscall.SysProcIDMap{{HostID: 1000, Size: 1}}
	const always = syscall.CLONE_NEWNS | syscall.CLONE_NEWPID | syscall.CLONE_NEWUTS | syscall.CLONE_NEWIPC | syscall.CLONE_NEWNET
	for name, tt := range map[string]struct {
		id         identity
		user, maps bool
		root       bool // becomes root of its ids
		setgroups  bool
	}{
		"an ordinary user":          {identity{uids: one, gids: one, size: 1}, true, true, false, false},
		"with a range, the helpers": {identity{uids: one, gids: one, size: 2, helpers: true, setgroups: true}, true, false, false, false},
		"root":                      {identity{uids: one, gids: one, size: 9, privileged: true, setgroups: true}, true, true, true, true},
		"root with one id":          {identity{uids: one, gids: one, size: 1, privileged: true}, true, true, false, false},
		"no user namespace":         {identity{reduced: true, privileged: true}, false, false, false, false},
	} {
		t.Run(name, func(t *testing.T) {
			a := tt.id.sysProcAttr()
			if a.Cloneflags&always != always || (a.Cloneflags&syscall.CLONE_NEWUSER != 0) != tt.user || !a.Setsid {
				t.Errorf("flags %#x", a.Cloneflags)
			}
			if (len(a.UidMappings) > 0) != tt.maps || (len(a.GidMappings) > 0) != tt.maps || a.GidMappingsEnableSetgroups != tt.setgroups || (a.Credential != nil) != tt.root {
				t.Errorf("%+v", a)
			}
		})
	}
}

func TestHowTheEngineIsCloned(t *testing.T) {
	a := engineAttr(settings{IDs: []int{1, 99, 5}, Groups: true})
	want := []syscall.SysProcIDMap{{ContainerID: 0, HostID: 0, Size: 1}, {ContainerID: 1, HostID: 1, Size: 99}, {ContainerID: 100, HostID: 100, Size: 5}}
	if d := cmp.Diff(want, a.UidMappings); d != "" {
		t.Error(d)
	}
	if d := cmp.Diff(want, a.GidMappings); d != "" {
		t.Error(d)
	}
	if a.Cloneflags != syscall.CLONE_NEWNS|syscall.CLONE_NEWNET|syscall.CLONE_NEWUSER || !a.Setsid || !a.GidMappingsEnableSetgroups {
		t.Errorf("%+v", a)
	}
	if a = engineAttr(settings{IDs: []int{1}, Reduced: true}); a.Cloneflags != syscall.CLONE_NEWNS|syscall.CLONE_NEWNET || a.UidMappings != nil {
		t.Errorf("without a user namespace: %+v", a)
	}
}

func TestTheHelpersTroubleIsTold(t *testing.T) {
	dir := t.TempDir()
	t.Setenv("PATH", dir+":/usr/bin:/bin")
	id := identity{uids: []syscall.SysProcIDMap{{ContainerID: 0, HostID: 7, Size: 1}, {ContainerID: 1, HostID: 100000, Size: 9}}, gids: []syscall.SysProcIDMap{{HostID: 8, Size: 1}}}
	helper := func(name, script string) {
		if err := os.WriteFile(filepath.Join(dir, name), []byte("#!/bin/sh\n"+script), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	helper("newuidmap", "echo $0 $* >>"+dir+"/log")
	helper("newgidmap", "echo $0 $* >>"+dir+"/log")
	if err := id.writeMaps(4711); err != nil {
		t.Fatal(err)
	}
	log, err := os.ReadFile(filepath.Join(dir, "log"))
	if want := dir + "/newuidmap 4711 0 7 1 1 100000 9\n" + dir + "/newgidmap 4711 0 8 1\n"; err != nil || string(log) != want {
		t.Errorf("%v %s", err, log)
	}
	helper("newgidmap", "echo 'write to gid_map failed' >&2; exit 1")
	if err := id.writeMaps(4711); err == nil || err.Error() != "newgidmap: exit status 1: write to gid_map failed" {
		t.Errorf("%v", err)
	}
	os.Remove(filepath.Join(dir, "newuidmap"))
	t.Setenv("PATH", dir)
	if err := id.writeMaps(4711); err == nil || haveProgram("newuidmap") || !haveProgram("newgidmap") {
		t.Errorf("a helper that is not there: %v", err)
	}
}

// TestEveryRefusalIsExplainedSafely goes through all that the kernel can say.
func TestEveryRefusalIsExplainedSafely(t *testing.T) {
	machines := []facts{
		{}, {root: true}, {apparmor: "1"}, {clone: "0"}, {maxUser: "0"}, {maxNet: "0"}, {seccomp: true}, {container: true}, {missingUsers: true},
		{root: true, apparmor: "1", clone: "0", seccomp: true, container: true}, {maxUser: "100", maxNet: "100"},
	}
	for no := syscall.Errno(1); no < 134; no++ {
		for _, stage := range []string{"clone", "newuidmap", "mount proc", "memfd_create", "init"} {
			for _, m := range machines {
				r := explain(stage, no, m)
				if r.Todo == "" || !strings.HasSuffix(r.Error(), "("+stage+": "+no.Error()+")") || !errors.Is(r, no) {
					t.Fatalf("%v at %s: %q, %q", no, stage, r.Error(), r.Todo)
				}
				if denied := no == unix.EPERM || no == unix.EACCES; denied && r.Why == "" {
					t.Errorf("%v at %s on %+v is not explained", no, stage, m)
				}
				if m.root && strings.Contains(r.Todo, "sudo") && no != unix.ENOSPC && no != unix.EUSERS {
					t.Errorf("root is told to use sudo: %v at %s: %q", no, stage, r.Todo)
				}
				if strings.HasSuffix(r.Todo, ".") || strings.ContainsAny(r.Why, "\n") {
					t.Errorf("%q, %q", r.Why, r.Todo)
				}
			}
		}
	}
}

func TestOnlyARefusedCloneIsTriedOtherwise(t *testing.T) {
	for name, tt := range map[string]struct {
		err  error
		want bool
	}{
		"clone refused":    {&Refusal{Stage: "clone", Err: syscall.EPERM}, true},
		"the limit is 0":   {&Refusal{Stage: "clone", Err: syscall.ENOSPC}, true},
		"too many":         {&Refusal{Stage: "clone", Err: syscall.EAGAIN}, false},
		"no memory":        {&Refusal{Stage: "clone", Err: syscall.ENOMEM}, false},
		"something later":  {&Refusal{Stage: "mount proc", Err: syscall.EPERM}, false},
		"no refusal":       {syscall.EPERM, false},
		"wrapped":          {errors.Join(errors.New("x"), &Refusal{Stage: "clone", Err: syscall.EPERM}), true},
		"nothing happened": {nil, false},
	} {
		if got := isRefusedClone(tt.err); got != tt.want {
			t.Errorf("%s: %v", name, got)
		}
	}
}

func TestAPlaceForTheTreeHidesNoBind(t *testing.T) {
	binds := []Bind{{Path: "/srv/module"}, {Path: "/tmp"}}
	for dir, want := range map[string]bool{"/srv": true, "/srv/module": true, "/srv/module/deep": false, "/tmp": true, "/mnt": false, "/sr": false, "/": true} {
		if got := covers(dir, binds); got != want {
			t.Errorf("%s: %v", dir, got)
		}
	}
	if covers("/tmp", nil) {
		t.Error("nothing is covered")
	}
}

func TestTheFirstFailureOfTheTreeIsKept(t *testing.T) {
	var b builder
	ran := 0
	b.do("one", nil)
	b.try("two", func() error { ran++; return syscall.EIO })
	b.try("three", func() error { ran++; return nil })
	b.do("four", syscall.EPERM)
	if b.stage != "two" || !errors.Is(b.err, syscall.EIO) || ran != 1 {
		t.Errorf("%+v after %d", b, ran)
	}
}

// TestTheTreeIsAsItIsMeant looks at modes, owners, links and mounts from
// inside. It is the same tree for somebody who shares nothing (umask 077).
func TestTheTreeIsAsItIsMeant(t *testing.T) {
	old := syscall.Umask(0o077)
	defer syscall.Umask(old)
	out, err := everyone()[0].inside(t, `stat -c '%a %u:%g %n' / /dev /dev/pts /dev/shm /run /run/lock /tmp /var /var/tmp /var/lib /root /home /etc /etc/hosts /etc/netns
for l in /dev/fd /dev/stdin /dev/ptmx /var/run; do echo $l $(readlink $l); done
for d in null zero full random urandom tty; do test -c /dev/$d || echo no $d; done
echo umask $(umask)
ls -A /dev | tr '\n' ' '; echo
for at in /usr /dev /etc /tmp /run /var /proc /sys /dev/pts /dev/shm; do grep -m1 " $at " /proc/mounts | { read -r _ where kind opts _; for o in nosuid nodev noexec ro; do case ,$opts, in *,$o,*) where="$where $o";; esac; done; echo "mount $where"; }; done`)
	if err != nil {
		t.Fatal(err, out)
	}
	for _, want := range []string{
		"755 0:0 /", "755 0:0 /dev", "755 0:0 /etc", "1777 0:0 /var/tmp", "umask 0022", "1777 0:0 /tmp", "755 0:0 /run", "755 0:0 /run/lock", "755 0:0 /var", "755 0:0 /var/lib", "700 0:0 /root", "755 0:0 /home",
		"644 0:0 /etc/hosts", "755 0:0 /etc/netns", "1777 0:0 /dev/shm",
		"/dev/fd /proc/self/fd", "/dev/stdin fd/0", "/dev/ptmx pts/ptmx", "/var/run ../run",
		"fd full null ptmx pts random shm stderr stdin stdout tty urandom zero ",
		"mount /usr nosuid nodev ro", "mount /dev nosuid noexec ro", "mount /etc nosuid nodev", "mount /tmp nosuid nodev", "mount /run nosuid nodev", "mount /var nosuid nodev",
		"mount /dev/pts nosuid noexec", "mount /dev/shm nosuid nodev noexec",
	} {
		if !strings.Contains("\n"+out+"\n", "\n"+want+"\n") {
			t.Errorf("no %q", want)
		}
	}
	if t.Failed() || strings.Contains(out, "no tty") {
		t.Error(out)
	}
}
