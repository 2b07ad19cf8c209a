package op

func newNetnsOp(verb string) Op {
	switch verb {
	case "add":
		return &NetnsAdd{}
	case "del":
		return &NetnsDel{}
	}
	return nil
}

func (*NetnsAdd) verb() []string { return []string{"ip", "netns", "add"} }
func (*NetnsDel) verb() []string { return []string{"ip", "netns", "del"} }

func (o *NetnsAdd) fields() []field {
	return section("netns", field{val: nsname(&o.Name), need: true, bare: true, help: "the name of the new namespace"})
}

func (o *NetnsDel) fields() []field {
	return section("netns", field{val: nsname(&o.Name), need: true, bare: true, help: "the name of the namespace"})
}

func (o *NetnsAdd) summary(string) string {
	return "makes the network namespace " + o.Name + ": a network of its own, with nothing in it but a loopback interface that is down"
}

func (o *NetnsDel) summary(string) string {
	return "removes the name " + o.Name + " of a network namespace; when no process is left in it, it is gone with its virtual interfaces"
}
