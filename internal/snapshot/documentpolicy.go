package snapshot

// PolicyRuleDoc is a rule of the routing policy.
type PolicyRuleDoc struct {
	Family   string `json:"family"`
	Priority uint32 `json:"priority"`
	Not      bool   `json:"not"`
	Src      string `json:"src"` // all, or a network
	Dst      string `json:"dst,omitempty"`
	IIF      string `json:"iif,omitempty"`
	OIF      string `json:"oif,omitempty"`
	FWMark   string `json:"fwmark,omitempty"` // in hexadecimal digits, with its mask if that is not everything
	More     string `json:"more,omitempty"`
	Action   string `json:"action"`
	Table    string `json:"table,omitempty"`
}

// SocketDoc is a socket that waits for somebody.
type SocketDoc struct {
	Protocol string `json:"protocol"`
	Local    string `json:"local"`
	Port     uint16 `json:"port"`
	V6Only   bool   `json:"v6only"`
	Dev      string `json:"dev,omitempty"`
	Kernel   bool   `json:"kernel"` // it belongs to no program
}

// FirewallDoc is a firewall rule, or what a chain with a hook does in the end.
type FirewallDoc struct {
	Tool    string      `json:"tool"`
	Family  string      `json:"family"`
	Table   string      `json:"table"`
	Chain   string      `json:"chain"`
	Type    string      `json:"type,omitempty"`
	Hook    string      `json:"hook,omitempty"`
	Prio    int         `json:"prio"`
	Policy  string      `json:"policy,omitempty"`
	Handle  uint64      `json:"handle,omitempty"`
	Rule    string      `json:"rule,omitempty"`
	Counter *CounterDoc `json:"counter,omitempty"`
}

// CounterDoc is what a rule has counted.
type CounterDoc struct {
	Packets uint64 `json:"packets"`
	Bytes   uint64 `json:"bytes"`
}

func (r PolicyRule) document() PolicyRuleDoc {
	doc := PolicyRuleDoc{
		Family: "inet", Priority: r.Priority, Not: r.Not, Src: ruleNetwork(r.Src), IIF: r.IIF, OIF: r.OIF, FWMark: r.mark(), More: r.More, Action: r.Action,
	}
	if r.Family == 6 {
		doc.Family = "inet6"
	}
	if r.Dst.IsValid() {
		doc.Dst = ruleNetwork(r.Dst)
	}
	if r.Action == "lookup" {
		doc.Table = ruleTable(r.Table)
	}
	return doc
}

func (s Socket) document() SocketDoc {
	return SocketDoc{s.Proto, s.Addr.String(), s.Port, s.V6Only, s.Link, s.Kernel}
}

func (f Filter) document() FirewallDoc {
	doc := FirewallDoc{
		Tool: f.Tool, Family: f.Family, Table: f.Table, Chain: f.Chain, Type: f.Type, Hook: f.Hook, Prio: f.Priority, Policy: f.Policy,
		Handle: f.Handle, Rule: f.Text,
	}
	if f.Counted {
		doc.Counter = &CounterDoc{f.Packets, f.Bytes}
	}
	return doc
}
