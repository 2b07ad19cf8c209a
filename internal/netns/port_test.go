package netns

import (
	"net"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// table writes lines as the kernel has them in /proc/net/udp: where to, where
// from, inode.
func table(lines ...string) string {
	out := "   sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode ref pointer drops\n"
	for _, l := range lines {
		w := strings.Fields(l)
		out += "  123: " + w[0] + " " + w[1] + " 07 00000000:00000000 00:00000000 00000000     0        0 " + w[2] + " 2 0000000000000000 0\n"
	}
	return out
}

// procTree writes what of /proc is read: a file by its path, or with @ a link.
func procTree(t *testing.T, files map[string]string) string {
	t.Helper()
	proc := t.TempDir()
	for name, text := range files {
		path := filepath.Join(proc, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		err := error(nil)
		if to, link := strings.CutPrefix(text, "@"); link {
			err = os.Symlink(to, path)
		} else {
			err = os.WriteFile(path, []byte(text), 0o644)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	return proc
}

func TestSharers(t *testing.T) {
	const any4, any6, peer = "00000000:0000", "00000000000000000000000000000000:0000", "0100007F:1F90"
	tests := []struct {
		name  string
		files map[string]string
		want  []Sharer
	}{
		{"nobody else is there", map[string]string{
			"self/net/udp": table("00000000:0035 " + any4 + " 10"), "self/fd/3": "@socket:[10]", "7/fd/3": "@socket:[10]", "7/comm": "self\n",
		}, nil},
		{"another one has the same port", map[string]string{
			"self/net/udp": table("00000000:0035 "+any4+" 10", "00000000:0035 "+any4+" 11"), "self/fd/3": "@socket:[10]",
			"8/fd/3": "@socket:[11]", "8/comm": "coredns\n",
		}, []Sharer{{"coredns", 8, Port{"udp", 53}}}},
		{"another one has it for IPv6, several times", map[string]string{
			"self/net/udp":  table("00000000:0035 " + any4 + " 10"),
			"self/net/udp6": table("00000000000000000000000000000000:0035 "+any6+" 11", "00000000000000000000000000000000:0035 "+any6+" 12"),
			"self/fd/3":     "@socket:[10]", "8/fd/3": "@socket:[11]", "8/fd/4": "@socket:[12]", "8/comm": "coredns\n",
		}, []Sharer{{"coredns", 8, Port{"udp", 53}}}},
		{"another one has it for TCP, and so is not in the way", map[string]string{
			"self/net/udp": table("00000000:0035 " + any4 + " 10"), "self/net/tcp": table("00000000:0035 " + any4 + " 11"),
			"self/fd/3": "@socket:[10]", "8/fd/3": "@socket:[11]", "8/comm": "coredns\n",
		}, nil},
		{"another one has another port", map[string]string{
			"self/net/udp": table("00000000:0035 "+any4+" 10", "00000000:0036 "+any4+" 11"), "self/fd/3": "@socket:[10]",
			"8/fd/3": "@socket:[11]", "8/comm": "coredns\n",
		}, nil},
		{"another one speaks from there, and waits for nobody", map[string]string{
			"self/net/udp": table("00000000:0035 "+any4+" 10", "00000000:0035 "+peer+" 11"), "self/fd/3": "@socket:[10]",
			"8/fd/3": "@socket:[11]", "8/comm": "coredns\n",
		}, nil},
		{"whose it is cannot be seen", map[string]string{
			"self/net/udp": table("00000000:0035 "+any4+" 10", "00000000:0035 "+any4+" 11"), "self/fd/3": "@socket:[10]", "8/comm": "coredns\n",
		}, nil},
		{"lines that mean nothing", map[string]string{
			"self/net/udp": "x\n 1: 00000000:ZZZZ 00000000:0000 07 a b c d e 10\n", "self/fd/3": "@socket:[10]", "self/fd/4": "@pipe:[4]",
		}, nil},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if diff := cmp.Diff(tt.want, sharers(procTree(t, tt.files))); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestPortsOfThisProcess(t *testing.T) {
	udp, err := net.ListenUDP("udp4", &net.UDPAddr{})
	if err != nil {
		t.Fatal(err)
	}
	defer udp.Close()
	tcp, err := net.Listen("tcp", "[::]:0")
	if err != nil {
		t.Fatal(err)
	}
	defer tcp.Close()
	at := Ports(os.Getpid())
	for _, want := range []Port{{"udp", udp.LocalAddr().(*net.UDPAddr).Port}, {"tcp", tcp.Addr().(*net.TCPAddr).Port}} {
		if !slices.Contains(at, want) {
			t.Errorf("no %v in %v", want, at)
		}
	}
	if got := Sharers(); len(got) > 0 {
		t.Errorf("nobody shares a port: %v", got)
	}
	if got := Ports(-1); len(got) > 0 {
		t.Errorf("nobody waits at %v", got)
	}
}
