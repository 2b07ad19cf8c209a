package sandbox

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestEverybodyGetsALab(t *testing.T) {
	for _, w := range everyone() {
		t.Run(w.name, func(t *testing.T) {
			out, err := w.inside(t, `id -u; hostname; ip -o link | wc -l; ls /sys/class/net; ls /; ls /proc/self/fd | wc -l`)
			if err != nil {
				t.Fatal(err, out)
			}
			want := []string{"0", "netlab", "1", "lo", "bin", "etc", "usr"}
			for _, line := range want {
				if !strings.Contains("\n"+out+"\n", "\n"+line+"\n") {
					t.Errorf("no line %q in:\n%s", line, out)
				}
			}
			for _, hidden := range []string{"\nmnt\n", "\nboot\n", "\nsrv\n"} {
				if strings.Contains(out, hidden) {
					t.Errorf("%q is visible in:\n%s", hidden, out)
				}
			}
		})
	}
}

func TestALabsRootCanDoWhatLessonsDo(t *testing.T) {
	scripts := map[string]string{
		"name a namespace, enter it, delete it": `mkdir -p /run/netns; ip netns add a && ip netns exec a ip link show lo && ip netns del a`,
		"join two namespaces":                   `ip netns add a; ip link add v type veth peer name w netns a; ip link set v up; ip link show v`,
		"set a sysctl of the network":           `echo 1 > /proc/sys/net/ipv4/ip_forward; grep -q 1 /proc/sys/net/ipv4/ip_forward`,
		"edit the resolver's files":             `echo 10.0.0.1 x >> /etc/hosts; echo nameserver 10.0.0.1 > /etc/resolv.conf; sed -i s/dns// /etc/nsswitch.conf; grep -q 10.0.0.1 /etc/hosts`,
		"give a namespace files of its own":     `mkdir -p /etc/netns/a; ip netns add a; echo nameserver 1.2.3.4 > /etc/netns/a/resolv.conf; ip netns exec a grep -q 1.2.3.4 /etc/resolv.conf`,
		"write a server's settings":             `test -z "$(find /etc/unbound /etc/coredns -type f)"; echo x > /etc/unbound/unbound.conf; grep -q x /etc/unbound/unbound.conf; echo x > /etc/coredns/Corefile; echo x > /var/log/coredns.log`,
		"write scratch files":                   `echo x > /tmp/x; echo x > /root/x; echo x > /var/tmp/x; echo x > /run/x; mkdir /home/me`,
		"mount a tmpfs":                         `mkdir /tmp/m; mount -t tmpfs tmpfs /tmp/m`,
		"open a terminal":                       `script -qec 'test -t 0 && tty' /dev/null | grep -q /dev/pts/`,
		"use the devices":                       `echo x > /dev/null; head -c 8 /dev/urandom > /dev/zero; test -c /dev/tty`,
	}
	for name, script := range scripts {
		for _, w := range everyone() {
			t.Run(name+" as "+w.name, func(t *testing.T) {
				if out, err := w.inside(t, "set -e\n"+script); err != nil {
					t.Fatal(err, out)
				}
			})
		}
	}
}

// TestContainment lets a lab's root try to get out. Each script prints ESCAPED
// when it got through.
func TestContainment(t *testing.T) {
	sentinel := hostFile(t)
	scripts := map[string]string{
		"remount a read-only mount writable": `for m in / /usr /bin /lib /opt /dev ` + ProgramFile + `; do mount -o remount,rw $m && echo ESCAPED $m; mount -o remount,bind,rw $m && echo ESCAPED $m; done; true`,
		"write through every mount": `while read -r _ at _ opts _; do case $at in /tmp|/run|/run/*|/var|/root|/home|/etc|/proc|/sys|/dev/*) continue;; esac
			touch "$at/netlab-escape" 2>/dev/null && echo ESCAPED "$at"; done < /proc/mounts; touch /usr/bin/netlab-escape && echo ESCAPED; true`,
		"unmount what covers the host":   `for m in /usr /etc /proc /dev /run /tmp /var /home ` + ProgramFile + `; do umount $m && echo ESCAPED $m; umount -l $m && echo ESCAPED $m; done; true`,
		"look behind the lab's own /sys": `umount -l /sys; ls /sys/class/net 2>/dev/null | grep -v '^lo$' && echo ESCAPED; true`,
		"read process 1":                 `ls /proc/1/root/ && echo ESCAPED; ls -l /proc/1/fd && echo ESCAPED; cat /proc/1/environ && echo ESCAPED; readlink /proc/1/exe && echo ESCAPED; readlink /proc/1/ns/mnt && echo ESCAPED; true`,
		"enter process 1's namespaces":   `nsenter -t 1 -m true && echo ESCAPED; nsenter -t 1 -U true && echo ESCAPED; nsenter -t 1 -n true && echo ESCAPED; true`,
		"trace process 1":                `strace -p 1 -o /tmp/st & sleep 0.3; grep -q . /tmp/st && echo ESCAPED; kill $! 2>/dev/null; true`,
		"kill process 1":                 `kill -9 1; kill -TERM 1; kill -INT 1; kill -HUP 1; true`,
		"see the host's processes":       `for p in /proc/[0-9]*; do test ${p#/proc/} -gt 200 && echo ESCAPED $p; done; true`,
		"find the host's sockets":        `find / -xdev -type s 2>/dev/null | grep . && echo ESCAPED; ls /run/systemd /run/dbus /var/run/docker.sock 2>/dev/null && echo ESCAPED; grep -c @ /proc/net/unix | grep -v '^0$' && echo ESCAPED; true`,
		"find the host's homes":          `ls -A /home /root | grep -v : | grep . && echo ESCAPED; test -e ` + sentinel + ` && echo ESCAPED; true`,
		"see the host's network":         `ip -o link | grep -v ': lo:' && echo ESCAPED; ip route | grep . && echo ESCAPED; true`,
		"make a device":                  `mknod /tmp/disk b 8 0 && echo ESCAPED; mknod /tmp/mem c 1 1 && echo ESCAPED; true`,
		"mount the host's disk":          `mkdir -p /tmp/d; for d in ext4 xfs btrfs; do mount -t $d /dev/vda /tmp/d && echo ESCAPED; done; true`,
		"change a setting of the kernel": `for f in kernel/panic kernel/core_pattern vm/swappiness fs/file-max; do v=$(cat /proc/sys/$f); echo "$v" > /proc/sys/$f && echo ESCAPED $f; done; echo h > /proc/sysrq-trigger && echo ESCAPED; true`,
		"load a module":                  `modprobe --first-time dummy 2>/dev/null && echo ESCAPED; true`,
		"set the clock":                  `date -s "$(date)" >/dev/null && echo ESCAPED; true`,
		"reboot":                         `reboot -f; true`,
		"type into the host's terminal":  `python3 -c 'import fcntl,termios,sys; f=open("/dev/tty","w"); fcntl.ioctl(f, termios.TIOCSTI, b"x")' 2>/dev/null && echo ESCAPED; perl -e 'open(T,">/dev/tty") and ioctl(T,0x5412,"x") and print "ESCAPED\n"'; true`,
		"keep an inherited descriptor":   `for f in /proc/self/fd/*; do case $(readlink $f) in pipe:*|/dev/null|/proc/*) ;; *) test -e $f && echo ESCAPED $f $(readlink $f);; esac; done; true`,
		"see secrets in the environment": `env -u TEST_SCRIPT | grep -E 'SUDO|SSH|DBUS|XDG|GO' && echo ESCAPED; true`,
		"grow a scratch file system":     `mount -o remount,size=100g /tmp && echo ESCAPED; true`,
		"use capabilities of the tracer": `grep CapBnd /proc/self/status | cut -f2 | { read -r c; test $(( (0x$c >> 19) & 1 )) = 1 && echo ESCAPED; }; true`,
	}
	for name, script := range scripts {
		for _, w := range everyone() {
			t.Run(name+" as "+w.name, func(t *testing.T) {
				out, err := w.inside(t, script)
				if err != nil || strings.Contains(out, "ESCAPED") {
					t.Fatal(err, out)
				}
			})
		}
	}
}

// hostFile is a file of the host that no lab may see.
func hostFile(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	name := filepath.Join(dir, "secret")
	if err := os.WriteFile(name, []byte("secret"), 0o644); err != nil {
		t.Fatal(err)
	}
	return name
}
