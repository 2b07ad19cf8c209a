package machine

import (
	"errors"
	"os"
	"testing"

	"netlab/internal/kernel"
	"netlab/internal/netns"
	"netlab/internal/op"
)

func TestIPv6ThatIsSwitchedOff(t *testing.T) {
	k := kernel.New()
	if err := netns.Create("off"); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = netns.Delete("off") })
	if err := tryAddress(k, "off"); err != nil {
		t.Fatalf("a new namespace: %v", err)
	}
	set := op.SysctlSet{Key: "net.ipv6.conf.all.disable_ipv6", Value: "1"}
	if err := k.Do(op.Line{Netns: "off", Op: &set}); err != nil {
		t.Fatal(err)
	}
	err := tryAddress(k, "off")
	if !errors.Is(err, errNoIPv6) || reason(err) != "IPv6 is disabled" {
		t.Errorf("got %v, %q", err, reason(err))
	}
}

func TestIPv6IsTriedInANamespaceOfItsOwn(t *testing.T) {
	k := kernel.New()
	missing := Missing(k, []string{"ipv6"})
	if off := errors.Is(tryIPv6(k), errNoIPv6); off != (len(missing) == 1) {
		t.Errorf("off: %v, missing: %v", off, missing)
	}
	if left, err := netns.List(); err != nil || len(left) > 0 {
		t.Errorf("left behind: %v, %v", left, err)
	}
	if err := netns.Create(scratch); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = netns.Delete(scratch) })
	if err := tryIPv6(k); !errors.Is(err, os.ErrExist) {
		t.Errorf("where a lesson has such a namespace: %v", err)
	}
}
