package dns

import "github.com/miekg/dns"

// Parse reads a message as it comes over the network.
func Parse(b []byte) (Message, error) {
	var m dns.Msg
	if err := m.Unpack(b); err != nil {
		return Message{}, err
	}
	return Message{ID: m.Id, Response: m.Response, Size: len(b)}, nil
}
