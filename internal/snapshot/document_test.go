package snapshot

import (
	"bytes"
	"encoding/json"
	"math/rand/v2"
	"net/netip"
	"os"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"netlab/internal/netlabtest/golden"
)

func encoded(t *testing.T, doc Document) []byte {
	t.Helper()
	b, err := json.MarshalIndent(doc, "", "  ")
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// TestDocumentIsReadBackStrictly: a reader that refuses keys that it does not
// know gets everything back, whatever the lab has.
func TestDocumentIsReadBackStrictly(t *testing.T) {
	r := rand.New(rand.NewPCG(11, 12))
	docs := []Document{(Lab{}).Document(), after(t, "bridge", "bridge fdb add 02:00:00:00:00:11 dev vx0 dst 10.1.1.9").Document()}
	for range 100 {
		docs = append(docs, randomLab(r).Document())
	}
	for _, doc := range docs {
		var back Document
		dec := json.NewDecoder(bytes.NewReader(encoded(t, doc)))
		dec.DisallowUnknownFields()
		if err := dec.Decode(&back); err != nil {
			t.Fatal(err)
		}
		if d := cmp.Diff(doc, back); d != "" {
			t.Fatalf("(- written, + read):\n%s", d)
		}
	}
}

func TestDocumentLooksLikeItsGoldenFile(t *testing.T) {
	lab := after(t, "bridge", "bridge fdb add 02:00:00:00:00:11 dev vx0 dst 10.1.1.9")
	golden.Equal(t, "testdata/bridge.json", string(encoded(t, lab.Document()))+"\n")
}

func TestListsOfADocumentAreNeverNull(t *testing.T) {
	doc := labOf(Space{Name: Host, Rules: -1, Links: []Link{{Name: "v0"}}}).Document()
	text := string(encoded(t, doc))
	if n := strings.Count(text, "null"); n != 1 || !strings.Contains(text, `"nft_rules": null`) {
		t.Errorf("%d nulls, want that of nft_rules:\n%s", n, text)
	}
	for _, key := range []string{"links", "routes", "neighbours", "fdb", "addr_info", "flags"} {
		if !strings.Contains(text, `"`+key+`": [`) {
			t.Errorf("%s is no list:\n%s", key, text)
		}
	}
}

func TestDocumentSaysWhatTheLabHas(t *testing.T) {
	ip := netip.MustParseAddr
	lab := labOf(host(
		link(2, "vx", "vxlan", func(l *Link) {
			l.VXLAN, l.PeerSpace = &VXLAN{ID: 7, Remote: ip("192.0.2.2"), Dev: "eth0", DstPort: 4789}, "a"
		}),
		veth(3, "p", "q", "a", portOf("br0")),
		addrOn("p", "10.0.0.1/32", func(a *Addr) { a.Peer = netip.MustParsePrefix("10.0.0.2/32") }),
		routeVia("::/0", "fd00::2", "p", func(r *Route) { r.Table, r.Ways, r.LinkDown = 100, 2, true }),
		neighOn("p", "10.0.0.2", machine, "STALE"),
		5,
	))
	s := lab.Document().Namespaces[0]
	got := []any{
		s.Links[1].VXLAN.Remote, s.Links[1].VXLAN.Dev, s.Links[1].VXLAN.Namespace, s.Links[1].PeerNamespace, s.Links[2].Peer, s.Links[2].PeerNamespace,
		s.Links[2].Port.State, s.Links[2].Port.Cost, s.Links[2].Addrs[0].Local, s.Links[2].Addrs[0].Peer, s.Links[2].Addrs[0].PrefixLen,
		s.Routes[0].Family, s.Routes[0].Dst, s.Routes[0].Gateway, s.Routes[0].Table, s.Routes[0].Ways, s.Routes[0].Flags, s.Neighs[0].State, *s.NFTRules,
	}
	want := []any{
		"192.0.2.2", "eth0", "a", "", "q", "a", "forwarding", uint32(2), "10.0.0.1", "10.0.0.2", 32,
		"inet6", "default", "fd00::2", "100", 2, []string{"linkdown"}, "STALE", 5,
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("(- want, + got):\n%s", d)
	}
}

// keysOf are the JSON keys of a type and all that it holds.
func keysOf(typ reflect.Type, found map[string]bool) {
	switch typ.Kind() {
	case reflect.Pointer, reflect.Slice:
		keysOf(typ.Elem(), found)
	case reflect.Struct:
		for i := range typ.NumField() {
			f := typ.Field(i)
			if tag, _, _ := strings.Cut(f.Tag.Get("json"), ","); tag != "" {
				found[tag] = true
			}
			keysOf(f.Type, found)
		}
	}
}

// TestEachKeyIsDescribed compares the keys with the tables of docs/INSPECT.md,
// both ways.
func TestEachKeyIsDescribed(t *testing.T) {
	b, err := os.ReadFile("../../docs/INSPECT.md")
	if err != nil {
		t.Fatal(err)
	}
	keys, described := map[string]bool{}, map[string]bool{}
	keysOf(reflect.TypeFor[Document](), keys)
	for _, row := range regexp.MustCompile("(?m)^\\| (`[^|]*`) \\|").FindAllStringSubmatch(string(b), -1) {
		for _, key := range strings.Split(row[1], ", ") {
			described[strings.Trim(key, "`")] = true
		}
	}
	if d := cmp.Diff(sortedSet(keys), sortedSet(described)); d != "" {
		t.Errorf("(- in the document, + described):\n%s", d)
	}
}

func sortedSet(set map[string]bool) []string {
	var all []string
	for k := range set {
		all = append(all, k)
	}
	slices.Sort(all)
	return all
}
