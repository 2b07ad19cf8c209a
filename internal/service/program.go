package service

// Program is the main function of the server that is started under a name; nil
// for any other program.
func Program(name string) func() int {
	switch name {
	case "coredns":
		return CoreDNS
	}
	return nil
}
