#!/bin/bash
# Throws away what an earlier run may have left, then builds, twice.
build() {
    ip link del demo-v0 2>/dev/null || true
    ip netns del demo 2>/dev/null || true
    ip link del demo-br 2>/dev/null || true
    ip netns add demo
    ip link add demo-br type bridge
    ip link add demo-v0 type veth peer name demo-v1
    ip link set demo-v0 master demo-br
    ip link set demo-v1 netns demo
    ip link set demo-br up; ip link set demo-v0 up
    ip netns exec demo ip link set demo-v1 name eth0
    ip netns exec demo ip link set eth0 up
    ip netns exec demo ip addr add 10.44.0.2/24 dev eth0
    ip addr add 10.44.0.1/24 dev demo-br
}
build
build
ping -c1 10.44.0.2 >/dev/null && echo reachable
ip -n demo -o -4 addr show eth0 | awk '{print $4}'
