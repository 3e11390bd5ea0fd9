# SPDX-License-Identifier: ISC
# check: no
# lab: time=900
# What filtering rules cost: nanoseconds that a packet of a guest takes through its port and the bridge, and milliseconds of a call of the
# hook, with rules on no, one and many other ports.
#
#   vif-pps [PACKETS [PORTS]]
. /lab/lib.sh
. /lab/vif.sh
modprobe -a veth dummy pktgen
packets=${1:-100000} ports=${2:-200}

# send SIZE: how many ns a UDP packet of 10.0.3.7 takes, the quickest of three rounds.
send() {
	vm 7 bash -c "
		pg() { echo \"\$2\" >/proc/net/pktgen/\$1; }
		pg kpktgend_0 rem_device_all; pg kpktgend_0 'add_device eth0'
		for line in 'count $packets' 'pkt_size $1' 'delay 0' 'src_min 10.0.3.7' 'src_max 10.0.3.7' 'dst 10.0.3.8' \
			'src_mac 00:16:3e:00:00:07' 'dst_mac 00:16:3e:00:00:08'; do pg eth0 \"\$line\"; done
		for round in 1 2 3; do pg pgctrl start; sed -nE 's/.*OK: ([0-9]+).*/\1/p' /proc/net/pktgen/eth0; done" |
		sort -n | head -1 | awk -v n="$packets" '{ printf "%d", $1 * 1000 / n }'
}

# calls: medians of the hook for one more port with addresses.
calls() {
	local n
	for n in {1..11}; do
		for command in online offline; do
			vif_ask 5 bridge=br0 ip='10.0.3.5 2001:db8::5'
			local start=${EPOCHREALTIME/./}
			vif_run 5 $command
			echo "$command $((${EPOCHREALTIME/./} - start))"
		done
	done | sort -k1,1 -k2,2n | awk '{ v[$1, ++n[$1]] = $2 } END { for (c in n) printf "%s %.1f ms ", c, v[c, int((n[c] + 1) / 2)] / 1000 }'
}

ip link add br0 type bridge forward_delay 0 mcast_snooping 0
ip link set br0 up
vif_make 7
vif_make 8
vif_plain 5
for n in 7 8; do
	vm $n ip link set eth0 address 00:16:3e:00:00:0$n arp off
	vif_ask $n bridge=br0
	vif_run $n online
done
report() { echo "$1: $(send 60) ns for 60 bytes, $(send 1500) ns for 1500; $(calls)"; }
report 'no rules'
report 'no rules, again'
vif_ask 7 bridge=br0 ip='10.0.3.7 2001:db8::7'
vif_run 7 online
report 'rules on this port alone'
vif_plain $(seq 1001 $((1000 + ports)))
for n in $(seq 1001 $((1000 + ports))); do
	vif_ask $n bridge=br0 ip="10.0.4.$((n % 250)) 2001:db8::$n"
	vif_run $n online
done
report "rules on $ports other ports, too"
nft list tables | wc -l
free | sed -n 2p
vif_ask 7 bridge=br0 ip="$(printf '10.0.3.%d ' {1..100})"
vif_run 7 online
report '100 addresses'
vif_ask 7 bridge=br0
vif_run 7 online
report 'no rules on this port'
tap_finished=yes
