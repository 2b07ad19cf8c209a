package op

// programs are the commands that this package knows.
func programs() []string { return []string{"ip", "bridge", "sysctl"} }

// program reads a command from its first word on. It is called again for the
// command behind "ip netns exec NS".
func (r *reader) program() error {
	switch name := baseName(r.peek()); name {
	case "ip":
		r.keyword(name, "shows and changes the network of this machine; a program of iproute2")
		return r.iproute("ip")
	case "bridge":
		r.keyword(name, "shows and changes what is special to bridges and their ports; a program of iproute2")
		return r.iproute("bridge")
	case "sysctl":
		r.keyword(name, "reads and writes settings of the kernel, the files in /proc/sys")
		return r.sysctl()
	case "route":
		return r.oldRoute()
	}
	return r.fail(r.at, "is not a command of ip, bridge or sysctl", programs(), programs())
}

// iproute reads what follows ip or bridge: options, object, verb, the rest.
func (r *reader) iproute(program string) error {
	r.shown, r.line.Family = options{}, AnyFamily
	if err := r.options(program); err != nil {
		return err
	}
	names := objects(program)
	object, ok := lookup(names, r.peek())
	if !ok || objectHelp(program, object) == "" {
		if !ok {
			return r.fail(r.at, "is not an object of "+program, knownObjects(program), knownSpellings(program))
		}
		return r.fail(r.at, "is left to "+program+" itself", knownObjects(program), nil)
	}
	r.keyword(object, objectHelp(program, object))
	if program == "bridge" && object == "link" {
		object = "port"
	}
	return r.verb(object)
}

// verb reads what is done to the object, and hands over to the op.
func (r *reader) verb(object string) error {
	if !r.more() {
		return r.ask(object, defaultVerb(object))
	}
	verb, ok := lookup(verbs(object), r.peek())
	if !ok {
		name := object
		if object == "port" {
			name = "bridge link"
		}
		return r.fail(r.at, "is not a verb of "+name, knownVerbs(object), append(knownVerbs(object), spellings(verbs(object))...))
	}
	if object == "netns" && verb == "exec" {
		return r.exec()
	}
	if asks(object, verb) {
		r.keyword(verb, verbHelp(verb))
		return r.ask(object, verb)
	}
	o := newOp(object, verb)
	switch {
	case o == nil:
		return r.fail(r.at, "is left to the real command", knownVerbs(object), nil)
	case object == "netns" && r.line.Netns != "":
		return r.fail(r.at, "inside a namespace is left to ip itself", nil, nil)
	case r.shown != options{}:
		return r.fail(r.at, "with options that change how things are shown is left to the real command", nil, nil)
	}
	r.keyword(verb, verbHelp(verb))
	return r.change(o)
}

// change reads the rest of a line that changes something.
func (r *reader) change(o Op) error {
	if err := r.fill(o.fields); err != nil {
		return err
	}
	if c, ok := o.(interface{ check() error }); ok {
		if err := c.check(); err != nil {
			return r.fail(len(r.args)-1, err.Error(), nil, nil)
		}
	}
	r.line.Op = o
	return nil
}

// exec reads "exec NS CMD…": ip, bridge and sysctl are read on, as if they
// had been given -n NS; any other command is left from r.inner on.
func (r *reader) exec() error {
	r.keyword("exec", "runs a command inside a network namespace")
	if !r.more() {
		return r.fail(r.at, "", []string{"NETNS COMMAND"}, nil)
	}
	if err := r.netns("the namespace in which the command runs"); err != nil {
		return err
	}
	if !r.more() {
		return r.fail(r.at, "", []string{"COMMAND"}, nil)
	}
	r.inner, r.where = r.at, r.line.Netns
	switch baseName(r.peek()) {
	case "ip", "bridge", "sysctl", "route":
		return r.program()
	}
	return nil
}

// netns reads the name of a namespace into the line.
func (r *reader) netns(help string) error {
	name := nsname(&r.line.Netns)
	if err := name.set(r.peek()); err != nil {
		return r.fail(r.at, err.Error(), []string{"NETNS"}, nil)
	}
	r.take(func(string) string { return help })
	return nil
}

// ParseExec takes "ip netns exec NS CMD…" apart, in any spelling: the
// namespace, and the command with its words. ok is false for other lines, and
// where the name of the namespace is not allowed.
func ParseExec(args []string) (ns string, argv []string, ok bool) {
	if len(args) == 0 || baseName(args[0]) != "ip" {
		return "", nil, false
	}
	r := newReader(args)
	r.at = 1
	if r.options("ip") != nil {
		return "", nil, false
	}
	if object, _ := lookup(objects("ip"), r.peek()); object != "netns" {
		return "", nil, false
	}
	r.at++
	if verb, _ := lookup(verbs("netns"), r.peek()); verb != "exec" || len(args) < r.at+3 {
		return "", nil, false
	}
	if nsname(&ns).set(args[r.at+1]) != nil {
		return "", nil, false
	}
	return ns, args[r.at+2:], true
}
