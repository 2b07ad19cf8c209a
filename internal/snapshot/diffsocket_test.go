package snapshot

import "testing"

func TestSocketsComeAndGo(t *testing.T) {
	udp := func(s *Socket) { s.Proto = "udp" }
	only6 := func(s *Socket) { s.V6Only = true }
	by := func(s *Socket) { s.Link = "v0" }
	tellAll(t, []diffCase{
		{"at every IPv4 address", lan(), lan(listening("0.0.0.0:80")), []string{"+ host socket tcp 0.0.0.0:80 LISTEN"}, "waits for connections to any IPv4 address of host"},
		{"at every IPv6 address", lan(), lan(listening("[::]:80", only6)), []string{"+ host socket tcp [::]:80 LISTEN"}, "to any IPv6 address of host"},
		{"at every address", lan(), lan(listening("[::]:80")), []string{"+ host socket tcp *:80 LISTEN"}, "any address of host, IPv4 and IPv6"},
		{"at one address", lan(), lan(listening("10.0.0.1:80")), []string{"+ host socket tcp 10.0.0.1:80 LISTEN"}, "to other addresses of host do not find it"},
		{"at a loopback address", lan(), lan(listening("127.0.0.1:80")), []string{"+ host socket tcp 127.0.0.1:80 LISTEN"}, "from host itself: it has a loopback address"},
		{"at the loopback address of IPv6", lan(), lan(listening("[::1]:80")), []string{"+ host socket tcp [::1]:80 LISTEN"}, "which nobody else can reach"},
		{"at a link", lan(), lan(listening("0.0.0.0:67", udp, by)), []string{"+ host socket udp 0.0.0.0%v0:67 UNCONN"}, "waits for packets, but only for those that come in by v0"},
		{"for UDP", lan(), lan(listening("0.0.0.0:53", udp)), []string{"+ host socket udp 0.0.0.0:53 UNCONN"}, "a program waits for packets"},
		{"the kernel's own", lan(), lan(listening("0.0.0.0:4789", udp, func(s *Socket) { s.Kernel = true })), []string{"+ host socket udp 0.0.0.0:4789 UNCONN"}, "the kernel itself waits there, for the packets of a tunnel"},
		{"the kernel's own goes", lan(listening("0.0.0.0:4789", udp, func(s *Socket) { s.Kernel = true })), lan(), []string{"- host socket udp 0.0.0.0:4789 UNCONN"}, "the tunnel that it was for is gone"},
		{"TCP goes", lan(listening("0.0.0.0:80")), lan(), []string{"- host socket tcp 0.0.0.0:80 LISTEN"}, "new connections are refused"},
		{"UDP goes", lan(listening("0.0.0.0:53", udp)), lan(), []string{"- host socket udp 0.0.0.0:53 UNCONN"}, "told that the port is unreachable"},
		{"of another namespace", labOf(host(), spaceOf("a")), labOf(host(), spaceOf("a", listening("0.0.0.0:80"))), []string{"+ a socket tcp 0.0.0.0:80 LISTEN"}, "address of a"},
		{
			"a link with another name is not another socket", lan(listening("0.0.0.0:67", udp, by)),
			labOf(host(veth(2, "w0", "", ""), listening("0.0.0.0:67", udp, func(s *Socket) { s.Link = "w0" }))), []string{"~ host link v0 is called w0 now"}, "only a label",
		},
	})
}
