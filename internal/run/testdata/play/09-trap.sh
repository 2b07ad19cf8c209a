#!/bin/bash
# Cleans up after itself, however it ends.
set -e
NS=(c1 c2)
cleanup() {
    code=$?
    echo "cleaning up after $code"
    for ns in "${NS[@]}"; do ip netns del "$ns" 2>/dev/null || true; done
    ip link del cbr 2>/dev/null || true
    rm -rf /tmp/work
}
trap cleanup EXIT INT TERM
mkdir /tmp/work
for ns in "${NS[@]}"; do ip netns add "$ns"; done
ip link add cbr type bridge
ip link add up0 master cbr type veth peer name dn0 netns c1
ip link set cbr up
ip link set no-such-link up
echo "never reached"
