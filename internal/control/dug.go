package control

import (
	"netlab/internal/dns"
	"netlab/internal/measure"
)

// Dug is one thing that came of asking as dig does.
type Dug struct {
	Lookup int          `json:"lookup"`           // which name of the command line, from 0
	Server string       `json:"server,omitempty"` // its name, where it was given by name
	Sent   *dns.Message `json:"sent,omitempty"`   // the question as it was sent
	Found  *measure.DNS `json:"found,omitempty"`  // what became of it
	Show   bool         `json:"show,omitempty"`   // of Found: it is what dig shows, and does not go on from
	Remark string       `json:"remark,omitempty"` // what dig says besides, in its own words
	Note   string       `json:"note,omitempty"`   // what netlab says besides
	None   bool         `json:"none,omitempty"`   // no server could be reached
}

// Unsent says that the question did not go out: there is no way to the server,
// or no connection to it. Where it went out and nothing came back is another
// matter, and dig says so.
func (d Dug) Unsent() bool {
	f := d.Found
	switch {
	case f == nil || f.Fate == measure.Answered:
		return false
	case f.TCP || f.Fallback:
		return f.Fate != measure.Silent || f.Text == ""
	}
	return f.Fate == measure.Refused && f.ICMP == nil && f.Errno != "EPERM"
}
