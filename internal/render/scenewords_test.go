package render

import (
	"testing"

	"netlab/internal/scene"
)

func TestAGroupInWords(t *testing.T) {
	for _, tt := range []struct {
		name, want string
		group      scene.Group
	}{
		{"one", "host mail on isp, 198.51.100.25/24", scene.Group{Kind: scene.Host, Count: 1, First: "mail", On: "isp", From: []string{"198.51.100.25/24"}}},
		{"two have no middle", "2 hosts on net: web and dns, 10.0.0.1/24 and 10.0.0.2/24",
			scene.Group{Kind: scene.Host, Count: 2, First: "web", Last: "dns", On: "net", From: []string{"10.0.0.1/24"}, To: []string{"10.0.0.2/24"}}},
		{"two without addresses", "2 switches: s1 and s2", scene.Group{Kind: scene.Switch, Count: 2, First: "s1", Last: "s2"}},
		{"many", "200 hosts on sw: h1 … h200", scene.Group{Kind: scene.Host, Count: 200, First: "h1", Last: "h200", On: "sw"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got := ""
			for _, s := range groupWords(tt.group) {
				got += s.text
			}
			if got != tt.want {
				t.Errorf("%q, want %q", got, tt.want)
			}
		})
	}
}
