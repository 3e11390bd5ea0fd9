# SPDX-License-Identifier: ISC
# shellcheck shell=bash
# A host in user-mode Linux with eth0 to eth3, and what its cables end at: the network namespace far, with far0 to far3.

store=/var/lib/vlanbridge
file=/etc/xen/vlanbridge.conf
unconfirmed=$store/unconfirmed
rejected=$store/rejected

# make_directories [STATE]: of our own, for what the program keeps (in the directory STATE, if it is to stay) and for its file.
make_directories() {
	if [ $# -gt 0 ]; then mkdir -p "$1" && mount --bind "$1" /var/lib; else mount -t tmpfs tmpfs /var/lib; fi
	mkdir -p /dev/pts
	mountpoint -q /dev/pts || mount -t devpts devpts /dev/pts
	mkdir /tmp/etc
	cp -a /etc/{passwd,group,nsswitch.conf,ld.so.cache,localtime,iproute2,alternatives} /tmp/etc/ 2>/dev/null
	mount --bind /tmp/etc /etc
	mkdir -p /etc/xen/scripts
}

make_nics() {
	# Addresses count at once: the other host on these cables is none.
	echo 0 | tee /proc/sys/net/ipv6/conf/{all,default}/accept_dad >/dev/null
	ip link set lo up
	ip netns add far
	far sysctl -qw net.ipv4.conf.all.arp_ignore=1 # no answers for the addresses of other cables and VLANs
	local n
	for n in 0 1 2 3; do
		ip link add eth$n address 52:54:00:00:00:0$n type veth peer name far$n netns far
		ip -n far link set far$n up
		ip link set eth$n up
	done
}

far() { ip netns exec far "$@"; }

# Two cables each end at a switch. The first one is a gateway, without a VLAN and in VLANs 3 and 4.
make_switch() {
	add_switch sw 52:54:00:00:01:00 far0 far1
	add_switch sw2 52:54:00:00:02:00 far2 far3
	switch_vlan sw2 10.9.9.1/24 10.9.9.9/24
	switch_vlan sw 192.0.2.1/24 2001:db8::1/64
	switch_vlan sw.3 198.51.100.1/24 198.51.100.254/24 2001:db8:1::1/64
	switch_vlan sw.4 203.0.113.1/24
}

# add_switch NAME MAC PORT...
add_switch() {
	ip -n far link add "$1" up address "$2" type bridge forward_delay 0
	local port
	for port in "${@:3}"; do ip -n far link set "$port" master "$1"; done
}

# switch_vlan DEVICE ADDRESS...
switch_vlan() {
	local address
	[ "$1" = "${1%.*}" ] || ip -n far link add link "${1%.*}" name "$1" up type vlan id "${1#*.}"
	for address in "${@:2}"; do ip -n far addr add "$address" dev "$1"; done
}

# The host, without what is new with every device, times that move, and what comes a moment after the carrier.
state() {
	{
		ip -d -o link
		ip -o addr
		ip route show table all
		ip -6 route show table all
		ip rule
		bridge vlan
	} | sed -E '/fe80::|ff00::/d; s/NO-CARRIER,//; s/,LOWER_UP//; s/ state [A-Z]+//g; s/ linkdown//; s/^[0-9]+: //; s/_timer +[0-9.]+//g; s/\b[0-9]+sec\b//g; s/@if[0-9]+//; s/link-netnsid [0-9]+//; s/link_failure_count [0-9]+//; s/ promiscuity [0-9]+ +allmulti [0-9]+//; s/mii_status [A-Z_]+//; s/ cost [0-9]+//; s/ad_(aggregator|num_ports|actor_key|partner_key|partner_mac|aggregator_id|(actor|partner)_oper_port_state(_str)?) [^ ]+ ?//g; s/active_slave [a-z0-9]+//;' | sort
}
same() { diff <(echo "$1") <(state); }
settled() { ! ip addr | grep tentative && primaries_are_active; }
# A bond's MAC address may be that of the port that is active.
primaries_are_active() {
	local bond primary
	for bond in /sys/class/net/*/bonding; do
		primary=$(cat "$bond/primary" 2>/dev/null)
		[[ -z $primary || $(cat "$bond/primary_reselect") != always* || $(cat "$bond/active_slave") = "$primary" ]] || return
	done
}
now() { echo "${EPOCHREALTIME/./}"; }

# reaches ADDRESS: the far end, dom0.
reaches() { far busybox ping -c1 -W1 "$1"; }
