package sandbox

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"
)

// writers is what a lab's root does to write to netlab's program.
const writers = `
f=` + ProgramFile + `
tries() {
	for at in "$1" /proc/self/exe /proc/$PPID/exe; do
		{ echo x >> "$at"; } 2>/dev/null && echo ESCAPED append "$at"
		truncate -s 0 "$at" 2>/dev/null && echo ESCAPED truncate "$at"
		dd if=/dev/zero of="$at" count=1 conv=notrunc status=none 2>/dev/null && echo ESCAPED write "$at"
	done
	chmod 0777 "$1" 2>/dev/null && echo ESCAPED chmod
}
tries $f
mount -o remount,bind,rw $f 2>/dev/null && echo ESCAPED remount
tries $f
umount $f 2>/dev/null && echo ESCAPED umount
umount -l $f 2>/dev/null && echo ESCAPED lazily
touch /tmp/bound; mount --bind $f /tmp/bound && { mount -o remount,bind,rw /tmp/bound 2>/dev/null && echo ESCAPED rebound; tries /tmp/bound; }
unshare -m sh -c "mount -o remount,bind,rw $f" 2>/dev/null && echo ESCAPED unshared
unshare -Urm sh -c "mount -o remount,bind,rw $f" 2>/dev/null && echo ESCAPED in a namespace of its own
mv ${f%/*} /run/elsewhere 2>/dev/null && echo ESCAPED moved
rm -f $f 2>/dev/null && echo ESCAPED removed
true`

// TestTheLabHasNetlabsProgram starts a lab from a file of each kind, which is
// its root's own wherever that can be, and lets that root try to write to it.
func TestTheLabHasNetlabsProgram(t *testing.T) {
	const all = "ordinary user, root through sudo, root"
	for name, tt := range map[string]struct {
		dir, file os.FileMode
		gone      bool
		copied    string // for whom
	}{
		"for everybody":              {dir: 0o755, file: 0o755},
		"in a directory of its own":  {dir: 0o700, file: 0o755},
		"for its owner alone":        {dir: 0o755, file: 0o700, copied: "root"},
		"to be executed alone":       {dir: 0o755, file: 0o711, copied: "root"},
		"that is no longer there":    {dir: 0o755, file: 0o755, gone: true, copied: all},
		"gone, for its owner alone":  {dir: 0o755, file: 0o700, gone: true, copied: all},
		"in a directory that closes": {dir: 0o500, file: 0o555},
	} {
		for _, w := range everyone() {
			t.Run(name+", "+w.name, func(t *testing.T) {
				p := newProgram(t, w, tt.dir, tt.file)
				out := p.run(t, w, tt.gone)
				if strings.Contains(out, "ESCAPED") {
					t.Error(out)
				}
				if same := strings.Contains(out, fmt.Sprintf("inode %d\n", p.inode)); same == slices.Contains(strings.Split(tt.copied, ", "), w.name) {
					t.Errorf("the file itself: %v, copied for %q\n%s", same, tt.copied, out)
				}
				p.unchanged(t)
			})
		}
	}
}

// program is a file of netlab's on the host.
type program struct {
	dir, path string
	held      *os.File
	inode     uint64
	size      int64
}

func newProgram(t *testing.T, w who, dir, file os.FileMode) *program {
	t.Helper()
	top, err := os.MkdirTemp("", "netlab-program")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.Chmod(filepath.Join(top, "dir"), 0o700); os.RemoveAll(top) })
	p := &program{dir: filepath.Join(top, "dir")}
	p.path = filepath.Join(p.dir, "netlab")
	self, err := os.ReadFile(selfExe)
	check := func(err error) {
		if err != nil {
			t.Fatal(err)
		}
	}
	check(err)
	check(os.Chmod(top, 0o755))
	check(os.Mkdir(p.dir, 0o700))
	check(os.WriteFile(p.path, self, 0o700))
	if p.held, err = os.Open(p.path); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { p.held.Close() })
	if uid := w.labRoot(); uid != 0 {
		check(os.Chown(p.path, uid, uid))
		check(os.Chown(p.dir, uid, uid))
	}
	check(os.Chmod(p.path, file))
	check(os.Chmod(p.dir, dir))
	st, err := p.held.Stat()
	check(err)
	p.size, p.inode = st.Size(), st.Sys().(*syscall.Stat_t).Ino
	return p
}

// labRoot is who root of the lab is on the host; 0: nobody of the host's.
func (w who) labRoot() int {
	if len(w.env) > 0 {
		return 54321
	}
	return w.uid
}

func (p *program) run(t *testing.T, w who, gone bool) string {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 60*time.Second)
	defer cancel()
	cmd := w.command(ctx, t, "echo inode $(stat -c %i "+ProgramFile+"); test -x "+ProgramFile+" || echo not to be executed; "+writers)
	cmd.Path = p.path
	if gone {
		cmd.Env = append(cmd.Env, envGone+"="+p.path)
	}
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	return string(out)
}

// unchanged looks at the file as it is on the host now.
func (p *program) unchanged(t *testing.T) {
	t.Helper()
	want, err := os.ReadFile(selfExe)
	if err != nil {
		t.Fatal(err)
	}
	got := make([]byte, p.size+1)
	n, _ := p.held.ReadAt(got, 0)
	if string(got[:n]) != string(want) {
		t.Error("the program on the host was written to")
	}
}
