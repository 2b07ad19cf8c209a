package diagnose

import (
	"slices"
	"strings"

	"netlab/internal/measure"
	"netlab/internal/snapshot"
	"netlab/internal/trace"
)

// verdicts are the rules of a namespace that stopped a packet of the probe.
func (q inquest) verdicts(space string) []Cause {
	var out []Cause
	s, _ := q.before.Space(space)
	for _, v := range q.t.Verdicts {
		if v.Space != space || v.Says != "drop" || !q.about(v) {
			continue
		}
		out = append(out, q.dropped(s, v))
	}
	if len(out) == 0 {
		out = q.counted(space)
	}
	return out
}

// about says that a verdict is on a packet of the probe, and not on one that
// somebody else sent meanwhile.
func (q inquest) about(v measure.Verdict) bool {
	if v.Source == "" {
		return true
	}
	ours := func(p *trace.Packet) bool {
		return p != nil && p.Source.IsValid() && (p.Source.String() == v.Source || p.Dest.String() == v.Source && p.Source.String() == v.Dest)
	}
	return v.Source == q.t.To.String() || v.Dest == q.t.To.String() ||
		slices.ContainsFunc(q.sights, func(s trace.Sight) bool { return ours(&s.Frame.Packet) || ours(s.Frame.Outer) })
}

// dropped words the verdict of a rule, or of a chain's policy.
func (q inquest) dropped(s snapshot.Space, v measure.Verdict) Cause {
	where := v.Family + " " + v.Table + " " + v.Chain
	at := end{s.Name, ""}
	if v.Kind == "policy" {
		return q.cause(Firewall, at, true, "the firewall of "+s.Name+" drops the packet: no rule of the chain "+where+" lets it through, and its policy is drop", "policy of "+where+" is drop")
	}
	text, hook := "", ""
	for _, f := range s.Filters {
		if f.Tool == "nft" && f.Family == v.Family && f.Table == v.Table && f.Chain == v.Chain {
			hook = f.Hook
			if f.Handle == v.Handle && f.Policy == "" {
				text = f.Text
			}
		}
	}
	say := "a firewall rule in " + s.Name + " drops the packet"
	if hook != "" {
		say += " (hook " + hook + ")"
	}
	if strings.Contains(text, "reject") {
		say = strings.Replace(say, "drops", "rejects", 1)
	}
	if text == "" {
		text = "rule " + where
	} else {
		text = where + ": " + text
	}
	return q.cause(Firewall, at, true, say, text)
}

// counted are the rules that count, drop, and have counted more since the
// probe was sent: those of iptables always count.
func (q inquest) counted(space string) []Cause {
	before, _ := q.before.Space(space)
	after, _ := q.lab.Space(space)
	var out []Cause
	for i, f := range after.Filters {
		if i >= len(before.Filters) || !f.Counted || f.Packets <= before.Filters[i].Packets || f.Text != before.Filters[i].Text {
			continue
		}
		if drops(f) {
			c := q.cause(Firewall, end{space, ""}, true, "a firewall rule in "+space+" drops the packet", f.Tool+" "+f.Table+" "+f.Chain+": "+f.Text)
			c.Look = legacyLook(space, f)
			out = append(out, c)
		}
	}
	return out
}

// legacyLook shows a rule that nft does not know.
func legacyLook(space string, f snapshot.Filter) string {
	if f.Tool == "nft" {
		return look(Firewall, end{space, ""})
	}
	_, _, exec := programs(space)
	return exec + f.Tool + "-legacy -t " + f.Table + " -vnL"
}

// policies are the chains of iptables on the way whose policy is to drop: what
// they have dropped nobody tells.
func (q inquest) policies() []Cause {
	var out []Cause
	var spaces []string
	for _, s := range q.sights {
		if !slices.Contains(spaces, s.Space) {
			spaces = append(spaces, s.Space)
		}
	}
	for _, name := range append(spaces, q.t.From) {
		s, _ := q.lab.Space(name)
		for _, f := range s.Filters {
			if f.Tool == "nft" || f.Policy != "drop" {
				continue
			}
			c := q.cause(Firewall, end{name, ""}, false, "the policy of the chain "+f.Chain+" of "+f.Tool+" in "+name+" is DROP: what no rule lets through is dropped", f.Tool+" "+f.Table+" "+f.Chain+": policy DROP")
			c.Look = legacyLook(name, f)
			out = append(out, c)
		}
	}
	return out
}

func drops(f snapshot.Filter) bool {
	if f.Policy != "" {
		return f.Policy == "drop"
	}
	words := strings.Fields(f.Text)
	return slices.Contains(words, "drop") || slices.Contains(words, "reject") || slices.Contains(words, "DROP") || slices.Contains(words, "REJECT")
}

// bridgeFirewall: bridged packets pass the firewall of IP, if the kernel is
// told so, and there is one that drops what is forwarded.
func (q inquest) bridgeFirewall(space string) []Cause {
	s, _ := q.lab.Space(space)
	const key = "net.bridge.bridge-nf-call-iptables"
	if s.Sysctls[key] != "1" {
		return nil
	}
	for _, f := range s.Filters {
		if f.Hook == "forward" && (f.Family == "ip" || f.Family == "inet" || f.Family == "ip6") && drops(f) {
			text := f.Text
			if f.Policy != "" {
				text = "policy " + f.Policy
			}
			return []Cause{q.cause(BridgeFirewall, end{space, ""}, true, "packets that pass the bridge in "+space+" are shown to the firewall of IP, which drops what is forwarded", key+" in "+space+" is 1\n"+f.Family+" "+f.Table+" "+f.Chain+": "+text)}
		}
	}
	return nil
}
