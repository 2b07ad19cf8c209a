package snapshot

import "fmt"

// title is the socket in the words of ss.
func (s Socket) title() string {
	state := "LISTEN"
	if s.Proto == "udp" {
		state = "UNCONN"
	}
	return "socket " + s.String() + " " + state
}

// sockets compares the sockets that wait for somebody.
func (d *differ) sockets(was, now Space) {
	key := func(s Socket) string { return fmt.Sprint(s) }
	compare(was.Sockets, now.Sockets, key, func(s Socket) {
		d.add("+", now.Name, s.title(), socketCame(s, now.Name))
	}, func(s Socket) {
		d.add("-", now.Name, s.title(), socketWent(s))
	})
}

func socketCame(s Socket, space string) string {
	what := "connections"
	if s.Proto == "udp" {
		what = "packets"
	}
	switch {
	case s.Kernel:
		return "the kernel itself waits there, for the packets of a tunnel such as a vxlan"
	case s.Addr.IsLoopback():
		return fmt.Sprintf("a program waits for %s from %s itself: it has a loopback address, which nobody else can reach", what, space)
	case s.Link != "":
		return fmt.Sprintf("a program waits for %s, but only for those that come in by %s", what, s.Link)
	case !s.Addr.IsUnspecified():
		return fmt.Sprintf("a program waits for %s to this address; those to other addresses of %s do not find it", what, space)
	case s.Addr.Is4():
		return fmt.Sprintf("a program waits for %s to any IPv4 address of %s", what, space)
	case s.V6Only:
		return fmt.Sprintf("a program waits for %s to any IPv6 address of %s", what, space)
	}
	return fmt.Sprintf("a program waits for %s to any address of %s, IPv4 and IPv6", what, space)
}

func socketWent(s Socket) string {
	if s.Kernel {
		return "the tunnel that it was for is gone, or down"
	}
	if s.Proto == "udp" {
		return "nobody waits there any more: the sender is told that the port is unreachable"
	}
	return "nobody waits there any more: new connections are refused"
}
