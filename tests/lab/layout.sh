# SPDX-License-Identifier: ISC
# shellcheck shell=bash
# What the scenarios of layouts have in common: an example configuration, built, used by guests, and gone again.

network=/etc/xen/scripts/network-vlanbridge

# layout EXAMPLE: builds tests/lab/examples/EXAMPLE.conf; a second start has nothing to do.
layout() {
	layout=$1
	cp "/lab/examples/$1.conf" /etc/xen/vlanbridge.conf
	wait_until 10 settled
	layout_before=$(host_state)
	ok "$1: start" $network start
	is "$1: plan has nothing left to do" "$($network plan 2>&1)" ''
	ok "$1: start again" $network start
}

# layout_end GUEST...: check finds nothing wrong with the whole; the guests go, stop takes everything down, and the host is as before.
layout_end() {
	is "$layout: check finds nothing" "$($network check 2>&1)" ''
	[ $# -eq 0 ] || guest_destroy "$@"
	ok "$layout: stop" $network stop
	wait_until 10 settled
	is "$layout: the host is as it was" "$(host_state)" "$layout_before"
}

# far_clean: the far ends as at the beginning, for the next layout.
far_clean() {
	local link
	for link in $(ip -n far -br link | awk '{ sub("@.*", "", $1) } $1 !~ /^(lo|eth[0-9])$/ { print $1 }'); do
		ip -n far link del "$link" 2>/dev/null
	done
	for link in eth4 eth5 eth6 eth7; do
		ip -n far addr flush dev "$link"
		ip -n far link set "$link" down
	done
}

# lost: of a ping that ran with -D and a fixed interval, its loss in packets, from its summary on stdin.
lost() {
	awk '/packets transmitted/ { print $1 - $4 }'
}

# listening tcp|udp PORT: something listens there (any address), in this network namespace or with `far` in that one.
listening() {
	grep -q "$(printf ':%04X 0*:0000 0[7A]' "$2")" "/proc/net/$1"
}
