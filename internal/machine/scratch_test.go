package machine

import (
	"errors"
	"os"
	"os/exec"
	"strings"
	"testing"

	"netlab/internal/kernel"
	"netlab/internal/netlabtest"
	"netlab/internal/netns"
)

func TestANamespaceThatIsThereIsNotTouched(t *testing.T) {
	if err := netns.Create(scratch); err != nil {
		t.Fatal(err)
	}
	if err := tryLink(kernel.New(), "bridge"); !errors.Is(err, os.ErrExist) {
		t.Errorf("got %v", err)
	}
	if err := netns.Delete(scratch); err != nil {
		t.Errorf("it is gone: %v", err)
	}
}

func TestNftIsTriedInANetworkOfItsOwn(t *testing.T) {
	_, err := exec.LookPath("nft")
	netlabtest.Require(t, err == nil, "nft")
	nft := func(words string) string {
		out, err := exec.Command("nft", strings.Fields(words)...).CombinedOutput()
		if err != nil {
			t.Fatalf("nft %s: %v\n%s", words, err, out)
		}
		return string(out)
	}
	nft("add table ip mine")
	if err := tryNft("list ruleset"); err != nil {
		t.Error(err)
	}
	// Whether there is NAT or connection tracking is the kernel's affair.
	for _, f := range Missing(kernel.New(), []string{"nft-nat", "conntrack"}) {
		if f.Why == "" {
			t.Errorf("%s is missing without a reason", f.Name)
		}
	}
	if out := nft("list tables"); strings.TrimSpace(out) != "table ip mine" {
		t.Errorf("the lab has now %q", out)
	}
	nft("delete table ip mine")
}
