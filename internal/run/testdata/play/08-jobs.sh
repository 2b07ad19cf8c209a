#!/bin/bash
# Background jobs: watch, wait, kill.
ip netns add j1
ip link add a0 type veth peer name b0 netns j1
ip monitor link > /tmp/monitor.log 2>&1 &
MON=$!
sleep 0.3
(ip link set a0 up; ip addr add 10.9.0.1/24 dev a0) & P1=$!
(ip -n j1 link set b0 up; ip -n j1 addr add 10.9.0.2/24 dev b0) & P2=$!
wait $P1 $P2
sleep 0.3
kill $MON
wait $MON
echo "monitor ended with $?"
grep -q 'a0' /tmp/monitor.log && echo "it saw a0"
ip netns exec j1 ping -i 0.2 10.9.0.1 > /tmp/ping.log &
PING=$!
sleep 0.7
kill -INT $PING
sleep 0.1
kill $PING
wait $PING
echo "ping ended with $?"
for n in 1 2 3 4 5; do ip link add par$n type veth peer name rap$n & done
wait
ip -o link show type veth | grep -c par
