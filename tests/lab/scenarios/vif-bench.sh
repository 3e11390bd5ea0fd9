# SPDX-License-Identifier: ISC
# check: no
# What a call of the hook costs, next to vif-bridge, to a minimal hook in C, and to the floor: see tests/bench/vif.
#
#   vif-bench calls ROUNDS LINKS      medians of one call, with so many other links on the host
#   vif-bench storm VIFS STOCK        so many vifs 1, 8 and 32 at a time; STOCK of them with vif-bridge (it takes a second for each)
. /lab/lib.sh
. /lab/vif.sh
modprobe -a tun veth dummy
hook=/etc/xen/scripts/vif-vlanbridge stock=/etc/xen/scripts/vif-bridge
# netback's MAC address and mode; the links of other scenarios have been through the hook.
ip link add br0 type bridge vlan_filtering 1 forward_delay 0 mcast_snooping 0
ip link add br3 type bridge forward_delay 0 mcast_snooping 0
printf 'link set %s up\n' br0 br3 | ip -batch -

# links N: as many dummies.
links() {
	local n
	for ((n = 0; n < $1; n++)); do echo "link add d$n type dummy"; done | ip -batch -
}

# line LABEL PROGRAM COMMAND: one call for the vif $vif, as libxl makes it.
line() {
	local type=vif
	case $3 in add | remove) type=tap ;; esac
	echo "$1|XENBUS_PATH=backend/vif/$vif/0 XENBUS_TYPE=vif XENBUS_BASE_PATH=backend vif=vif$vif.0 script=$hook ${4-}$2 $3 type_if=$type"
}

calls() {
	local rounds=$1 vif all=
	links "$2"
	for vif in 1 2 3 4 5; do vif_make $vif; done
	vif_ask 1 bridge=br3
	vif_ask 2 bridge=br0 vlan=10p/20-30
	vif_ask 3 bridge=br3 vifname=web0 mtu=1400
	vif_ask 4 bridge=br3
	vif_ask 5 bridge=br3 ip=10.0.3.1
	ip tuntap add vif4.0-emu mode tap
	all=$(
		vif=1
		line floor-online /lab/bin/floor online
		line floor-offline /lab/bin/floor offline
		line dynamic-online /lab/bin/dynamic online
		line dynamic-offline /lab/bin/dynamic offline
		line plain-online $hook online
		line plain-offline $hook offline
		vif=2
		line vlans-online $hook online
		line vlans-offline $hook offline
		vif=3
		line named-online $hook online
		line named-offline $hook offline
		echo '|/usr/sbin/ip link set web0 name vif3.0 mtu 1500'
		vif=4
		line tap-online $hook add INTERFACE=vif4.0-emu\ 
		line tap-offline $hook remove INTERFACE=vif4.0-emu\ 
		vif=99
		line gone-offline $hook offline
	)
	measure "$rounds" <<<"$all"
	vif=5
	{ line ip-online $hook online; line ip-offline $hook offline; } | measure $((rounds / 4 + 1))
	vif=1
	{ line stock-online $stock online; line stock-offline $stock offline; } | measure $((rounds / 16 + 1))
}

storm() {
	local vif jobs what program
	for ((vif = 1; vif <= $1; vif++)); do
		echo "link add vif$vif.0 address fe:ff:ff:ff:ff:ff type dummy"
	done | ip -batch -
	for ((vif = 1; vif <= $1; vif++)); do vif_ask $vif bridge=br3; done
	for program in $hook $stock; do
		[ $program = $hook ] || set -- "$2"
		[ "$1" -gt 0 ] || return
		for jobs in 1 8 32; do
			for what in online offline; do
				echo "${program##*/} $what $1 $jobs $(for ((vif = 1; vif <= $1; vif++)); do line x $program $what; done |
					measure -p $jobs)"
			done
		done
	done
}

"$@"
tap_finished=yes
