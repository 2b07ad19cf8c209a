package nlmsg

import "strings"

// header is a struct of fixed size at the beginning of a message.
type header struct {
	name   string
	fields []headerField
}

type headerField struct {
	name string
	size int    // bytes
	as   string // how it is read, as for an attribute
}

// fixedHeader makes a header from words in the order of the struct's fields:
// NAME:form. What the C compiler fills up is called pad.
func fixedHeader(name, words string) header {
	h := header{name: name}
	for word := range strings.FieldsSeq(words) {
		field, form, _ := strings.Cut(word, ":")
		h.fields = append(h.fields, headerField{field, sizeOf(form), form})
	}
	return h
}

func (h header) size() int {
	n := 0
	for _, f := range h.fields {
		n += f.size
	}
	return n
}

func linkHeader() header {
	return fixedHeader("ifinfomsg", "ifi_family:family8 pad:u8 ifi_type:arphrd ifi_index:s32 ifi_flags:iff ifi_change:iff")
}

func addrHeader() header {
	return fixedHeader("ifaddrmsg", "ifa_family:family8 ifa_prefixlen:u8 ifa_flags:addrflags8 ifa_scope:scope8 ifa_index:u32")
}

func routeHeader() header {
	return fixedHeader("rtmsg", `rtm_family:family8 rtm_dst_len:u8 rtm_src_len:u8 rtm_tos:u8 rtm_table:table8
		rtm_protocol:proto8 rtm_scope:scope8 rtm_type:rtype8 rtm_flags:rtflags`)
}

func neighHeader() header {
	return fixedHeader("ndmsg", "ndm_family:family8 pad:u8 pad:u16 ndm_ifindex:s32 ndm_state:nud ndm_flags:ntf8 ndm_type:rtype8")
}

// shortHeader is struct rtgenmsg, filled up.
func shortHeader() header { return fixedHeader("rtgenmsg", "rtgen_family:family8 pad:u8 pad:u16") }

// nextHopSize is that of struct rtnexthop.
const nextHopSize = 8

func nextHopHeader() header {
	return fixedHeader("rtnexthop", "rtnh_len:u16 rtnh_flags:nhflags8 rtnh_hops:u8 rtnh_ifindex:s32")
}

func messageHeader() header {
	return fixedHeader("nlmsghdr", "nlmsg_len:u32 nlmsg_type:type nlmsg_flags:hex16 nlmsg_seq:u32 nlmsg_pid:u32")
}

// structure reads a header. One that is cut off has only the fields that are
// whole; the bytes of the next one stay unread.
func (d *decoder) structure(h header) Part {
	p := Part{Name: h.name, At: d.at}
	for _, f := range h.fields {
		if f.size > d.left() {
			break
		}
		b := d.take(f.size)
		if f.name != "pad" || !zero(b) {
			p.Fields = append(p.Fields, Field{f.name, valueOf(f.as, b)})
		}
	}
	p.Size = d.at - p.At
	return p
}

func zero(b []byte) bool {
	for _, c := range b {
		if c != 0 {
			return false
		}
	}
	return true
}

// route reads what follows the header of a message of NETLINK_ROUTE.
func (d *decoder) route(kind uint16) []Part {
	h, t := layout(kind)
	if h.name == "" {
		return d.rest(nil)
	}
	if d.left() > 0 {
		d.bridge = d.b[d.at] == familyBridge
	}
	head := d.structure(h)
	if head.Size < h.size() {
		return d.rest([]Part{head})
	}
	d.at = min(align(d.at), len(d.b))
	return append([]Part{head}, d.attributes(t)...)
}

// layout is the header of a kind of message, and its attributes. The kinds come
// in fours: new, del, get and set.
func layout(kind uint16) (header, table) {
	switch (kind - firstRoute) / 4 {
	case 0: // RTM_NEWLINK
		return linkHeader(), link()
	case 1: // RTM_NEWADDR
		return addrHeader(), address()
	case 2: // RTM_NEWROUTE
		return routeHeader(), route()
	case 3: // RTM_NEWNEIGH
		return neighHeader(), neighbour()
	case (typeNewNSID - firstRoute) / 4:
		return shortHeader(), netnsID()
	}
	return header{}, nil
}

// verdict reads the last answer to a request: struct nlmsgerr, which holds the
// header of the request or all of it, and the kernel's own words.
func (d *decoder) verdict(kind, flags uint16) ([]Part, string) {
	if d.left() < 4 {
		return d.rest(nil), says(kind, 0)
	}
	number := int32(native32(d.b[d.at:]))
	head := fixedHeader("nlmsgerr", "error:errno")
	if kind == typeDone {
		head = fixedHeader("status", "error:errno")
	}
	parts := []Part{d.structure(head)}
	if kind == typeError && d.left() >= headerSize {
		parts = append(parts, d.echo(flags))
	}
	if flags&flagAckTLVs == 0 {
		return d.rest(parts), says(kind, number)
	}
	attributes := d.attributes(verdictAttrs())
	d.name(attributes)
	return append(parts, attributes...), says(kind, number)
}

// echo is the request as the answer repeats it: only its header when all went
// well (NLM_F_CAPPED), else the whole.
func (d *decoder) echo(flags uint16) Part {
	size := align(int(native32(d.b[d.at:])))
	p := d.structure(messageHeader())
	p.Name = "nlmsghdr of the request"
	if flags&flagCapped == 0 && size > headerSize {
		p.Value = "and all that followed it"
		d.take(size - headerSize)
		p.Size = d.at - p.At
	}
	return p
}

// name adds to an offset in the request the name of what stands there.
func (d *decoder) name(parts []Part) {
	for i, p := range parts {
		if p.Name != "NLMSGERR_ATTR_OFFS" || p.Size != attrSize+4 {
			continue
		}
		offset := int(native32(d.b[p.At+attrSize:]))
		if at := partAt(d.request(p.At), offset); at != "" {
			parts[i].Value += ", where the request has " + at
		}
		return
	}
}

// request reads the request that an answer repeats, which ends before end. An
// answer is not read again as a request.
func (d *decoder) request(end int) []Part {
	const echoAt = headerSize + 4
	if end < echoAt+headerSize {
		return nil
	}
	b := d.b[echoAt:end]
	size := int(native32(b))
	if kind := native16(b[4:]); kind < firstRoute || size < headerSize || size > len(b) {
		return nil
	}
	return message(b[:size]).Parts
}

// partAt is the name of the innermost part that begins at an offset.
func partAt(parts []Part, at int) string {
	for _, p := range parts {
		if at < p.At || at >= p.At+p.Size {
			continue
		}
		if inner := partAt(p.Parts, at); inner != "" {
			return inner
		}
		if at == p.At {
			return p.Name
		}
	}
	return ""
}
