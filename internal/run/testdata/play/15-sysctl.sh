#!/bin/sh
# Settings, read and written in every way.
sysctl net.ipv4.ip_forward
sysctl -w net.ipv4.ip_forward=1
echo 0 > /proc/sys/net/ipv4/ip_forward
cat /proc/sys/net/ipv4/ip_forward
sysctl -n net.ipv4.ip_forward
ip netns add k
ip netns exec k sysctl -w net.ipv6.conf.all.disable_ipv6=1 net.ipv4.conf.all.rp_filter=2
ip netns exec k sysctl -n net.ipv6.conf.all.disable_ipv6
ip link add k0 type veth peer name k1
sysctl -q net.ipv4.conf.k0.proxy_arp=1 && sysctl net/ipv4/conf/k0/proxy_arp
old=$(sysctl -n net.ipv4.conf.default.rp_filter)
sysctl -w "net.ipv4.conf.default.rp_filter=$((old + 1))"
