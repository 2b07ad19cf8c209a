#!/bin/bash
#
# everything: Every kind of check, and `what` a step can have
# For the tests of scripts
#
# Written by netlab. It needs root, bash, iproute2 and ping.
#
# CAREFUL: it makes namespaces, links and files in /etc on the machine where it
# runs, and leaves them there. To run it without harm, give it a network of its own that
# goes away when the script ends (no root needed):
#
#   unshare -Urnmpf --mount-proc bash -c \
#     'mount -t sysfs none /sys && mount -t tmpfs none /run && mount -t tmpfs none /mnt && mkdir /mnt/etc /mnt/work && \
#      mount -t overlay -o lowerdir=/etc,upperdir=/mnt/etc,workdir=/mnt/work,userxattr none /etc && \
#      bash "$0"' SCRIPT
#
# shellcheck disable=SC2016 # a claim may speak of $words and `words`
{
set -eu

say() { printf '%s\n' "$*"; }

fail() {
  printf 'FAILED: %s\n' "$*" >&2
  exit 1
}

# need WORD...: without all of them nothing is done.
need() {
  have "$@" && return
  say "this machine lacks one of: $*" >&2
  exit 3
}

# have WORD...: the machine can do it. Links are tried in a namespace of their own,
# and tcpdump for a moment: it gives up rights first, which is not always possible.
have() {
  local word
  for word; do
    case $word in
    veth | bridge | dummy) unshare -n ip link add try0 type "$word" ;;
    vxlan) unshare -n ip link add try0 type vxlan id 1 dstport 4789 ;;
    ipv6) unshare -n ip addr add fd00::1/128 dev lo ;;
    nft) unshare -n nft list ruleset ;;
    conntrack) unshare -n nft 'add table t; add chain t c; add rule t c ct state new' ;;
    nft-nat) unshare -n nft 'add table t; add chain t c { type nat hook postrouting priority 100; }; add rule t c masquerade' ;;
    tcpdump) timeout 0.5 tcpdump -i lo -w /dev/null || [ $? = 124 ] ;;
    *) command -v "$word" ;;
    esac >/dev/null 2>&1 || return
  done
}

# check CLAIM COMMAND...: the command succeeds, at the latest after $within seconds.
check() {
  local claim=$1 end=$((SECONDS + ${within:-3}))
  shift
  until "$@" >/dev/null 2>&1; do
    [ "$SECONDS" -lt "$end" ] || fail "$claim ($*)"
    sleep 0.05
  done
  say "   ok: $claim"
}

# fails COMMAND...: turns the result round.
fails() { ! "$@"; }

# shows PATTERN COMMAND...: it succeeds and prints a line that matches. What it
# prints is passed on, so that shows and lacks can be put before each other.
shows() {
  local pattern=$1 out
  shift
  out=$("$@") && grep -Eq -- "$pattern" <<<"$out" && printf '%s\n' "$out"
}

# lacks PATTERN COMMAND...: it succeeds and prints no line that matches.
lacks() {
  local pattern=$1 out
  shift
  out=$("$@") && ! grep -Eq -- "$pattern" <<<"$out" && printf '%s\n' "$out"
}

# unanswered PATTERN COMMAND...: the ping fails, and prints a line that matches.
unanswered() {
  local pattern=$1 out
  shift
  ! out=$("$@" 2>&1) && grep -Eq -- "$pattern" <<<"$out"
}

# reach FAMILY FROM TO: each namespace of the list FROM pings the first global
# address of each other one of the list TO, and all are answered.
reach() { [ "$(answers "$@")" = "$(pairs "$2" "$3" | wc -l)" ]; }

# answers FAMILY FROM TO: how many are answered. One without an address to ping
# is an error.
answers() {
  local from to address out=0
  while read -r from to; do
    address=$(global_address "$1" "$to")
    [ -n "$address" ] || return
    if inside "$from" ping -c 1 -W 1 "$address" >/dev/null 2>&1; then
      out=$((out + 1))
    fi
  done < <(pairs "$2" "$3")
  say "$out"
}

# path SPACE TO HOP...: the way to an address is exactly so; silent is a hop
# that does not answer.
path() {
  local space=$1 to=$2 ttl=0 hop
  shift 2
  for hop; do
    ttl=$((ttl + 1))
    [ "$(hop "$space" "$to" "$ttl")" = "$hop" ] || return
  done
}

# hop SPACE TO TTL: who answers an echo that may pass so few routers.
hop() {
  local out
  out=$(inside "$1" ping -n -c 1 -W 1 -t "$3" "$2" 2>/dev/null |
    sed -nE 's,^(From|[0-9]+ bytes from) ([0-9a-f.:]*[0-9a-f]):? .*,\2,p' | head -n 1) || true
  say "${out:-silent}"
}

# sees PATTERN SPACE DEV COMMAND...: while the command runs, answered or not, a
# frame that matches comes by the interface.
sees() { watch "${@:2}" | grep -E -- "$1"; }

# sees_none PATTERN SPACE DEV COMMAND...: none does, and something was sent.
sees_none() {
  local out
  out=$(watch "${@:2}") && ! grep -Eq -- "$1" <<<"$out"
}

# watch SPACE DEV COMMAND...: what tcpdump prints meanwhile, one frame a line.
watch() {
  local files pid in=()
  files=$(mktemp -d)
  [ "$1" = host ] || in=(ip netns exec "$1")
  "${in[@]}" tcpdump -n -e -v -l --immediate-mode -i "$2" 'icmp or icmp6' >"$files/out" 2>"$files/err" &
  pid=$!
  until grep -q 'listening on' "$files/err"; do
    if ! kill -0 "$pid" 2>/dev/null; then
      rm -r "$files"
      return 1
    fi
    sleep 0.05
  done
  "${@:3}" >/dev/null 2>&1 || true
  sleep 0.2
  kill "$pid" 2>/dev/null || true
  wait "$pid" 2>/dev/null || true
  sed -E -e ':a' -e '$!N' -e 's/\n[[:space:]]+/ /' -e 'ta' -e 'P' -e 'D' "$files/out"
  rm -r "$files"
}

# pairs FROM TO: all ordered pairs of two lists, one a line.
pairs() {
  local from to
  for from in $1; do
    for to in $2; do
      [ "$from" = "$to" ] || say "$from $to"
    done
  done
}

# global_address FAMILY SPACE: the first one that is not on lo.
global_address() {
  inside "$2" ip "-$1" -o addr show scope global |
    sed -nE '/^[0-9]+: lo /d; s,.* inet6? ([0-9a-f.:]+)[/ ].*,\1,p' | head -n 1
}

# finds SPACE FAMILY NAME ADDRESS...: the resolver library finds the addresses and
# no others; without ADDRESS: any.
finds() {
  local got
  got=$(resolved "$1" "$2" "$3") && [ -n "$got" ] || return
  [ $# = 3 ] || [ "$got" = "$(printf '%s\n' "${@:4}" | sort -u)" ]
}

# finds_none SPACE FAMILY NAME: it finds none.
finds_none() {
  local got
  got=$(resolved "$@") && [ -z "$got" ]
}

# resolved SPACE FAMILY NAME: the addresses of a name, one a line. getent ends with 2
# when it finds none, and gives IPv4 addresses as IPv6 where there are no others.
resolved() {
  local out
  out=$(inside "$1" getent "ahostsv$2" "$3") || [ $? = 2 ] || return
  sed -nE '/^::ffff:/d; s,^([0-9a-f.:]+) +STREAM.*,\1,p' <<<"$out" | sort -u
}

# slowly MILLISECONDS COMMAND...: it succeeds, and takes so long at least.
slowly() {
  local least=$1 start
  start=$(date +%s%N)
  shift
  "$@" && [ $((($(date +%s%N) - start) / 1000000)) -ge "$least" ]
}

# dig_has TYPE DATA COMMAND...: the answer that dig prints has the records of the
# type in the lines of DATA and no others; DATA is empty: any. Like shows, it
# passes on what dig prints.
dig_has() {
  local type=$1 want got out
  want=$(sed -E 's/"//g; s/\.( |$)/\1/g' <<<"$2" | sort -u)
  shift 2
  out=$("$@") || return
  got=$(dig_data "$type" <<<"$out" | sed -E 's/^[^ ]+ //; s/"//g; s/\.( |$)/\1/g' | sort -u)
  [ -n "$got" ] && { [ -z "$want" ] || [ "$got" = "$want" ]; } && printf '%s\n' "$out"
}

# dig_ttl TYPE LEAST MOST COMMAND...: the records of the type in the answer have
# times to live between; where there are none, those of the other name do.
dig_ttl() {
  local type=$1 least=$2 most=$3 out all ttl
  shift 3
  out=$("$@") || return
  all=$(dig_data "$type" <<<"$out")
  [ -n "$all" ] || all=$(dig_data CNAME <<<"$out")
  [ -n "$all" ] || return
  while read -r ttl _; do
    [ "$ttl" -ge "$least" ] && [ "$ttl" -le "$most" ] || return
  done <<<"$all"
  printf '%s\n' "$out"
}

# dig_refers ZONE COMMAND...: dig prints no answer, and the servers of the zone.
dig_refers() {
  local zone=$1 out
  shift
  out=$("$@") && grep -q ' ANSWER: 0,' <<<"$out" &&
    sed -n '/^;; AUTHORITY SECTION:/,/^$/p' <<<"$out" | grep -Eiq "^${zone//./\\.}[[:space:]].*[[:space:]]NS[[:space:]]" &&
    printf '%s\n' "$out"
}

# dig_data TYPE: of what dig prints, the time to live and the data of the records of
# the type in the answer, one a line.
dig_data() { sed -nE "/^;; ANSWER SECTION:/,/^\$/s,^[^;[:space:]]+[[:space:]]+([0-9]+)[[:space:]]+IN[[:space:]]+$1[[:space:]]+(.*)\$,\1 \2,p"; }

# inside SPACE COMMAND...: runs it in the namespace.
inside() {
  if [ "$1" = host ]; then
    "${@:2}"
  else
    ip netns exec "$@"
  fi
}

# paired SPACE LINK SPACE LINK [COMMAND...]: the links are the two ends of one
# cable, and the command succeeds.
paired() { leads "$1" "$2" "$3" "$4" && leads "$3" "$4" "$1" "$2" && "${@:5}"; }

# leads SPACE LINK SPACE LINK: the cable of the first ends in the second.
leads() {
  local here there
  here=$(show_link "$1" "$2") && there=$(show_link "$3" "$4") || return
  here=${here#*@}
  if [ "$1" = "$3" ]; then
    [ "${here%%:*}" = "$4" ]
  else
    [ "${here%%:*}" = "if${there%%:*}" ]
  fi
}

# mac SPACE LINK: its hardware address.
mac() { show_link "$1" "$2" | sed -nE 's,.* link/[a-z]+ ([0-9a-f:]+) .*,\1,p'; }

# show_link SPACE LINK: what ip says of it, in one line.
show_link() {
  if [ "$1" = host ]; then
    ip -o link show dev "$2"
  else
    ip -n "$1" -o link show dev "$2"
  fi
}

# counts NUMBER COMMAND...: nft -j prints so many rules.
counts() {
  local want=$1 out
  shift
  out=$("$@") && [ "$(grep -oE '"rule": *\{' <<<"$out" | wc -l)" -eq "$want" ]
}

# wrap PROGRAM: what is on standard input is found first under this name, until
# the script ends. It works in namespaces too: they get the same PATH.
wrap() {
  if [ -z "${wrappers:-}" ]; then
    wrappers=$(mktemp -d)
    trap 'rm -rf "$wrappers"' EXIT
    PATH=$wrappers:$PATH
  fi
  cat >"$wrappers/$1"
  chmod 755 "$wrappers/$1"
}

# ping goes on for ever unless it is told not to
wrap ping <<'END'
#!/bin/bash
PATH=${PATH#*:}
for word; do
  case $word in
  -c* | -w* | -[46abdnqv]c* | -[46abdnqv][46abdnqv]c*) exec ping "$@" ;;
  esac
done
exec ping -c 1 -w 3 "$@"
END

# this script is root already
wrap sudo <<'END'
#!/bin/bash
exec "$@"
END

# as on every machine that is in use
ip link set lo up

need veth bridge conntrack ipv6

# --- the hardware of: Every kind of check, and `what` a step can have

say 'the hardware of: Every kind of check, and `what` a step can have'

ip netns add hub
ip -n hub link set lo up
ip -n hub link add hub type bridge
ip netns add h1
ip netns exec h1 sysctl -q -w net.ipv6.conf.default.accept_dad=0
ip -n h1 link set lo up
ip netns add h2
ip netns exec h2 sysctl -q -w net.ipv6.conf.default.accept_dad=0
ip -n h2 link set lo up
ip netns add far
ip netns exec far sysctl -q -w net.ipv6.conf.default.accept_dad=0
ip -n far link set lo up
ip netns add gate
ip netns exec gate sysctl -q -w net.ipv4.ip_forward=1
ip netns exec gate sysctl -q -w net.ipv6.conf.all.forwarding=1
ip netns exec gate sysctl -q -w net.ipv6.conf.default.accept_dad=0
ip -n gate link set lo up
ip -n h1 link add eth0 type veth peer name h1 netns hub
ip -n h1 addr add 10.7.0.1/24 dev eth0
ip -n h1 link set eth0 up
ip -n hub link set h1 up master hub
ip -n h2 link add eth0 type veth peer name h2 netns hub
ip -n h2 addr add 10.7.0.2/24 dev eth0
ip -n h2 link set eth0 up
ip -n hub link set h2 up master hub
ip -n far link add eth0 type veth peer name wan netns gate
ip -n far addr add 10.8.0.1/24 dev eth0
ip -n far addr add fd00:8::1/64 nodad dev eth0
ip -n far link set eth0 up
ip -n gate addr add 10.8.0.254/24 dev wan
ip -n gate addr add fd00:8::fe/64 nodad dev wan
ip -n gate link set wan up
ip -n gate link add lan address 02:00:00:00:00:fe type veth peer name gate netns hub
ip -n gate addr add 10.7.0.254/24 dev lan
ip -n gate link set lan up
ip -n hub link set gate up master hub
ip -n hub link set hub up
ip -n h1 route add default via 10.7.0.254
ip -n h2 route add default via 10.7.0.254
ip -n far route add default via 10.8.0.254
ip -n far -6 route add default via fd00:8::fe
mkdir -p /etc/netns/far
: >/etc/netns/far/resolv.conf
mkdir -p /etc/netns/far
cat >/etc/netns/far/hosts <<'ENDD'
# $1 and {2} stay as they are
10.8.0.1 far
END
ENDD
printf %s 'it'\''s netlab' >/etc/motd

# --- before: A demo

say 'before: A demo'

ip netns add ns1

check 'h2 reaches the far host, through one router' shows ' ttl=63 ' ip netns exec h2 ping -c 1 -W 1 10.8.0.1
check 'the far host reaches its router' ip netns exec far ping -c 1 -W 1 fd00:8::fe

# --- 1. A cable, and what it costs to say "no"

say '1. A cable, and what it costs to say "no"'

sudo ip link add v1 type veth peer name v2 # both ends
ip link set v2 netns ns1
ip link add br0 type bridge
ip link set v1 master br0 up
ip link set br0 up
ip -n ns1 link set v2 up
ip -n ns1 addr add 10.1.1.1/24 dev v2
ip addr add 10.1.1.4/24 dev br0
cat <<END >/dev/null
a text
END
ip netns exec ns1 ping 10.1.1.4
ip netns exec ns1 ping -c 1 10.1.1.4
cat # finds nothing to read

check 'ns1 is there, isn'\''t it?' shows '^ns1( |$)' ip netns list
check 'there is no ns2' lacks '^ns2( |$)' ip netns list
check 'v1 is a port' paired host v1 ns1 v2 shows '[<,]UP[,>].*LOWER_UP[,>].* mtu 1500 .* master br0 .*state UP .*\\ +veth ' ip -d -o link show dev v1
check 'v2 is no port' lacks ' master ' ip -n ns1 -d -o link show dev v2
check 'lo of ns1 is down' lacks 'LOWER_UP[,>]' lacks '[<,]UP[,>]' shows 'state DOWN .*link/loopback ' ip -n ns1 -d -o link show dev lo
check 'v2 is away' fails ip -d -o link show dev v2
check 'v1 is not of another bridge' lacks ' master br1 ' ip -d -o link show dev v1
check 'br0 is a bridge' shows '\\ +bridge ' ip -d -o link show dev br0
check 'v2 does not lead to br0' fails paired ns1 v2 host br0 ip -n ns1 -d -o link show dev v2
check 'v2 has its address' shows ' inet6? 10\.1\.1\.1/24 ' ip -n ns1 -o addr show dev v2
check 'v2 has any address' shows ' inet | inet6 ([^f]|f[^e])' ip -n ns1 -o addr show dev v2
check 'v1 has none' lacks ' inet | inet6 ([^f]|f[^e])' ip -o addr show dev v1
check 'the connected route' shows . ip -n ns1 route show 10.1.1.0/24 dev v2
check 'no gateway' lacks . ip -n ns1 route show default via 10.1.1.4
check 'no way by IPv6' lacks . ip -n ns1 -6 route show default
check 'ns1 knows br0' shows 'lladdr .*(REACHABLE|STALE|DELAY|PROBE|PERMANENT)' ip -n ns1 neigh show 10.1.1.4 dev v2
check 'ns1 does not know another one' lacks 'lladdr .*(REACHABLE|STALE|DELAY|PROBE|PERMANENT)' ip -n ns1 neigh show 10.1.1.9
check 'br0 has learned v2' shows "^$(mac ns1 v2) dev v1 master br0 *$" bridge fdb show br br0
check 'br0 has learned something' shows "^[0-9a-f:]+ dev [^ ]+ master br0 *$" bridge fdb show br br0
check 'both answer each other' reach 4 'host ns1' 'host ns1'
check 'nobody has an IPv6 address' reach 6 host ns1
check 'nobody is between the two' path ns1 10.1.1.4 10.1.1.4
# only tcpdump sees frames
if have tcpdump; then
  check 'the request comes by v1' sees "$(mac ns1 v2) > $(mac host br0),? .*(ttl|hlim) 64,.* 10\.1\.1\.1 > 10\.1\.1\.4: .*echo request" host v1 ip netns exec ns1 ping -c 1 -W 1 10.1.1.4
else
  say '   skipped, needs tcpdump: the request comes by v1'
fi
# only tcpdump sees frames
if have tcpdump; then
  within=0 check 'it does not come by lo' sees_none "[^ ]+ > [^ ]+,? .* [^ ]+ > 10\.1\.1\.4: .*echo request" host lo ip netns exec ns1 ping -c 1 -W 1 10.1.1.4
else
  say '   skipped, needs tcpdump: it does not come by lo'
fi
check 'no gateway is needed' shows '10\.1\.1\.4 .*dev v2( |$).*src 10\.1\.1\.1( |$)' ip -n ns1 route get 10.1.1.4
check 'there is no way out' unanswered 'Network is unreachable' ip -n ns1 route get 203.0.113.10
# only the program conntrack lists connections
if command -v conntrack >/dev/null; then
  check 'nobody follows connections' lacks 'src=10\.1\.1\.1 dst=10\.1\.1\.4 .*src=[^ ]+ dst=[^ ]+ ' ip netns exec ns1 conntrack -L
else
  say '   skipped, needs conntrack: nobody follows connections'
fi
# only getent of glibc asks the resolver library so
if getent --version 2>/dev/null | grep -Eqi 'glibc|gnu libc'; then
  check 'ns1 finds the server' slowly 1 finds ns1 4 server 10.1.1.4
else
  say '   skipped, needs getent: ns1 finds the server'
fi
# only getent of glibc asks the resolver library so
if getent --version 2>/dev/null | grep -Eqi 'glibc|gnu libc'; then
  check 'ns1 asks for nothing' finds ns1 4 server
  say '   not proved here: which names and servers are asked for'
else
  say '   skipped, needs getent: ns1 asks for nothing'
fi
# only getent of glibc asks the resolver library so
if getent --version 2>/dev/null | grep -Eqi 'glibc|gnu libc'; then
  within=0 check 'ns1 does not find another one' finds_none ns1 4 other.lan
else
  say '   skipped, needs getent: ns1 does not find another one'
fi
# only dig asks a name server
if command -v dig >/dev/null; then
  check 'the host answers' shows 'flags:[^;]* aa[ ;]' dig_ttl A 300 300 shows '^web\.lan\.[[:space:]].*[[:space:]]CNAME[[:space:]]+www\.lan\.$' dig_has A '10.1.1.1
10.1.1.2' ip netns exec ns1 dig +tries=1 +time=5 @10.1.1.4 web.lan A
  say '   not proved here: which servers are asked'
else
  say '   skipped, needs dig: the host answers'
fi
# only dig asks a name server
if command -v dig >/dev/null; then
  check 'the host has kept the answer' dig_ttl TXT 0 299 dig_has TXT 'some text' ip netns exec ns1 dig +tries=1 +time=5 +tcp @10.1.1.4 web.lan TXT
else
  say '   skipped, needs dig: the host has kept the answer'
fi
# only dig asks a name server
if command -v dig >/dev/null; then
  check 'the host leaves it to others' dig_refers com. ip netns exec ns1 dig +tries=1 +time=5 @10.1.1.4 www.yahoo.com A
else
  say '   skipped, needs dig: the host leaves it to others'
fi
# only dig asks a name server
if command -v dig >/dev/null; then
  check 'there is no such name' shows 'status: NXDOMAIN,' ip netns exec ns1 dig +tries=1 +time=5 @10.1.1.4 none.lan A
else
  say '   skipped, needs dig: there is no such name'
fi
# only dig asks a name server
if command -v dig >/dev/null; then
  check 'nobody listens' unanswered 'connection refused' ip netns exec ns1 dig +tries=1 +time=5 @10.1.1.4 none.lan A
else
  say '   skipped, needs dig: nobody listens'
fi
check 'ns1 has a setting' shows '^0$' ip netns exec ns1 sysctl -n net.ipv4.ip_forward
check 'two numbers' shows '^32768[[:space:]]+60999$' ip netns exec ns1 sysctl -n net.ipv4.ip_local_port_range
check 'it is not another one' lacks '^2$' sysctl -n net.ipv4.ip_forward
within=6 check 'ns1 reaches the host' shows ' ttl=64 ' ip netns exec ns1 ping -c 1 -W 5 10.1.1.4
check 'the host reaches ns1' ping -c 1 -W 1 10.1.1.1
within=0 check 'ns1 has no way out' unanswered 'Network is unreachable' ip netns exec ns1 ping -c 1 -W 1 192.0.2.1
within=0 check 'nobody is there' unanswered ' 0 received, 100% packet loss' ip netns exec ns1 ping -c 1 -W 1 10.1.1.9
within=0 check 'nobody answers' unanswered '100% packet loss|ping: .*: ' ip netns exec ns1 ping -c 1 -W 1 10.1.1.9

# --- 2. A failure that is meant

say '2. A failure that is meant'

if
# this cannot work
ip netns exec ns1 \
  ping 192.0.2.1
then
  fail 'the command succeeded, and it is meant to fail'
fi

within=0 check 'still no way' unanswered 'Network is unreachable' ip netns exec ns1 ping -c 1 -W 1 192.0.2.1

# --- 3. Rules

say '3. Rules'

if have nft; then
nft -f - <<'END'
table ip t { chain c { type filter hook input priority 0; counter accept; }; }
END

check 'the host has a rule' counts 1 nft -j list ruleset
check 'ns1 has none' counts 0 ip netns exec ns1 nft -j list ruleset
check 'ns1 does not have one' fails counts 1 ip netns exec ns1 nft -j list ruleset
else
  say '   skipped: needs nft'
fi

# --- 4. Only words

say '4. Only words'

say 'all checks of everything hold'
} </dev/null
