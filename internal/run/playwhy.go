package run

import (
	"net/netip"
	"path/filepath"

	"netlab/internal/check"
	"netlab/internal/diagnose"
	"netlab/internal/event"
	"netlab/internal/measure"
	"netlab/internal/probe"
)

// maxWhys is how many failed pings of one script are looked into: each takes a
// moment, and a loop may have thousands.
const maxWhys = 5

// pinged is the address to which a command line sends echoes: the last word.
func pinged(args []string) netip.Addr {
	name := filepath.Base(args[0])
	if name != "ping" && name != "ping6" {
		return netip.Addr{}
	}
	a, err := netip.ParseAddr(args[len(args)-1])
	if err != nil {
		return netip.Addr{}
	}
	return a
}

// why says why a ping of the script failed, where that is sure.
func (p *player) why(cmd *played) {
	if p.whys++; p.whys > maxWhys {
		return
	}
	lab, err := p.kernel.Snapshot(p.ctx)
	if err != nil {
		return
	}
	if _, there := lab.Space(cmd.place); !there {
		return
	}
	t, after, err := follow(p.ctx, p.kernel, lab, probe.Knock{From: cmd.place, To: cmd.to, Proto: measure.ICMP, Timeout: check.EchoWait})
	if err != nil {
		return
	}
	if causes := diagnose.Why(lab, after, t); len(causes) > 0 && causes[0].Sure {
		p.emit(event.Event{Kind: event.Note, Text: "why: " + causes[0].Text})
	}
}
