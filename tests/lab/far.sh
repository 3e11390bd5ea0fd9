# SPDX-License-Identifier: ISC
# shellcheck shell=bash
# The far ends of the cables: the switch and the world behind it, in the network namespace `far`; and the host seen whole.

# far COMMAND...: runs there. For `ip` commands, `ip -n far ...` is faster.
far() {
	if [ "$(type -t "$1")" = function ]; then
		nsenter --net=/run/netns/far bash -c ". /lab/lib.sh; trap - EXIT; $(printf '%q ' "$@")"
	else
		ip netns exec far "$@"
	fi
}

# far_end ETHn: the NIC at the other end of the host's ethN.
far_end() {
	echo "eth$((${1#eth} + 4))"
}

# far_bond NAME ETHn... [-- OPTION VALUE...]: a bond there, of the far ends of the host's NICs; 802.3ad, lacp_rate fast, unless
# options are given.
far_bond() {
	local name=$1 ports=() port
	shift
	while [ $# -gt 0 ] && [ "$1" != -- ]; do
		ports+=("$(far_end "$1")")
		shift
	done
	shift || set -- mode 802.3ad lacp_rate fast miimon 100
	ip -n far link add "$name" type bond "$@"
	for port in "${ports[@]}"; do
		printf 'link set %s down\nlink set %s master %s\n' "$port" "$port" "$name"
	done | ip -n far -batch -
	ip -n far link set "$name" up
}

# far_vlan LINK VLAN ADDRESS...: LINK.VLAN there, with addresses. LINK is made up.
far_vlan() {
	local link=$1 vlan=$2 address
	{
		echo "link set $link up"
		echo "link add link $link name $link.$vlan type vlan id $vlan"
		for address in "${@:3}"; do echo "addr add $address dev $link.$vlan $([[ $address == *:* ]] && echo nodad)"; done
		echo "link set $link.$vlan up"
	} | ip -n far -batch -
}

# cable ETHn pull|plug: both ends of the host's NIC lose or get back their carrier.
cable() {
	local far state=on carrier=1
	far=$(far_end "$1")
	[ "$2" = plug ] || { state=off carrier=0; }
	printf '%s\n' "set_link $1 $state" "set_link $far $state" >/run/lab/monitor
	wait_until 5 has_carrier $carrier ip link show "$1" && wait_until 5 has_carrier $carrier ip -n far link show "$far"
}

has_carrier() {
	local output
	output=$("${@:2}") || return
	case $1 in
	0) [[ $output == *NO-CARRIER* || $output != *[,\<]UP[,\>]* ]] ;;
	1) [[ $output != *NO-CARRIER* ]] ;;
	esac
}

# lacp_up BOND PORTS: so many ports are in the bond's active aggregator, and all have the same partner.
lacp_up() {
	local state
	state=$(cat "/proc/net/bonding/$1") || return
	printf '%s\n' "$state"
	[[ $state =~ "Number of ports: $2" ]] && [[ $state =~ 'Partner Mac Address: '([0-9a-f:]+) ]] &&
		[ "${BASH_REMATCH[1]}" != 00:00:00:00:00:00 ] &&
		[ "$(grep -c "system mac address: ${BASH_REMATCH[1]}" <<<"$state")" = "$2" ]
}

# host_state: links, addresses, routes and rules, without what moves by itself (timers, counters), to compare before and after.
# Routes are sorted: the kernel lists equal ones in the order in which they came.
host_state() {
	{
		ip -d link
		ip addr
		ip route show table all | sort
		ip rule
		ip -6 rule
	} | sed -E 's/_timer +[0-9.]+/_timer -/g; s/\b[0-9]+sec\b/-sec/g; s/link_failure_count [0-9]+/link_failure_count -/'
}

# settled: no address of the host is still being checked for duplicates.
settled() {
	! ip addr | grep tentative
}
