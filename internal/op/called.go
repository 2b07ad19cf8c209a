package op

// Called names what a command line of ip, bridge or sysctl is about, in full
// words: "ip route add" for "ip -n ns1 r a …", and for "ip netns exec ns1 ip r a
// …". The rest of the line need not make sense. It is empty for other lines.
func Called(args []string) string {
	if _, argv, ok := ParseExec(args); ok {
		return Called(argv)
	}
	r := newReader(args)
	program := baseName(r.peek())
	switch program {
	case "sysctl":
		return program
	case "ip", "bridge":
	default:
		return ""
	}
	r.at++
	if r.options(program) != nil {
		return ""
	}
	object, ok := lookup(objects(program), r.peek())
	if !ok {
		return ""
	}
	r.at++
	of := object
	if program == "bridge" && object == "link" {
		of = "port"
	}
	if verb, ok := lookup(verbs(of), r.peek()); ok {
		return program + " " + object + " " + verb
	}
	return program + " " + object
}
