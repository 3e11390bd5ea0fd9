# SPDX-License-Identifier: ISC
# check: no
# What filtering rules cost a guest's packet on its way through its vif and the bridge (make bench): medians of rounds with and
# without the rules of the port, by turns; then with those of many other ports too. Arguments: other ports, rounds, frames.
. /lab/lib.sh
. /lab/vif.sh
modprobe -a veth dummy
others=${1:-1000} rounds=${2:-9} frames=${3:-19200}

# The guest finds the program in its initramfs.
mkdir -p /run/more/bin
cp /lab/bin/packets /run/more/bin/
(cd /run/more && echo bin/packets | busybox cpio -o -H newc >/run/more.cpio 2>/dev/null)
cat /lab/guest.cpio /run/more.cpio >/run/guest.cpio
mount --bind /run/guest.cpio /lab/guest.cpio
ip link add br0 up type bridge forward_delay 0 mcast_snooping 0
ip link add port1 master br0 type veth peer name far1
ip link set port1 up
ip link set far1 arp off up
bridge fdb replace 00:16:3e:00:00:08 dev port1 master static
guest_start g 'bridge=br0,mac=00:16:3e:00:00:07,ip=10.0.3.7 2001:db8::7' || exit 1
guest g ip link set eth0 up
vif=vif$(xl domid g).0 table=vlanbridge-vif$(xl domid g).0

median() { sort -n | awk '{ v[NR] = $1 } END { print v[int((NR + 1) / 2)] }'; }

# compare PROTOCOL SIZE WHAT
compare() {
	local round
	rm -f /run/with /run/without
	for ((round = 0; round < rounds; round++)); do
		guest g packets "$frames" "$1" "$2" >>/run/with
		nft delete table netdev "$table"
		guest g packets "$frames" "$1" "$2" >>/run/without
		/etc/xen/scripts/network-vlanbridge rules >/dev/null 2>&1 || exit 1
	done
	awk -v with="$(median </run/with)" -v without="$(median </run/without)" -v what="$3" \
		'BEGIN { printf "%s: %d ns without rules, %d ns with, %.2fx\n", what, without, with, with / without }'
}

compare tcp 60 'TCP, 60 bytes'
compare udp 60 'UDP, 60 bytes'
compare tcp 1514 'TCP, 1,514 bytes'
vif_plain $(seq 1001 $((1000 + others)))
for n in $(seq 1001 $((1000 + others))); do
	vif_ask $n bridge=br0 ip="10.0.4.$((n % 250)) 2001:db8::$n"
	vif_run $n online || exit 1
done
compare tcp 60 "TCP, 60 bytes, rules on $others other ports too"
echo "$(cat /sys/class/net/far1/statistics/rx_packets) packets arrived, dropped: $(nft list table netdev "$table" | grep -c 'packets [1-9]') counters"
tap_finished=yes
