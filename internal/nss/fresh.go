package nss

// MaxFile is how much of a file a snapshot has, in bytes.
const MaxFile = 64 << 10

// Where the files are for everybody in a lab who has none of his own.
const (
	SwitchPath = "/etc/nsswitch.conf"
	HostsPath  = "/etc/hosts"
	ResolvPath = "/etc/resolv.conf"
)

// Fresh are the files of a new lab, whatever the machine has: DNS is asked, but
// no server is named, and no daemon of the machine has a say.
func Fresh() Files {
	return Files{
		Switch: File{Path: SwitchPath, Text: "passwd: files\ngroup: files\nshadow: files\nhosts: files dns\nnetworks: files\nprotocols: files\nservices: files\n"},
		Hosts:  File{Path: HostsPath, Text: "127.0.0.1\tlocalhost\n::1\tlocalhost ip6-localhost ip6-loopback\n127.0.1.1\tnetlab\n"},
		Resolv: File{Path: ResolvPath},
	}
}

// Each are the files by what they are called in /etc.
func (f Files) Each() []Named {
	return []Named{{"nsswitch.conf", f.Switch}, {"hosts", f.Hosts}, {"resolv.conf", f.Resolv}}
}

// Named is a file with its name in /etc, or in /etc/netns/NAME.
type Named struct {
	Name string
	File File
}
