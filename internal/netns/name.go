package netns

import (
	"fmt"
	"os"
)

// NameOf returns the name of the namespace in which a process is: Host for
// that of the calling process, and the empty name for one that has no name.
func NameOf(pid int) (string, error) {
	its, err := os.Stat(fmt.Sprintf("/proc/%d/ns/net", pid))
	if err != nil {
		return "", err
	}
	own, err := os.Stat("/proc/self/ns/net")
	if err != nil {
		return "", err
	}
	if os.SameFile(its, own) {
		return Host, nil
	}
	names, err := List()
	for _, name := range names {
		if st, err := os.Stat(Path(name)); err == nil && os.SameFile(its, st) {
			return name, nil
		}
	}
	return "", err
}
