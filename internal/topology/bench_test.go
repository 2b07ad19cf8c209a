package topology

import (
	"fmt"
	"testing"

	"netlab/internal/snapshot"
)

// office is the snapshot of a switch with so many computers.
func office(hosts int) snapshot.Lab {
	s := space("s1", snapshot.Link{Name: "s1", Kind: "bridge", Up: true, Carrier: true})
	lab := snapshot.Lab{Spaces: []snapshot.Space{{Name: snapshot.Host}}}
	for i := range hosts {
		port, host := fmt.Sprintf("p%d", i), fmt.Sprintf("h%d", i)
		p := veth(port, host, "eth0")
		p.Master = "s1"
		s.Links = append(s.Links, p)
		h := space(host, veth("eth0", "s1", port))
		h.Addrs = []snapshot.Addr{addr("eth0", fmt.Sprintf("10.0.%d.%d/16", i/250, i%250+1))}
		lab.Spaces = append(lab.Spaces, h)
	}
	lab.Spaces = append(lab.Spaces, s)
	return lab
}

func BenchmarkOf(b *testing.B) {
	lab := office(1000)
	for b.Loop() {
		Of(lab)
	}
}

func BenchmarkMarkedAndCollapsed(b *testing.B) {
	g := Of(office(1000))
	for b.Loop() {
		now, _ := Marked(g, g)
		now.Collapsed()
	}
}

func BenchmarkBoxes(b *testing.B) {
	for _, hosts := range []int{3, 10, 1000} {
		g := Of(office(hosts))
		b.Run(fmt.Sprint(hosts), func(b *testing.B) {
			for b.Loop() {
				Boxes(g, Options{})
			}
		})
	}
	b.Run("all of 38", func(b *testing.B) {
		g := Of(office(38))
		for b.Loop() {
			Boxes(g, Options{Width: 400, All: true})
		}
	})
}

func BenchmarkSVG(b *testing.B) {
	g := Of(office(10))
	for b.Loop() {
		SVG(g, "", Options{})
	}
}
