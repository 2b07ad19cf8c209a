package run

import "netlab/internal/event"

// maxWhys is how many failed pings of one script are looked into: each takes a
// moment, and a loop may have thousands.
const maxWhys = 5

// why says why a ping of the script failed, where that is sure.
func (p *player) why(cmd *played) {
	if p.whys++; p.whys > maxWhys {
		return
	}
	if cause, err := whyPing(p.ctx, p.kernel, cmd.place, cmd.to); err == nil && cause != "" {
		p.emit(event.Event{Kind: event.Note, Text: "why: " + cause})
	}
}
