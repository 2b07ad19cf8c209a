package snapshot

import (
	"fmt"
	"net/netip"
	"strings"
)

// String is the rule as "ip rule show" prints it.
func (r PolicyRule) String() string { return fmt.Sprintf("%d: %s", r.Priority, r.words()) }

// words are what a rule asks for and does, without its priority.
func (r PolicyRule) words() string {
	w := words{}
	w.flag(r.Not, "not")
	w.opt("from", ruleNetwork(r.Src))
	if r.Dst.IsValid() {
		w.opt("to", ruleNetwork(r.Dst))
	}
	// ip writes a type of service before the mark, limits behind the table, and
	// the rest between them.
	more, limits := cutBefore(r.More, "suppress_")
	if fields := strings.Fields(more); len(fields) > 1 && fields[0] == "tos" {
		w.opt("tos", fields[1])
		more = strings.Join(fields[2:], " ")
	}
	w.opt("fwmark", r.mark())
	w.opt("iif", r.IIF)
	w.opt("oif", r.OIF)
	w.add(more, r.Action)
	if r.Action == "lookup" {
		w.add(ruleTable(r.Table))
	}
	w.add(limits)
	return w.String()
}

// cutBefore cuts a text where a part begins.
func cutBefore(text, part string) (before, after string) {
	if i := strings.Index(text, part); i >= 0 {
		return strings.TrimSpace(text[:i]), text[i:]
	}
	return text, ""
}

func ruleNetwork(p netip.Prefix) string {
	switch {
	case !p.IsValid():
		return "all"
	case p.IsSingleIP():
		return p.Addr().String()
	}
	return p.String()
}

func (r PolicyRule) mark() string {
	switch {
	case r.Mark == 0 && r.Mask == 0:
		return ""
	case r.Mask == 1<<32-1:
		return hex(r.Mark)
	}
	return hex(r.Mark) + "/" + hex(r.Mask)
}

// hex is a number as ip writes it: 0, and 0x7.
func hex(n uint32) string {
	if n == 0 {
		return "0"
	}
	return fmt.Sprintf("%#x", n)
}

func ruleTable(table uint32) string {
	if table == localTable {
		return "local"
	}
	return tableWord(table)
}

// localTable is the number of table local (RT_TABLE_LOCAL in linux/rtnetlink.h).
const localTable = 255

// String is the socket as "ss -lntu" prints it: protocol, address and port. A
// star is every address of both families.
func (s Socket) String() string {
	host := s.Addr.String()
	switch {
	case s.Addr.Is6() && s.Addr.IsUnspecified() && !s.V6Only:
		host = "*"
	case s.Addr.Is6():
		host = "[" + host + "]"
	}
	if s.Link != "" {
		host += "%" + s.Link
	}
	return fmt.Sprintf("%s %s:%d", s.Proto, host, s.Port)
}

// Place is where a rule stands, as the tool names it: "ip filter input" for nft,
// "filter INPUT" for the others.
func (f Filter) Place() string {
	if f.Tool == "nft" {
		return f.Family + " " + f.Table + " " + f.Chain
	}
	return f.Table + " " + f.Chain
}

// Rule is the text of a rule. One that only counts has no other.
func (f Filter) Rule() string {
	if f.Text == "" && f.Counted {
		return "counter"
	}
	return f.Text
}
