package diagnose

import "testing"

// bordered is a private network of A behind the router R, beyond which only R
// is known: F answers by its own router I.
func bordered() *net {
	return newNet("host", "A", "R", "F", "I").
		cable("A", "eth0", "R", "eth0").cable("R", "eth1", "I", "eth0").cable("I", "eth1", "F", "eth0").
		addr("A", "eth0", "192.168.1.1/24").addr("R", "eth0", "192.168.1.5/24").
		addr("R", "eth1", "203.0.113.1/24").addr("I", "eth0", "203.0.113.254/24").
		addr("I", "eth1", "198.51.100.254/24").addr("F", "eth0", "198.51.100.25/24").
		route("A", "0.0.0.0/0", "192.168.1.5", "eth0").route("R", "0.0.0.0/0", "203.0.113.254", "eth1").
		route("F", "0.0.0.0/0", "198.51.100.254", "eth0").
		sysctl("R", "net.ipv4.ip_forward", "1").sysctl("I", "net.ipv4.ip_forward", "1")
}

func TestTheWayBackMayNeedNAT(t *testing.T) {
	const lost = "the reply has no way back: I has no route to 192.168.1.1"
	const lent = lost + ", so it comes home only if a rule in R changes the source address (NAT)"
	const inF, inR, inI = "a firewall rule in F may drop the packets", "a firewall rule in R may drop the packets", "a firewall rule in I may drop the packets"
	tests := []struct {
		name string
		net  *net
		want []string
	}{
		{"nobody has rules", bordered(), []string{lost}},
		{"the router has rules", bordered().rules("R", 1), []string{lent, inR}},
		{"the target has rules, too", bordered().rules("R", 1).rules("F", 2), []string{inF, lent, inR}},
		{"only the target has rules", bordered().rules("F", 1), []string{lost, inF}},
		{"the router has rules that has no way back itself", bordered().rules("I", 1), []string{lost, inI}},
		{"this kernel has no rules", bordered().rules("R", -1), []string{lost}},
		{"the router's own address has no way back either", bordered().noRoutes("F").rules("R", 1),
			[]string{"the reply has no way back: F has no route to 192.168.1.1", inR}},
		{"the way in fails", bordered().noRoutes("R").rules("R", 1), []string{"R has no route to 198.51.100.25: it has no address in that network, and no default route"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got := Ping(tt.net.done(), silent("A", "198.51.100.25"))
			for i, want := range tt.want {
				if len(got) != len(tt.want) || got[i].Text != want {
					t.Fatalf("want %q, got:\n%s", tt.want, show(got))
				}
			}
		})
	}
}

// A way back that is there needs no NAT, whatever rules there are.
func TestAWayBackThatIsThereIsNotDoubted(t *testing.T) {
	n := bordered().route("I", "192.168.1.0/24", "203.0.113.1", "eth0")
	if got := Ping(n.done(), silent("A", "198.51.100.25")); len(got) > 0 {
		t.Errorf("findings:\n%s", show(got))
	}
	got := Ping(n.rules("R", 1).done(), silent("A", "198.51.100.25"))
	if len(got) != 1 || got[0].Text != "a firewall rule in R may drop the packets" {
		t.Errorf("findings:\n%s", show(got))
	}
}
