package op

import "testing"

func BenchmarkParse(b *testing.B) {
	args, err := Split("ip netns exec ns1 ip addr add 10.1.1.1/24 dev veth_ns1")
	if err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		if _, err := Parse(args); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkString(b *testing.B) {
	line, err := ParseLine("ip link add veth_ns1 type veth peer name veth_ns2 netns ns2")
	if err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		if line.String() == "" {
			b.Fatal("nothing is printed")
		}
	}
}
