#!/bin/bash
# IPv6, and a tunnel over it all.
set -e
ip netns add p; ip netns add q
ip link add pe netns p type veth peer name qe netns q
ip -n p -6 addr add fd00:1::1/64 dev pe nodad
ip -n q -6 addr add fd00:1::2/64 dev qe nodad
ip -n p link set pe up; ip -n q link set qe up
ip -n p addr add 10.1.1.1/24 dev pe; ip -n q addr add 10.1.1.2/24 dev qe
ip -n p link add vx0 type vxlan id 42 local 10.1.1.1 remote 10.1.1.2 dstport 4789 dev pe
ip -n q link add vx0 type vxlan id 42 local 10.1.1.2 remote 10.1.1.1 dstport 4789 dev qe
ip -n p addr add 172.20.0.1/24 dev vx0; ip -n q addr add 172.20.0.2/24 dev vx0
ip -n p link set vx0 up; ip -n q link set vx0 up
ip netns exec p ping -6 -c1 -W2 fd00:1::2 | grep -o '1 received'
ip netns exec p ping -c1 -W2 172.20.0.2 | grep -o '1 received'
bridge -n p fdb show dev vx0 | grep -c 10.1.1.2
ip -n p -6 route add fd00:2::/64 via fd00:1::2
