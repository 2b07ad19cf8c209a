package nlmsg

import (
	"strconv"
	"strings"
)

// table is the names of the attributes of one place, by their numbers.
type table []attr

// attr is what is known of one attribute.
type attr struct {
	name string
	as   string // how its value is read; empty: as hex digits
}

// attrs makes a table from words in the order of the numbers, as the enum in
// the header has them: NAME or NAME:form.
func attrs(prefix, words string) table {
	var t table
	for word := range strings.FieldsSeq(words) {
		name, form, _ := strings.Cut(word, ":")
		t = append(t, attr{prefix + name, form})
	}
	return t
}

// find gives an attribute's name and form; one that the table does not have is
// called by its number.
func (t table) find(kind uint16) attr {
	if int(kind) < len(t) {
		return t[kind]
	}
	return attr{name: "attribute " + strconv.Itoa(int(kind))}
}

// The two high bits of an attribute's number say something of its value
// (NLA_F_NESTED and NLA_F_NET_BYTEORDER in linux/netlink.h).
const attrFlags = 1<<15 | 1<<14

// attributes reads the attributes up to the end.
func (d *decoder) attributes(t table) []Part {
	var parts []Part
	if t.has("IFLA_INFO_KIND") {
		d.kind = d.find(t, "IFLA_INFO_KIND")
	}
	for d.left() >= attrSize {
		size, kind := int(native16(d.b[d.at:])), native16(d.b[d.at+2:])&^attrFlags
		if size < attrSize || size > d.left() {
			break
		}
		a := t.find(kind)
		p := Part{Name: a.name, At: d.at}
		end := d.at + size
		inner := &decoder{b: d.b[:end], at: d.at + attrSize, kind: d.kind, bridge: d.bridge}
		inner.value(a.as, &p)
		d.at = min(align(end), len(d.b))
		p.Size = d.at - p.At
		parts = append(parts, p)
	}
	return d.rest(parts)
}

func (t table) has(name string) bool {
	for _, a := range t {
		if a.name == name {
			return true
		}
	}
	return false
}

// find looks ahead for the text of an attribute.
func (d *decoder) find(t table, name string) string {
	for b := d.b[d.at:]; len(b) >= attrSize; {
		size := int(native16(b))
		if size < attrSize || size > len(b) {
			break
		}
		if t.find(native16(b[2:])&^attrFlags).name == name {
			return cString(b[attrSize:size])
		}
		b = b[min(align(size), len(b)):]
	}
	return ""
}

// nests are the tables of attributes that hold others.
func (d *decoder) nests(form string) (table, bool) {
	switch form {
	case "linkinfo":
		return linkInfo(), true
	case "linkdata":
		return d.linkData()
	case "portdata":
		return bridgePort(), true
	case "families":
		if d.bridge {
			return bridgeSpec(), true
		}
		return families(), true
	case "inet":
		return attrs("IFLA_INET_", "UNSPEC CONF"), true
	case "inet6":
		return inet6(), true
	case "xdp":
		return attrs("IFLA_XDP_", "UNSPEC FD:s32 ATTACHED:u8 FLAGS:u32 PROG_ID:u32 DRV_PROG_ID:u32 SKB_PROG_ID:u32 HW_PROG_ID:u32 EXPECTED_FD:s32"), true
	case "names":
		return link(), true
	case "metrics":
		return metrics(), true
	case "policy":
		return policy(), true
	}
	return nil, false
}

// value reads the value of an attribute, up to the end of the decoder.
func (d *decoder) value(form string, p *Part) {
	switch form {
	case "peer":
		p.Parts = append([]Part{d.structure(linkHeader())}, d.attributes(link())...)
		return
	case "multipath":
		p.Parts = d.multipath()
		return
	case "protinfo":
		if form = "hex"; d.bridge {
			form = "portdata"
		}
	}
	if t, ok := d.nests(form); ok {
		p.Parts = d.attributes(t)
		if p.Parts == nil {
			p.Value = "empty"
		}
		return
	}
	p.Value = valueOf(form, d.take(d.left()))
}

// multipath reads the next hops of a route: struct rtnexthop, each with
// attributes of its own.
func (d *decoder) multipath() []Part {
	var parts []Part
	for d.left() >= nextHopSize {
		size := int(native16(d.b[d.at:]))
		if size < nextHopSize || size > d.left() {
			break
		}
		p := Part{Name: "rtnexthop", At: d.at}
		inner := &decoder{b: d.b[:d.at+size], at: d.at}
		p.Fields = inner.structure(nextHopHeader()).Fields
		p.Parts = inner.attributes(route())
		d.at = min(align(d.at+size), len(d.b))
		p.Size = d.at - p.At
		parts = append(parts, p)
	}
	return d.rest(parts)
}

// linkData is the table of IFLA_INFO_DATA, which the kind of the link decides.
func (d *decoder) linkData() (table, bool) {
	switch d.kind {
	case "veth":
		return attrs("VETH_INFO_", "UNSPEC PEER:peer"), true
	case "bridge":
		return bridge(), true
	case "vxlan":
		return vxlan(), true
	}
	return nil, false
}
