package kernel

// netns makes or removes a namespace. A line that names another namespace
// ("ip -n a netns add b") is refused: ip does it in a mount namespace of its
// own, so that nothing but a dead file comes of it.
func (t *task) netns(do func() error) error {
	if t.line.Netns != "" {
		return &stop{text: "named namespaces are made and removed from the lab's own namespace only", exit: exitLookup}
	}
	return do()
}
