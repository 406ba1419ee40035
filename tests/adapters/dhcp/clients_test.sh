#!/bin/sh
# Real clients (dhclient, udhcpc, dhcpcd) join, ask again and leave a network that vivi-dhcpd serves; Redis has what was promised.
# SPDX-License-Identifier: Apache-2.0
# Usage: dhcp_clients_test.sh VIVI_DHCPD. Needs root; everything happens in namespaces named vivi-dhcpd-*, removed at the end.
# The bus is away throughout: dhcpd must not care.
set -eu
program=$(realpath "$1")
script=$(realpath "$(dirname "$0")")/set_address.sh
[ "$(id -u)" = 0 ] || { echo "needs root: skipped"; exit 77; }
work=$(mktemp -d /tmp/vivi-dhcpd-clients.XXXXXX)
clients="dhclient udhcpc dhcpcd"
in_ns() { namespace=vivi-dhcpd-$1; shift; ip netns exec "$namespace" "$@"; }
stay_in_ns() { namespace=vivi-dhcpd-$1; shift; exec ip netns exec "$namespace" "$@"; }  # With &: $! is the program.
serve() { VIVI_HEALTH_SOCKET="$work/health" VIVI_LAST_GOOD_FILE="" stay_in_ns router "$program"; }
dhclient() { in_ns dhclient dhclient "$@" -sf "$script" -lf "$work/leases" -pf "$work/pid" eth0 >>"$work/dhclient.log" 2>&1; }
redis() { in_ns router redis-cli "$@"; }
fail() { echo "FAILED: $*"; tail -n 20 "$work"/*.log; exit 1; }
until_true() {  # SECONDS WHAT COMMAND…: polls, because the other side is another process
    tries=$(($1 * 10)); what=$2; shift 2
    until "$@" >/dev/null 2>&1; do tries=$((tries - 1)); [ $tries -gt 0 ] || fail "$what"; sleep 0.1; done
    echo "ok: $what"
}
has_leases() { [ "$(redis hlen vivi:leases)" = "$1" ]; }
counts() { redis --raw xrange vivi:events:dhcpd - + | grep -cx "$1" | grep -qx "$2"; }
has_address() { in_ns "$1" ip -4 -o address show dev eth0 | grep -q 'inet 10\.99\.0\.[5-9][0-9]/24'; }
acks() { in_ns router socat -u "UNIX:$work/health" - | grep -o '"acks":[0-9]*' | cut -d: -f2; }
has_acks() { [ "$(acks)" -ge "$1" ]; }
cleanup() {
    for name in router $clients; do ip netns pids "vivi-dhcpd-$name" 2>/dev/null | xargs -r kill -KILL 2>/dev/null || true; done
    for name in router $clients; do ip netns delete "vivi-dhcpd-$name" 2>/dev/null || true; done
    rm -rf "$work"
}
trap cleanup EXIT
trap 'exit 1' INT TERM

ip netns add vivi-dhcpd-router
in_ns router sh -c 'ip link set lo up; ip link add br-lan up type bridge; ip address add 10.99.0.1/24 dev br-lan'
for client in $clients; do
    ip netns add "vivi-dhcpd-$client"
    in_ns router ip link add "to-$client" type veth peer name eth0 netns "vivi-dhcpd-$client"
    in_ns router ip link set "to-$client" master br-lan up
    in_ns "$client" ip link set eth0 up
done
stay_in_ns router redis-server --port 6379 --dir "$work" --appendonly yes --appendfsync always --save '' >"$work/redis.log" 2>&1 &
until_true 10 "Redis answers" redis ping
redis set vivi:config '{"v":1,"revision":3,"networks":[{"name":"lan","interface":"br-lan","address":"10.99.0.1/24",
  "dhcp":{"from":"10.99.0.50","to":"10.99.0.99","lease_seconds":600}}]}' >/dev/null
serve >"$work/dhcpd.log" 2>&1 &
dhcpd=$!
until_true 10 "dhcpd applies the configuration" grep -q config.applied "$work/dhcpd.log"

dhclient -v -1
until_true 5 "dhclient has an address" has_address dhclient
stay_in_ns udhcpc udhcpc -f -i eth0 -s "$script" -R >"$work/udhcpc.log" 2>&1 &
udhcpc=$!
until_true 5 "udhcpc has an address" has_address udhcpc
stay_in_ns dhcpcd dhcpcd -B -4 -c /bin/true --noipv4ll eth0 >"$work/dhcpcd.log" 2>&1 &
dhcpcd=$!
until_true 20 "dhcpcd has an address" has_address dhcpcd
until_true 5 "each lease is in Redis" has_leases 3
until_true 5 "each lease was announced" counts dhcp.lease.granted 3
before=$(acks)
kill -USR1 $udhcpc
until_true 5 "udhcpc renews" has_acks $((before + 1))
kill -HUP $dhcpcd
until_true 10 "dhcpcd rebinds" has_acks $((before + 2))
kill -TERM $dhcpd
wait $dhcpd || fail "dhcpd ends with 0"
serve >"$work/dhcpd2.log" 2>&1 &
until_true 10 "a new dhcpd knows the leases" grep -q 'leases.restored.*count=3' "$work/dhcpd2.log"
kill -USR1 $udhcpc
until_true 5 "udhcpc renews with the new one" has_acks 1
dhclient -r
until_true 5 "dhclient's release is seen" has_leases 2
kill -TERM $udhcpc
until_true 5 "udhcpc's release is seen" has_leases 1
kill -ALRM $dhcpcd
until_true 5 "dhcpcd's release is seen" has_leases 0
until_true 5 "each release was announced" counts dhcp.lease.released 3
