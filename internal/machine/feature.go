// Package machine finds out what this machine can do, by trying it in a
// throw-away namespace of a lab, never by guessing from versions.
package machine

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"slices"
	"syscall"

	"netlab/internal/control"
	"netlab/internal/kernel"
	"netlab/internal/netns"
	"netlab/internal/op"
	"netlab/internal/scenario"
)

// scratch is the namespace in which things are tried. Where a lesson has one of
// this name, it stays as it is, and nothing can be tried.
const scratch = "netlab-try."

// Try tries everything that a lesson may require. It runs inside a lab.
func Try(k *kernel.Kernel) []control.Feature {
	var out []control.Feature
	for _, r := range scenario.Requirements() {
		out = append(out, tryOne(k, r))
	}
	return out
}

// Missing tries the named requirements and returns those that fail.
func Missing(k *kernel.Kernel, words []string) []control.Feature {
	var out []control.Feature
	for _, r := range scenario.Requirements() {
		if !slices.Contains(words, r.Word) {
			continue
		}
		if f := tryOne(k, r); !f.OK {
			out = append(out, f)
		}
	}
	return out
}

func tryOne(k *kernel.Kernel, r scenario.Requirement) control.Feature {
	f := control.Feature{Name: r.Word, What: r.Doc}
	if r.Program != "" {
		if _, err := exec.LookPath(r.Program); err != nil {
			f.Why = fmt.Sprintf("the program %s is not installed", r.Program)
			f.Get = "on Debian and Ubuntu: apt install " + pkg(r.Program)
			return f
		}
	}
	if err := tryKernel(k, r); err != nil {
		f.Why = reason(err)
		f.Get = "a kernel with it: on Debian and Ubuntu the standard one; on small systems the package with extra modules"
		if errors.Is(err, errNoIPv6) {
			f.Get = "IPv6 switched on: look at the kernel's parameters ipv6.disable and ipv6.disable_ipv6, and at net.core.devconf_inherit_init_net"
		}
		return f
	}
	f.OK = true
	return f
}

func tryKernel(k *kernel.Kernel, r scenario.Requirement) error {
	switch {
	case r.Kind != "":
		return tryLink(k, r.Kind)
	case r.Word == "ipv6":
		return tryIPv6(k)
	case r.Word == "nft":
		return tryNft("list ruleset")
	case r.Word == "nft-nat":
		return tryNft("add table t; add chain t c { type nat hook postrouting priority 100; }; add rule t c masquerade")
	case r.Word == "conntrack":
		return tryConntrack()
	}
	return nil
}

// tryLink makes a link of the kind in the throw-away namespace.
func tryLink(k *kernel.Kernel, kind string) error {
	if err := netns.Create(scratch); err != nil {
		return err
	}
	defer func() { _ = k.Do(op.Line{Op: &op.NetnsDel{Name: scratch}}) }()
	add := &op.LinkAdd{Name: "try0", Kind: kind}
	switch kind {
	case "veth":
		add.Peer.Name = "try1"
	case "vxlan":
		const iana = 4789 // VXLAN's port, RFC 7348 section 8
		add.VXLAN = op.VXLAN{ID: 1, HasID: true, DstPort: iana}
	}
	return k.Do(op.Line{Netns: scratch, Op: add})
}

// tryConntrack lists the connections of an empty namespace.
func tryConntrack() error {
	if err := netns.Create(scratch); err != nil {
		return err
	}
	defer func() { _ = netns.Delete(scratch) }()
	found, err := kernel.Connections(scratch)
	if err == nil && !found.Known {
		return syscall.EOPNOTSUPP
	}
	return err
}

// tryNft gives commands to nft in an empty namespace, which needs both the
// program and nftables in the kernel.
func tryNft(commands string) error {
	cmd := exec.Command("nft", commands)
	cmd.SysProcAttr = &syscall.SysProcAttr{Cloneflags: syscall.CLONE_NEWNET}
	out, err := cmd.CombinedOutput()
	if err != nil {
		return fmt.Errorf("nft: %w: %s", err, out)
	}
	return nil
}

func reason(err error) string {
	switch {
	case errors.Is(err, errNoIPv6):
		return errNoIPv6.Error()
	case errors.Is(err, syscall.EOPNOTSUPP), errors.Is(err, os.ErrNotExist):
		return "this kernel does not have it"
	case errors.Is(err, syscall.EPERM):
		return "this kernel does not allow it here"
	}
	return err.Error()
}

// pkg is the Debian package of a program.
func pkg(program string) string {
	switch program {
	case "nft":
		return "nftables"
	case "ip":
		return "iproute2"
	case "dig":
		return "bind9-dnsutils"
	case "getent":
		return "libc-bin"
	}
	return program
}
