# SPDX-License-Identifier: ISC
# check: no
# The benchmark of network-vlanbridge (make bench): many VLAN+bridge pairs on a bond, against ip -batch. Arguments: rounds, then
# numbers of pairs.
. /lab/lib.sh
network=/etc/xen/scripts/network-vlanbridge
rounds=${1:-3}
shift
TIMEFORMAT=%R

# seconds COMMAND...: how long it took; its failure ends the benchmark.
seconds() {
	local start=${EPOCHREALTIME/[.,]/}
	"$@" >/dev/null 2>/run/trouble || { diag "failed: $*" "$(cat /run/trouble)" >&2; exit 1; }
	echo $((${EPOCHREALTIME/[.,]/} - start)) | awk '{ printf "%.3f\n", $1 / 1e6 }'
}

median() {
	sort -n | awk '{ v[NR] = $1 } END { print v[int((NR + 1) / 2)] }'
}

ratio() {
	awk -v a="$1" -v b="$2" 'BEGIN { printf "%.2f", a / b }'
}

# The same end state in the fewest commands that give it, and the shortest form that gives something similar.
batch_same() {
	local n mac
	mac=$(cat /sys/class/net/bond0/address)
	for ((n = 1; n <= $1; n++)); do
		echo "link add br$n mtu 1499 address $mac group 7760994 type bridge stp_state 0 forward_delay 0 mcast_snooping 0"
		echo "link set br$n mtu 1500 addrgenmode none alias \"vlanbridge file uplink=bond0 vlan=$n\""
		echo "link set br$n up"
		echo "link add link bond0 name bond0.$n master br$n group 7760994 type vlan id $n"
		echo "link set bond0.$n addrgenmode none alias \"vlanbridge file\""
		echo "link set bond0.$n up"
	done
}

batch_short() {
	local n
	for ((n = 1; n <= $1; n++)); do
		echo "link add br$n up type bridge forward_delay 0"
		echo "link add link bond0 name bond0.$n up master br$n type vlan id $n"
	done
}

batch_delete() {
	local n
	for ((n = 1; n <= $1; n++)); do
		echo "link del bond0.$n"
		echo "link del br$n"
	done
}

# bystander: the longest wait of somebody else's `ip link set`, until its standard input ends.
bystander() {
	local start
	while [ -e /run/bystander ]; do
		start=${EPOCHREALTIME/[.,]/}
		ip link set eth3 up
		echo $((${EPOCHREALTIME/[.,]/} - start))
	done | sort -n | tail -1 | awk '{ printf "%.2f\n", $1 / 1e6 }'
}

cat >/run/bond.conf <<END
bonds = [ 'name=bond0, ports=eth0 eth1, mode=active-backup, miimon=100' ]
END
$network start config=/run/bond.conf || exit 1
echo "| pairs | | build s | of ip -batch, same end state | tear down s | of ip -batch, one by one |"
echo "|---|---|---|---|---|---|"
for pairs in "${@:-500 2000}"; do
	{
		cat /run/bond.conf
		echo "bridges = [ 'name=br{vlan}, uplink=bond0, vlan=1-$pairs' ]"
	} >/run/pairs.conf
	sed 's/uplink=bond0/uplink=bond0, ageing_time=6000/' /run/pairs.conf >/run/option.conf
	batch_same "$pairs" >/run/same
	batch_short "$pairs" >/run/short
	batch_delete "$pairs" >/run/delete
	rm -f /run/t.*
	for ((round = 0; round < rounds; round++)); do
		seconds $network start config=/run/pairs.conf >>/run/t.ours
		touch /run/bystander
		bystander >>/run/t.wait &
		seconds $network start config=/run/bond.conf >>/run/t.ours.down
		rm /run/bystander
		wait $!
		seconds $network start config=/run/pairs.conf >/dev/null
		seconds $network start config=/run/option.conf >>/run/t.option
		touch /run/bystander
		bystander >>/run/t.wait &
		seconds $network stop >>/run/t.stop
		rm /run/bystander
		wait $!
		$network start config=/run/bond.conf
		seconds ip -batch /run/same >>/run/t.same
		seconds ip -batch /run/delete >>/run/t.same.down
		seconds ip -batch /run/short >>/run/t.short
		seconds ip -batch /run/delete >>/run/t.short.down
	done
	for kind in ours same short; do eval "$kind=$(median </run/t.$kind) ${kind}_down=$(median </run/t.$kind.down)"; done
	echo "| $pairs | ours | $ours | $(ratio "$ours" "$same")x | $ours_down | $(ratio "$ours_down" "$same_down")x |"
	stop=$(median </run/t.stop) option=$(median </run/t.option)
	echo "| $pairs | ours, whole stop with the bond | | | $stop | $(ratio "$stop" "$same_down")x |"
	echo "| $pairs | ours, one option changed on all bridges | $option | $(ratio "$option" "$ours")x of our build | | |"
	echo "| $pairs | ip -batch, same end state | $same | 1 | $same_down | 1 |"
	echo "| $pairs | ip -batch, two commands a pair | $short | $(ratio "$short" "$same")x | $short_down | |"
	echo "longest wait of another ip link set during our tear down: $(sort -n /run/t.wait | tail -1) s"
done

# Nothing to do, on a host with twice as many links as pairs.
seconds $network start config=/run/pairs.conf >/dev/null
rm -f /run/t.*
for ((round = 0; round < 7; round++)); do
	seconds $network start config=/run/pairs.conf >>/run/t.noop
	seconds ip -d link show >>/run/t.show
	seconds $network status >>/run/t.status
done
status=$(median </run/t.status)
noop=$(median </run/t.noop) show=$(median </run/t.show)
echo "start with nothing to do, $(ls /sys/class/net | wc -l) links: $noop s, $(ratio "$noop" "$show")x of ip -d link show ($show s)"
echo "status: $status s, $(ratio "$status" "$show")x"
strace -f -e trace=sendmsg -v -o /run/strace $network start config=/run/pairs.conf
echo "change messages sent by it: $(grep -o 'nlmsg_type=[^,]*' /run/strace | grep -c -v -E 'GETLINK|GETADDR|GETROUTE|GETRULE|GETNEIGH|0x12|0x16|0x1a|0x1e|0x22')"
$network start config=/run/bond.conf

# All VLANs on one port of a VLAN-aware bridge.
cat >/run/aware.conf <<END
bonds = [ 'name=bond0, ports=eth0 eth1, mode=active-backup, miimon=100' ]
bridges = [ 'name=xenbr0, uplink=eth2, tagged=2-4094' ]
END
strace -f -e trace=sendmsg -v -s 100000 -o /run/strace $network start config=/run/aware.conf
echo "4,093 VLANs on a bridge port: $(grep -c 'sa_family=AF_NETLINK' /run/strace) sends in all, $(grep -o 'nlmsg_type=\(0x13\|RTM_SETLINK\)' /run/strace | wc -l) message(s) for the VLANs"
$network stop
rm -f /run/t.*
tap_finished=yes
