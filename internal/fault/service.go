package fault

import "net/netip"

func serviceKinds() []Kind {
	return []Kind{
		{Name: "service-not-listening", Title: "the service does not run", at: serviceOff},
		{Name: "service-on-loopback", Title: "the service listens on the loopback address only", at: serviceOnLoopback},
		{Name: "service-wrong-family", Title: "the service listens in the other address family only", at: serviceWrongFamily},
		{Name: "service-wrong-port", Title: "the service listens on another port", at: serviceWrongPort},
		{Name: "service-wrong-protocol", Title: "the service listens on the UDP port, and is asked over TCP, or the other way", at: serviceWrongProtocol},
	}
}

// served is the service with something else about it.
func (t *trip) served(says string, turn func(s *Service)) []Fault {
	if t.Service == nil {
		return nil
	}
	s := *t.Service
	turn(&s)
	if s == *t.Service {
		return nil
	}
	also := []Cause{{Kind: "service-not-listening", In: s.In}}
	if t.DNAT != nil { // or else the service is right, and the router is wrong
		also = append(also, Cause{Kind: "dnat-wrong-port", In: t.DNAT.In})
	}
	return []Fault{{
		Cause:   Cause{In: s.In, Also: also},
		Says:    "the service in " + s.In + " " + says,
		Service: &s,
	}}
}

func serviceOff(t *trip) []Fault {
	return t.served("does not run", func(s *Service) { s.Off = true })
}

// serviceOnLoopback is none where the probe comes from the machine itself, to
// that address.
func serviceOnLoopback(t *trip) []Fault {
	return t.served("listens on the loopback address only", func(s *Service) {
		if t.Probe.To.IsLoopback() {
			return
		}
		s.Addr = netip.MustParseAddr("127.0.0.1")
		if t.Probe.To.Is6() {
			s.Addr = netip.IPv6Loopback()
		}
	})
}

func serviceWrongFamily(t *trip) []Fault {
	return t.served("listens in the other address family only", func(s *Service) {
		if s.Addr = netip.IPv6Unspecified(); t.Probe.To.Is6() {
			s.Addr = netip.IPv4Unspecified()
		}
	})
}

func serviceWrongPort(t *trip) []Fault {
	return t.served("listens on another port", func(s *Service) { s.Port += 1000 })
}

func serviceWrongProtocol(t *trip) []Fault {
	return t.served("uses the other protocol of TCP and UDP", func(s *Service) {
		if s.Proto == TCP {
			s.Proto = UDP
		} else {
			s.Proto = TCP
		}
	})
}
