package kernel

import (
	"slices"
	"strconv"
	"strings"

	"github.com/vishvananda/netlink/nl"
	"golang.org/x/sys/unix"

	"netlab/internal/op"
)

// portStates are the states of a bridge port, by number (BR_STATE_ in
// linux/if_bridge.h).
func portStates() []string {
	return []string{"disabled", "listening", "learning", "forwarding", "blocking"}
}

func (t *task) portSet(o *op.PortSet) error {
	state, err := portState(o.State)
	if err != nil {
		return err
	}
	index := t.index(o.Dev)
	if index == 0 {
		return &stop{text: `Cannot find bridge device "` + o.Dev + `"`, exit: exitWords}
	}
	info := nl.NewRtAttr(unix.IFLA_PROTINFO|unix.NLA_F_NESTED, nil)
	flag := func(kind int, on *bool) {
		if on != nil {
			info.AddChild(attr8(kind, bit(*on)))
		}
	}
	flag(nl.IFLA_BRPORT_MODE, o.Hairpin)
	flag(nl.IFLA_BRPORT_UNICAST_FLOOD, o.Flood)
	flag(nl.IFLA_BRPORT_LEARNING, o.Learning)
	if o.Cost > 0 {
		info.AddChild(attr32(nl.IFLA_BRPORT_COST, uint32(o.Cost)))
	}
	if state >= 0 {
		info.AddChild(attr8(nl.IFLA_BRPORT_STATE, uint8(state)))
	}
	flag(nl.IFLA_BRPORT_NEIGH_SUPPRESS, o.NeighSupp)
	flag(nl.IFLA_BRPORT_ISOLATED, o.Isolated)
	req := nl.NewNetlinkRequest(unix.RTM_SETLINK, 0)
	head := nl.NewIfInfomsg(unix.AF_BRIDGE)
	head.Index = int32(index)
	req.AddData(head)
	req.AddData(info)
	return t.send(req)
}

// portState is the number of a state, given as a word or a number; -1 if it is
// not to be changed.
func portState(word string) (int, error) {
	if word == "" {
		return -1, nil
	}
	if n, err := strconv.Atoi(word); err == nil {
		return n, nil
	}
	i := slices.Index(portStates(), strings.ToLower(word))
	if i < 0 {
		return 0, &stop{text: "Error: invalid STP port state", exit: exitWords}
	}
	return i, nil
}
