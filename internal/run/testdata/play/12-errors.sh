#!/bin/bash
# Errors that are expected and handled.
ip netns add e1 || echo "first: $?"
ip netns add e1 || echo "again: $?"
ip link add q0 type veth peer name q1 || exit 9
if ! ip link add q0 type bridge; then echo "q0 is taken"; fi
ip -n nosuch link show || echo "no namespace: $?"
ip netns exec nosuch ip link || echo "no namespace to go to: $?"
ip link frobnicate 2>&1 | head -1
ip route add 10.99.0.0/16 via 10.98.0.1 2>/tmp/err || cat /tmp/err
sysctl -w net.ipv4.no_such_key=1; echo "sysctl: $?"
ping -c1 -W1 192.0.2.77; echo "ping: $?"
ping -c1 no.such.name.invalid > /dev/null 2>&1; echo "name: $?"
ip netns exec e1 no-such-program; echo "program: $?"
bridge fdb add 00:11:22:33:44:55 dev nosuch || true
ip link set q0 up && ip link set q1 up && echo "both up"
