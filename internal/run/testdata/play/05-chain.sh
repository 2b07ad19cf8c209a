#!/bin/bash
# A chain of routers r1 -- r2 -- r3 -- r4.
N=4
for ((i = 1; i <= N; i++)); do
    ip netns add r$i
    ip netns exec r$i sysctl -q -w net.ipv4.ip_forward=1
done
for ((i = 1; i < N; i++)); do
    j=$((i + 1))
    ip link add e$i type veth peer name w$j
    ip link set e$i netns r$i up
    ip link set w$j netns r$j up
    ip -n r$i addr add 10.0.$i.1/30 dev e$i
    ip -n r$j addr add 10.0.$i.2/30 dev w$j
done
for ((i = 1; i <= N; i++)); do
    for ((net = 1; net < N; net++)); do
        if ((net > i)); then ip -n r$i route add 10.0.$net.0/30 via 10.0.$i.2
        elif ((net < i - 1)); then ip -n r$i route add 10.0.$net.0/30 via 10.0.$((i - 1)).1
        fi
    done
done
ip netns exec r1 ping -c1 -W2 10.0.3.2 | sed -n 2p
ip -n r2 r
