package diagnose

import (
	"fmt"
	"strings"

	"netlab/internal/dns"
	"netlab/internal/trace"
)

// authority: a server that has the zone says that there is no such record. It
// must know, unless the zone below is another server's.
func (q *search) authority(server, name string, r trace.Meaning, shows string) []Cause {
	if len(r.Aliases) > 0 {
		return q.dangling(server, r, shows)
	}
	look := q.digAt(server, name, q.typ)
	zone := zoneWords(r.Zone)
	if r.Sense == dns.NoData {
		return []Cause{q.blame(RecordOtherType, server, true, fmt.Sprintf("there is a name %s, but it has no %s record: %s", shown(name), q.typ, q.saysSo(server, "", zone)),
			look, append([]string{shows}, q.otherTypes(server, name)...)...)}
	}
	if below, ok := q.deeper(server, name, r.Zone); ok {
		return []Cause{q.blame(DelegationMissing, server, true, fmt.Sprintf("%s, which has %s, names no servers for the zone in which %s is, and says that there is no such name; %s has that zone", server, zone, shown(name), below.Server),
			look, shows, below.String())}
	}
	text := fmt.Sprintf("there is no name %s: %s", shown(name), q.saysSo(server, " (NXDOMAIN)", zone))
	evidence := append([]string{shows}, q.completed(name)...)
	if n, ok := q.nearName(name); ok {
		text += "; there is " + shown(n.Name)
		evidence = append(evidence, n.String())
	}
	return []Cause{q.blame(RecordMissing, server, true, text, look, evidence...)}
}

// saysSo is that a server answers with authority. A forwarder may keep such an
// answer as it came, so that more is known only of one that was asked for a name
// which it cannot have kept.
func (q *search) saysSo(server, status, zone string) string {
	if q.inquired() {
		return server + " has " + zone + " and says so" + status
	}
	return server + " says so" + status + ", with authority for " + zone
}

// completed says that a name is a short one with a domain of the search list, or
// a short one without.
func (q *search) completed(name string) []string {
	if !strings.Contains(shown(name), ".") && len(q.resolv.Search) == 0 && q.t.Direct == nil {
		return []string{shown(name) + " has no dot, and " + q.from + " has no search list: nothing was put behind it"}
	}
	domain, ok := strings.CutPrefix(name, strings.ToLower(q.name)+".")
	if !ok || domain == "" || q.t.Direct != nil {
		return nil
	}
	return []string{fmt.Sprintf("%s is %s with a domain of the search list of %s: %s", shown(name), q.name, q.from, shown(domain))}
}

func zoneWords(zone string) string {
	switch zone {
	case "":
		return "the zone of that name"
	case ".":
		return "the root zone"
	}
	return "the zone " + shown(zone)
}

// deeper is another server's answer with authority, out of a zone below.
func (q *search) deeper(than, name, zone string) (exchange, bool) {
	for _, e := range q.all {
		if !q.knows(e) || e.Server == than || !e.Is(name, q.typ) {
			continue
		}
		r := e.Means()
		own := q.zoneOf(e)
		switch {
		case r.Sense == dns.Found && !q.serves(e.Server, zone):
			return e, true
		case (r.Sense == dns.NoName || r.Sense == dns.NoData) && own != "" && own != zone && dns.Within(own, zone):
			return e, true
		}
	}
	return exchange{}, false
}

// zoneOf is the zone from which an answer with authority comes, if it says so.
func (q *search) zoneOf(e exchange) string {
	for _, a := range e.Answer.Authority {
		if a.Type == "SOA" || a.Type == "NS" {
			return strings.ToLower(dns.Absolute(a.Name))
		}
	}
	return ""
}

// serves says that a server has answered with authority out of a zone.
func (q *search) serves(server, zone string) bool {
	for _, e := range q.all {
		if e.Server == server && q.knows(e) && zone != "" && q.zoneOf(e) == zone {
			return true
		}
	}
	return false
}

// dangling: an alias of a name of which there is no address.
func (q *search) dangling(server string, r trace.Meaning, shows string) []Cause {
	last := r.Aliases[len(r.Aliases)-1]
	keeper := server
	if _, who, ok := q.aliasOf(last.Name); ok {
		keeper = who
	}
	owner := strings.ToLower(dns.Absolute(last.Name))
	look := q.digAt(keeper, owner, "CNAME")
	if twice, ok := doubled(r.Last); ok {
		if e, ok := q.truth(twice); ok {
			return []Cause{q.blame(MissingDot, keeper, true, fmt.Sprintf("%s is an alias (CNAME) of %s: in the zone file the last dot is missing, so the name of the zone was added; %s is meant", shown(owner), shown(r.Last), shown(twice)), look, shows, e.String())}
		}
	}
	for _, name := range append([]string{keeper}, servers(q.lab)...) {
		there, ok := q.says(name, r.Last, q.typ)
		if !ok || !q.knows(there) {
			continue
		}
		switch end := there.Means(); {
		case end.Sense == dns.NoData && len(end.Aliases) == 0:
			return q.authority(name, r.Last, end, shows)
		case end.Sense == dns.NoName && len(end.Aliases) == 0:
			return []Cause{q.blame(CNAMEDangling, keeper, true, fmt.Sprintf("%s is an alias (CNAME) of %s, and there is no such name: %s has that zone and says so", shown(owner), shown(r.Last), name), look, shows)}
		}
	}
	return []Cause{q.blame(CNAMEDangling, keeper, r.Sense == dns.NoName, fmt.Sprintf("%s is an alias (CNAME) of %s, and of that there is no address", shown(owner), shown(r.Last)), look, shows)}
}

// doubled is a name whose end stands there twice, with one of them left out:
// web.lab.lab. for web.lab.
func doubled(name string) (string, bool) {
	labels := strings.Split(strings.TrimSuffix(name, "."), ".")
	for n := 1; 2*n < len(labels); n++ {
		end := len(labels)
		if strings.Join(labels[end-n:], ".") == strings.Join(labels[end-2*n:end-n], ".") {
			return strings.Join(labels[:end-n], ".") + ".", true
		}
	}
	return "", false
}

// otherTypes are the records of other types that a name has.
func (q *search) otherTypes(server, name string) []string {
	var out []string
	for _, e := range q.all {
		if e.Server == server && e.Answer != nil && e.Type != q.typ && dns.SameName(e.Name, name) && e.Means().Sense == dns.Found {
			out = append(out, e.String())
		}
	}
	return out
}

// nearName is a name that there is, and that looks like the one that is not.
func (q *search) nearName(name string) (exchange, bool) {
	first, rest, _ := strings.Cut(name, ".")
	for _, e := range q.all {
		if e.Answer == nil || e.Means().Sense != dns.Found {
			continue
		}
		if f, r, _ := strings.Cut(e.Name, "."); r == rest && near(f, first) {
			return e, true
		}
	}
	return exchange{}, false
}
