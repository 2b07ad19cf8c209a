// Package service is the servers that a lesson starts. Each is a process of
// its own in its node, made by netlab starting itself under the server's name:
// a server inside the engine would dial from the engine's namespace.
package service

// Program is the main function of the server that is started under a name; nil
// for any other program.
func Program(name string) func() int {
	switch name {
	case "coredns":
		return CoreDNS
	case "unbound":
		return Unbound
	}
	return nil
}
