package netns

import (
	"os"
	"os/exec"
	"testing"
)

func TestNameOf(t *testing.T) {
	for _, name := range []string{"named1", "named2"} {
		if err := Create(name); err != nil {
			t.Fatal(err)
		}
		defer func() { _ = Delete(name) }()
	}
	if got, err := NameOf(os.Getpid()); got != Host || err != nil {
		t.Errorf("one's own is %q, %v", got, err)
	}
	inside := exec.Command("sleep", "100")
	if err := Start("named2", inside); err != nil {
		t.Fatal(err)
	}
	apart := exec.Command("unshare", "-n", "sh", "-c", "echo; exec sleep 100")
	out, err := apart.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := apart.Start(); err != nil {
		t.Fatal(err)
	}
	defer func() {
		for _, cmd := range []*exec.Cmd{inside, apart} {
			_ = cmd.Process.Kill()
			_ = cmd.Wait()
		}
	}()
	_, _ = out.Read(make([]byte, 1)) // it is in its own now
	for pid, want := range map[int]string{inside.Process.Pid: "named2", apart.Process.Pid: ""} {
		if got, err := NameOf(pid); got != want || err != nil {
			t.Errorf("%q, %v, want %q", got, err, want)
		}
	}
	if _, err := NameOf(1 << 22); err == nil { // more than pid_max, proc(5)
		t.Error("a process that there is not has a name")
	}
}
