package run

import (
	"context"
	"net/netip"
	"path/filepath"
	"strings"
	"time"

	"netlab/internal/check"
	"netlab/internal/diagnose"
	"netlab/internal/kernel"
	"netlab/internal/measure"
	"netlab/internal/probe"
	"netlab/internal/snapshot"
)

// pinged is to whom a command line sends echoes, an address or a name: the last
// word. Empty: it is no ping.
func pinged(args []string) string {
	name := filepath.Base(args[0])
	if name != "ping" && name != "ping6" || len(args) < 2 || strings.HasPrefix(args[len(args)-1], "-") {
		return ""
	}
	return args[len(args)-1]
}

// pingedBy is pinged for a line as a lesson has it, and where it runs.
func pingedBy(line string) (place, to string) {
	words := strings.Fields(line)
	place = snapshot.Host
	for len(words) > 0 && words[0] == "sudo" {
		words = words[1:]
	}
	if len(words) > 4 && words[0] == "ip" && words[1] == "netns" && words[2] == "exec" {
		place, words = words[3], words[4:]
	}
	if len(words) == 0 {
		return "", ""
	}
	return place, pinged(words)
}

// pingNameWait is how long a name may take that a ping could not use: its own
// time has passed already.
const pingNameWait = 6 * time.Second

// whyPing says why a ping fails, where that is sure: because of the name, or of
// the network. Empty: it is not sure, or there is no such node.
func whyPing(ctx context.Context, k *kernel.Kernel, from, to string) (string, error) {
	lab, err := k.Snapshot(ctx)
	if _, there := lab.Space(from); err != nil || !there || to == "" {
		return "", err
	}
	var named []diagnose.Cause
	addr, bad := netip.ParseAddr(to)
	if bad != nil {
		r, err := lookName(ctx, k, lookup{from, to, 4, pingNameWait})
		if err != nil {
			return "", err
		}
		if named, err = whyName(ctx, k, lab, diagnose.NameTrace{Resolved: r}); err != nil || len(r.Addrs) == 0 {
			return surely(named), err
		}
		addr = r.Addrs[0]
	}
	t, after, err := follow(ctx, k, lab, probe.Knock{From: from, To: addr, Proto: measure.ICMP, Timeout: check.EchoWait})
	return surely(diagnose.Joined(named, diagnose.Why(lab, after, t))), err
}

// surely is the first cause, if it is sure.
func surely(all []diagnose.Cause) string {
	if len(all) == 0 || !all[0].Sure {
		return ""
	}
	return all[0].Text
}
