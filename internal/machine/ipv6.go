package machine

import (
	"errors"
	"fmt"
	"net/netip"
	"syscall"

	"netlab/internal/kernel"
	"netlab/internal/netns"
	"netlab/internal/op"
)

// errNoIPv6 says that the kernel has IPv6 switched off, or never had it: for a
// lesson that is the same.
var errNoIPv6 = errors.New("IPv6 is disabled")

// tryIPv6 sets an address in the throw-away namespace. A new namespace has
// IPv6 even where the machine's own has not, unless a parameter of the kernel
// says otherwise (ipv6.disable and ipv6.disable_ipv6 in the kernel's
// networking/ipv6.rst, devconf_inherit_init_net in its sysctl/net.rst).
func tryIPv6(k *kernel.Kernel) error {
	if err := netns.Create(scratch); err != nil {
		return err
	}
	defer func() { _ = k.Do(op.Line{Op: &op.NetnsDel{Name: scratch}}) }()
	return tryAddress(k, scratch)
}

// tryAddress gives lo of a namespace an IPv6 address.
func tryAddress(k *kernel.Kernel, ns string) error {
	own := netip.MustParsePrefix("fd00::1/128")
	err := k.Do(op.Line{Netns: ns, Op: &op.AddrAdd{Verb: "add", Prefix: own, Dev: "lo", NoDAD: true}})
	for _, off := range []syscall.Errno{syscall.EACCES, syscall.EOPNOTSUPP, syscall.EAFNOSUPPORT} {
		if errors.Is(err, off) {
			return fmt.Errorf("%w (%w)", errNoIPv6, err)
		}
	}
	return err
}
