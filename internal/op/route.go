package op

import (
	"net/netip"
	"strings"
)

func newRouteOp(verb string) Op {
	switch verb {
	case "add", "replace", "change", "append":
		return &RouteAdd{Verb: verb}
	case "del":
		return &RouteDel{}
	}
	return nil
}

func (o *RouteAdd) verb() []string { return []string{"ip", "route", orAdd(o.Verb)} }
func (*RouteDel) verb() []string   { return []string{"ip", "route", "del"} }

// The names below are those of rt_tables and rt_protos of iproute2 that every
// version has, see also rtnetlink(7).
func tables() string { return "main local default" }

func protocols() string {
	return "kernel boot static redirect ra dhcp zebra bird babel bgp isis ospf rip"
}

// routeTarget gives the rows for "[TYPE] NETWORK": behind a type there must be
// the network and nothing else, not even the word "to".
func routeTarget(kind *string, dst *netip.Prefix, all *bool) []field {
	target := field{in: "route", key: "to", val: destination(dst, all), need: true, bare: true, then: "route", help: "where the packets go to"}
	if *kind != "" {
		target.in, target.key = "route target", ""
	} else if *all || dst.IsValid() {
		return []field{target}
	}
	types := choice(kind, "TYPE", "blackhole unreachable prohibit throw local", "")
	types.about = func() string { return aboutRouteType(*kind) }
	return []field{{in: "route", val: types, bare: true, then: "route target", help: "what happens to the packets"}, target}
}

func aboutRouteType(kind string) string {
	switch kind {
	case "blackhole":
		return "they are thrown away in silence"
	case "unreachable":
		return "they are thrown away, and the sender is told that the host is unreachable"
	case "prohibit":
		return "they are thrown away, and the sender is told that it is forbidden"
	case "throw":
		return "this routing table has no answer; the next one is asked"
	}
	return "they are for this machine itself"
}

func (o *RouteAdd) fields() []field {
	return append(routeTarget(&o.Type, &o.Dst, &o.Default), section("route",
		field{key: "via", val: addr(&o.Via), help: "the gateway: the router to which the packets are handed; it must be on a network that this machine is connected to"},
		field{key: "dev", also: "oif", val: ifname(&o.Dev), help: "the interface through which the packets leave"},
		field{key: "src", val: addr(&o.Src), help: "the address from which this machine sends when it goes this way"},
		field{key: "metric", val: number(&o.Metric, 0, 1<<32-1, "cost %d"), help: "the cost: of two routes to the same network the cheaper one is taken"},
		field{key: "table", val: numbered(&o.Table, "TABLE", tables(), 1<<32-1, "a routing table"), help: "the routing table in which it is written; main when not said"},
		field{key: "proto", val: numbered(&o.Proto, "PROTOCOL", protocols(), 255, "the source of the route"), help: "who made the route"},
		field{key: "scope", val: choice(&o.Scope, "SCOPE", scopes(), "how far away the network is"), help: "how far away the network is: link means that there is no router in between"},
		field{key: "mtu", val: mtu(&o.MTU), help: "the size of the largest packet on this way"},
		field{key: "onlink", val: given(&o.Onlink, "onlink"), help: "believes that the gateway is on this link, even if no address says so"},
	)...)
}

func (o *RouteDel) fields() []field {
	return append(routeTarget(&o.Type, &o.Dst, &o.Default), section("route",
		field{key: "via", val: addr(&o.Via), help: "only if it leads to this gateway"},
		field{key: "dev", also: "oif", val: ifname(&o.Dev), help: "only if it leaves through this interface"},
		field{key: "metric", val: number(&o.Metric, 0, 1<<32-1, "cost %d"), help: "only if it has this cost"},
		field{key: "table", val: numbered(&o.Table, "TABLE", tables(), 1<<32-1, "a routing table"), help: "the routing table in which it is written"},
		field{key: "proto", val: numbered(&o.Proto, "PROTOCOL", protocols(), 255, "the source of the route"), help: "only if it was made by this"},
		field{key: "scope", val: choice(&o.Scope, "SCOPE", scopes(), "how far away the network is"), help: "only if the network is this far away"},
	)...)
}

// routeName names the packets that a route is for.
func routeName(dst netip.Prefix, all bool) string {
	if all || dst.IsValid() && dst.Bits() == 0 {
		return "every address that no other route covers"
	}
	if dst.IsSingleIP() {
		return "the address " + dst.Addr().String()
	}
	if dst.IsValid() && dst != dst.Masked() && dst.Addr().Is4() {
		return dst.String() + " (not a network, since bits behind the mask are set: the kernel refuses it)"
	}
	return "the network " + dst.Masked().String()
}

func (o *RouteAdd) summary(where string) string {
	place := strings.TrimPrefix(where, " ")
	if place != "" {
		place += ", "
	}
	to := place + "packets for " + routeName(o.Dst, o.Default)
	if o.Type != "" {
		return to + ": " + aboutRouteType(o.Type)
	}
	switch {
	case o.Via.IsValid() && o.Dev != "":
		return to + " go to the router " + o.Via.String() + " through " + o.Dev
	case o.Via.IsValid():
		return to + " go to the router " + o.Via.String()
	}
	if o.Dev == "" {
		return to + ": a route without a way, which the kernel refuses"
	}
	return to + " go out through " + o.Dev + ", straight to their target"
}

func (o *RouteDel) summary(where string) string {
	return "removes the route for " + routeName(o.Dst, o.Default) + where
}
