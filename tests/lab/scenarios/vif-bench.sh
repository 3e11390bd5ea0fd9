# SPDX-License-Identifier: ISC
# check: no
# What a call of the hook costs, next to vif-bridge, to a minimal hook in C, and to the floor: see tests/bench/vif.
#
#   vif-bench calls ROUNDS LINKS...   medians of one call, with so many other links on the host, and then with so many
#   vif-bench storm VIFS STOCK        so many vifs 1, 8 and 32 at a time; STOCK of them with vif-bridge (it takes a second for each)
. /lab/lib.sh
. /lab/vif.sh
modprobe -a tun veth dummy
# Where a processor is emulated, code at a new address has to be translated anew: half of what every short process would take, and
# nothing that a real one would.
echo 0 >/proc/sys/kernel/randomize_va_space
hook=/etc/xen/scripts/vif-vlanbridge stock=/etc/xen/scripts/vif-bridge
ip link add br0 type bridge vlan_filtering 1 forward_delay 0 mcast_snooping 0
ip link add br3 type bridge forward_delay 0 mcast_snooping 0
printf 'link set %s up\n' br0 br3 | ip -batch -

# links FROM TO: dummies, so that there are so many.
links() {
	local n
	for ((n = $1; n < $2; n++)); do echo "link add d$n type dummy"; done | ip -batch -
}

# line LABEL PROGRAM COMMAND NIC: one call, as libxl makes it, for a NIC of domain $domid.
line() {
	local type=vif
	case $3 in add | remove) type=tap ;; esac
	echo "$1|XENBUS_PATH=backend/vif/$domid/$4 XENBUS_TYPE=vif XENBUS_BASE_PATH=backend vif=vif$domid.$4" \
		"${5:+INTERFACE=vif$domid.$4-emu} script=$hook $2 $3 type_if=$type"
}

# The vifs are netback's, of a paused guest.
calls() {
	local rounds=$1 domid calls links=0 stock_calls ip_calls
	shift
	guest_create guest bridge=br3 bridge=br3 bridge=br3,vifname=web0,mtu=1400 bridge=br3 bridge=br3,ip=10.0.3.1 || exit
	xl pause guest
	domid=$(xl domid guest)
	xenstore-write "backend/vif/$domid/1/bridge" br0 "backend/vif/$domid/1/vlan" 10p/20-30 \
		"backend/vif/$domid/9/bridge" br3 "backend/vif/$domid/9/mac" 00:16:3e:00:00:09 # its vif is gone
	ip tuntap add "vif$domid.3-emu" mode tap
	for device in vif$domid.{0,1,3,4} web0; do printf 'link set %s nomaster down\n' "$device"; done | ip -batch -
	ip link set web0 name "vif$domid.2"
	calls=$(
		line floor-online /lab/bin/floor online 0
		line floor-offline /lab/bin/floor offline 0
		line dynamic-online /lab/bin/dynamic online 0
		line dynamic-offline /lab/bin/dynamic offline 0
		line plain-online $hook online 0
		line plain-offline $hook offline 0
		line vlans-online $hook online 1
		line vlans-offline $hook offline 1
		line named-online $hook online 2
		line named-offline $hook offline 2
		echo "|/usr/sbin/ip link set web0 name vif$domid.2 mtu 1500"
		line tap-online $hook add 3 emulated
		line tap-offline $hook remove 3 emulated
		line dynamicgone-offline /lab/bin/dynamic offline 9
		line gone-offline $hook offline 9
	)
	ip_calls=$(
		line ip-online $hook online 4
		line ip-offline $hook offline 4
	)
	stock_calls=$(
		line stock-online $stock online 0
		line stock-offline $stock offline 0
		line stockgone-offline $stock offline 9
	)
	while [ $# -gt 0 ]; do
		links "$links" "$1"
		links=$1
		{
			measure "$rounds" <<<"$calls"
			measure $((rounds / 4 + 1)) <<<"$ip_calls"
			measure $((rounds / 8 + 1)) <<<"$stock_calls"
		} | sed "s/^/$links /"
		shift
	done
}

storm() {
	local vif jobs what program domid
	for ((vif = 1; vif <= $1; vif++)); do
		echo "link add vif$vif.0 address fe:ff:ff:ff:ff:ff type dummy"
	done | ip -batch -
	for ((vif = 1; vif <= $1; vif++)); do vif_ask $vif bridge=br3; done
	for program in $hook $stock; do
		[ $program = $hook ] || set -- "$2"
		[ "$1" -gt 0 ] || return
		for jobs in 1 8 32; do
			for what in online offline; do
				echo "${program##*/} $what $1 $jobs $(for ((domid = 1; domid <= $1; domid++)); do line x $program $what 0; done |
					measure -p $jobs)"
			done
		done
	done
}

"$@"
tap_finished=yes
