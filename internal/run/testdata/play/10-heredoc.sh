#!/bin/bash
# A shell inside the namespace, fed by a here-document.
ip netns add lab
ip netns exec lab bash <<'INNER'
ip link add name d0 type bridge
ip link set d0 up
ip addr add 192.0.2.1/24 dev d0
ip link set lo up
ip route add 198.51.100.0/24 via 192.0.2.254
ping -c1 192.0.2.1 | head -2 | tail -1
INNER
ip netns exec lab sh -c 'echo "in $(ip netns identify $$) with $(ip -o link | wc -l) links"'
sudo bash -c "ip netns exec lab ip route show 198.51.100.0/24"
