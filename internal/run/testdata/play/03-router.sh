#!/bin/sh
# A router between two networks, POSIX shell.
set -eu
add_ns() {
    ip netns add "$1"
    ip -n "$1" link set lo up
}
join() { # NS IF ADDR ROUTER_IF ROUTER_ADDR
    ip link add "$2" netns "$1" type veth peer name "$4" netns router
    ip -n "$1" address add "$3" dev "$2"
    ip -n router address add "$5" dev "$4"
    ip -n "$1" link set "$2" up
    ip -n router link set "$4" up
}
for n in left router right; do add_ns $n; done
join left eth0 10.1.0.2/24 r0 10.1.0.1/24
join right eth0 10.2.0.2/24 r1 10.2.0.1/24
ip -n left route add default via 10.1.0.1
ip -n right route add default via 10.2.0.1
ip netns exec router sysctl -w net.ipv4.ip_forward=1
ip netns exec left ping -c 1 10.2.0.2 | grep -c 'ttl=63'
