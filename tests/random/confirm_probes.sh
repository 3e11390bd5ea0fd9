# SPDX-License-Identifier: ISC
# shellcheck shell=bash
# probe=, for tests/random/confirm.

made() { grep -q '^made 1' $unconfirmed; }
last_confirmed() { cat "$(ls -v $store/confirmed.* | tail -n1)"; }

# begin FILE: from the confirmed state of a.conf, to that file.
begin() {
	confirmed_state "${2:-a.conf}"
	cp "/tmp/$1.conf" $file
}

# keeps TEXT LIKE WORD...: start with these words confirms the change by itself, and says so.
keeps() {
	local out
	out=$("${@:3}" 2>&1)
	is "$1" "$?" 0
	like "$1: who answered" "$out" "$2"
	is "$1: kept" "$(last_confirmed)" "$(cat $file)"
	not_ok "$1: nothing waits" waits
	is "$1: nobody waits" "$(wait_until 3 no_holders; holders)" 0
}

# takes_back TEXT LIKE WORD...: the command fails, says why, and the state is that before.
takes_back() {
	local out deadline
	"${@:3}" >/tmp/output 2>&1 &
	wait_until 5 waits
	deadline=$(sed -n 's/^deadline //p' $unconfirmed)
	wait $!
	is "$1" "$?" 1
	local end
	end=$(late)
	out=$(cat /tmp/output)
	like "$1: who didn't answer" "$out" "$2"
	wait_until 3 settled
	is "$1: the state before" "$(same "$before")" ''
	[ "$end" -le $patience ] || tap_fail "$1: in time" "$end ms after the deadline"
	not_ok "$1: nothing waits" waits
}

probe_answers() {
	begin vlans
	out=$($network start probe=gateway,198.51.100.254,192.0.2.77,2001:db8:1::1,lacp,ssh 2>&1)
	is 'probes that answer' "$?" 0
	like 'those that are silent before' "$out" "what doesn't answer now isn't a probe: 192.0.2.77, the LACP partner and the ssh client \(this is no ssh session\)"
	like 'those that answered' "$out" 'answers came from the IPv4 gateway, the IPv6 gateway, 198.51.100.254 and 2001:db8:1::1'
	like 'confirm it' "$out" 'the change is confirmed'
	is 'it is kept' "$(last_confirmed)" "$(cat $file)"
	ok 'nobody waits' wait_until 3 no_holders

	begin options
	ip neigh replace 198.51.100.1 lladdr 52:54:00:00:01:00 dev lan nud permanent
	keeps 'a permanent neighbour' $'from the IPv4 gateway and the IPv6 gateway\n' $network start probe=gateway
	like 'is one afterwards' "$(ip neigh show 198.51.100.1 dev lan)" PERMANENT
	ip neigh del 198.51.100.1 dev lan

	begin mtu
	ok 'somebody has to confirm, too' $network start confirm=60 probe=gateway
	like 'which status says' "$($network status | head -n1)" "are left for 'network-vlanbridge confirm'"
	ok 'confirm' $network confirm
	confirmed_state a.conf
	keeps 'restart' 'the IPv4 gateway' $network restart probe=gateway
}

probe_silent() {
	local out
	begin vlan
	takes_back 'a wrong VLAN' 'network-vlanbridge start: no answer after the change from the IPv4 gateway: it was taken back' \
		$network start confirm=5 probe=gateway
	like 'it was waited for' "$(cat /tmp/output)" 'no answer yet from the IPv4 gateway: the host goes back at .* if that stays so'
	begin vlans
	out=$($network start probe=203.0.113.77 2>&1)
	is 'nobody answers' "$?" 2
	like 'which is told' "$out" 'no answer now from 203.0.113.77, so nothing would show'
	is 'nothing was changed' "$(same "$before")" ''
	not_ok 'nothing waits' waits
	for words in probe= probe=gatewy probe=fe80::1 'probe=gateway probe=lacp'; do
		# shellcheck disable=SC2086
		$network start $words 2>/dev/null
		is "start $words" "$?" 2
	done
}

probe_silent_all() {
	begin gateway
	takes_back 'a wrong gateway' 'from the IPv4 gateway: ' $network start confirm=3 probe=gateway,198.51.100.254
	begin nic
	takes_back 'a wrong NIC' 'from the IPv4 gateway and 198.51.100.254: ' \
		$network start confirm=3 probe=gateway,198.51.100.254
	confirmed_state a.conf
	takes_back 'stop' 'network-vlanbridge stop: no answer after the change from the IPv4 gateway: ' $network stop confirm=3 probe=gateway
	begin vlans
	takes_back 'an address that is to be there' 'from 203.0.113.77: ' $network start confirm=3 probe=gateway,+203.0.113.77
	begin vlan
	takes_back 'probe= alone' 'from the IPv4 gateway: it was taken back' $network start probe=gateway
}

# While the answers are waited for.
probe_meanwhile() {
	local out
	begin vlan
	$network start confirm=60 probe=gateway >/tmp/output 2>&1 &
	ok 'probes are waited for' wait_until 5 made
	like 'which status says' "$($network status | head -n1)" 'unconfirmed: [0-9]+ s are left for the probes to answer'
	out=$($network confirm 2>&1)
	is 'confirm, before they answer' "$?" 1
	like 'is told to wait' "$out" "the probes haven.t answered yet: wait for them"
	unlike 'others have the lock meanwhile' "$(timeout 5 $network demand br5 2>&1; echo "status $?")" 'status 124'
	ip -n far addr add 198.51.100.1/24 dev sw.4
	wait $!
	is 'the answers come' "$?" 0
	like 'it has to be confirmed still' "$(tail -n1 /tmp/output)" 'has to be confirmed: without'
	ok 'confirm' $network confirm
	ip -n far addr del 198.51.100.1/24 dev sw.4
	begin vlan
	$network start confirm=60 probe=gateway >/tmp/output 2>&1 &
	wait_until 5 made
	ok 'revert meanwhile' $network revert
	wait $!
	is 'ends it' "$?" 1
	like 'with a word' "$(tail -n1 /tmp/output)" 'network-vlanbridge start: the change was taken back meanwhile'
	is 'the state before' "$(same "$before")" ''
	begin vlans
	$network start confirm=3 probe=gateway,+203.0.113.77 >/tmp/output 2>&1 &
	wait_until 5 made
	kill -9 $!
	wait $! 2>/dev/null
	goes_back 'killed while it waits'
}

# What changes on purpose is no failure.
probe_on_purpose() {
	begin other
	ip route add default via 198.51.100.77 dev lan metric 900 # nobody is there
	keeps 'another gateway' $'from the IPv4 gateway and the IPv6 gateway\n' $network start probe=gateway
	ip route del default via 198.51.100.77 dev lan metric 900
	begin network
	keeps 'another network' $'from the IPv4 gateway, the IPv6 gateway and 203.0.113.1\n' $network start probe=gateway,+203.0.113.1
	$network stop
	wait_until 5 settled
	cp /tmp/a.conf $file
	keeps 'a link-local address, from the NIC to the bridge' $'from fe80::5054:ff:fe00:100%eth0\n' \
		$network start probe=fe80::5054:ff:fe00:100%eth0
	begin options
	SSH_CLIENT='198.51.100.1 50000 22' keeps 'ssh and sudo' $'from the ssh client 198.51.100.1\n' \
		bash -c "env -i $network start probe=ssh; exit \$?"
}

probe_on_purpose_all() {
	begin address
	keeps 'another address' $'from the IPv4 gateway and the IPv6 gateway\n' $network start probe=gateway
	begin vlans
	SSH_CONNECTION='198.51.100.254 50000 198.51.100.2 22' keeps 'ssh' $'from the ssh client 198.51.100.254\n' $network start probe=ssh
}

lacp_is_up() {
	[ "$(cat /sys/class/net/bond0/bonding/ad_num_ports)" = 2 ] && ! grep 00:00:00:00:00:00 /sys/class/net/bond0/bonding/ad_partner_mac
}

gateways_answer() {
	local family gateway
	for family in -4 -6; do
		read -r _ _ gateway _ < <(ip $family route show default)
		echo >"/dev/udp/$gateway/9"
		ip neigh show to "$gateway" nud reachable | grep . || return
	done 2>&1
}

probe_lacp() {
	local port
	ip -n far link add lag type bond mode 802.3ad lacp_rate fast miimon 100
	for port in far0 far1; do
		ip -n far link set $port nomaster
		ip -n far link set $port down
		ip -n far link set $port master lag
	done
	ip -n far link set lag up master sw
	begin lag-options lag.conf
	ok 'LACP is up' wait_until 20 lacp_is_up
	ok 'the gateways answer' wait_until 20 gateways_answer
	before=$(state)
	keeps 'LACP' $'from the LACP partner, the IPv4 gateway and the IPv6 gateway\n' $network start probe=lacp,gateway
	begin lag-nic lag.conf
	ok 'LACP is up' wait_until 20 lacp_is_up
	before=$(state)
	takes_back 'LACP at a static switch' 'from the LACP partner: ' $network start confirm=4 probe=lacp
	ok 'LACP is up again' wait_until 20 lacp_is_up
	ip -n far link del lag
	for port in far0 far1; do ip -n far link set $port up master sw; done
}

variant other 's/gateway=198.51.100.1/gateway=198.51.100.254/'
variant network 's|vlan=3, .*|vlan=4, address=203.0.113.2/24, gateway=203.0.113.1'"',|"
cat >/tmp/lag.conf <<END
bonds = [ 'name=bond0, ports=eth0 eth1, mode=802.3ad, miimon=100, lacp_rate=fast' ]
bridges = [ 'name=lan, uplink=bond0, vlan=3, address=198.51.100.2/24, gateway=198.51.100.1' ]
END
variant lag-options 's/miimon=100/miimon=50/' lag
variant lag-nic 's/eth0 eth1/eth2 eth3/' lag
