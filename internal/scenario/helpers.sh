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

# reach_none FAMILY FROM TO: none is answered.
reach_none() { [ "$(answers "$@")" = 0 ]; }

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

# dig_lacks TYPE COMMAND...: it has none of the type.
dig_lacks() {
  local type=$1 out
  shift
  out=$("$@") && [ -z "$(dig_data "$type" <<<"$out")" ] && printf '%s\n' "$out"
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
