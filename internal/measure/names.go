package measure

import (
	"net/netip"
	"time"

	"netlab/internal/dns"
)

// DNS is what became of one question to one name server. Its fate is Answered
// when a message came that belongs to the question, whatever that says.
type DNS struct {
	From     string         `json:"from"` // namespace
	Server   netip.AddrPort `json:"server"`
	TCP      bool           `json:"tcp,omitempty"`
	Question dns.Question   `json:"question"`
	Fate     Fate           `json:"fate"`
	Errno    string         `json:"errno,omitempty"` // Refused: the kernel's error name
	Text     string         `json:"text,omitempty"`  // of Refused: the error in words; of Silent by TCP: how far it came
	ICMP     *ICMPError     `json:"icmp,omitempty"`
	// Closed says that nothing listens at the port: the fate is Reported, by UDP
	// an ICMP port unreachable, by TCP a reset.
	Closed bool          `json:"closed,omitempty"`
	Answer *dns.Message  `json:"answer,omitempty"`
	RTT    time.Duration `json:"rtt"`
	// Odd are messages that came and are no answer to the question, and why:
	// another id, another question, no DNS message at all.
	Odd []string `json:"odd,omitempty"`
	// Fallback says that the answer was cut short by UDP (tc), and is the one by
	// TCP. When none came by TCP, Fate and all the rest are about that.
	Fallback bool    `json:"fallback,omitempty"`
	Heard    []Heard `json:"heard,omitempty"` // while the question was under way, where somebody listened
	// Missed is how many frames could not be heard, for want of room.
	Missed int `json:"missed,omitempty"`
}

// Resolved is what the resolver library of a namespace made of a name.
type Resolved struct {
	From   string        `json:"from"` // namespace
	Name   string        `json:"name"`
	Family int           `json:"family"` // 4 or 6
	By     string        `json:"by"`     // "getent", or who did it for want of that
	Addrs  []netip.Addr  `json:"addrs,omitempty"`
	Canon  string        `json:"canon,omitempty"` // the name that the addresses belong to
	Exit   int           `json:"exit"`            // of getent: 0 found, 2 not found
	Slow   bool          `json:"slow,omitempty"`  // it was ended, because it took too long
	Took   time.Duration `json:"took"`
	Text   string        `json:"text,omitempty"`   // what it said besides
	Heard  []Heard       `json:"heard,omitempty"`  // every DNS message in the lab meanwhile
	Missed int           `json:"missed,omitempty"` // frames that could not be heard, for want of room
}

// Heard is a DNS message that was seen under way: once, where it left its sender.
type Heard struct {
	At     time.Duration  `json:"at"`              // since the beginning
	Sender string         `json:"sender"`          // namespace that sent it; empty: nobody in the lab has the address
	Taker  string         `json:"taker,omitempty"` // namespace in which it arrived; empty: it did not
	From   netip.AddrPort `json:"from"`
	To     netip.AddrPort `json:"to"`
	TCP    bool           `json:"tcp,omitempty"`
	// Message is what was read of it; nil: it is none, and Wrong says why.
	Message *dns.Message `json:"message,omitempty"`
	Wrong   string       `json:"wrong,omitempty"`
}
