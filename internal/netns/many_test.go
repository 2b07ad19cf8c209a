package netns

import (
	"context"
	"errors"
	"fmt"
	"os"
	"slices"
	"sync"
	"testing"

	"golang.org/x/sys/unix"
)

func numbered(n int) []string {
	names := make([]string, n)
	for i := range names {
		names[i] = fmt.Sprintf("many%02d", i)
	}
	return names
}

func removeAll(t *testing.T, names []string) {
	t.Helper()
	for _, n := range names {
		if err := Delete(n); err != nil {
			t.Error(err)
		}
	}
}

func inode(t *testing.T, path string) uint64 {
	t.Helper()
	var st unix.Stat_t
	if err := unix.Stat(path, &st); err != nil {
		t.Fatal(err)
	}
	return st.Ino
}

func TestCreateManyRunsInsideEachOfThem(t *testing.T) {
	names := numbered(40)
	inside := make([]uint64, len(names))
	err := CreateMany(t.Context(), names, func(i int) error {
		inside[i] = inode(t, "/proc/thread-self/ns/net")
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	defer removeAll(t, names)
	seen := map[uint64]bool{inode(t, "/proc/self/ns/net"): true}
	for i, n := range names {
		if inside[i] != inode(t, Path(n)) {
			t.Errorf("%s: inside was elsewhere", n)
		}
		if seen[inside[i]] {
			t.Errorf("%s is not a namespace of its own", n)
		}
		seen[inside[i]] = true
	}
	noThreadsElsewhere(t)
}

// noThreadsElsewhere: each thread of this process is in its own namespace.
func noThreadsElsewhere(t *testing.T) {
	t.Helper()
	own := inode(t, "/proc/self/ns/net")
	tasks, err := os.ReadDir("/proc/self/task")
	if err != nil {
		t.Fatal(err)
	}
	for _, task := range tasks {
		var st unix.Stat_t
		if unix.Stat("/proc/self/task/"+task.Name()+"/ns/net", &st) == nil && st.Ino != own {
			t.Errorf("thread %s is in another namespace", task.Name())
		}
	}
}

func TestCreateManyIsAllOrNothing(t *testing.T) {
	trouble := errors.New("trouble")
	twice := numbered(20)
	twice[13] = twice[2]
	wrong := numbered(20)
	wrong[15] = "a/b"
	host := numbered(20)
	host[4] = Host
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	tests := []struct {
		name  string
		ctx   context.Context
		names []string
		fail  int // inside fails there
		want  error
	}{
		{"inside fails", t.Context(), numbered(20), 11, trouble},
		{"a name twice", t.Context(), twice, -1, unix.EEXIST},
		{"a name that is none", t.Context(), wrong, -1, unix.EINVAL},
		{"host", t.Context(), host, -1, unix.EEXIST},
		{"the context has ended", ended, numbered(20), -1, context.Canceled},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			err := CreateMany(tt.ctx, tt.names, func(i int) error {
				if i == tt.fail {
					return trouble
				}
				return nil
			})
			if !errors.Is(err, tt.want) {
				t.Errorf("got %v, want %v", err, tt.want)
			}
			if left, err := List(); err != nil || slices.ContainsFunc(left, func(n string) bool { return slices.Contains(tt.names, n) }) {
				t.Errorf("left: %v, %v", left, err)
			}
			noThreadsElsewhere(t)
		})
	}
}

// TestCreateManyLeavesWhatIsThere: of a name that was taken before, only its
// owner disposes.
func TestCreateManyLeavesWhatIsThere(t *testing.T) {
	names := numbered(6)
	if err := Create(names[3]); err != nil {
		t.Fatal(err)
	}
	if err := CreateMany(t.Context(), names, func(int) error { return nil }); !errors.Is(err, unix.EEXIST) {
		t.Errorf("got %v", err)
	}
	if !Exists(names[3]) {
		t.Error("a namespace of somebody else was removed")
	}
	removeAll(t, names[3:4])
}

func TestCreateManyOfNone(t *testing.T) {
	if err := CreateMany(t.Context(), nil, nil); err != nil {
		t.Error(err)
	}
}

func TestManyCreateAtOnce(t *testing.T) {
	all := numbered(60)
	var wg sync.WaitGroup
	for i := range 3 {
		wg.Go(func() {
			if err := CreateMany(t.Context(), all[i*20:i*20+20], func(int) error { return nil }); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	removeAll(t, all)
}
