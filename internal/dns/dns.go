// Package dns is DNS messages as values: questions, answers, records, and the
// words for them. The package is pure; who sends a message is package probe.
package dns

// Port is where name servers listen, RFC 1035 section 4.2.
const Port = 53

// Question is what is asked.
type Question struct {
	Name  string `json:"name"` // absolute, with the last dot
	Type  string `json:"type"` // A, AAAA, PTR …
	Class string `json:"class,omitempty"`
}

// Record is one resource record.
type Record struct {
	Name  string `json:"name"`
	TTL   uint32 `json:"ttl"` // seconds
	Class string `json:"class"`
	Type  string `json:"type"`
	Data  string `json:"data"` // as a zone file has it
}

// The statuses that lessons speak of, RFC 1035 section 4.1.1 and RFC 6895.
const (
	NoError  = "NOERROR"
	FormErr  = "FORMERR"
	ServFail = "SERVFAIL"
	NXDomain = "NXDOMAIN"
	NotImp   = "NOTIMP"
	Refused  = "REFUSED"
)

// Message is a question or an answer.
type Message struct {
	ID                 uint16     `json:"id"`
	Opcode             string     `json:"opcode"` // QUERY …
	Status             string     `json:"status"`
	Response           bool       `json:"response,omitempty"`            // qr
	Authoritative      bool       `json:"authoritative,omitempty"`       // aa
	Truncated          bool       `json:"truncated,omitempty"`           // tc
	RecursionDesired   bool       `json:"recursion_desired,omitempty"`   // rd
	RecursionAvailable bool       `json:"recursion_available,omitempty"` // ra
	AuthenticData      bool       `json:"authentic_data,omitempty"`      // ad
	CheckingDisabled   bool       `json:"checking_disabled,omitempty"`   // cd
	Questions          []Question `json:"questions"`
	Answers            []Record   `json:"answers,omitempty"`
	Authority          []Record   `json:"authority,omitempty"`
	Additional         []Record   `json:"additional,omitempty"` // without OPT
	EDNS               *EDNS      `json:"edns,omitempty"`
	Size               int        `json:"size,omitempty"` // bytes on the wire
}

// EDNS is the OPT record, RFC 6891.
type EDNS struct {
	Version uint8    `json:"version"`
	UDPSize uint16   `json:"udp_size"`
	DO      bool     `json:"do,omitempty"`
	Options []Option `json:"options,omitempty"`
}

// Option is an EDNS option: COOKIE, EDE …
type Option struct {
	Name string `json:"name"`
	Data string `json:"data"`
}
