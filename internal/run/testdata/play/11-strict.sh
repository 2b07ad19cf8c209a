#!/bin/bash
# set -euo pipefail stops at the first mistake, also in a pipe.
set -euo pipefail
echo "building"
ip netns add s1
ip link add x0 type veth peer name x1
ip link set x1 netns s1
ip -n s1 addr add 10.3.0.300/24 dev x1 | cat
echo "never reached"
