package kernel

import (
	"encoding/binary"

	"netlab/internal/measure"
)

// Numbers of linux/netfilter/nf_tables.h (enum nft_trace_attributes and others)
// and linux/netfilter.h.
const (
	msgTrace                                                            = 10<<8 | 17 // NFNL_SUBSYS_NFTABLES, NFT_MSG_TRACE
	traceTableName, traceChain, traceHandle, traceType, traceVerdict    = 1, 2, 3, 4, 5
	traceID, traceNetwork, tracePolicy                                  = 6, 8, 16
	kindPolicy, kindReturn, kindRule                                    = 1, 2, 3
	verdictCode, verdictChain                                           = 1, 2
	verdictDrop, verdictAccept, verdictStolen, verdictQueue             = 0, 1, 2, 3
	verdictContinue, verdictJump, verdictGoto, verdictReturn, familyLen = -1, -3, -4, -5, 4
)

func readVerdict(m reply) (measure.Verdict, bool) {
	if m.kind != msgTrace || len(m.data) < familyLen {
		return measure.Verdict{}, false
	}
	v := measure.Verdict{Family: familyNames()[m.data[0]], Kind: "rule"}
	for kind, b := range attrs(m.data[familyLen:]) {
		switch {
		case kind == traceTableName:
			v.Table = cString(b)
		case kind == traceChain:
			v.Chain = cString(b)
		case kind == traceHandle && len(b) >= 8:
			v.Handle = binary.BigEndian.Uint64(b)
		case kind == traceType && len(b) >= 4:
			v.Kind = map[uint32]string{kindPolicy: "policy", kindReturn: "return", kindRule: "rule"}[binary.BigEndian.Uint32(b)]
		case kind == traceVerdict:
			v.Says = verdictText(b)
		case kind == tracePolicy && len(b) >= 4:
			v.Says = verdictName(int32(binary.BigEndian.Uint32(b)))
		case kind == traceID && len(b) >= 4:
			v.Packet = binary.BigEndian.Uint32(b)
		case kind == traceNetwork:
			v.Source, v.Dest = endsOf(b)
		}
	}
	if v.Kind == "rule" && v.Handle == 0 { // so newer kernels tell that a chain has ended
		v.Kind = "return"
	}
	return v, true
}

// familyNames are nft's words for the families of linux/netfilter.h.
func familyNames() map[byte]string {
	return map[byte]string{1: "inet", 2: "ip", 3: "arp", 5: "netdev", 7: "bridge", 10: "ip6"}
}

func verdictText(b []byte) string {
	code, chain := int32(verdictContinue), ""
	for kind, v := range attrs(b) {
		switch {
		case kind == verdictCode && len(v) >= 4:
			code = int32(binary.BigEndian.Uint32(v))
		case kind == verdictChain:
			chain = " " + cString(v)
		}
	}
	return verdictName(code) + chain
}

func verdictName(code int32) string {
	switch code {
	case verdictDrop:
		return "drop"
	case verdictAccept:
		return "accept"
	case verdictStolen:
		return "stolen"
	case verdictQueue:
		return "queue"
	case verdictJump:
		return "jump"
	case verdictGoto:
		return "goto"
	case verdictReturn:
		return "return"
	}
	return "continue"
}

// endsOf are the addresses in the header of an IP packet.
func endsOf(b []byte) (source, dest string) {
	switch {
	case len(b) >= 20 && b[0]>>4 == 4:
		return addr(b[12:16]).String(), addr(b[16:20]).String()
	case len(b) >= 40 && b[0]>>4 == 6:
		return addr(b[8:24]).String(), addr(b[24:40]).String()
	}
	return "", ""
}
