package machine

import (
	"os"
	"path/filepath"

	"golang.org/x/sys/unix"
)

// OtherNetlab returns another program called netlab that comes earlier in
// PATH than self, or "": there is a network lab tool of the same name, and
// whoever has both gets the wrong one.
func OtherNetlab(path, self string) string {
	mine, err := os.Stat(self)
	if err != nil {
		return ""
	}
	for _, dir := range filepath.SplitList(path) {
		name := filepath.Join(dir, "netlab")
		st, err := os.Stat(name)
		if err != nil || st.IsDir() || unix.Access(name, unix.X_OK) != nil {
			continue
		}
		if os.SameFile(st, mine) {
			return ""
		}
		return name
	}
	return ""
}

// Kernel returns the kernel's release, such as 6.12.5.
func Kernel() string {
	var u unix.Utsname
	if unix.Uname(&u) != nil {
		return "unknown"
	}
	return unix.ByteSliceToString(u.Release[:])
}
