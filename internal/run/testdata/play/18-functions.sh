#!/bin/bash
# A small library of functions, with local variables, arrays and defaults.
declare -A ADDR=([web]=10.20.0.10 [db]=10.20.0.20)
PREFIX=${PREFIX:-app}
log() { printf '[%s] %s\n' "$PREFIX" "$*" >&2; }
run() { log "+ $*"; "$@"; }
ns() { ip netns exec "$1" "${@:2}"; }
make_host() {
    local name=$1 addr=${2:?address}
    run ip netns add "$name"
    run ip link add "v-$name" type veth peer name eth0 netns "$name"
    run ip link set "v-$name" master lan up
    ns "$name" ip addr add "$addr/24" dev eth0
    ns "$name" ip link set eth0 up
}
run ip link add lan type bridge stp_state 0
run ip link set lan up
for h in web db; do make_host "$h" "${ADDR[$h]}"; done
if ns web ping -qc1 -W2 "${ADDR[db]}" >/dev/null; then echo "web -> db"; fi
n=$(ip netns list | wc -l); echo "$n namespaces, $(bridge -o link show | wc -l) ports"
[[ $(type -t ip) == file ]] && command -v ip >/dev/null && echo "ip is a program"
