package op

import "strings"

// programs are the commands that this package knows.
func programs() []string { return []string{"ip", "bridge", "sysctl"} }

// program reads a command from its first word on. It is called again for the
// command behind "ip netns exec NS".
func (r *reader) program() error {
	switch name := baseName(r.peek()); name {
	case "ip":
		r.keyword(name, "the program that shows and changes the network of this machine, of iproute2")
		return r.iproute("ip")
	case "bridge":
		r.keyword(name, "the program for what is special to bridges and their ports, of iproute2")
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
		reason := "is left to " + program + " itself"
		if !ok {
			reason = "is not an object of " + program
		}
		return r.fail(r.at, reason, knownObjects(program), spellings(names))
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
		return r.fail(r.at, "is not a verb of "+object, knownVerbs(object), spellings(verbs(object)))
	}
	if object == "netns" && verb == "exec" {
		return r.exec()
	}
	if asks(object, verb) {
		r.keyword(verb, verbHelp(object, verb))
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
	r.keyword(verb, verbHelp(object, verb))
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

// options are those that change only what is shown.
type options struct{ brief, stats, details, oneline, json bool }

// optionWords are the options of ip and bridge in the order they are tried.
func optionWords(program string) string {
	if program == "bridge" {
		return "help* Version* stats* statistics*=stats details* oneline* timestamp* family* 4 6 " +
			"netns* color* compressvlans* force* json* pretty* batch*"
	}
	return "loops* family* 4 6 0 M B human* human-readable* iec* stats* statistics*=stats details* " +
		"resolve* oneline* timestamp* tshort* Version* force* batch* brief* json* pretty* rcvbuf* " +
		"color* help* netns* Numeric* all* echo"
}

// options reads the words in front of the object that begin with a dash.
func (r *reader) options(program string) error {
	for strings.HasPrefix(r.peek(), "-") {
		word := strings.TrimPrefix(strings.TrimPrefix(r.peek(), "-"), "-")
		if r.peek() == "--" {
			r.keyword("--", "the end of the options")
			return nil
		}
		word, color, _ := strings.Cut(word, "=")
		full, ok := lookup(optionWords(program), word)
		if !ok || color != "" && full != "color" {
			return r.fail(r.at, "is not an option that netlab knows", optionHints(), nil)
		}
		if err := r.option(full); err != nil {
			return err
		}
	}
	return nil
}

func optionHints() []string {
	return []string{"-n NETNS", "-4", "-6", "-br", "-s", "-d", "-o", "-j"}
}

// option reads one option and its value.
func (r *reader) option(full string) error {
	shown := map[string]*bool{
		"brief": &r.shown.brief, "stats": &r.shown.stats, "details": &r.shown.details,
		"oneline": &r.shown.oneline, "json": &r.shown.json,
	}
	switch {
	case full == "netns":
		r.keyword("-netns", "do it inside a network namespace:")
		return r.netns("the namespace in which the command works")
	case full == "family":
		r.keyword("-family", "only one family of addresses:")
		return r.familyName()
	case full == "4":
		r.line.Family = IPv4
		r.keyword("-4", "IPv4 only")
	case full == "6":
		r.line.Family = IPv6
		r.keyword("-6", "IPv6 only")
	case full == "color", full == "pretty", full == "human", full == "human-readable":
		r.keyword("-"+full, "changes only how the answer looks")
	case shown[full] != nil:
		*shown[full] = true
		r.keyword("-"+full, optionHelp(full))
	default:
		return r.fail(r.at, "is an option that is left to the real command", optionHints(), nil)
	}
	return nil
}

// familyName reads the word behind -family.
func (r *reader) familyName() error {
	switch r.peek() {
	case "inet":
		r.line.Family = IPv4
		r.keyword("inet", "IPv4")
	case "inet6":
		r.line.Family = IPv6
		r.keyword("inet6", "IPv6")
	default:
		return r.fail(r.at, "", []string{"inet", "inet6"}, []string{"inet", "inet6"})
	}
	return nil
}

func optionHelp(full string) string {
	switch full {
	case "brief":
		return "a short answer, one line for each thing"
	case "stats":
		return "with counters: packets, bytes, errors"
	case "details":
		return "with more details"
	case "oneline":
		return "each answer on one line"
	}
	return "the answer as JSON, for programs"
}
