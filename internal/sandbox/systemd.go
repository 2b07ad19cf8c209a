package sandbox

import (
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strconv"
	"time"

	"github.com/godbus/dbus/v5"
	"golang.org/x/sys/unix"
)

const (
	systemdName  = "org.freedesktop.systemd1"
	systemdPath  = "/org/freedesktop/systemd1"
	managerIface = "org.freedesktop.systemd1.Manager"
)

// bus is the socket of a message bus on which systemd can be asked.
type bus struct{ socket string }

// findBus finds the bus of the system for root, and of their own systemd for
// everybody else: it lies in a directory that must be theirs
// (pam_systemd(8), XDG_RUNTIME_DIR).
func findBus(uid int, getenv func(string) string) (bus, error) {
	b := bus{"/run/dbus/system_bus_socket"} // D-Bus specification, "System message bus"
	if uid != 0 {
		dir := getenv("XDG_RUNTIME_DIR")
		if dir == "" {
			dir = "/run/user/" + strconv.Itoa(uid)
		}
		var st unix.Stat_t
		if err := unix.Stat(dir, &st); err == nil && int(st.Uid) != uid {
			return b, fmt.Errorf("%s belongs to another user", dir)
		}
		b.socket = filepath.Join(dir, "bus")
	}
	if _, err := os.Stat(b.socket); err != nil {
		return b, fmt.Errorf("no systemd can be asked: there is no %s", b.socket)
	}
	return b, nil
}

// ask has systemd start the scope: it asks for nothing else and then hangs up.
func (b bus) ask(pid int, unit string, deadline time.Time) error {
	sock, err := (&net.Dialer{Deadline: deadline}).Dial("unix", b.socket)
	if err != nil {
		return fmt.Errorf("systemd cannot be asked: %v", err)
	}
	defer sock.Close()
	if err := sock.SetDeadline(deadline); err != nil {
		return err
	}
	conn, err := dbus.NewConn(sock)
	if err != nil {
		return err
	}
	defer conn.Close()
	if err := conn.Auth([]dbus.Auth{dbus.AuthExternal(strconv.Itoa(os.Geteuid()))}); err != nil {
		return fmt.Errorf("the bus %s refuses: %v", b.socket, err)
	}
	if err := conn.Hello(); err != nil {
		return fmt.Errorf("the bus %s refuses: %v", b.socket, err)
	}
	if err := samePids(conn); err != nil {
		return err
	}
	if err := startScope(conn, pid, unit); err != nil {
		return err
	}
	if ended(pid) { // a scope in which nobody has ever been is kept
		_ = conn.Object(systemdName, systemdPath).Call(managerIface+".StopUnit", 0, unit, "fail").Err
	}
	return nil
}

// ended tells whether a child has ended; it stays as it is (waitid(2), WNOWAIT).
func ended(pid int) bool {
	var info unix.Siginfo
	err := unix.Waitid(unix.P_PID, pid, &info, unix.WEXITED|unix.WNOHANG|unix.WNOWAIT, nil)
	return err == nil && info.Signo != 0
}

// samePids makes sure that systemd means the same process by a number: a bus
// from outside of a container would not.
func samePids(conn *dbus.Conn) error {
	var pid uint32
	if err := conn.BusObject().Call("org.freedesktop.DBus.GetConnectionUnixProcessID", 0, conn.Names()[0]).Store(&pid); err != nil {
		return fmt.Errorf("the bus does not say who we are: %v", err)
	}
	if int(pid) != os.Getpid() {
		return errors.New("systemd is outside of this container")
	}
	return nil
}

// startScope returns when systemd says that the scope has started.
func startScope(conn *dbus.Conn, pid int, unit string) error {
	ended := make(chan *dbus.Signal, 16)
	conn.Signal(ended)
	if err := conn.AddMatchSignal(dbus.WithMatchInterface(managerIface), dbus.WithMatchMember("JobRemoved")); err != nil {
		return fmt.Errorf("the bus refuses: %v", err)
	}
	systemd := conn.Object(systemdName, systemdPath)
	if err := systemd.Call(managerIface+".StartTransientUnit", 0, unit, "fail", scopeProperties(pid), []auxiliary{}).Err; err != nil {
		return fmt.Errorf("systemd refuses: %v", err)
	}
	for signal := range ended { // closed with the connection, at the deadline
		var id uint32
		var job dbus.ObjectPath
		var of, result string
		if dbus.Store(signal.Body, &id, &job, &of, &result) == nil && of == unit {
			if result != "done" {
				return fmt.Errorf("systemd could not start a scope: %s", result)
			}
			return nil
		}
	}
	return errors.New("systemd has not said whether the scope started")
}

// property is one setting of a unit, as StartTransientUnit takes it
// (org.freedesktop.systemd1(5)).
type property struct {
	Name  string
	Value dbus.Variant
}

// auxiliary is a unit that StartTransientUnit starts as well; a lab has none.
type auxiliary struct {
	Name       string
	Properties []property
}

func scopeProperties(pid int) []property {
	return []property{
		{"Description", dbus.MakeVariant("a lab of netlab")},
		{"PIDs", dbus.MakeVariant([]uint32{uint32(pid)})},
		{"MemoryMax", dbus.MakeVariant(uint64(MaxMemory))},
		{"MemorySwapMax", dbus.MakeVariant(uint64(0))},
		{"TasksMax", dbus.MakeVariant(uint64(maxTasks))},
		{"CollectMode", dbus.MakeVariant("inactive-or-failed")}, // a lab that was killed leaves no unit either
		// With it, systemd does not end the lab when the kernel had to kill one of its processes (systemd.scope(5), OOMPolicy).
		{"DelegateControllers", dbus.MakeVariant([]string{"memory", "pids"})},
	}
}
