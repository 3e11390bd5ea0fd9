# SPDX-License-Identifier: ISC
# check: long
# lab: time=600
# Guests stay: four of them ping 20 times a second over edits, restarts and a kill; what each loses is counted.
. /lab/lib.sh
network=/etc/xen/scripts/network-vlanbridge
guests=(web mail db log)

far_bond bond0 eth0 eth1 -- mode balance-xor miimon 100
far_bond bond1 eth2 -- mode active-backup miimon 100
far_vlan bond0 3 10.0.3.1/24
# VLAN 9 is one network, behind both uplinks.
far_vlan bond0 9
far_vlan bond1 9
far ip link add lan9 type bridge
for port in bond0.9 bond1.9; do far ip link set $port master lan9; done
far ip addr add 10.0.9.1/24 dev lan9
far ip link set lan9 up
cat >/run/a.conf <<END
bonds = [ 'name=bond0, ports=eth0 eth1, mode=balance-xor, miimon=100' ]
bridges = [ 'name=br{vlan}, uplink=bond0, vlan=3/9', 'name=aware, uplink=eth3, tagged=5-8' ]
END
sed "s/^bridges = \[/&\n    'name=br100, uplink=bond0, vlan=100',/" /run/a.conf >/run/more.conf
sed "s/'name=br{vlan}, uplink=bond0, vlan=3.9'/'name=br3, uplink=bond0, vlan=3', 'name=lan9, uplink=bond0, vlan=9'/" /run/a.conf >/run/renamed.conf
sed "s/'name=br{vlan}, uplink=bond0, vlan=3.9'/'name=br3, uplink=bond0, vlan=3', 'name=br9, uplink=eth2, vlan=9'/" /run/a.conf >/run/uplink.conf
# Both are a static aggregation for the far end.
sed "s/balance-xor/balance-rr/" /run/a.conf >/run/mode.conf

far ip link set eth7 up
for v in 5 6; do far_vlan eth7 $v 10.7.$v.1/24; done

ok 'start' $network start config=/run/a.conf
ok 'four guests' eval 'guest_create web bridge=br3 && guest_create mail bridge=br9 && guest_create db bridge=aware.5 && guest_create log bridge=aware.6'
for g in "${guests[@]}"; do ok "$g is ready" guest_ready $g; done
guest_net web eth0 10.0.3.11/24
guest_net mail eth0 10.0.9.11/24
guest_net db eth0 10.7.5.11/24
guest_net log eth0 10.7.6.11/24
declare -A target=([web]=10.0.3.1 [mail]=10.0.9.1 [db]=10.7.5.1 [log]=10.7.6.1)
for g in "${guests[@]}"; do ok "$g reaches the world" wait_until 10 guest $g ping -c1 -W1 ${target[$g]}; done

pings_begin() {
	for g in "${guests[@]}"; do guest $g "ping -i 0.05 -W 1 ${target[$g]} >/run/ping 2>&1 & exit 0"; done
}
# Stops the pings and sets lost[GUEST].
declare -A lost
pings_end() {
	for g in "${guests[@]}"; do
		guest $g 'sleep 0.3; killall -INT ping; while pidof ping >/dev/null; do sleep 0.1; done'
		# Between the first and the last answer: the end of ping isn't a loss.
		lost[$g]=$(guest $g "sed -n 's/.*_seq=\\([0-9]*\\).*/\\1/p; s/.* seq=\\([0-9]*\\).*/\\1/p' /run/ping" |
			sort -n -u | awk 'NR == 1 { first = $1 } { last = $1 } END { print last - first + 1 - NR }')
	done
}
# over TEXT GUESTS COMMAND...: those guests lose nothing over it; what the others lose is shown.
over() {
	local text=$1 unharmed=$2 g
	shift 2
	pings_begin
	ok "$text" "$@"
	pings_end
	for g in $unharmed; do is "  $g lost nothing" "${lost[$g]}" 0; done
	diag <<<"$text: lost pings (50 ms each): $(for g in "${guests[@]}"; do printf '%s %s  ' $g "${lost[$g]}"; done)"
	for g in "${guests[@]}"; do ok "  $g reaches the world" wait_until 10 guest $g ping -c1 -W1 ${target[$g]}; done
}
vlans() { for v in $(ls /sys/class/net | grep '^vif'); do bridge vlan show dev $v | tr -s ' \n' ' '; done; }
before=$(vlans)

over 'another bridge comes' 'web mail db log' $network start config=/run/more.conf
over 'and goes' 'web mail db log' $network start config=/run/a.conf
over 'a bridge gets another name' 'web db log' $network start config=/run/renamed.conf
over 'and its name back' 'web db log' $network start config=/run/a.conf
over 'a bridge gets another uplink' 'web db log' $network start config=/run/uplink.conf
over 'and back' 'web db log' $network start config=/run/a.conf
over 'the mode of the bond' 'db log' $network start config=/run/mode.conf
over 'and back' 'db log' $network start config=/run/a.conf
over 'restart' '' $network restart config=/run/a.conf
is 'the guests have their VLANs' "$(vlans)" "$before"
not_ok 'stop is refused' $network stop
like 'with their names' "$($network stop 2>&1)" '4 vifs of running guests would be in no bridge: .*\(web\).*or say --force'
over 'stop and start, as systemctl restart does it' '' eval "$network stop --force && $network start config=/run/a.conf"
is 'the guests have their VLANs' "$(vlans)" "$before"
# Killed in the middle of restart, as soon as the first vif has left.
killed() {
	local pid
	$network restart config=/run/a.conf &
	pid=$!
	while kill -0 $pid 2>/dev/null && [ -n "$(ls -d /sys/class/net/vif*/brport 2>/dev/null)" ]; do :; done
	kill -9 $pid 2>/dev/null
	wait $pid 2>/dev/null
	$network start config=/run/a.conf
}
over 'restart is killed, then start' '' killed
is 'the guests have their VLANs' "$(vlans)" "$before"
for g in "${guests[@]}"; do guest_destroy $g; done
ok 'stop' $network stop
done_testing
