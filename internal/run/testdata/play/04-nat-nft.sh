#!/bin/bash
# needs: nft
# A private network behind a router that masquerades.
set -euo pipefail
ip netns add inside
ip netns add gw
ip netns add outside
ip link add in0 netns inside type veth peer name gw0 netns gw
ip link add out0 netns outside type veth peer name gw1 netns gw
ip -n inside addr add 10.0.5.2/24 dev in0
ip -n gw addr add 10.0.5.1/24 dev gw0
ip -n gw addr add 203.0.113.1/24 dev gw1
ip -n outside addr add 203.0.113.2/24 dev out0
for pair in inside:in0 gw:gw0 gw:gw1 outside:out0; do
    ip -n "${pair%%:*}" link set "${pair##*:}" up
done
ip -n inside route add default via 10.0.5.1
ip netns exec gw sysctl -qw net.ipv4.ip_forward=1
ip netns exec gw nft -f - <<NFT
table ip nat {
    chain postrouting {
        type nat hook postrouting priority srcnat;
        oifname "gw1" masquerade
    }
}
NFT
ip netns exec gw nft list table ip nat
ip netns exec inside ping -c 2 -i 0.2 -q 203.0.113.2
