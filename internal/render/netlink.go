package render

import (
	"fmt"
	"strconv"
	"strings"

	"netlab/internal/event"
	"netlab/internal/nlmsg"
	"netlab/internal/term"
)

const blockNetlink block = "netlink"

// netlink shows what the running command sent to the kernel, and the answers.
func (p *page) netlink(e event.Event) {
	p.begin(blockNetlink)
	if e.Netlink == nil {
		p.hang(line{text("    "), in(quiet, "→ ")}, in(quiet, e.Text))
		return
	}
	p.message(in(title, "→ "), e.Netlink.Request, true)
	for _, m := range e.Netlink.Answers {
		p.message(in(title, "← "), m, p.opt.More)
	}
	if n := e.Netlink.More; n > 0 {
		p.hang(line{text("    "), in(quiet, "← ")}, in(quiet, "… "+count(n, "more message")))
	}
}

// message shows one message: its header in a line or two, its parts below.
func (p *page) message(arrow span, m nlmsg.Message, whole bool) {
	head := []span{in(strong, m.Type), in(quiet, count(m.Size, "byte")), in(quiet, "seq "+strconv.FormatUint(uint64(m.Seq), 10))}
	if m.Says != "" {
		head = append(head, in(toneOf(m), m.Says))
	}
	p.hang(line{text("    "), arrow}, dots(head...)...)
	if m.Flags != "0" && (whole || m.Says == "") {
		p.hang(pad(8), in(quiet, breakable(m.Flags)))
	}
	hidden := 0
	for i, part := range m.Parts {
		told := strings.HasPrefix(part.Name, "NLMSGERR_ATTR_") || m.Says == "" && i == 0
		switch {
		case whole || told:
			p.part(6, part)
		case m.Says == "":
			hidden++
		}
	}
	if hidden > 0 {
		p.hang(pad(6), in(quiet, "… "+count(hidden, "attribute")+" (--more)"))
	}
}

// toneOf: a no of the kernel is what one looks for.
func toneOf(m nlmsg.Message) tone {
	switch {
	case strings.HasPrefix(m.Says, "-"):
		return bad
	case strings.HasPrefix(m.Says, "ACK"):
		return good
	}
	return quiet
}

// maxNest bounds how far parts of parts are moved to the right.
const maxNest = 20

// part shows a struct or an attribute, and what it holds further to the right.
func (p *page) part(indent int, part nlmsg.Part) {
	body := []span{in(code, part.Name)}
	for i, f := range part.Fields {
		before := text(", ")
		if i == 0 {
			before = fixedBlank(2)
		}
		body = append(body, before, in(quiet, f.Name+"="), text(breakable(f.Value)))
	}
	if part.Value != "" {
		body = append(body, fixedBlank(2), text(shortened(part)))
	}
	p.put(pad(indent), pad(indent+4), body...)
	for _, inner := range part.Parts {
		p.part(min(indent+2, maxNest), inner)
	}
}

// maxBytes is how many bytes are shown of a value that has no better form.
const maxBytes = 24

// shortened is a value as it is shown: of bytes that nobody reads, only the
// first ones.
func shortened(part nlmsg.Part) string {
	if digits, ok := strings.CutPrefix(part.Value, "0x"); ok && len(digits) > 2*maxBytes {
		return fmt.Sprintf("0x%s… (%s)", digits[:2*maxBytes], count(len(digits)/2, "byte"))
	}
	return breakable(part.Value)
}

// breakable lets a line end between the names of bits.
func breakable(s string) string { return strings.ReplaceAll(s, "|", " | ") }

// cleanExchange makes the names in an exchange harmless.
func cleanExchange(x *nlmsg.Exchange) *nlmsg.Exchange {
	if x == nil {
		return nil
	}
	out := *x
	out.Protocol = term.Clean(x.Protocol)
	out.Request = cleanMessage(x.Request)
	out.Answers = nil
	for _, m := range x.Answers {
		out.Answers = append(out.Answers, cleanMessage(m))
	}
	return &out
}

func cleanMessage(m nlmsg.Message) nlmsg.Message {
	m.Type, m.Flags, m.Says = term.Clean(m.Type), term.Clean(m.Flags), term.Clean(m.Says)
	m.Parts = cleanParts(m.Parts)
	return m
}

func cleanParts(parts []nlmsg.Part) []nlmsg.Part {
	var out []nlmsg.Part
	for _, p := range parts {
		p.Name, p.Value, p.Parts = term.Clean(p.Name), term.Clean(p.Value), cleanParts(p.Parts)
		var fields []nlmsg.Field
		for _, f := range p.Fields {
			fields = append(fields, nlmsg.Field{Name: term.Clean(f.Name), Value: term.Clean(f.Value)})
		}
		p.Fields = fields
		out = append(out, p)
	}
	return out
}
