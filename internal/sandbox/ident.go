package sandbox

import (
	"bufio"
	"fmt"
	"os"
	"os/exec"
	"os/user"
	"strconv"
	"strings"
	"syscall"
)

const (
	// wantIDs is how many ids a lab has where it may: as many as a container.
	wantIDs = 65536
	// freeIDs begins a range which systemd's table of user ids calls unused
	// (https://systemd.io/UIDS-GIDS/): no file of the host belongs to it.
	freeIDs = 1879048192
)

// identity is who the lab's ids are on the host.
type identity struct {
	uids, gids []syscall.SysProcIDMap
	size       int
	setgroups  bool
	helpers    bool // newuidmap and newgidmap write the maps
	privileged bool // netlab was started by root
	reduced    bool // no user namespace at all
}

// chooseIdentity decides who is who, from who started netlab. Test says that
// root stays root.
func chooseIdentity(test bool) identity {
	switch {
	case os.Geteuid() == 0 && test:
		return sameIdentity(readIDMap("/proc/self/uid_map"), readIDMap("/proc/self/gid_map"))
	case os.Geteuid() == 0:
		return rootIdentity(readIDMap("/proc/self/uid_map"), readIDMap("/proc/self/gid_map"), os.Getenv)
	}
	return userIdentity(os.Geteuid(), os.Getegid())
}

// sameIdentity maps the first ids that there are to themselves.
func sameIdentity(uidMap, gidMap []idExtent) identity {
	n := wantIDs
	for _, m := range [][]idExtent{uidMap, gidMap} {
		if len(m) > 0 {
			n = min(n, m[0].count)
		}
	}
	same := []syscall.SysProcIDMap{{ContainerID: 0, HostID: 0, Size: n}}
	return identity{uids: same, gids: same, size: n, setgroups: n > 1, privileged: true}
}

// userIdentity maps root of the lab to the user, and the other ids to the
// user's subordinate range where there is one and the helpers are installed.
func userIdentity(uid, gid int) identity {
	id := identity{
		uids: []syscall.SysProcIDMap{{ContainerID: 0, HostID: uid, Size: 1}},
		gids: []syscall.SysProcIDMap{{ContainerID: 0, HostID: gid, Size: 1}},
		size: 1,
	}
	names := []string{strconv.Itoa(uid)}
	if u, err := user.LookupId(names[0]); err == nil {
		names = append(names, u.Username)
	}
	us, un := subRange("/etc/subuid", names)
	gs, gn := subRange("/etc/subgid", names)
	if min(un, gn) == 0 || !haveProgram("newuidmap") || !haveProgram("newgidmap") {
		return id
	}
	n := min(un, gn, wantIDs-1)
	id.uids = append(id.uids, syscall.SysProcIDMap{ContainerID: 1, HostID: us, Size: n})
	id.gids = append(id.gids, syscall.SysProcIDMap{ContainerID: 1, HostID: gs, Size: n})
	id.size, id.helpers, id.setgroups = n+1, true, true
	return id
}

// rootIdentity never maps the host's root where another id can be had: with
// sudo, root of the lab is the user who called sudo; else an id of nobody.
func rootIdentity(uidMap, gidMap []idExtent, getenv func(string) string) identity {
	us, un := pickRange(uidMap)
	gs, gn := pickRange(gidMap)
	n := min(un, gn)
	id := identity{privileged: true, setgroups: true}
	if n == 0 { // a user namespace with one id: root here is an ordinary user outside
		one := []syscall.SysProcIDMap{{ContainerID: 0, HostID: 0, Size: 1}}
		return identity{uids: one, gids: one, size: 1, privileged: true}
	}
	suid, sgid := sudoIDs(getenv)
	if suid > 0 && sgid > 0 && holds(uidMap, suid) && holds(gidMap, sgid) {
		id.uids = []syscall.SysProcIDMap{{ContainerID: 0, HostID: suid, Size: 1}, {ContainerID: 1, HostID: us, Size: n - 1}}
		id.gids = []syscall.SysProcIDMap{{ContainerID: 0, HostID: sgid, Size: 1}, {ContainerID: 1, HostID: gs, Size: n - 1}}
	} else {
		id.uids = []syscall.SysProcIDMap{{ContainerID: 0, HostID: us, Size: n}}
		id.gids = []syscall.SysProcIDMap{{ContainerID: 0, HostID: gs, Size: n}}
	}
	id.size = n
	return id
}

func sudoIDs(getenv func(string) string) (uid, gid int) {
	uid, err1 := strconv.Atoi(getenv("SUDO_UID"))
	gid, err2 := strconv.Atoi(getenv("SUDO_GID"))
	if err1 != nil || err2 != nil {
		return 0, 0
	}
	return uid, gid
}

// idExtent is a run of ids that this process may hand on.
type idExtent struct{ first, count int }

// readIDMap reads the first and third column of a uid_map (user_namespaces(7)).
func readIDMap(path string) []idExtent {
	f, err := os.Open(path)
	if err != nil {
		return nil
	}
	defer f.Close()
	var out []idExtent
	for s := bufio.NewScanner(f); s.Scan(); {
		var e idExtent
		var outside int
		if n, _ := fmt.Sscan(s.Text(), &e.first, &outside, &e.count); n == 3 {
			out = append(out, e)
		}
	}
	return out
}

// pickRange finds the ids for a lab: the free range, else the upper end of
// what there is, never id 0 and never those of the system's own users.
func pickRange(extents []idExtent) (first, count int) {
	const systemUsers = 1000 // first id of a person, login.defs(5) UID_MIN
	for _, e := range extents {
		if e.first <= freeIDs && freeIDs+wantIDs <= e.first+e.count {
			return freeIDs, wantIDs
		}
	}
	for _, e := range extents {
		low := max(e.first, systemUsers)
		n := min(e.first+e.count-low, wantIDs)
		if n > count {
			first, count = e.first+e.count-n, n
		}
	}
	return first, count
}

func holds(extents []idExtent, id int) bool {
	for _, e := range extents {
		if id >= e.first && id < e.first+e.count {
			return true
		}
	}
	return false
}

// subRange reads the first range of one of names from a subuid(5) file.
func subRange(path string, names []string) (first, count int) {
	f, err := os.Open(path)
	if err != nil {
		return 0, 0
	}
	defer f.Close()
	for s := bufio.NewScanner(f); s.Scan(); {
		part := strings.Split(strings.TrimSpace(s.Text()), ":")
		if len(part) != 3 {
			continue
		}
		a, err1 := strconv.Atoi(part[1])
		n, err2 := strconv.Atoi(part[2])
		for _, name := range names {
			if part[0] == name && err1 == nil && err2 == nil && a > 0 && n > count {
				first, count = a, n
			}
		}
	}
	return first, count
}

func haveProgram(name string) bool {
	_, err := exec.LookPath(name)
	return err == nil
}

// writeMaps lets the set-user-id helpers write the maps of process pid.
func (id identity) writeMaps(pid int) error {
	for _, h := range []struct {
		program string
		maps    []syscall.SysProcIDMap
	}{{"newuidmap", id.uids}, {"newgidmap", id.gids}} {
		args := []string{strconv.Itoa(pid)}
		for _, m := range h.maps {
			args = append(args, strconv.Itoa(m.ContainerID), strconv.Itoa(m.HostID), strconv.Itoa(m.Size))
		}
		if out, err := exec.Command(h.program, args...).CombinedOutput(); err != nil {
			return fmt.Errorf("%s: %w: %s", h.program, err, strings.TrimSpace(string(out)))
		}
	}
	return nil
}

// mayBeRoot says that root of the lab may be root of the machine: without a
// user namespace it is, and root of a namespace with one id may stand for it.
func (id identity) mayBeRoot() bool { return id.privileged && (id.reduced || id.size == 1) }

// runs are the lengths of the mapped runs of ids, which follow one another
// from 0 and are the same for users and groups.
func (id identity) runs() []int {
	var out []int
	for _, m := range id.uids {
		out = append(out, m.Size)
	}
	return out
}

// sysProcAttr is how init is cloned: stage A. Its network namespace is empty
// and stays so: from it the lab's own /sys is covered, and nothing that runs
// in stage A could send anything anywhere.
func (id identity) sysProcAttr() *syscall.SysProcAttr {
	attr := &syscall.SysProcAttr{
		Cloneflags: syscall.CLONE_NEWNS | syscall.CLONE_NEWPID | syscall.CLONE_NEWUTS | syscall.CLONE_NEWIPC | syscall.CLONE_NEWNET,
		Setsid:     true,
	}
	if id.reduced {
		return attr
	}
	attr.Cloneflags |= syscall.CLONE_NEWUSER
	if id.helpers {
		return attr
	}
	attr.UidMappings, attr.GidMappings = id.uids, id.gids
	attr.GidMappingsEnableSetgroups = id.setgroups
	if id.privileged && id.setgroups {
		attr.Credential = &syscall.Credential{Uid: 0, Gid: 0}
	}
	return attr
}
