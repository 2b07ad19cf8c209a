package run

import (
	"io"
	"os"
	"syscall"

	"netlab/internal/netns"
	"netlab/internal/nss"
)

// maxNameFile bounds how much of a file is read by which names are found:
// anybody in the lab may write it.
const maxNameFile = 1 << 20

// nameFiles are the files of a node: as "ip netns exec" shows them to what runs
// there (ip-netns(8)), its own in /etc/netns, else the lab's.
func nameFiles(node string) nss.Files {
	files := HereFiles()
	if node == "" || node == netns.Host {
		return files
	}
	for name, file := range map[string]*nss.File{"nsswitch.conf": &files.Switch, "hosts": &files.Hosts, "resolv.conf": &files.Resolv} {
		if own := nameFile("/etc/netns/" + node + "/" + name); own.Path != "" {
			*file = own
		}
	}
	return files
}

// HereFiles are the files by which whoever runs here finds names.
func HereFiles() nss.Files {
	return nss.Files{Switch: nameFile("/etc/nsswitch.conf"), Hosts: nameFile("/etc/hosts"), Resolv: nameFile("/etc/resolv.conf")}
}

// nameFile reads the beginning of a file. Whatever else has its name, such as a
// pipe that nobody writes to, does not hold it up and counts as no file.
func nameFile(path string) nss.File {
	f, err := os.OpenFile(path, os.O_RDONLY|syscall.O_NONBLOCK, 0)
	if err != nil {
		return nss.File{}
	}
	defer f.Close()
	if st, err := f.Stat(); err != nil || !st.Mode().IsRegular() {
		return nss.File{}
	}
	b, err := io.ReadAll(io.LimitReader(f, maxNameFile))
	if err != nil {
		return nss.File{}
	}
	return nss.File{Path: path, Text: string(b)}
}
