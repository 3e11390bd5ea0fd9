# SPDX-License-Identifier: ISC
# Changes that cut dom0 off from the administrator, who is behind a switch with LACP and VLANs: they go back in time, whatever
# was killed. Good changes stay.
# check: long
# lab: time=900
. /lab/lib.sh
network=/etc/xen/scripts/network-vlanbridge
file=/etc/xen/vlanbridge.conf
unconfirmed=/var/lib/vlanbridge/unconfirmed

far_bond bond0 eth0 eth1
far_vlan bond0 3 198.51.100.1/24
far_vlan bond0 5 10.5.0.1/24
cat >/run/good.conf <<END
bonds = [ 'name=bond0, ports=eth0 eth1, mode=802.3ad, miimon=100, lacp_rate=fast, xmit_hash_policy=layer3+4' ]
bridges = [
    'name=lan, uplink=bond0, vlan=3, address=198.51.100.2/24, gateway=198.51.100.1',
    'name=br{vlan}, uplink=bond0, vlan=5-7',
]
END
variant() { sed "$2" /run/good.conf >"/run/$1.conf"; }
variant vlan 's/vlan=3/vlan=4/'
variant nic 's/ports=eth0 eth1/ports=eth2 eth3/'
variant address 's/198.51.100.2/198.51.100.200/'
variant moved "s/uplink=bond0, vlan=3/uplink=eth3, vlan=3/"
variant untagged "s/uplink=bond0, vlan=3/uplink=bond0/"
variant none "s/, address=.*'/'/"
echo 'bridges = []' >/run/empty.conf
variant gateway 's/gateway=198.51.100.1/gateway=198.51.100.99/'
variant static 's/802.3ad/balance-xor/; s/, lacp_rate=fast//'
variant backup 's/802.3ad/active-backup/; s/, lacp_rate=fast, xmit_hash_policy=layer3+4//'
variant mtu 's/name=bond0,/name=bond0, mtu=9000,/'
variant options 's/miimon=100/miimon=50/; s/layer3+4/layer2/; s/lacp_rate=fast/lacp_rate=slow/'
variant renamed 's/name=lan/name=wan/'
variant more 's/vlan=5-7/vlan=5-9/'
variant fewer 's/vlan=5-7/vlan=5-6/'
cuts_off=(vlan nic address moved untagged none empty stop)
changes=(gateway static backup mtu options renamed restart)

# late: how many ms ago $deadline was, which is nanoseconds of the same clock.
late() {
	local up
	read -r up _ </proc/uptime
	echo $((10#${up/./} * 10 - deadline / 1000000))
}
reachable() { far ping -c1 -W1 198.51.100.2; }
waits() { [ -e $unconfirmed ]; }
# Without what is new with every device, times that move, and what follows from the carrier a moment later.
state() {
	{
		ip -d -o link
		ip -o addr
		ip route show table all
		ip -6 route show table all
		ip rule
	} | sed -E '/fe80::|ff00::/d; s/^[0-9]+: //; s/_timer +[0-9.]+//g; s/\b[0-9]+sec\b//g; s/NO-CARRIER,//; s/,LOWER_UP//; s/ state [A-Z]+//g; s/mii_status [A-Z_]+//; s/ cost [0-9]+//
		s/link_failure_count [0-9]+//; s/ad_[a-z_]+ [^ ]+//g' | sort
}
is_as_before() { diff -U2 <(tr ' ' '\n' <<<"$before") <(state | tr ' ' '\n'); }

# lockout KIND silence|terminal|killed
lockout() {
	local command=start words=(confirm=6) text="$1, $2" deadline end
	case $1 in
	stop | restart) command=$1 ;;
	*) cp "/run/$1.conf" $file ;;
	esac
	[ "$1" != stop ] || words+=(--force)
	case $2 in
	silence) $network $command "${words[@]}" 2>/run/lab/errors.log ;;
	terminal)
		setsid bash -c "$network $command ${words[*]}; sleep 60" 2>/run/lab/errors.log &
		disown
		wait_until 10 grep -q '^made 1' $unconfirmed
		kill -KILL -- -$!
		;;
	killed)
		# Some time after the deadline was armed, that is while it works.
		$network $command "${words[@]}" 2>/run/lab/errors.log &
		wait_until 10 test -e $unconfirmed
		busybox usleep $((RANDOM % 200 * 1000))
		kill -KILL $! 2>/dev/null
		wait $! 2>/dev/null
		;;
	esac
	[[ $2 = killed || " ${cuts_off[*]} " != *" $1 "* ]] || not_ok "$text: cut off" reachable
	deadline=$(sed -n 's/^deadline //p' $unconfirmed)
	while waits && [ "$(late)" -lt 60000 ]; do busybox usleep 20000; done
	end=$(late)
	# One second, and one more because every processor here is an emulated one.
	[ "$end" -le $((2000 * ${LAB_SLOWNESS:-100} / 100)) ] || tap_fail "$text: in time" "$end ms after the deadline"
	echo "# $end ms after the deadline"
	wait_until 10 settled
	is "$text: the state before" "$(is_as_before)" ''
	ok "$text: reachable" wait_until 20 reachable
}

cp /run/good.conf $file
ok 'start' $network start
ok 'the administrator reaches dom0' wait_until 20 reachable
ok 'LACP is up' wait_until 20 lacp_up bond0 2
wait_until 10 settled
before=$(state)

ways=(silence killed terminal) n=0
for kind in "${cuts_off[@]}" "${changes[@]}" vlan nic stop empty none; do
	lockout $kind ${ways[n++ % 3]}
done

for kind in more fewer options renamed gateway mtu static good; do
	cp /run/$kind.conf $file
	case $kind in
	more | fewer | renamed) ok "good change, probed: $kind" $network start probe=gateway,lacp ;;
	*)
		ok "good change: $kind" $network start confirm=60
		ok 'confirmed' $network confirm
		;;
	esac
done
is 'the last one runs' "$($network plan)" ''
ok 'and goes on' wait_until 20 reachable
is 'five are kept' "$(ls /var/lib/vlanbridge | grep -c '^confirmed')" 5
done_testing
