# SPDX-License-Identifier: ISC
# What an xl user reads when a NIC can't be plugged.
. /lab/lib.sh
. /lab/vif.sh
network=/etc/xen/scripts/network-vlanbridge

cp /lab/examples/vlanbridge.conf.example /etc/xen/vlanbridge.conf
vif_make 9
vif_ask 9 bridge=xenbrlan
vif_refused 9 online "vif9.0: bridge 'xenbrlan' doesn't exist, and can't be made: /etc/xen/vlanbridge.conf has the bridge 'xenbrlan' without demand=yes: run 'network-vlanbridge start'"
$network start || exit 1

# The bridge.
has='; this host has xenbrdmz, xenbrlan'
vif_ask 9 bridge=bond0.8
vif_refused 9 online "vif9.0: bridge 'bond0.8' doesn't exist: bond0 is a bond and no bridge carries its VLAN 8; 'uplink=bond0, vlan=8' in /etc/xen/vlanbridge.conf would make one$has"
vif_ask 9 bridge=xenbrlan vlan=10
vif_refused 9 online "vif9.0: xenbrlan isn't VLAN-aware and no bridge carries VLAN 10 of bond0$has"
vif_ask 9 bridge=xenbrlan vlan=2
vif_refused 9 online "vif9.0: xenbrlan isn't VLAN-aware, and VLAN 2 of bond0 is in bridge xenbrdmz: bridge=xenbrdmz"
vif_ask 9 bridge=xenbrlan 'vlan=10p/junk'
vif_refused 9 online "vif9.0: vlan=10p/junk: VLAN list: 'junk' is neither a VLAN ID, nor FIRST-LAST, nor FIRST+STEPxCOUNT"
vif_ask 9
vif_refused 9 online "vif9.0: no bridge= is given, and there isn't exactly one bridge to take$has"

# The device.
vif_ask 9 bridge=xenbrlan mtu=9000
vif_refused 9 online "vif9.0: mtu=9000 is more than the 1500 of bridge xenbrlan: raise the bridge's first (its mtu=, and its uplink's)"
vif_ask 9 bridge=xenbrlan vifname=customer-webserver7
vif_refused 9 online "vif9.0: vifname=customer-webserver7: interface name 'customer-webserver7' has 19 bytes, the kernel takes 15: 'customer-webse7' would fit"
vif_ask 9 bridge=xenbrlan ip=10.0.3.999
vif_refused 9 online "vif9.0: ip=: '10.0.3.999' is neither an address nor a network"
# What has the name isn't ours to take down, when the vif is gone.
vif_ask 77 bridge=xenbrlan vifname=lo
ok 'offline of a vif that was to be called lo' vif_run 77 offline
like '  lo is up' "$(ip -o link show lo)" '[<,]UP[,>]'
ip link add vif8.0 type bridge
vif_ask 8 bridge=xenbrlan
vif_refused 8 online "vif8.0: can't put it into bridge xenbrlan: Can not enslave a bridge to a bridge"
ip link del vif8.0
late() {
	local start=$EPOCHSECONDS output
	output=$(vif_run 8 online 2>&1)
	echo "$? $output, $((EPOCHSECONDS - start < 30))"
}
late >/run/late &
late=$!
is 'a wrong call' "$(/etc/xen/scripts/vif-vlanbridge plug 2>&1; echo $?)" \
	"vif-vlanbridge: 'plug' is no command; usage: vif-vlanbridge online|offline|add|remove|rules [type_if=vif|tap] [vif=NAME] [XENBUS_PATH=PATH] [bridge=NAME] [vlan=LIST] [mtu=N] [ip=LIST], or as QEMU's script: vif-vlanbridge TAP [up|down]
2"
ip link del vif9.0

# Under xl.

output=$(guest_create web bridge=xenbrlam 2>&1)
status=$?
not_ok 'a bridge that is not there: xl create fails' test $status = 0
like 'it says so, and which bridges there are' "$output" "xenbrlam.*(xenbrlan.*xenbrdmz|xenbrdmz.*xenbrlan)"
is 'in one sentence' "$(grep -c xenbrlam <<<"$output")" 1
is 'libxl has no more than that it failed' "$(grep -c 'libxl: error: .*: vif[0-9]*\.0: online failed: ' <<<"$output")" 1
like 'and syslog has it' "$(cat /var/log/messages)" "vif-vlanbridge.* bridge 'xenbrlam' doesn't exist"
is 'no vif is left behind' "$(ip -br link | grep -c '^vif')" 0

ok 'with the right name it starts' guest_create web bridge=xenbrlan
vif=vif$(xl domid web).0
link=$(ip -d link show "$vif")
like 'the vif is in the bridge, up' "$link" ',UP.* master xenbrlan '
like 'with the dummy MAC address' "$link" 'fe:ff:ff:ff:ff:ff'
is 'and without any address' "$(ip -br addr show "$vif" | awk '{ print NF }')" 2
is 'the backend says connected' \
	"$(xenstore-read "/local/domain/0/backend/vif/$(xl domid web)/0/hotplug-status")" connected
ok 'it goes' guest_destroy web
wait $late
is 'a device that never comes; long before libxl gives up, after 40 s' "$(cat /run/late)" '1 vif8.0: waited 20 s for the device to appear, 1'
ok 'offline for a vif that is gone is fine' env XENBUS_PATH=backend/vif/99/0 XENBUS_TYPE=vif vif=vif99.0 \
	/etc/xen/scripts/vif-vlanbridge offline type_if=vif
not_ok 'and makes no node in xenstore' xenstore-exists /local/domain/0/backend/vif/99
ok 'stop' $network stop
done_testing
