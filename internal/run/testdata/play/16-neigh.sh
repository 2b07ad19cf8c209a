#!/bin/bash
# ARP by hand: no question is asked.
ip netns add n1; ip netns add n2
ip link add n1e address 02:00:00:00:00:01 netns n1 type veth peer name n2e address 02:00:00:00:00:02 netns n2
ip -n n1 link set n1e arp off up
ip -n n2 link set n2e arp off up
ip -n n1 addr add 10.5.0.1/24 dev n1e
ip -n n2 addr add 10.5.0.2/24 dev n2e
ip netns exec n1 ping -c1 -W1 10.5.0.2 >/dev/null || echo "no answer without ARP"
ip -n n1 link set n1e arp on
ip -n n2 link set n2e arp on
ip -n n1 neigh add 10.5.0.2 lladdr 02:00:00:00:00:02 dev n1e nud permanent
ip -n n2 neigh replace 10.5.0.1 lladdr 02:00:00:00:00:01 dev n2e
ip netns exec n1 ping -c1 -W1 10.5.0.2 >/dev/null && echo "an answer with an entry"
ip -n n1 neigh
ip -n n1 neigh del 10.5.0.2 dev n1e
