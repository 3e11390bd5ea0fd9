# SPDX-License-Identifier: ISC
# shellcheck shell=bash
# Vifs without guests, for scenarios about the hook alone: `. /lab/vif.sh` after lib.sh.
#
#   vif_make 7                                 vif7.0 as netback leaves it, a veth; its other end is eth0 in the namespace vm7
#   vif_plain 8 9                              quicker: vif8.0 and vif9.0, dummies without another end
#   vif_ask 7 bridge=br0 vlan=10p/20           what the toolstack writes into its backend directory, in place of what was there
#   vif_run 7 online                           the hook, as libxl calls it; output and exit status are the hook's
#   vif_run 7 add                              the same for its tap
#   vm 7 ping -c1 10.0.3.1                     a command at the other end
#
# VIF_SCRIPT names another script to run (vif-vlanbridge).

vif_scripts=/etc/xen/scripts

vif_make() {
	ip netns add "vm$1"
	ip link add "vif$1.0" type veth peer name eth0 netns "vm$1"
	ip link set "vif$1.0" address fe:ff:ff:ff:ff:ff
	ip -n "vm$1" link set lo up
	ip -n "vm$1" link set eth0 up
}

vif_plain() {
	printf 'link add vif%d.0 address fe:ff:ff:ff:ff:ff type dummy\n' "$@" | ip -batch -
}

vif_ask() {
	local directory=backend/vif/$1/0 pair pairs=()
	for pair in "frontend=/local/domain/$1/device/vif/0" "frontend-id=$1" online=1 state=2 handle=0 type=vif \
		script=/etc/xen/scripts/vif-vlanbridge "mac=$(vif_mac "$1")" hotplug-status= "${@:2}"; do
		pairs+=("$directory/${pair%%=*}" "${pair#*=}")
	done
	xenstore-rm "$directory" 2>/dev/null
	xenstore-write "${pairs[@]}"
}

vif_mac() {
	printf '00:16:3e:00:%02x:%02x' $(($1 / 256)) $(($1 % 256))
}

vif_run() {
	local type=vif
	case $2 in add | remove) type=tap ;; esac
	env script="$vif_scripts/${VIF_SCRIPT:-vif-vlanbridge}" XENBUS_TYPE=vif XENBUS_BASE_PATH=backend "XENBUS_PATH=backend/vif/$1/0" \
		netdev= "vif=vif$1.0" ${VIF_EMULATED:+"INTERFACE=vif$1.0-emu"} \
		"$vif_scripts/${VIF_SCRIPT:-vif-vlanbridge}" "$2" "type_if=$type" </dev/null
}

# vif_refused DOMID COMMAND SENTENCE: the hook fails with exactly this sentence for the user; what the guest can read says only that.
vif_refused() {
	local output status=0
	output=$(vif_run "$1" "$2" 2>&1) || status=$?
	is "refused: ${3#*: }" "$status $output" "1 $3"
	is '  and the toolstack is told' "$(xenstore-read "backend/vif/$1/0/hotplug-status" "backend/vif/$1/0/hotplug-error" 2>&1)" \
		$'error\n'"vif$1.0: $2 failed: vif-vlanbridge's message in the syslog says why"
}

vm() {
	ip netns exec "vm$1" "${@:2}"
}

# hybrid GUEST: its eth0 is in VLAN 10 untagged and in 20 tagged, and not in 30, where 10.0.VLAN.1 is the far end.
hybrid() {
	local vlan
	guest_net "$1" eth0 10.0.10.11/24
	for vlan in 20 30; do guest_net "$1" eth0.$vlan 10.0.$vlan.11/24; done
	ok '  in VLAN 10, untagged' guest "$1" ping -c1 -W2 10.0.10.1
	ok '  in VLAN 20, tagged' guest "$1" ping -c1 -W2 10.0.20.1
	not_ok '  in no other' guest "$1" ping -c1 -W1 10.0.30.1
}

# vlans_of DEVICE: the VLANs of a port on one line, as `bridge vlan` has them.
vlans_of() {
	bridge vlan show dev "$1" | sed 1d | sed "s/^$1//" | tr '\n' ' ' | tr -s ' \t' ' ' | sed 's/^ //; s/ $//'
}

# dropped DEVICE [REASON]: how many packets its rules have dropped, for any reason or this one. DEVICE is the toolstack's name for it.
dropped() {
	nft list counters table netdev "vlanbridge-$1" |
		awk -v reason="${2-}" '$1 == "counter" { name = $2 } $1 == "packets" && (reason == "" || name == reason || name == "bad-" reason) { n += $2 } END { print n + 0 }'
}

# has_rules DEVICE: whether what comes in there is filtered.
has_rules() {
	nft list chain netdev "vlanbridge-$1" guest | grep device
}
