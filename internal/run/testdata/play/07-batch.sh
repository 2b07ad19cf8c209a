#!/bin/bash
# Many commands in one go.
cat > /tmp/batch.txt <<'END'
netns add west
link add sw type bridge
link set sw up
link add p1 type veth peer name p2 netns west
link set p1 master sw up
addr add 172.16.0.1/16 dev sw
END
ip -batch /tmp/batch.txt && echo done
printf 'link set p2 up\naddr add 172.16.0.2/16 dev p2\n' | ip -n west -b -
ip -force -batch - <<'END'
link set nosuch up
link set p1 mtu 1400
END
echo "status $?"
ip -o link show p1 | grep -o 'mtu [0-9]*'
ip -b <(echo "link set sw mtu 1400")
