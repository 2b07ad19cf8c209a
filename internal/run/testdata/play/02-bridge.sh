#!/usr/bin/env bash
# Three hosts on one bridge, with a loop.
BR=br0
ip link add $BR address 02:00:00:00:00:b0 type bridge
ip link set dev $BR up
for i in 1 2 3; do
    ip netns add host$i
    ip link add veth$i type veth peer name eth0 netns host$i
    ip link set veth$i master $BR
    ip link set veth$i up
    ip netns exec host$i ip link set lo up
    ip netns exec host$i ip link set eth0 up
    ip netns exec host$i ip addr add 10.10.0.$i/24 dev eth0
done
ip addr add 10.10.0.254/24 dev $BR
bridge link | wc -l
for i in 1 2 3; do
    ip netns exec host$i ping -c1 -W1 10.10.0.254 > /dev/null && echo "host$i: ok"
done
