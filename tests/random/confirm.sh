# SPDX-License-Identifier: ISC
# shellcheck shell=bash
# Changes that cut dom0 off, for tests/random/confirm: configurations, lock-outs, and the ways to wait for their end.

# shellcheck source=tests/lab/tap.sh
. "$here/../lab/tap.sh"
# shellcheck source=tests/lab/wait.sh
. "$here/../lab/wait.sh"
# shellcheck source=tests/random/host.sh
. "$here/host.sh"

waits() { [ -e $unconfirmed ]; }
no_holders() { [ "$(holders)" = 0 ]; }
holders() { grep -lsz '^await-confirm$' /proc/[0-9]*/cmdline | wc -l; }

# make_all [STATE]: the host, and what it is connected to.
make_all() {
	make_directories "$@"
	make_nics
	make_switch
	ip addr add 192.0.2.2/24 dev eth0
	ip addr add 2001:db8::2/64 dev eth0 nodad
	ip -6 route add default via 2001:db8::1 dev eth0
}

# confirmed_state FILE: of the file, started and so confirmed. It is in $before.
confirmed_state() {
	cp "/tmp/$1" $file
	rm -f $unconfirmed $rejected
	$network start 2>/tmp/errors || cat /tmp/errors
	wait_until 10 settled
	before=$(state)
}

# late: how many ms ago $deadline was, which is nanoseconds of the same clock.
late() {
	local up
	read -r up _ </proc/uptime
	echo $((10#${up/./} * 10 - deadline / 1000000))
}

# goes_back TEXT: to $before, a second after the deadline at most; or longer where this machine is slow.
latest=0
goes_back() {
	local deadline end
	deadline=$(sed -n 's/^deadline //p' $unconfirmed)
	if [ -z "$deadline" ]; then # on a slow machine, before we could look
		wait_until 3 settled
		is "$1: the state before, already" "$(same "$before")" ''
		return
	fi
	while waits && [ "$(late)" -lt 5000 ]; do sleep 0.02; done
	end=$(late)
	wait_until 3 settled
	is "$1: the state before" "$(same "$before")" ''
	[ "$end" -ge -100 ] && [ "$end" -le $patience ] || tap_fail "$1: in time" "$end ms after the deadline"
	[ "$end" -le $latest ] || latest=$end
}

cat >/tmp/a.conf <<END
bonds = [ 'name=bond0, ports=eth0 eth1, mode=active-backup, miimon=100, primary=eth0, num_grat_arp=3, updelay=200' ]
bridges = [
	'name=xenbr0, uplink=bond0',
	'name=lan, uplink=bond0, vlan=3, address=198.51.100.2/24 2001:db8:1::2/64, gateway=198.51.100.1',
	'name=br{vlan}, uplink=bond0, vlan=5-7',
	'name=aware, uplink=eth2, tagged=2-40',
]
END
variant() { sed "$2" "/tmp/${3:-a}.conf" >"/tmp/$1.conf"; }
variant lacp 's/active-backup/802.3ad/; s/, primary=eth0, num_grat_arp=3//'
variant mtu "s/uplink=bond0'/uplink=bond0, mtu=1400'/"
variant vlan 's/vlan=3/vlan=4/'
variant gateway 's/gateway=198.51.100.1/gateway=198.51.100.99/'
variant address 's/198.51.100.2/198.51.100.3/'
variant renamed 's/xenbr0/mgmt0/; s/name=lan/name=wan/'
variant nic "s/ports=eth0 eth1/ports=eth3/; s/primary=eth0/primary=eth3/; s/uplink=bond0'/uplink=eth1'/"
variant moved 's/uplink=bond0, vlan=3/uplink=eth3, vlan=3/'
variant vlans 's/vlan=5-7/vlan=6-9/; s/tagged=2-40/tagged=30-60/'
variant none "s/, address=198.*'/'/"
variant options 's/miimon=100/miimon=50/; s/updelay=200/updelay=0/; s/primary=eth0/primary=eth1/'
echo 'bridges = []' >/tmp/empty.conf

# Bonds with every option that their mode takes, and, in another mode, every other one.
every='resend_igmp=3, lp_interval=5, all_slaves_active=on'
mii="ports=eth0 eth1, miimon=100, updelay=200, downdelay=300, peer_notif_delay=400, $every"
backup='mode=active-backup, num_grat_arp=4'
cat >/tmp/every.conf <<END
bonds = [
	'name=bond0, $mii, use_carrier=off, primary=eth0, primary_reselect=better, $backup',
	'name=bond1, ports=eth2 eth3, arp_interval=500, address=10.9.9.2/24, arp_ip_target=10.9.9.1 10.9.9.9, arp_validate=all, arp_all_targets=all, missed_max=3, primary=eth2, fail_over_mac=active, $every, $backup',
]
bridges = [
	'name=xenbr0, uplink=bond0',
	'name=lan, uplink=bond0, vlan=3, address=198.51.100.2/24 2001:db8:1::2/64, gateway=198.51.100.1',
	'name=br{vlan}, uplink=bond1, vlan=5-7',
]
END
variant every-lacp "s/use_carrier.*/mode=802.3ad, xmit_hash_policy=vlan+srcmac, min_links=1, lacp_rate=fast, ad_select=bandwidth, ad_actor_sys_prio=1000, ad_user_port_key=5, ad_actor_system=02:00:00:00:00:05, lacp_active=off',/" every
variant every-rr "s/use_carrier.*/mode=balance-rr, packets_per_slave=3, xmit_hash_policy=layer3+4, min_links=2',/" every
variant every-tlb "s/use_carrier.*/mode=balance-tlb, tlb_dynamic_lb=0, primary=eth1, xmit_hash_policy=layer2+3',/" every
variant every-none "s/ports=eth0 eth1.*/ports=eth0 eth1, mode=active-backup',/; s/arp_interval=.*missed_max=3/miimon=100/; s/fail_over_mac=active, //" every

kinds=(vlan lacp mtu gateway nic moved renamed options address vlans none empty stop restart every-lacp every-rr every-tlb every-none)
cuts_off=(vlan nic moved address none empty stop)

# prepare KIND [BOND]: the confirmed state before it, and its file. It is made by "$command".
prepare() {
	local from=a
	[[ $1 != every* ]] || from=every
	confirmed_state $from.conf
	command=start
	case $1 in
	stop) command=stop ;;
	restart) command=restart; cp /tmp/lacp.conf $file ;;
	*) cp "/tmp/$1.conf" $file ;;
	esac
}

cuts_off() { [[ " ${cuts_off[*]} " == *" $1 "* ]]; }

# killed K WORD...: our process is killed before its K-th change of the kernel.
killed() { (INJECT=kill:$1 LD_PRELOAD=$inject $network "${@:2}"; exit $?) >/tmp/errors 2>&1; }

# in_terminal WORD...: in a session of its own, until the change is made. The terminal's process is $terminal.
in_terminal() {
	setsid script -qc "$network $*; sleep 10" /dev/null >/tmp/errors 2>&1 </dev/null &
	terminal=$!
	disown
	wait_until 5 grep -q '^made 1' $unconfirmed || cat /tmp/errors
}

# The terminal, with all that runs in it.
terminal_killed() {
	in_terminal "$@"
	pkill -9 -P $terminal
	kill -9 -- -$terminal
}

# The terminal alone: what runs in it gets a SIGHUP.
terminal_hung_up() {
	in_terminal "$@"
	kill -9 $terminal
}

# lockout KIND killed|terminal|hang-up|silence [K [WORD...]]: with these words instead of confirm=.
lockouts=0
lockout() {
	local text="$1, $2${3:+ $3}${4+ ${*:4}}" command words=("${@:4}") half terminal
	[ $# -gt 3 ] || case $2 in killed | silence) words=(confirm=1) ;; *) words=(confirm=2) ;; esac
	prepare "$1"
	lockouts=$((lockouts + 1))
	case $2 in
	killed)
		# In the middle, also where one message does several steps.
		half=$(($($network plan --json | grep -c '"step"') / 3))
		[ $command = start ] || half=5
		killed "${3:-$((half < 1 ? 1 : half))}" $command "${words[@]}"
		is "$text: status" "$?" 137
		not_ok "$text: it can't be confirmed" $network confirm
		;;
	terminal)
		terminal_killed $command "${words[@]}"
		is "$text: one process waits" "$(holders)" 1
		;;
	hang-up)
		terminal_hung_up $command "${words[@]}"
		is "$text: one process waits" "$(holders)" 1
		;;
	silence) ok "$text" $network $command "${words[@]}" ;;
	esac
	goes_back "$text"
}
