#!/bin/bash
# A table of addresses, read line by line. The commands must leave the input alone.
while read -r ns dev addr peer; do
    [[ -z $ns || $ns == \#* ]] && continue
    ip netns list | grep -qw "$ns" || ip netns add "$ns"
    ip link show "$dev" > /dev/null 2>&1 || ip link add "$dev" type veth peer name "$peer"
    ip link set "$dev" netns "$ns"
    ip -n "$ns" addr add "$addr" dev "$dev"
    ip -n "$ns" link set "$dev" up
done <<'TABLE'
# ns  dev   addr          peer
east  ea0   10.4.0.1/24   we0
west  we0   10.4.0.2/24   ea0

TABLE
sudo ip netns exec east ping -c 1 -w 2 10.4.0.2 | while IFS= read -r line; do
    case $line in *transmitted*) echo "${line%%,*}" ;; esac
done
