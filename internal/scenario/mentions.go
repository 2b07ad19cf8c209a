package scenario

import (
	"netlab/internal/check"
	"netlab/internal/op"
)

func seenMentions(s *check.Seen) []mention {
	out := []mention{{key: "in", space: s.In}}
	add := func(key string, i check.Interface) {
		out = append(out, mention{key: key, space: i.In}, mention{key: key, space: i.In, dev: i.Dev})
	}
	add("at", s.At)
	if s.MACFrom != nil {
		add("mac_from", *s.MACFrom)
	}
	if s.MACTo != nil {
		add("mac_to", *s.MACTo)
	}
	return out
}

// reachMentions: each name once, under the key that it stands in.
func reachMentions(r *check.Reach) []mention {
	var out []mention
	for _, list := range []struct {
		key   string
		words []string
	}{{"among", r.Among}, {"from", r.From}, {"to", r.To}} {
		for _, w := range list.words {
			names, _ := op.Braces(w) // what is wrong with it was told when it was read
			for _, n := range names {
				out = append(out, mention{key: list.key, space: n})
			}
		}
	}
	return out
}

// asksMentions: each node that a check of names says is asked.
func asksMentions(nodes []string) []mention {
	var out []mention
	for _, n := range nodes {
		out = append(out, mention{key: "asks", space: n})
	}
	return out
}
