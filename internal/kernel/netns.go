package kernel

import "netlab/internal/netns"

// netns makes or removes a namespace. A line that names another namespace
// ("ip -n a netns add b") is refused: ip does it in a mount namespace of its
// own, so that nothing but a dead file comes of it.
func (t *task) netns(do func() error) error {
	if err := t.there(); err != nil {
		return err
	}
	if t.line.Netns != "" && t.line.Netns != netns.Host {
		return &stop{text: "named namespaces are made and removed from the lab's own namespace only", exit: exitLookup}
	}
	return do()
}
