package nss

// Flaw is what keeps a file from being read as the lines of a file: then Text
// is not all that it says.
type Flaw string

// The flaws of a file.
const (
	Pipe   Flaw = "pipe"
	Device Flaw = "device"
	Socket Flaw = "socket"
	Kernel Flaw = "kernel" // of /proc: it knows who reads it
	Large  Flaw = "large"  // Text is its beginning
)

// Words say what a file with this flaw is, behind its name.
func (f Flaw) Words() string {
	switch f {
	case Pipe:
		return "is a pipe, and not a file: whoever reads it waits until somebody writes into it"
	case Device:
		return "is a device, and not a file: netlab does not read it"
	case Socket:
		return "is a socket, and not a file: nobody can read it"
	case Kernel:
		return "is a file of the kernel, which tells each reader something else: netlab does not read it"
	case Large:
		return "is too long: netlab looks only at its first lines (64 KiB), and programs read all of them"
	}
	return ""
}

// Flawed says what is wrong with a file as a whole; empty: nothing.
func (f File) Flawed() string {
	if f.Flaw == "" {
		return ""
	}
	return f.Path + " " + f.Flaw.Words()
}
