package kernel

import (
	"encoding/hex"
	"os"
	"os/exec"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"

	"golang.org/x/sys/unix"

	"netlab/internal/netlabtest"
	"netlab/internal/nlmsg"
)

// asBytes makes the test binary send the messages of sendBytes, hex digits with
// a blank between two messages.
const (
	asBytes   = "bytes"
	sendBytes = "NETLAB_TEST_BYTES"
)

// runSender sends messages in a namespace of its own, for strace to see.
func runSender() int {
	fd, err := unix.Socket(unix.AF_NETLINK, unix.SOCK_RAW, unix.NETLINK_ROUTE)
	if err != nil {
		return 1
	}
	for word := range strings.FieldsSeq(os.Getenv(sendBytes)) {
		b, err := hex.DecodeString(word)
		if err != nil || unix.Sendto(fd, b, 0, &unix.SockaddrNetlink{Family: unix.AF_NETLINK}) != nil {
			return 1
		}
	}
	return 0
}

// stracedLines are lines whose messages strace reads beside package nlmsg.
func stracedLines() []string {
	return []string{
		"ip link add v0 type veth peer name v1",
		"ip link add v0 mtu 1400 address 02:00:00:00:00:01 type veth peer name v1",
		"ip link add br0 type bridge ageing_time 30000 forward_delay 200",
		"ip link add vx0 type vxlan id 100 remote 10.0.0.2 local 10.0.0.1 dstport 4789 nolearning",
		"ip link set v0 up",
		"ip link set v0 master br7",
		"ip link set v0 netns ns1",
		"ip link set v0 name eth0",
		"ip link set v0 addrgenmode none",
		"ip link del v0",
		"ip addr add 10.0.0.1/24 brd + dev v0 label v0:1",
		"ip addr add 10.0.0.1 peer 10.0.0.2/32 dev v0",
		"ip addr add 2001:db8::1/64 dev v0 nodad",
		"ip addr del 10.0.0.1/24 dev v0",
		"ip route add default via 10.1.1.254 metric 7",
		"ip route add 10.9.0.0/16 via 10.1.1.254 dev v0 mtu 1400 onlink",
		"ip route add blackhole 10.77.0.0/16",
		"ip route add 2001:db8:9::/48 dev v0 table 100",
		"ip route del 10.9.0.0/16 dev v0",
		"ip neigh add 10.0.0.2 lladdr 02:00:00:00:00:02 dev v0",
		"ip neigh del 10.0.0.2 dev v0",
		"bridge fdb add 02:00:00:00:00:05 dev v0 master static",
		"bridge fdb append 00:00:00:00:00:00 dev vx0 dst 10.0.0.2",
		"bridge link set dev v0 learning off flood off",
	}
}

func TestStraceReadsTheSameBytesAlike(t *testing.T) {
	path, err := exec.LookPath("strace")
	netlabtest.Require(t, err == nil, "strace")
	var sent [][]byte
	for _, line := range stracedLines() {
		all, err := tapped(t, line)
		if err != nil {
			t.Errorf("%s: %v", line, err)
		}
		for _, x := range all {
			sent = append(sent, x.Sent)
		}
		clean(t, New())
		if strings.Contains(line, "blackhole") {
			do(t, New(), "ip route del blackhole 10.77.0.0/16")
		}
	}
	seen := straced(t, path, sent)
	if len(seen) != len(sent) {
		t.Fatalf("strace saw %d messages of %d", len(seen), len(sent))
	}
	total := 0
	for i, b := range sent {
		total += sameReading(t, nlmsg.Read(b, nil).Request, seen[i])
	}
	t.Logf("%d messages, %d attributes with names and lengths and values compared", len(sent), total)
	const fewest = 85
	if total < fewest {
		t.Errorf("only %d attributes were compared", total)
	}
}

// straced sends the messages again under strace, and returns what it wrote of
// each.
func straced(t *testing.T, path string, sent [][]byte) []string {
	t.Helper()
	const trace = "/run/trace"
	self := "/proc/" + strconv.Itoa(os.Getpid()) + "/exe" // for strace, /proc/self is strace
	cmd := exec.Command(path, "-f", "--seccomp-bpf", "-qq", "-v", "-s", "4096", "-e", "trace=sendto", "-e", "signal=none", "-o", trace, self)
	// Of the first one strace does not know yet that it is netlink.
	words := []string{hex.EncodeToString(sent[0])}
	for _, b := range sent {
		words = append(words, hex.EncodeToString(b))
	}
	cmd.Env = append(os.Environ(), runnerMode+"="+asBytes, sendBytes+"="+strings.Join(words, " "))
	cmd.SysProcAttr = &syscall.SysProcAttr{Cloneflags: syscall.CLONE_NEWNET}
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	b, err := os.ReadFile(trace)
	if err != nil {
		t.Fatal(err)
	}
	seen := slices.DeleteFunc(strings.Split(string(b), "\n"), func(s string) bool { return !strings.Contains(s, "nlmsg_type") })
	return seen[min(1, len(seen)):]
}

// sameReading compares one message, and counts the attributes.
func sameReading(t *testing.T, m nlmsg.Message, seen string) int {
	t.Helper()
	for name, want := range map[string]string{"nlmsg_type": m.Type, "nlmsg_len": strconv.Itoa(m.Size)} {
		if got := find(seen, name+`=([A-Z0-9_]+)`); got != want {
			t.Errorf("strace reads %s %s, netlab %s:\n%s", name, got, want, seen)
		}
	}
	if got := flagSet(find(seen, `nlmsg_flags=([A-Z0-9_|x]+)`)); !slices.Equal(got, flagSet(m.Flags)) {
		t.Errorf("strace reads the flags %v, netlab %s", got, m.Flags)
	}
	ours := flat(m.Parts)
	all := regexp.MustCompile(`\{nla_len=(\d+), nla_type=(?:NLA_F_NESTED\|)?([A-Z0-9_]+)\}(?:, ([^\[\]{}]*)\])?`).FindAllStringSubmatch(seen, -1)
	at := 0
	for _, a := range all {
		for at < len(ours) && ours[at].Name != a[2] {
			at++ // of what strace does not read, such as the other end of a veth
		}
		if at == len(ours) {
			t.Errorf("strace reads %s, netlab does not, or not there:\n%s\n%+v", a[2], seen, m.Parts)
			return 0
		}
		sameAttribute(t, ours[at], a[1], a[3])
		at++
	}
	return len(all)
}

func flagSet(s string) []string {
	words := strings.Split(s, "|")
	slices.Sort(words)
	return words
}

func find(text, pattern string) string {
	if m := regexp.MustCompile(pattern).FindStringSubmatch(text); m != nil {
		return m[1]
	}
	return ""
}

// flat lists all attributes of a message in the order of their bytes.
func flat(parts []nlmsg.Part) []nlmsg.Part {
	var all []nlmsg.Part
	for _, p := range parts {
		all = append(append(all, p), flat(p.Parts)...)
	}
	return all
}

func sameAttribute(t *testing.T, p nlmsg.Part, length, value string) {
	t.Helper()
	n, _ := strconv.Atoi(length)
	if n > p.Size || p.Size-n > 3 {
		t.Errorf("%s: strace reads %d bytes, netlab %d with padding", p.Name, n, p.Size)
	}
	value, _, _ = strings.Cut(strings.TrimSuffix(value, "..."), " /*")
	// inet_addr("10.0.0.1") and "10.0.0.1" alike; if_nametoindex and hex are strace's own.
	if in := find(value, `inet_(?:addr|pton)\((?:AF_INET6, )?"([^"]*)"\)`); in != "" {
		value = in
	}
	switch {
	case value == "" || strings.Contains(value, "(") || strings.HasPrefix(value, `"\`):
	case strings.HasPrefix(p.Value, "file descriptor"), strings.HasPrefix(value, "0x"):
	case strings.HasPrefix(value, "htons"):
	case value != p.Value:
		t.Errorf("%s: strace reads %s, netlab %s", p.Name, value, p.Value)
	}
}
