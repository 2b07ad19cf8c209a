#!/bin/dash
# The last word is the script's own.
ip netns add x
f() { return 42; }
f
code=$?
ip netns exec x sh -c 'exit 17'
echo "inside: $?"
ip netns exec x ip link set nolink up 2>/dev/null
echo "ip: $?"
sh -c 'kill -TERM $$'
echo "killed: $?"
exit $code
