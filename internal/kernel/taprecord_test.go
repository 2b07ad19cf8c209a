package kernel

import (
	"encoding/hex"
	"fmt"
	"strings"
	"testing"
)

// TestRecordNetlink prints, with -record netlink, what package nlmsg is tested
// on: for each line what was sent and what came back, as hex digits.
//
//	go test ./internal/kernel -run TestRecordNetlink -v -args -record netlink
func TestRecordNetlink(t *testing.T) {
	if *record != "netlink" {
		t.Skip("nothing to be recorded")
	}
	for _, line := range append(stracedLines(), "ip link set v0 mtu 70000", "ip addr flush dev lo", "ip neigh flush all") {
		all, _ := tapped(t, line)
		for _, x := range all {
			words := []string{hex.EncodeToString(x.Sent)}
			for _, b := range x.Received {
				words = append(words, hex.EncodeToString(b))
			}
			fmt.Println("netlink\t" + line + "\t" + strings.Join(words, " "))
		}
		clean(t, New())
	}
}
